-- A valid number whose holder is named otherwise by so many groups; whose row it is, the links cannot surely tell.
WITH asked AS (
    SELECT own_row.*
    FROM own_row
    WHERE NOT is_certain AND id_kind = 'valid' AND name IS NOT NULL AND NOT coalesce(name_missing, false)
        AND name NOT LIKE '※%' AND regexp_matches(name, '[一-鿿㐀-䶿]')
        AND feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
),
holders AS (
    SELECT asked.feed, asked.file, asked.sheet, asked."row", count(DISTINCT said.grp)::INTEGER AS sources,
        string_agg(DISTINCT said.grp, ';' ORDER BY said.grp) AS grps,
        bool_or(
            coalesce(said.name_family = asked.name_family, false) OR starts_with(said.name, asked.name)
            OR starts_with(asked.name, said.name) OR contains(asked.name, said.name) OR contains(said.name, asked.name)
        ) AS is_alike
    FROM asked
    INNER JOIN said ON said.id_no = asked.id_no AND NOT said.is_borrowed AND said.name IS NOT NULL
        AND NOT coalesce(said.name_missing, false) AND said.name NOT LIKE '※%'
    WHERE said.grp <> asked.grp
    GROUP BY asked.feed, asked.file, asked.sheet, asked."row"
)
SELECT asked.feed, asked.file, asked.sheet, asked."row", asked.person_id, asked.own_key, asked.id_no AS stated,
    NULL AS proposed, holders.sources, holders.grps, '' AS detail
FROM asked
INNER JOIN holders USING (feed, file, sheet, "row")
WHERE NOT holders.is_alike AND holders.sources >= getvariable('needs')
