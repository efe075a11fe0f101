"""Policy packs: what is in force, and every fault that a pack can have, told with its line."""

import csv
import io
from itertools import product

import pytest

from warehouse.errors import Misconfigured, PolicyMissing
from warehouse.months import Month
from warehouse.policy import COLUMNS, load, read_lines
from warehouse.policy.groups import TECHNICAL, group_of, groups
from warehouse.policy.packs import read_packs
from warehouse.policy.parameters import FAMILY, parameters
from warehouse.policy.units import is_unit, misfit
from warehouse.settings import REPOSITORY

PACKS = REPOSITORY / "dbt_project" / "seeds" / "policy"
HEADER = ",".join(COLUMNS)
REGIONS = ("tongren", "guangdong", "liangping", "tianjin")

HERE = "tongren,low_income_multiple,2.0,times,2021-01-01,2025-12-31,S0,verified,"
GENERAL = "*,low_income_multiple,1.5,times,2020-01-01,,G3,illustrative,"
OPEN = "tongren,job_cost_deduction_month,,yuan/person/month,2020-01-01,,S2,verified,"


@pytest.fixture
def packed(tmp_path):
    """A folder with one pack of the given lines."""

    def write(*lines, name="a.csv", header=HEADER):
        tmp_path.joinpath(name).write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return tmp_path

    return write


def line(parameter, value, first="2021-01-01", last="", region="tongren", **said):
    cells = {
        "region": region, "parameter": parameter, "value": value, "unit": parameters()[parameter].unit,
        "valid_from": first, "valid_to": last, "document": "S0", "status": "verified", "note": "", **said,
    }  # fmt: skip
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([cells[column] for column in COLUMNS])
    return out.getvalue()


def reasons(folder):
    return [fault.sentence for fault in read_packs(folder).faults]


@pytest.mark.parametrize(
    ("month", "value"), [("2020-12", "1.5"), ("2021-01", "2.0"), ("2025-12", "2.0"), ("2026-01", "1.5")]
)
def test_the_regions_line_beats_the_general_one_while_it_is_in_force(packed, month, value):
    assert load(packed(GENERAL, HERE), "tongren", Month.parse(month)).text("low_income_multiple") == value


def test_what_is_left_open_is_not_zero(packed):
    policy = load(packed(OPEN, GENERAL), "tongren", Month(2024, 1))
    assert not policy.is_configured("job_cost_deduction_month")
    assert not policy.is_configured("never heard of")
    with pytest.raises(PolicyMissing, match="left open"):
        policy.number("job_cost_deduction_month")
    with pytest.raises(PolicyMissing, match="no value"):
        policy.number("never heard of")


def test_the_reference_of_a_line_names_document_and_standing(packed):
    found = load(packed(GENERAL, HERE), "tongren", Month(2024, 5)).line("low_income_multiple")
    assert found.reference == "low_income_multiple@tongren:2021-01-01 (S0, verified)"
    assert (found.file, found.row) == ("a.csv", 3)


