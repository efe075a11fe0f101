-- The police record A dead; another source records B, of A's house or fetched by A, dead about that day, and the
-- police do not. Each was seen by a certain link.
WITH police AS (
    SELECT row_now.*, deaths.died_on
    FROM own_value AS row_now
    INNER JOIN death_row AS deaths ON deaths.feed = row_now.feed AND deaths.file = row_now.file
        AND deaths.sheet = row_now.sheet AND deaths."row" = row_now."row"
    WHERE row_now.field = 'standing' AND row_now.feed = 'death' AND row_now.value = '死亡' AND row_now.is_certain
        AND deaths.died_on IS NOT NULL
),
others AS (
    SELECT row_now.person_id, deaths.died_on, kin.person_id AS kin_id, person.household_id
    FROM own_value AS row_now
    INNER JOIN death_row AS deaths ON deaths.feed = row_now.feed AND deaths.file = row_now.file
        AND deaths.sheet = row_now.sheet AND deaths."row" = row_now."row"
    LEFT JOIN kin ON kin.feed = row_now.feed AND kin.file = row_now.file AND kin.sheet = row_now.sheet
        AND kin."row" = row_now."row"
    LEFT JOIN person ON person.person_id = row_now.person_id
    WHERE row_now.field = 'standing' AND row_now.feed = 'cremation' AND row_now.is_certain AND deaths.died_on IS NOT NULL
)
SELECT police.feed, police.file, police.sheet, police."row", police.person_id, police.own_key, police.told AS stated,
    NULL AS proposed, 1::INTEGER AS sources, '殡葬卫健' AS grps, getvariable('other_death_days')::VARCHAR AS detail
FROM police
INNER JOIN person AS here ON here.person_id = police.person_id
INNER JOIN others ON abs(date_diff('day', others.died_on, police.died_on)) <= getvariable('other_death_days')
    AND others.person_id <> police.person_id
    AND (others.kin_id = police.person_id OR others.household_id = here.household_id)
WHERE getvariable('needs') <= 1
    AND NOT EXISTS (FROM police AS known WHERE known.person_id = others.person_id)
    AND NOT EXISTS (FROM others AS known WHERE known.person_id = police.person_id)
