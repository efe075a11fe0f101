-- What trials change, from four tables: raised (step 0 is the policy in force, each trial a further step), given
-- (every answer of a village), settled (the latest answer that settles a warning), listed (the lists as handed out).
-- Whether an answer was given on what is shown is written in below (warehouse.returns.same_evidence).

-- A village walks for a warning when it comes up with evidence that it has not seen: neither raised before in these
-- months with the same evidence, nor settled before by an answer to it.
CREATE TABLE walked AS
WITH shown AS (
  SELECT *, min(month) OVER (PARTITION BY step, warning_id, fingerprint) AS first_month FROM raised)
SELECT * EXCLUDE (first_month) FROM shown
WHERE month = first_month AND NOT EXISTS (
  SELECT 1 FROM given
  WHERE given.warning_id = shown.warning_id AND given.is_settling AND given.answered_month < shown.month
    AND is_same_evidence(shown, given));

CREATE TABLE visits AS
SELECT step, month, household, min(township) AS township FROM walked GROUP BY ALL;

-- Whom the list of the month brings a visit anyway, for another rule.
CREATE TABLE shared AS
SELECT DISTINCT month, household FROM listed WHERE NOT is_own AND status = 'listed';

-- Where some of the month's warnings wait for a place: a further visit would wait, too.
CREATE TABLE full_lists AS
SELECT DISTINCT month, township FROM listed WHERE status = 'waiting';

CREATE TABLE moved_visits AS
WITH steps AS (SELECT DISTINCT step FROM trials),
before AS (SELECT steps.step, v.month, v.household, v.township FROM visits AS v CROSS JOIN steps WHERE v.step = 0),
after AS (SELECT step, month, household, township FROM visits WHERE step > 0)
SELECT coalesce(a.step, b.step) AS step, coalesce(a.month, b.month) AS month,
  coalesce(b.township, a.township) AS township, b.household IS NOT NULL AS is_before, a.household IS NOT NULL AS is_after,
  s.household IS NOT NULL AS is_shared, f.township IS NOT NULL AS is_full
FROM before AS b FULL JOIN after AS a ON a.step = b.step AND a.month = b.month AND a.household = b.household
LEFT JOIN shared AS s ON s.month = coalesce(a.month, b.month) AND s.household = coalesce(a.household, b.household)
LEFT JOIN full_lists AS f ON f.month = coalesce(a.month, b.month) AND f.township = coalesce(b.township, a.township);

-- What was found of a warning: the latest answer that settles it; 'unclear' where all that came back settles nothing.
CREATE TABLE labels AS
SELECT coalesce(s.warning_id, g.warning_id) AS warning_id,
  CASE WHEN s.is_holding THEN 'held' WHEN s.is_refuting THEN 'refuted' WHEN s.warning_id IS NOT NULL THEN 'other'
    ELSE 'unclear' END AS label,
  coalesce(s.is_aided, false) AS is_aided
FROM settled AS s FULL JOIN (SELECT DISTINCT warning_id FROM given) AS g USING (warning_id);

-- Each warning of the months once: when it came up first, before and in the trial, and what was found.
CREATE TABLE findings AS
WITH first AS (
  SELECT step, warning_id, min(month) AS month, arg_min(township, month) AS township, arg_min(village, month) AS village,
    arg_min(household, month) AS household, arg_min(person_id, month) AS person_id, arg_min(amount, month) AS amount,
    arg_min(summary, month) AS summary
  FROM raised GROUP BY ALL),
before AS (SELECT t.step, f.* EXCLUDE (step) FROM first AS f CROSS JOIN trials AS t WHERE f.step = 0),
after AS (SELECT * FROM first WHERE step > 0)
SELECT coalesce(b.step, a.step) AS step, coalesce(b.warning_id, a.warning_id) AS warning_id,
  coalesce(b.month, a.month) AS month, coalesce(b.township, a.township) AS township,
  coalesce(b.village, a.village) AS village, coalesce(b.household, a.household) AS household,
  coalesce(b.person_id, a.person_id) AS person_id, coalesce(b.amount, a.amount) AS amount,
  coalesce(b.summary, a.summary) AS summary,
  b.month AS month_before, a.month AS month_after,
  CASE WHEN a.warning_id IS NULL THEN 'gone' WHEN b.warning_id IS NULL THEN 'new' WHEN a.month > b.month THEN 'later'
    WHEN a.month < b.month THEN 'sooner' ELSE 'same' END AS fate,
  coalesce(labels.label, 'never') AS label, coalesce(labels.is_aided, false) AS is_aided
FROM before AS b FULL JOIN after AS a ON a.step = b.step AND a.warning_id = b.warning_id
LEFT JOIN labels ON labels.warning_id = coalesce(b.warning_id, a.warning_id);

-- A household that has a warning of the rule before and none in the trial, or the other way round.
CREATE TABLE households AS
SELECT step, household, bool_or(month_before IS NOT NULL) AS is_before, bool_or(month_after IS NOT NULL) AS is_after
FROM findings GROUP BY ALL;

-- By month and township: visits of that month, warnings under the month in which they first came up.
CREATE TABLE places AS
WITH of_visits AS (
  SELECT step, month, township, count(*) FILTER (is_before) AS visits_before, count(*) FILTER (is_after) AS visits_after,
    count(*) FILTER (is_after AND NOT is_before) AS visits_more, count(*) FILTER (is_before AND NOT is_after) AS visits_fewer,
    count(*) FILTER (is_after AND NOT is_before AND is_shared) AS more_shared,
    count(*) FILTER (is_before AND NOT is_after AND is_shared) AS fewer_shared,
    count(*) FILTER (is_after AND NOT is_before AND NOT is_shared AND is_full) AS more_waiting
  FROM moved_visits GROUP BY ALL),
of_findings AS (
  SELECT step, month, township, count(*) FILTER (fate = 'gone') AS gone, count(*) FILTER (fate = 'new') AS new,
    count(*) FILTER (fate = 'later') AS later, count(*) FILTER (fate = 'sooner') AS sooner,
    count(*) FILTER (fate = 'gone' AND label = 'held') AS missed,
    count(*) FILTER (fate = 'gone' AND label = 'held' AND is_aided) AS missed_aided,
    count(*) FILTER (fate = 'gone' AND label = 'refuted') AS spared,
    count(*) FILTER (fate = 'gone' AND label = 'other') AS gone_other,
    count(*) FILTER (fate = 'gone' AND label IN ('never', 'unclear')) AS gone_unknown,
    count(*) FILTER (fate = 'later' AND label = 'held') AS held_later,
    count(*) FILTER (fate = 'sooner' AND label = 'held') AS held_sooner,
    count(*) FILTER (fate = 'new' AND label = 'held') AS found,
    count(*) FILTER (fate = 'new' AND label = 'refuted') AS burdened,
    count(*) FILTER (fate = 'new' AND label = 'other') AS new_other,
    count(*) FILTER (fate = 'new' AND label IN ('never', 'unclear')) AS new_unknown
  FROM findings GROUP BY ALL)
SELECT coalesce(v.step, f.step) AS step, coalesce(v.month, f.month) AS month, coalesce(v.township, f.township) AS township,
  COLUMNS(v.* EXCLUDE (step, month, township)), COLUMNS(f.* EXCLUDE (step, month, township))
FROM of_visits AS v FULL JOIN of_findings AS f ON v.step = f.step AND v.month = f.month AND v.township = f.township;