def test_an_unknown_region_is_told_the_known_ones(packed):
    with pytest.raises(Misconfigured, match="no policy pack for region 'nowhere'") as told:
        load(packed(GENERAL, HERE), "nowhere", Month(2024, 5))
    assert "tongren" in told.value.next_step


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        # each by itself
        ([line("grace_months", "12", "2021-1-1")], "line 2, grace_months: its dates cannot be read"),
        ([line("grace_months", "12", status="guessed")], "its status is 'guessed'"),
        ([line("grace_months", "12", document="")], "no document is named"),
        ([line("grace_months", "12", document="S0; S3")], "holds '; '"),
        ([line("income_window_months", "12", document="示例值")], "a 示例值 is called verified"),
        ([line("grace_months", "12", "2021-01-01", "2020-12-31")], "before it begins"),
        ([line("grace_months", "12", region="同仁")], "no region's name"),
        ([GENERAL.replace("low_income_multiple", "low_income_times")], "no such parameter"),
        ([line("dibao_standard_month", "500", unit="yuan")], "its unit is 'yuan' and must be 'yuan/person/month'"),
        ([line("dibao_standard_month", "500元")], "'500元' is no number"),
        ([line("dibao_standard_month", "-1")], "'-1' is no number of 0 or more"),
        ([line("dibao_standard_month", "nan")], "'nan' is no number"),
        ([line("job_cost_deduction_cap", "30")], "'30' is no share between 0 and 1"),
        ([line("income_window_months", "12.5")], "is no whole number"),
        ([line("exit_freeze", "是")], "'是' is none of: yes, no"),
        ([line("standard_by", "户籍")], "is none of: hukou, residence"),
        ([line("grace_exceptions", "去世;;骗保")], "holds an empty word"),
        ([line("grace_exceptions", "去世;去世")], "names a word twice"),
        ([line("grace_months", "6"), line("grace_schedule", "100%x6")], "'100%x6' is no schedule"),
        ([line("grace_months", "6"), line("grace_schedule", "110:6")], "'110:6' is no schedule"),
        ([HERE + ",one cell more"], "too many cells or too few"),
        (["tongren,grace_months,12"], "too many cells or too few"),
        # among each other
        (
            [line("low_income_multiple", "2", last="2025-12-31"), line("low_income_multiple", "3", "2025-12-31")],
            "line 3, low_income_multiple: two lines of 'tongren' hold on 2025-12-31, the other is a.csv, line 2",
        ),
        (
            [line("low_income_multiple", "2", last="2025-12-30"), line("low_income_multiple", "3", "2026-01-01")],
            "line 3, low_income_multiple: nothing holds for 'tongren' between 2025-12-30 and 2026-01-01",
        ),
        (
            [line("low_income_multiple", "2", last="2025-12-31")],
            "line 2, low_income_multiple: nothing holds for 'tongren' after 2025-12-31",
        ),
        ([line("grace_months", "6"), line("grace_schedule", "100:3;50:4")], "add up to 7, grace_months says 6"),
        ([line("grace_months", ""), line("grace_schedule", "100:6")], "add up to 6, grace_months says nothing"),
        ([line("grace_months", "6"), line("grace_schedule", "")], "add up to 0, grace_months says 6"),
        (
            [line("grace_months", "6", region="*"), line("grace_schedule", "100:6", region="*"),
             line("grace_months", "12")],
            "add up to 6, grace_months says 12",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_line_parameter_and_next_step(packed, lines, words):
    folder = packed(*lines)
    found = read_packs(folder).faults
    assert any(words in fault.sentence for fault in found), reasons(folder)
    assert all(fault.next_step and fault.file == "a.csv" for fault in found)
    with pytest.raises(Misconfigured, match=r"policy pack a\.csv") as told:
        load(folder, "tongren", Month(2025, 12))
    assert told.value.next_step == f"{found[0].next_step}."


@pytest.mark.parametrize(
    "lines",
    [
        [line("low_income_multiple", "2", last="2025-12-31"), line("low_income_multiple", "3", "2026-01-01")],
        # everywhere's line fills the hole and the end
        [line("low_income_multiple", "2", last="2023-12-31"), line("low_income_multiple", "3", "2025-01-01", "2025-12-31"),
         line("low_income_multiple", "1.5", "2020-01-01", region="*")],
        # one of everywhere's, then the other
        [line("low_income_multiple", "2", last="2023-12-31"),
         line("low_income_multiple", "1.5", "2020-01-01", "2024-12-31", region="*"),
         line("low_income_multiple", "1.6", "2025-01-01", region="*")],
        # ended on purpose: an empty value, or a parameter that may end
        [line("low_income_multiple", "2", last="2025-12-31"), line("low_income_multiple", "", "2026-01-01")],
        [line("basic_pension_excluded", "yes", last="2025-12-31")],
        [line("grace_months", "6"), line("grace_schedule", "100:3;50:3")],
        [line("grace_months", ""), line("grace_schedule", "")],
    ],
)  # fmt: skip
def test_what_is_whole_is_read(packed, lines):
    assert reasons(packed(*lines)) == []


def test_a_hole_that_everywhere_covers_only_in_part_is_a_hole(packed):
    folder = packed(
        line("low_income_multiple", "2", last="2023-12-31"),
        line("low_income_multiple", "3", "2025-01-01"),
        line("low_income_multiple", "1.5", "2020-01-01", "2024-12-30", region="*"),
        line("low_income_multiple", "1.6", "2025-02-01", region="*"),
    )
    assert [reason for reason in reasons(folder) if "'tongren' between" in reason]


def test_all_faults_come_at_once_and_the_loader_counts_them(packed):
    folder = packed(line("dibao_standard_month", "x"), line("exit_freeze", "maybe"), GENERAL)
    assert len(reasons(folder)) == 2
    with pytest.raises(Misconfigured, match="And 1 more: doudi policy check"):
        read_lines(folder)


def test_a_file_that_cannot_be_read_does_not_hide_the_others(packed):
    packed(line("exit_freeze", "maybe"), name="b.csv")
    packed(name="c.csv", header="region,parameter")
    folder = packed(GENERAL)
    (folder / "d.csv").write_bytes("region,参数".encode("gb18030"))
    told = reasons(folder)
    assert any("b.csv, line 2" in one for one in told)
    assert any(one.startswith("c.csv, line 1: its columns are not region") for one in told)
    assert any(one == "d.csv: it is not written in UTF-8" for one in told)


def test_an_empty_folder_is_no_policy(tmp_path):
    with pytest.raises(Misconfigured, match="no policy pack"):
        read_lines(tmp_path)


def test_excels_mark_before_the_first_column_is_no_fault(packed):
    folder = packed(GENERAL, HERE)
    path = folder / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert reasons(folder) == []


def test_an_edited_pack_is_read_anew(packed):
    packed(HERE, GENERAL)
    folder = packed(HERE.replace("2.0", "2.5"), GENERAL)
    assert load(folder, "tongren", Month(2024, 1)).text("low_income_multiple") == "2.5"


def test_the_packs_of_the_house_are_whole():
    assert reasons(PACKS) == []


def test_every_parameter_has_a_known_unit_and_a_line():
    there = {found.parameter for found in read_lines(PACKS)}
    assert [name for name, one in parameters().items() if not is_unit(one.unit)] == []
    alone = {name for name in parameters() if not name.endswith(FAMILY)}
    assert sorted(alone - there) == [], "described, and no pack sets it"
    assert [name for name, one in parameters().items() if one.title == name] == [], "staff read a title"


def test_parameters_stand_in_order_once():
    path = REPOSITORY / "dbt_project" / "seeds" / "reference" / "parameters.csv"
    names = [row["parameter"] for row in csv.DictReader(path.open(encoding="utf-8", newline=""))]
    assert names == sorted(set(names))


def test_units_that_admit_a_list_of_words():
    assert misfit("masked", "rule") is None
    assert misfit("2", "0 or 1") == "is none of: 0, 1"
    assert misfit("0;7;7", "list of years") == "is no list of rising numbers"
    assert misfit("02-30", "day of year") == "is no day of the year (MM-DD)"
    assert misfit("3;6;13", "months of year") == "holds '13', which is no month of the year (1 to 12)"
    assert misfit("03-31;06-31", "days of year") == "holds '06-31', which is no day of the year (MM-DD)"
    assert misfit("05-31 摸排;06-30", "days of year with words").startswith(
        "holds '06-30', which says no words"
    )
    assert misfit("05-31 摸排;06-30 纳入", "days of year with words") is None
    assert not is_unit("furlongs")


@pytest.mark.parametrize(
    ("region", "month"), list(product(REGIONS, ("2020-06", "2021-01", "2026-01", "2026-10")))
)
def test_what_stages_need_everywhere_holds_in_every_month(region, month):
    policy = load(PACKS, region, Month.parse(month))
    general = {found.parameter for found in read_lines(PACKS) if found.region == "*"}
    assert general <= set(policy.lines)


def test_the_longest_prefix_decides_the_group():
    assert group_of("tekun_home_care_items") == "标准与对象"
    assert group_of("expectations.death.date_sane_min") == "质量门"
    assert group_of("expenditure_test_parts") == "标准与对象"
    assert group_of("school_age_from") == "规则参数"
    assert set(TECHNICAL) < set(groups())


def test_a_family_describes_the_parameter_of_each_feed(packed):
    fall = line("intake_max_fall_share", "0.6", "2026-10-01", "2026-10-31")
    assert reasons(packed(fall.replace("fall_share,", "fall_share.death,"))) == []
    assert "is no share" in reasons(packed(fall.replace("fall_share,0.6", "fall_share.death,60")))[0]
    assert "no such parameter" in reasons(packed(fall.replace("fall_share,", "fall_times.death,")))[0]
