CREATE TABLE dim_person AS SELECT 'P' || i AS person_id, '多杰扎西' || i AS name, '63232119800101' || lpad(i::VARCHAR, 4, '0') AS id_no,
  '1' AS sex, DATE '1980-01-01' AS birth_date, '藏族' AS ethnicity, 'given' AS name_system, '1390973' || lpad(i::VARCHAR, 4, '0') AS phone,
  '隆务镇' AS township, '某村' AS village, 'H' || (i // 3) AS household_id, '户主' AS relation, i % 2 = 0 AS is_low_income,
  NULL::DATE AS died_on, 0 AS death_sources, 'certain' AS link_grade FROM range($people) AS t(i);
CREATE TABLE dim_household AS SELECT household_id, min(person_id) AS head_person_id, '隆务镇' AS township, '某村' AS village,
  count(*)::INTEGER AS size, 400::DECIMAL(18,2) AS income_pc_month, 'rural_monitoring' AS income_source, '' AS case_nos, '' AS household_nos
  FROM dim_person GROUP BY household_id;
CREATE TABLE fct_population_monthly AS SELECT person_id, household_id, '最低生活保障对象' AS class, 'assistance_roster' AS source_feed,
  township, village, '2026-08' AS since FROM dim_person WHERE is_low_income;
CREATE TABLE dim_rule AS SELECT * FROM (VALUES ('D01', '死亡后仍发放', '错保', '…', 'death', '核对', 'R044'), ('C01', '未纳入', '漏保', '…', 'rural_monitoring', '核对', 'R018'))
  AS t(rule_id, title, kind, sentence, needs_feeds, check_hint, requirement);
CREATE TABLE fct_warning_monthly AS SELECT 'W' || i AS warning_id, CASE WHEN i % 2 = 0 THEN 'D01' ELSE 'C01' END AS rule_id, 'P' || i AS person_id,
  'H' || (i // 3) AS household_id, 'tongren' AS region, '隆务镇' AS township, '某村' AS village, '疑似' AS grade,
  CASE WHEN i = 0 THEN 'waiting' ELSE 'listed' END AS status, CASE WHEN i = 0 THEN 'cap' ELSE '' END AS status_reason, '2026-08' AS since,
  100::DECIMAL(18,2) AS amount, '一句话' AS summary, '核对' AS check_hint, '{"months": 2}' AS evidence, 'x@tongren' AS policy_ref,
  'R044' AS requirement, 1.0::DOUBLE AS priority FROM range(8) AS t(i);
CREATE TABLE fct_assessment_monthly AS SELECT 'D01' AS rule_id, '隆务镇' AS township, 10::BIGINT AS in_scope, 8::BIGINT AS assessed, 2::BIGINT AS not_assessed, 'no cremation feed' AS reason;
CREATE TABLE fct_indicator_monthly AS SELECT person_id, 'medical_own_12m' AS indicator, 10::DECIMAL(18,2) AS value, DATE '2025-10-01' AS window_from,
  DATE '2026-09-30' AS window_to, 3 AS rows_used FROM dim_person;
CREATE TABLE audit_link_monthly AS SELECT 'death' AS feed, 'self' AS role, 'certain' AS grade, 10::BIGINT AS rows;
CREATE TABLE audit_row_account AS SELECT 'death' AS feed, 1::BIGINT AS files, 11::BIGINT AS rows, 10::BIGINT AS landed, 0::BIGINT AS quarantined, 1::BIGINT AS furniture;
CREATE TABLE crosswalk AS SELECT 'death' AS feed, 'death.csv' AS file, '' AS sheet, i::INTEGER AS row, 'self' AS role, 'P' || i AS person_id,
  'certain' AS grade, 'L01' AS rule, 60.0::DOUBLE AS match_weight FROM range($people) AS t(i);
CREATE TABLE records AS SELECT file, sheet, row, role, 1::UBIGINT AS profile_key FROM crosswalk
