-- One surely known pupil 在籍 under several school numbers; the rows after the first are asked about.
WITH enrolled AS (
    SELECT roll.*, dense_rank() OVER (PARTITION BY roll.person_id ORDER BY roll.value) AS place
    FROM own_value AS roll
    INNER JOIN own_value AS standing USING (feed, file, sheet, "row")
    WHERE roll.field = 'agency_key' AND standing.field = 'standing' AND standing.value = '在籍' AND roll.is_certain
        AND roll.feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
)
SELECT feed, file, sheet, "row", person_id, own_key, told AS stated, NULL AS proposed, (place - 1)::INTEGER AS sources,
    '' AS grps, '' AS detail
FROM enrolled WHERE place > getvariable('needs')
