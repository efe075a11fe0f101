"""Everything that was ever handed out up to a month, as answers are held against it: all months, all versions."""

from __future__ import annotations

from warehouse.database import in_memory
from warehouse.errors import Refused
from warehouse.followed import make_followed, persons_named
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.policy import Policy
from warehouse.release.sent import files_as_sql, keep_sent, name_checks, sent_files
from warehouse.returns.answers import Listed, folded_key


def published_months(lake: Lake) -> list[Month]:
    """The months that have a release, in order."""
    folders = (lake.home / "release").glob("[0-9]*/manifest.json")
    return sorted(Month.parse(path.parent.name) for path in folders)


def last_published(lake: Lake, until: Month) -> Month:
    """The last month up to ``until`` whose lists are out; ``until`` itself where there is none."""
    before = [month for month in published_months(lake) if month <= until]
    return before[-1] if before else until


def handed_out(month: Month, lake: Lake, policy: Policy) -> dict[str, Listed]:
    """Every warning on a list of any month, by its folded id; what was published since is written down first.

    ``Refused`` when the month itself has no release, or one was altered. Lists of later months are there, too, so that
    a file can be told to be one of them. A reminder names people as the month knows them: merged since, or by a better name.
    """
    for one in published_months(lake):
        keep_sent(lake, one, policy)
    files = sent_files(lake, until=Month(9999, 12))
    if str(month) not in {one for one, _ in files}:
        raise Refused(
            f"nothing was published for {month}: there is no manifest.",
            next_step="publish the month, or name the month that the lists are of.",
        )
    with in_memory(lake.home) as con:
        make_followed(con, lake, month)
        con.execute(f"CREATE TEMP TABLE every AS FROM {files_as_sql(files)}")
        now = con.execute(f"""
            SELECT DISTINCT warning_id, person_id, name FROM (
                SELECT warning_id, coalesce(followed.person_id, every.person_id) AS person_id
                FROM every LEFT JOIN followed ON followed.old_id = every.person_id
            ) LEFT JOIN {persons_named(lake, month)} AS persons USING (person_id) ORDER BY ALL""").fetchall()
        rows = con.execute("""
            SELECT warning_id, max_by(rule_id, month || '-' || lpad(version::VARCHAR, 6, '0')), list(DISTINCT month),
                map_from_entries(list(DISTINCT {'k': month, 'v': person})), list_distinct(flatten(list(name_checks))),
                list(DISTINCT replace(title, ' ', '')) FILTER (title <> ''), list(DISTINCT month) FILTER (second_look_of IS NOT NULL)
            FROM (SELECT *, max_by(person_id, version) OVER (PARTITION BY warning_id, month) AS person
                  FROM every)
            GROUP BY warning_id""").fetchall()
    checks_of = name_checks(policy)
    checks = {name: checks_of(name) for name in {name for *_, name in now}}
    alive: dict[str, set[str]] = {}
    named: dict[str, set[str]] = {}
    for key, person, name in now:
        alive.setdefault(key, set()).add(person)
        named.setdefault(key, set()).update(checks[name])
    return {
        folded_key(key): Listed(key, rule, tuple(sorted(months)), dict(persons), frozenset({*(names or ()), *named[key]}),
                                frozenset(titles or ()), frozenset(alive[key]), frozenset(looks or ()))
        for key, rule, months, persons, names, titles, looks in rows
    }  # fmt: skip
