-- The suite of medical_settlement as somebody would write it by hand: few scans, everything at once.
-- name: scan
SELECT count(*) AS n,
  count(*) FILTER (WHERE coalesce(trim(own_total_raw), '') <> '') AS own_written,
  count(*) FILTER (WHERE coalesce(trim(own_total_raw), '') <> '' AND own_total IS NOT NULL) AS own_read,
  count(*) FILTER (WHERE total IS NOT NULL) AS totals,
  count(*) FILTER (WHERE abs(total - (coalesce(basic_paid, 0) + coalesce(critical_paid, 0) + coalesce(assistance_paid, 0) + coalesce(own_total, 0))) <= 0.05) AS added_up,
  count(*) FILTER (WHERE coalesce(trim(state_raw), '') <> '') AS states_written,
  count(*) FILTER (WHERE coalesce(trim(state_raw), '') <> '' AND state IN ('0', '1')) AS states_known,
  count(*) FILTER (WHERE state = '0') AS reversed,
  count(*) FILTER (WHERE coalesce(trim(settled_at_raw), '') <> '') AS days_written,
  count(*) FILTER (WHERE coalesce(trim(settled_at_raw), '') <> '' AND settled_at BETWEEN DATE '1990-01-01' AND DATE '$end') AS days_sane,
  count(*) FILTER (WHERE coalesce(trim(id_no_raw), '') <> '') AS ids_written,
  count(*) FILTER (WHERE coalesce(trim(id_no_raw), '') <> '' AND id_no_kind IN ('valid', 'legacy15')) AS ids_valid,
  count(*) FILTER (WHERE total >= 0) AS not_negative,
  count(name_raw) AS names,
  count(*) FILTER (WHERE regexp_matches(name_raw, '[?？�]|[À-ÿ]{2}|锟|[ｦ-ﾟ]{2}')) AS garbled,
  count(*) FILTER (own) AS own_rows,
  count(name) FILTER (own) / count(*) FILTER (own) AS f_name, count(id_no) FILTER (own) / count(*) FILTER (own) AS f_id_no,
  count(psn_no) FILTER (own) / count(*) FILTER (own) AS f_psn_no, count(total) FILTER (own) / count(*) FILTER (own) AS f_total,
  count(own_total) FILTER (own) / count(*) FILTER (own) AS f_own_total,
  count(assistance_paid) FILTER (own) / count(*) FILTER (own) AS f_assistance_paid,
  count(care_type) FILTER (own) / count(*) FILTER (own) AS f_care_type,
  exp(avg(CASE WHEN own AND total > 0 THEN ln(total) END)) AS typical_total,
  exp(avg(CASE WHEN own AND own_total > 0 THEN ln(own_total) END)) AS typical_own
FROM (SELECT *, settled_at BETWEEN DATE '$first' AND DATE '$end' AS own FROM '$settlements');

-- name: repeated
SELECT 1 - count(*) / sum(times) AS repeated FROM (SELECT count(*) AS times FROM '$settlements'
WHERE settlement_id IS NOT NULL AND state IS NOT NULL AND own_total IS NOT NULL GROUP BY settlement_id, state, own_total);

-- name: known
SELECT avg(CASE WHEN known.psn_no IS NULL THEN 0 ELSE 1 END) AS known FROM
(SELECT DISTINCT psn_no FROM '$settlements' WHERE psn_no IS NOT NULL) AS asked
LEFT JOIN (SELECT DISTINCT psn_no FROM '$enrolments') AS known USING (psn_no);

-- name: agreeing
SELECT avg(CASE WHEN here.id_no = there.id_no THEN 1 ELSE 0 END) AS agreeing FROM '$settlements' AS here JOIN
(SELECT psn_no, any_value(id_no) AS id_no FROM '$enrolments' WHERE psn_no IS NOT NULL AND id_no IS NOT NULL
GROUP BY psn_no HAVING count(*) = 1) AS there USING (psn_no) WHERE here.id_no IS NOT NULL;

-- name: states
SELECT state, count(*) FROM '$settlements' WHERE state IS NOT NULL AND settled_at BETWEEN DATE '$first' AND DATE '$end' GROUP BY state;

-- name: cares
SELECT care_type, count(*) FROM '$settlements' WHERE care_type IS NOT NULL AND settled_at BETWEEN DATE '$first' AND DATE '$end' GROUP BY care_type;
