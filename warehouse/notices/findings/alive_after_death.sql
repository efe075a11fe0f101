-- D03 of the month, brought to the very rows that record the death. A single bill after a death is as likely to be the
-- late or misused one: that is asked of whoever settled it (settled_after_death). Only what certain links hold together.
WITH lives AS (
    SELECT person_id,
        coalesce(json_extract_string(evidence, '$.settlements_after')::INTEGER, 0) >= getvariable('life_settlements_min')
            AS by_settlement,
        coalesce(json_extract_string(evidence, '$.in_school')::BOOLEAN, false) AS by_school
    FROM warning
    WHERE rule_id = 'D03'
        AND json_extract_string(evidence, '$.links.death') = 'certain'
        AND json_extract_string(evidence, '$.links.life') = 'certain'
)
SELECT row_now.feed, row_now.file, row_now.sheet, row_now."row", row_now.person_id, row_now.own_key,
    row_now.told AS stated, NULL AS proposed, lives.by_settlement::INTEGER + lives.by_school::INTEGER AS sources,
    concat_ws(';', CASE WHEN lives.by_settlement THEN '医保' END, CASE WHEN lives.by_school THEN '教育' END) AS grps,
    concat_ws('、', CASE WHEN lives.by_settlement THEN '多次医保结算' END, CASE WHEN lives.by_school THEN '在校' END)
        AS detail
FROM own_value AS row_now
INNER JOIN lives USING (person_id)
WHERE row_now.field = 'standing' AND row_now.is_certain
    AND row_now.feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
    AND (row_now.feed <> 'death' OR row_now.value = '死亡')
    AND lives.by_settlement::INTEGER + lives.by_school::INTEGER >= getvariable('needs')
    -- Whoever is entered for the spouse is asked about as that.
    AND NOT EXISTS (
        FROM raised WHERE raised.kind = 'N02' AND raised.person_id = row_now.person_id AND raised.feed = row_now.feed)
