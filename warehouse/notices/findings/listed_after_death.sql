-- On a list of this month, and dead by the word of so many independent sources well before it; nothing shows life.
WITH dead AS (
    SELECT person_id, count(DISTINCT grp)::INTEGER AS sources, string_agg(DISTINCT grp, ';' ORDER BY grp) AS grps,
        max(died_on) AS died_on
    FROM death_said GROUP BY person_id
)
SELECT row_now.feed, row_now.file, row_now.sheet, row_now."row", row_now.person_id, row_now.own_key,
    row_now.told AS stated, NULL AS proposed, dead.sources, dead.grps, strftime(dead.died_on, '%Y-%m') AS detail
FROM own_value AS row_now
INNER JOIN dead USING (person_id)
WHERE row_now.field = 'standing' AND row_now.is_certain
    AND row_now.feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
    AND row_now.value NOT IN (SELECT word FROM gone_word)
    AND dead.sources >= getvariable('needs')
    AND dead.died_on + getvariable('after_death_days') < getvariable('first_day')
    AND NOT EXISTS (FROM warning WHERE warning.rule_id = 'D03' AND warning.person_id = row_now.person_id)
    AND NOT EXISTS (FROM raised WHERE raised.kind = 'N02' AND raised.person_id = row_now.person_id)
