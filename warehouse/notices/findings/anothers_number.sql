-- A row of a surely known person under a number that is surely another person's.
WITH asked AS (
    SELECT * FROM own_value
    WHERE field = 'id_no' AND is_certain
        AND feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
),
held AS (
    SELECT asked.feed, asked.file, asked.sheet, asked."row", count(DISTINCT said.grp)::INTEGER AS sources,
        string_agg(DISTINCT said.grp, ';' ORDER BY said.grp) AS grps
    FROM asked
    INNER JOIN said ON said.id_no = asked.value AND said.person_id <> asked.person_id
        AND said.grp <> asked.grp AND NOT said.is_borrowed
    GROUP BY asked.feed, asked.file, asked.sheet, asked."row"
),
own AS (
    -- The number under which the others know this person, where they all name one.
    SELECT asked.feed, asked.file, asked.sheet, asked."row", any_value(owner.id_no) AS id_no
    FROM asked
    INNER JOIN owner ON owner.person_id = asked.person_id AND owner.id_no <> asked.value
    WHERE owner.sources >= getvariable('needs')
    GROUP BY asked.feed, asked.file, asked.sheet, asked."row" HAVING count(*) = 1
)
SELECT asked.feed, asked.file, asked.sheet, asked."row", asked.person_id, asked.own_key, asked.told AS stated,
    own.id_no AS proposed, held.sources, held.grps, '' AS detail
FROM asked
INNER JOIN held USING (feed, file, sheet, "row")
LEFT JOIN own USING (feed, file, sheet, "row")
WHERE held.sources >= getvariable('needs')
    -- Whoever bears the number by the word of as many others is no borrower.
    AND NOT EXISTS (
        FROM said WHERE said.person_id = asked.person_id AND said.id_no = asked.value AND said.grp <> asked.grp)
