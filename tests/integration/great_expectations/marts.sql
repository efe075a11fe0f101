CREATE TABLE dim_person AS SELECT 'P' || i AS person_id, '多杰扎西' || i AS name, '63232119800101' || lpad(i::VARCHAR, 4, '0') AS id_no,
  '1' AS sex, DATE '1980-01-01' AS birth_date, '藏族' AS ethnicity, 'given' AS name_system, '1390973' || lpad(i::VARCHAR, 4, '0') AS phone,
  '隆务镇' AS township, '某村' AS village, 'H' || (i // 3) AS household_id, '户主' AS relation, i % 2 = 0 AS is_low_income,
  NULL::DATE AS died_on, 0 AS death_sources, 'certain' AS link_grade FROM range($people) AS t(i);
CREATE TABLE dim_household AS SELECT household_id, min(person_id) AS head_person_id, '隆务镇' AS township, '某村' AS village,
  count(*)::INTEGER AS size, 400::DECIMAL(18,2) AS income_pc_month, 'rural_monitoring' AS income_source, '' AS case_nos, '' AS household_nos
  FROM dim_person GROUP BY household_id;
CREATE TABLE fct_population_monthly AS SELECT person_id, household_id,
  CASE person_id WHEN 'P58' THEN '特困人员' ELSE '最低生活保障对象' END AS class, 'assistance_roster' AS source_feed,
  township, village, '2026-08' AS since FROM dim_person WHERE is_low_income;
CREATE TABLE dim_rule AS SELECT * FROM (VALUES ('D01', '死亡后仍发放', '错保', '…', 'death', '核对', 'R044'), ('C01', '未纳入', '漏保', '…', 'rural_monitoring', '核对', 'R018'))
  AS t(rule_id, title, kind, sentence, needs_feeds, check_hint, requirement);
CREATE TABLE fct_warning_monthly AS SELECT 'W' || i AS warning_id, CASE WHEN i % 2 = 0 THEN 'D01' ELSE 'C01' END AS rule_id, 'P' || i AS person_id,
  'H' || (i // 3) AS household_id, 'tongren' AS region, '隆务镇' AS township, '某村' AS village, '疑似' AS grade,
  CASE WHEN i = 0 THEN 'waiting' ELSE 'listed' END AS status, CASE WHEN i = 0 THEN 'cap' ELSE '' END AS status_reason, '2026-08' AS since,
  100::DECIMAL(18,2) AS amount, '一句话' AS summary, '拟核实' AS proposed, '核对' AS check_hint, '{"months": 2, "rows": {"death": 1}, "files": ["death/death.csv"], "fingerprint": "1"}' AS evidence, 'answer_hours@*:2020-01-01' AS policy_ref,
  'R044' AS requirement, 1.0::DOUBLE AS priority, DATE '2026-09-30' AS due_on, '新' AS opened FROM range(8) AS t(i);
CREATE TABLE fct_open_item_monthly AS SELECT 'W' || i AS warning_id, 'D01' AS rule_id, '逾期' AS state, DATE '2026-08-30' AS due_on FROM range(20, 24) AS t(i);
CREATE TABLE fct_yield_monthly AS SELECT 'D01' AS rule_id, '疑似' AS grade, t.township, 9 AS answers, 4 AS held FROM (VALUES (''), ('隆务镇')) AS t(township);
CREATE TABLE fct_assessment_monthly AS SELECT 'D01' AS rule_id, '隆务镇' AS township, 10::BIGINT AS in_scope, 8::BIGINT AS assessed, 2::BIGINT AS not_assessed, 'no cremation feed' AS reason;
CREATE TABLE fct_indicator_monthly AS SELECT person_id, 'medical_own_12m' AS indicator, 10::DECIMAL(18,2) AS value, DATE '2025-10-01' AS window_from,
  DATE '2026-09-30' AS window_to, 3 AS rows_used FROM dim_person;
CREATE TABLE audit_link_monthly AS SELECT 'death' AS feed, 'self' AS role, 'certain' AS grade, 10::BIGINT AS rows;
CREATE TABLE audit_row_account AS SELECT feed, 1::BIGINT AS files, 11::BIGINT AS rows, 10::BIGINT AS landed, 0::BIGINT AS quarantined, 1::BIGINT AS furniture
  FROM (VALUES ('death'), ('visit_ledger')) AS t(feed);
CREATE TABLE crosswalk AS SELECT 'death' AS feed, 'death.csv' AS file, '' AS sheet, i::INTEGER AS row, 'self' AS role, 'P' || i AS person_id,
  'certain' AS grade, 'L01' AS rule, 60.0::DOUBLE AS match_weight FROM range($people) AS t(i);
CREATE TABLE records AS SELECT file, sheet, row, role, 1::UBIGINT AS profile_key FROM crosswalk;
CREATE TABLE roster_rows AS SELECT person_id, 100::DECIMAL(18,2) AS monthly_amount FROM fct_population_monthly;
CREATE TABLE payment_rows AS SELECT person_id, 100::DECIMAL(18,2) AS amount FROM fct_population_monthly;
CREATE TABLE fct_population_tag_monthly AS SELECT person_id, '高龄' AS tag, 'assistance_roster' AS source_feed, '登记' AS basis, '2026-08' AS seen_month
  FROM fct_population_monthly;
CREATE TABLE fct_tag_freshness_monthly AS SELECT '高龄' AS tag, 'assistance_roster' AS source_feed, '本月' AS state, 30::BIGINT AS persons,
  30::BIGINT AS persons_in_population;
CREATE TABLE fct_population_change_monthly AS SELECT * FROM (VALUES
  ('C1', 'P0', '隆务镇', '最低生活保障对象', '新增', '新纳入', 'assistance_roster'), ('C2', 'P1', '隆务镇', '最低生活保障对象', '退出', '死亡', 'assistance_roster'))
  AS t(change_id, person_id, township, class, change, category, source_feed);
CREATE TABLE fct_population_balance_monthly AS SELECT class, 'assistance_roster' AS source_feed, township, '已比较' AS state,
  CASE class WHEN '特困人员' THEN 0 ELSE 1 END AS entered, CASE class WHEN '特困人员' THEN 0 ELSE 1 END AS exited, count(*) AS persons
  FROM fct_population_monthly GROUP BY ALL;
CREATE TABLE fct_population_period_monthly AS SELECT '2026-06' AS from_month, '2026-08' AS to_month, 3 AS months, 1 AS months_known;
CREATE TABLE fct_coverage_monthly AS SELECT '救助→名单' AS direction, '未覆盖' AS list_class, '低保' AS roster_class, '隆务镇' AS township,
  30::BIGINT AS persons, 20::BIGINT AS households;
CREATE TABLE fct_record_register_monthly AS SELECT household_id, head_person_id, 600::DECIMAL(18,2) AS income_pc_month, 500::DECIMAL(18,2) AS standard_month,
  1000::DECIMAL(18,2) AS line_month, '2026-07' AS registered_month, '2026-08' AS last_look_month, false AS is_due, '{}' AS evidence
  FROM dim_household WHERE household_id IN ('H5', 'H6');
CREATE TABLE fct_referral_monthly AS SELECT 'Z1' AS referral_id, 'P1' AS person_id, '医保' AS agency, 'C01' AS rule_id, 'W1' AS warning_id, '待核实' AS state;
CREATE TABLE fct_tekun_monthly AS SELECT person_id, '分散' AS care, 100::DECIMAL(18,2) AS monthly_amount, false AS is_recorded_dead
  FROM fct_population_monthly WHERE class = '特困人员';
CREATE TABLE fct_payment_summary_monthly AS SELECT '隆务镇' AS township, aid_type, persons, persons * 100::DECIMAL(18,2) AS approved,
  persons * 100::DECIMAL(18,2) AS paid, 0::DECIMAL(18,2) AS arrears, 0::DECIMAL(18,2) AS failed, 0::DECIMAL(18,2) AS returned,
  persons AS payments_paid, 0 AS payments_arrears, 0 AS payments_failed, 0 AS payments_returned
  FROM (VALUES ('低保', 29), ('特困', 1)) AS t(aid_type, persons);
CREATE TABLE fct_village_coverage_monthly AS SELECT '隆务镇' AS township, '某村' AS village, 2 AS households_due, 0 AS persons_due, 1 AS households_looked,
  1 AS households_open;
CREATE TABLE fct_ticket_monthly AS SELECT 'T' || i AS ticket_no, 'hotline' AS feed, 'P' || i AS person_id, DATE '2026-08-03' AS received_on,
  CASE WHEN i = 1 THEN NULL ELSE DATE '2026-08-04' END AS closed_on, CASE WHEN i = 1 THEN '超时未办' ELSE '已办结' END AS state,
  'W' || i AS warning_id FROM range(1, 5) AS t(i);
CREATE TABLE fct_visit_monthly AS SELECT '隆务镇' AS township, '某村' AS village, 10 AS rows_delivered, 10 AS persons, 2 AS to_take_in, 4 AS has_aid,
  4 AS not_taken_in, 0 AS reason_owed, 0 AS unanswered;
CREATE TABLE fct_alarm_monthly AS SELECT 'A1' AS alarm_id, '隆务镇' AS township, '某村' AS village, 'C01' AS cause_rule, 6 AS warnings, 5 AS households,
  20 AS known_households, 'x@tongren' AS policy_ref;
CREATE TABLE fct_household_income_monthly AS SELECT household_id AS household_key, head_person_id, part, is_result, is_counted, amount_year, basis, 'below line' AS band
  FROM dim_household, (VALUES ('工资性收入', false, true, 9000::DECIMAL(18,2), '申报'), ('转移性收入', false, true, 1000, '核实'),
  ('就业成本扣除', false, false, 0, '申报'), ('计入收入合计', true, true, 10000, NULL)) AS t(part, is_result, is_counted, amount_year, basis);
CREATE TABLE fct_membership_monthly AS SELECT household_id AS household_key, person_id, '2026-07' AS from_month,
  CASE person_id WHEN 'P7' THEN '2026-08' END AS to_month FROM dim_person;
CREATE TABLE audit_linkage_quality_monthly AS SELECT measure, 'all' AS group_kind, 'all' AS group_value, 'combined' AS method, 0.001 AS estimate, 0.0 AS low, 0.002 AS high, '' AS note
  FROM (VALUES ('false_links'), ('missed_links'), ('undecided')) AS t(measure);
CREATE TABLE audit_linkage_histogram_monthly AS SELECT 'certain' AS grade, 'L01' AS rule, i::DOUBLE AS low_bits, i + 1.0 AS high_bits, 40::BIGINT AS links
  FROM range(5) AS t(i);
CREATE TABLE audit_linkage_unlinkables_monthly AS SELECT 'feed' AS group_kind, 'death' AS group_value, 100::BIGINT AS descriptions, 50::BIGINT AS looked,
  1::BIGINT AS unlinkable, 0.02 AS share;
CREATE TABLE audit_linked_unlinked_monthly AS SELECT 'township' AS characteristic, '隆务镇' AS characteristic_value, -0.1 AS standardised_difference;
CREATE TABLE fct_report_figures_monthly AS SELECT figure_id, township, value::DECIMAL(18,2) AS value, '人' AS unit
  FROM (VALUES ('population_persons', 30), ('class_persons:最低生活保障对象', 29), ('class_persons:特困人员', 1), ('paid_amount:低保', 2900),
  ('paid_amount:特困', 100), ('warnings_listed', 7), ('not_assessed', 2), ('records_open', 2), ('referrals_open', 1)) AS t(figure_id, value),
  (VALUES ('全县'), ('隆务镇')) AS places(township)
