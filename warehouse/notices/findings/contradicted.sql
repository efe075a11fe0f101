-- What a row states of a surely known person, that so many other groups state otherwise and none states alike.
WITH asked AS (
    SELECT * FROM own_value
    WHERE field = getvariable('field') AND is_certain AND value IS NOT NULL
        AND feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
),
others AS (
    SELECT asked.feed, asked.file, asked.sheet, asked."row", said_value.value,
        min(said_value.told) AS told, count(DISTINCT said_value.grp)::INTEGER AS sources,
        string_agg(DISTINCT said_value.grp, ';' ORDER BY said_value.grp) AS grps
    FROM asked
    INNER JOIN said_value ON said_value.person_id = asked.person_id
        AND said_value.field = asked.field AND said_value.grp <> asked.grp
    GROUP BY asked.feed, asked.file, asked.sheet, asked."row", said_value.value
),
against AS (
    -- All others say one thing: where they differ among themselves nobody knows better than this row.
    SELECT feed, file, sheet, "row", any_value(value) AS value, any_value(told) AS told,
        any_value(sources) AS sources, any_value(grps) AS grps
    FROM others GROUP BY feed, file, sheet, "row" HAVING count(*) = 1
)
SELECT asked.feed, asked.file, asked.sheet, asked."row", asked.person_id, asked.own_key, asked.told AS stated,
    against.told AS proposed, against.sources, against.grps, '' AS detail
FROM asked
INNER JOIN against USING (feed, file, sheet, "row")
WHERE against.value <> asked.value AND against.sources >= getvariable('needs')
    AND CASE getvariable('field')
        -- A number that is somebody else's is asked about as that.
        WHEN 'id_no' THEN NOT EXISTS (
            FROM owner WHERE owner.id_no = asked.value AND owner.person_id <> asked.person_id)
        -- A shortened name and one written in Latin letters are no other name.
        WHEN 'name' THEN NOT starts_with(against.value, asked.value) AND NOT starts_with(asked.value, against.value)
            AND NOT contains(against.value, asked.value) AND NOT contains(asked.value, against.value)
            AND regexp_matches(asked.told, '[一-鿿㐀-䶿]')
        ELSE true
    END
