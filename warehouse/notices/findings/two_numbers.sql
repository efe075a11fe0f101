-- Roster and insurance each hold a valid number of one surely known person, and no third source speaks for either.
WITH told AS (
    SELECT * FROM own_value
    WHERE field = 'id_no' AND is_certain
        AND feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
)
SELECT here.feed, here.file, here.sheet, here."row", here.person_id, here.own_key, here.told AS stated,
    NULL AS proposed, count(DISTINCT there.grp)::INTEGER AS sources, any_value(there.grp) AS grps, '' AS detail
FROM told AS here
INNER JOIN told AS there ON there.person_id = here.person_id AND there.grp <> here.grp AND there.value <> here.value
WHERE NOT EXISTS (
        FROM said_value AS third
        WHERE third.person_id = here.person_id AND third.field = 'id_no' AND third.grp NOT IN (here.grp, there.grp))
    AND NOT EXISTS (
        FROM owner WHERE owner.id_no IN (here.value, there.value) AND owner.person_id <> here.person_id)
GROUP BY here.feed, here.file, here.sheet, here."row", here.person_id, here.own_key, here.told
HAVING count(DISTINCT there.grp) >= getvariable('needs')
