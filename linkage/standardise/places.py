"""Townships, villages and division numbers: one name for one place.

Prefixes down to the county go, the many words for a village's committee become 村 or 社区, and an address
gives what no column names. Division numbers follow their history (``lexicon/divisions.csv``).
"""

from __future__ import annotations

from typing import Final

from linkage.standardise import lexicon
from linkage.standardise.text import let, lookup

_BY_NAME, _BY_CODE = lexicon.divisions()

# Province, prefecture, county: each may be absent. What follows must still hold something.
_ABOVE = (
    r"^(?:[^省]{2,7}省|[^区]{2,7}自治区)?(?:[^州市县区]{1,8}自治州|[^州市县区]{1,4}州|[^州市县区]{1,8}地区)?"
    r"(?:[^市县区旗镇乡]{1,8}自治[县旗]|[^市县区旗镇乡社]{1,6}[市县区旗]){0,2}"
)
_TOWN = r"[^镇乡0-9]{1,10}?(?:镇|乡|街道办事处|街道)"

# A residents' committee sits in a 社区, a villagers' committee in a 村; a bare name says neither, see
# ``cells.settle_bare_villages``.
_KINDED = """CASE WHEN b = '' THEN NULL WHEN regexp_matches(b, '(社区|街道)$') OR (b = t AND ends_with(b, '居')) THEN b
    WHEN regexp_matches(t, '[^村]居民?委(员会|会)$') THEN b || '社区' ELSE b || '村' END"""
_VILLAGE = let("below_township(t)", "v", "village_of(v)")

MACROS: Final[tuple[str, ...]] = (
    f"below_county(t) AS coalesce(nullif(regexp_replace(t, '{_ABOVE}', ''), ''), t)",
    # 同仁市隆务镇, 隆务镇人民政府, 隆务, 隆务乡 (its kind of before): all 隆务镇, where the lexicon knows the
    # stem. Elsewhere a bare stem stays: what it lacks is not known.
    f"""township_stem(t) AS coalesce(nullif(regexp_extract(t, '^({_TOWN})', 1), ''), t)""",
    f"""township_now(t) AS {
        lookup("regexp_replace(t, '[镇乡]+$', '')", lexicon.townships(), otherwise="t")
    }""",
    """township_of(t) AS replace(township_now(township_stem(below_county(t))), '街道办事处', '街道')""",
    f"""fold_township(x) AS {let("known(solid(x))", "t", "township_of(t)")}""",
    f"""below_township(t) AS coalesce(
        nullif(regexp_replace(below_county(t), '^{_TOWN}(?:人民政府)?', ''), ''), below_county(t))""",
    # 吾屯村村民委员会, 吾屯村委会, 吾屯村三社, 吾屯: all 吾屯村. 隆务社区居委会, 隆务社区委员会: 隆务社区.
    r"""village_base(t) AS regexp_replace(regexp_replace(t,
        '(第?[0-9一二三四五六七八九十]+(?:村民小组|小组|组|社|队)|[0-9]+(?:号|户).*)+$', ''),
        '(?:(?:村民|牧民|居民|村|牧|居)?委员会|[村牧居]委会|村委|(?:行政|自然)?村)+$', '')""",
    f"""village_of(t) AS {let("village_base(t)", "b", _KINDED)}""",
    # 所属村组 of the villages' ledger: the village, a blank, its hamlet or group. The village speaks.
    r"""village_before_group(x) AS coalesce(
        nullif(regexp_extract(trim(halfwidth(x)), '^([^ ]+?(?:村|社区)) +[^ ].*$', 1), ''), x)""",
    f"""fold_village(x) AS {let("known(solid(village_before_group(x)))", "t", _VILLAGE)}""",
    # Does the cell name a village without saying whether it is a 村 or a 社区?
    """village_is_bare(x) AS NOT regexp_matches(x, '村|社区|街道|居|委')""",
    # From an address only what it names for certain: a township's kind word, a village's kind word.
    """address_tidy(x) AS below_county(regexp_replace(solid(x), '[,，、;]', '', 'g'))""",
    f"""address_township(x) AS replace(township_now(
        nullif(regexp_extract(address_tidy(x), '^({_TOWN})', 1), '')), '街道办事处', '街道')""",
    f"""address_village(x) AS village_of(nullif(regexp_extract(address_tidy(x),
        '^(?:{_TOWN})((?:[^村社]{{1,10}}?|[^村]{{1,10}}?)(?:村村民委员会|村委会|社区居委会|牧委会|社区|村))', 1), ''))""",
    # The house itself, where the address goes down to its number: one key for all ways to write it.
    r"""home_number(t) AS regexp_extract(t, '([0-9]+)(?:村民小组|小组|组|社|队)', 1)
        || '-' || nullif(regexp_extract(t, '([0-9]+)(?:号|户)$', 1), '')""",
    """address_home(x) AS address_township(x) || address_village(x) || home_number(address_tidy(x))""",
    f"division_in_force(code) AS {lookup('code', _BY_CODE, otherwise='code')}",
    f"""division_named(x) AS {lookup("regexp_extract(x, '([^省州区]{1,6}(?:自治[县旗]|[市县区旗]))', 1)", _BY_NAME)}""",
    # An address that is a number (six to twelve digits) or a text that names the county.
    """fold_division(x) AS CASE WHEN regexp_full_match(fold_key(x), '[1-9][0-9]{5}([0-9]{3}|[0-9]{6})?([.]0)?')
        THEN division_in_force(left(fold_key(x), 6)) ELSE division_named(solid(x)) END""",
)
