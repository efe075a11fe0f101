-- What the month's rows say and whom they speak of, and what every group of sources says of a person.
-- Given: link (crosswalk of the month), record, profile (registry), spoken_as (feed, grp), standing_word, last_before.

-- The month's own rows of the feeds that may be asked, each with the key by which its source finds it again.
CREATE TEMP TABLE own_row AS
SELECT
    link.feed, spoken_as.grp, link.file, link.sheet, link."row", link.person_id, link.grade <> 'review' AS is_certain,
    profile.profile_key, profile.rule, profile.id_no, profile.id_seen, profile.id_kind, profile.name, profile.name_raw,
    profile.name_family, profile.name_missing, profile.sex, profile.birth_date,
    profile.birth_source, profile.birth_precision, profile.agency_key, profile.household_key,
    md5(concat_ws('|', link.feed, coalesce(
        profile.agency_key,
        concat_ws('|', CASE WHEN starts_with(profile.household_key, 'home:') OR starts_with(profile.household_key, 'beside:')
            THEN NULL ELSE profile.household_key END, profile.name, profile.id_seen)))) AS own_key
FROM link
INNER JOIN record USING (feed, file, sheet, "row")
INNER JOIN profile ON profile.profile_key = record.profile_key
INNER JOIN spoken_as ON spoken_as.feed = link.feed;

-- One line per row and thing said. What only an id tells is not said by the row itself.
CREATE TEMP TABLE own_value AS
SELECT feed, grp, file, sheet, "row", person_id, is_certain, own_key, 'id_no' AS field, id_no AS value, id_no AS told
FROM own_row WHERE id_kind = 'valid'
UNION ALL
SELECT feed, grp, file, sheet, "row", person_id, is_certain, own_key, 'name', coalesce(name_family, name), name_raw
FROM own_row WHERE name IS NOT NULL AND NOT coalesce(name_missing, false) AND name NOT LIKE '※%'
UNION ALL
SELECT feed, grp, file, sheet, "row", person_id, is_certain, own_key, 'birth_date', birth_date::VARCHAR, birth_date::VARCHAR
FROM own_row WHERE birth_source = 'column' AND birth_precision = 'day'
UNION ALL
SELECT feed, grp, file, sheet, "row", person_id, is_certain, own_key, 'sex', sex, sex
FROM own_row WHERE sex IN ('1', '2') AND feed IN (SELECT feed FROM tells_sex)
UNION ALL
SELECT feed, grp, file, sheet, "row", person_id, is_certain, own_key, 'agency_key', agency_key, split_part(agency_key, ':', 2)
FROM own_row WHERE agency_key IS NOT NULL
UNION ALL
SELECT o.feed, o.grp, o.file, o.sheet, o."row", o.person_id, o.is_certain, o.own_key, 'standing',
    coalesce(w.word, '在册'), coalesce(w.word, '在册')
FROM own_row AS o
LEFT JOIN standing_word AS w ON w.feed = o.feed AND w.file = o.file AND w.sheet = o.sheet AND w."row" = o."row";

-- The newest that each feed said of a person, of certain links only and not longer ago than policy lets it count.
CREATE TEMP TABLE said AS
SELECT
    profile.person_id, spoken_as.grp, profile.feed, profile.rule, profile.id_no, profile.id_kind, profile.name,
    profile.name_raw, profile.name_family, profile.name_missing, profile.sex, profile.birth_date, profile.birth_source,
    profile.birth_precision, profile.rule IN (SELECT rule FROM borrowing) AS is_borrowed
FROM profile
INNER JOIN spoken_as ON spoken_as.feed = profile.feed
WHERE profile.grade <> 'review' AND profile.last_month >= (SELECT first_month FROM last_before)
QUALIFY dense_rank() OVER (PARTITION BY profile.person_id, profile.feed ORDER BY profile.last_month DESC) = 1;

CREATE TEMP TABLE said_value AS
SELECT DISTINCT person_id, grp, 'id_no' AS field, id_no AS value, id_no AS told FROM said WHERE id_kind = 'valid'
UNION ALL
SELECT DISTINCT person_id, grp, 'name', coalesce(name_family, name), min(name_raw) FROM said
WHERE name IS NOT NULL AND NOT coalesce(name_missing, false) AND name NOT LIKE '※%'
GROUP BY person_id, grp, coalesce(name_family, name)
UNION ALL
-- A valid id that is the person's own tells birth date and sex as well.
SELECT DISTINCT person_id, grp, 'birth_date', birth_date::VARCHAR, birth_date::VARCHAR FROM said
WHERE birth_date IS NOT NULL AND birth_precision = 'day' AND NOT (is_borrowed AND birth_source = 'id')
UNION ALL
SELECT DISTINCT person_id, grp, 'sex', sex, sex FROM said WHERE sex IN ('1', '2') AND NOT is_borrowed;

-- Whose a number surely is: stated by so many groups in that person's own name.
CREATE TEMP TABLE owner AS
SELECT id_no, person_id, count(DISTINCT grp)::INTEGER AS sources
FROM said WHERE id_kind = 'valid' AND NOT is_borrowed GROUP BY id_no, person_id;
