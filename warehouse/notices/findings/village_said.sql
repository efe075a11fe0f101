-- What a village answered to a warning of an earlier month, brought to the rows on which that warning rested.
WITH answered AS (
    SELECT person_id, warning_id, result, reason_not, checked_on
    FROM disposition
    QUALIFY row_number() OVER (PARTITION BY warning_id ORDER BY checked_on DESC, file DESC, "row" DESC) = 1
),
spoken AS (
    SELECT answered.person_id, answered.warning_id, answered.checked_on
    FROM answered
    WHERE answered.result IN (SELECT word FROM village_word WHERE kind = getvariable('kind'))
        OR answered.reason_not IN (SELECT word FROM village_word WHERE kind = getvariable('kind'))
),
rested AS (
    SELECT coalesce(followed.person_id, spoken.person_id) AS person_id, split_part(origin.file, '/', 1) AS feed,
        max(spoken.checked_on) AS checked_on
    FROM spoken
    INNER JOIN origin USING (warning_id)
    LEFT JOIN followed ON followed.old_id = spoken.person_id
    GROUP BY ALL
)
SELECT row_now.feed, row_now.file, row_now.sheet, row_now."row", row_now.person_id, row_now.own_key,
    row_now.told AS stated, NULL AS proposed, 1::INTEGER AS sources, '村级' AS grps,
    strftime(rested.checked_on, '%Y-%m') AS detail
FROM own_value AS row_now
INNER JOIN rested USING (person_id, feed)
WHERE row_now.field = getvariable('field') AND row_now.is_certain AND getvariable('needs') <= 1
    AND row_now.feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
    AND row_now.value NOT IN (SELECT word FROM gone_word)
