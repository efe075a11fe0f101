-- A bill of this month, well after a death that certain links tell, of one who shows no other sign of life.
WITH dead AS (
    SELECT person_id, count(DISTINCT grp)::INTEGER AS sources, string_agg(DISTINCT grp, ';' ORDER BY grp) AS grps,
        max(died_on) AS died_on
    FROM death_said GROUP BY person_id
),
bills AS (
    SELECT row_now.*, dead.sources, dead.grps, dead.died_on, bill.settled_on,
        sum(CASE WHEN bill.state = '0' OR bill.total < 0 THEN -1 ELSE 1 END) OVER (PARTITION BY row_now.person_id) AS net
    FROM own_value AS row_now
    INNER JOIN bill ON bill.file = row_now.file AND bill.sheet = row_now.sheet AND bill."row" = row_now."row"
    INNER JOIN dead USING (person_id)
    WHERE row_now.field = 'agency_key' AND row_now.is_certain
        AND row_now.feed IN (SELECT feed FROM asked_feed WHERE kind = getvariable('kind'))
        AND bill.settled_on > dead.died_on + getvariable('settled_after_days')
)
SELECT feed, file, sheet, "row", person_id, own_key, settled_on::VARCHAR AS stated, NULL AS proposed, sources, grps,
    strftime(died_on, '%Y-%m') AS detail
FROM bills
-- What was reversed nets out; whoever was treated again and again lives, and the death is asked about.
WHERE net = 1 AND sources >= getvariable('needs')
    AND NOT EXISTS (FROM raised WHERE raised.kind IN ('N01', 'N02') AND raised.person_id = bills.person_id)
QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY settled_on DESC, file, "row") = 1
