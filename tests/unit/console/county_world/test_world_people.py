"""The people: names by frequency, numbers that hold, families that could have lived."""

from __future__ import annotations

import numpy as np
import pytest

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def test_there_are_as_many_people_as_asked_for_and_the_born_come_after(county):
    people = county.persons
    first_day = np.datetime64("2026-08-01")
    assert (people["birth_date"] < first_day).sum() == 30_000
    assert (people["birth_date"].iloc[30_000:] >= first_day).all()
    assert 60 < len(people) - 30_000 < 200


def test_every_number_is_valid_unique_and_tells_birth_and_sex(county):
    people = county.persons
    assert people["id_no"].is_unique
    numbers = people["id_no"].sample(3000, random_state=1)
    for number in numbers:
        assert (
            "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, number[:17], strict=True)) % 11]
            == number[17]
        )
    assert (people["id_no"].str[6:14] == people["birth_date"].dt.strftime("%Y%m%d")).all()
    assert ((people["id_no"].str[16].astype(int) % 2 == 1) == (people["sex"] == "男")).all()


def test_most_cards_carry_the_old_county_and_only_recent_ones_the_new(county):
    people = county.persons
    issued = people["id_no"].str[:6]
    assert 0.75 < (issued == "632321").mean() < 0.92
    assert (people.loc[issued == "632301", "birth_date"] >= np.datetime64("2020-07-01")).all()
    assert issued.nunique() > 12


def test_names_follow_their_frequency(county):
    people = county.persons
    tibetan = people[people["ethnicity"] == "藏族"]
    assert 0.68 < len(tibetan) / len(people) < 0.80
    given = tibetan[tibetan["name_system"] == "given"]
    assert len(given) / len(tibetan) > 0.94
    assert 0.76 < given["name"].duplicated(keep=False).mean() < 0.87
    assert given["name"].value_counts().iloc[0] > 30
    han = people[people["ethnicity"] == "汉族"]
    assert set(han["name"].str[0].value_counts().index[:3]) <= set("王李张刘")
    hui = people[people["ethnicity"] == "回族"]
    assert (hui["name"].str[0] == "马").mean() > 0.4
    assert people["name"].str.contains("·").sum() > 20
    assert people["name"].str.contains("䶮|㼆").sum() >= 3


def test_families_could_have_lived(county):
    people = county.persons
    for side, youngest in (("mother", 15), ("father", 15)):
        children = people[people[side] >= 0]
        parent = people.loc[children[side]]
        gap = (children["birth_date"].to_numpy() - parent["birth_date"].to_numpy()).astype("timedelta64[D]")
        assert gap.astype(float).min() / 365.25 > youngest
        assert (parent["sex"] == ("女" if side == "mother" else "男")).all()
    mothers = people[people["mother"] >= 0]
    died = people.loc[mothers["mother"], "died_on"].to_numpy()
    assert not (died < mothers["birth_date"].to_numpy()).any()
    married = people[people["spouse"] >= 0]
    assert (people.loc[married["spouse"], "spouse"].to_numpy() == married.index.to_numpy()).all()
    chinese = people[(people["father"] >= 0) & (people["name_system"] == "han")]
    fathers = people.loc[chinese["father"]]
    with_surname = (fathers["name_system"] == "han").to_numpy()
    same = chinese["name"].str[0].to_numpy() == fathers["name"].str[0].to_numpy()
    assert same[with_surname].mean() > 0.85


def test_there_are_twins_weddings_moves_and_deaths(county):
    people = county.persons
    born = people[people["mother"] >= 0]
    twins = born.duplicated(["mother", "birth_date"], keep=False).sum()
    assert 60 < twins < 600
    assert 30 < people["moved"].sum() < 600
    assert 10 < len(county.story.moves) < 300
    yearly = people["died_on"].notna().sum() / len(people) / 27 * 12
    assert 0.005 < yearly < 0.014


def test_phones_are_shared_in_houses_and_some_have_none(county):
    phones = county.persons["phone"]
    assert 0.02 < phones.isna().mean() < 0.12
    assert 0.2 < phones.dropna().duplicated(keep=False).mean() < 0.75
    assert phones.dropna().str.fullmatch(r"1\d{10}").all()


@pytest.mark.parametrize("persons", [0, 150])
def test_too_small_a_county_is_refused(persons):
    from console.county.world import make_world
    from warehouse.errors import Misconfigured
    from warehouse.months import span

    with pytest.raises(Misconfigured):
        make_world(seed=1, persons=persons, months=span("2026-08"))
