-- On a list of this month, while the police cancelled the hukou for a reason that takes a person away.
WITH gone AS (
    SELECT row_now.person_id, min(deaths.cancelled_on) AS cancelled_on
    FROM own_value AS row_now
    INNER JOIN death_row AS deaths ON deaths.feed = row_now.feed AND deaths.file = row_now.file
        AND deaths.sheet = row_now.sheet AND deaths."row" = row_now."row"
    WHERE row_now.field = 'standing' AND row_now.feed = 'death' AND row_now.is_certain
        AND row_now.value IN (SELECT word FROM leaving_word)
    GROUP BY row_now.person_id
)
SELECT row_now.feed, row_now.file, row_now.sheet, row_now."row", row_now.person_id, row_now.own_key,
    row_now.told AS stated, NULL AS proposed, 1::INTEGER AS sources, '公安' AS grps,
    strftime(gone.cancelled_on, '%Y-%m') AS detail
FROM own_value AS row_now
INNER JOIN gone USING (person_id)
WHERE row_now.field = 'standing' AND row_now.is_certain
    AND row_now.feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
    AND gone.cancelled_on + getvariable('after_leaving_days') < getvariable('first_day')
    AND getvariable('needs') <= 1
