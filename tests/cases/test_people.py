from datetime import date

import pytest

from monitor.cases.team import people
from monitor.cases.team.people import Team
from monitor.settings.desk import Person

DAY = date(2026, 11, 29)


def team(*members: Person) -> Team:
    return Team(members, DAY)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ana   López ", "Ana López"),
        ("Ana\x00\x1b[31m\u202e", "Ana[31m"),
        ("Ana\nLópez", "Ana López"),
        ("Luci\u0301a", "Lucía"),
        ("x" * 10_000, "x" * people.LONGEST_NAME),
        ("Escucha", ""),
        ("customer", ""),
        ("CLI:root", ""),
        ("\u200b \u2060", ""),
    ],
)
def test_a_typed_name_is_one_line_of_plain_letters(typed: str, name: str) -> None:
    assert people.clean_name(typed) == name


@pytest.mark.parametrize("typed", ["Lucía", "lucia", " LUCÍA ", "Luci\u0301a"])
def test_a_name_is_spelt_as_the_settings_do(typed: str) -> None:
    assert team(Person(name="Lucía"), Person(name="Mateo")).spell(typed) == "Lucía"


def test_a_name_of_the_settings_stays_whole_however_long() -> None:
    long = "María de los Ángeles " * 5
    assert team(Person(name=long)).spell(long) == long


def test_two_people_whose_names_differ_in_an_accent_stay_two() -> None:
    both = (Person(name="José"), Person(name="Jose"))
    assert [team(*both).spell(name) for name in ("José", "Jose", "JOSE")] == ["José", "Jose", "JOSE"]
    assert people.namesakes(both) == (("José", "Jose"),)
    assert team(*both).absence("JOSE") is None


@pytest.mark.parametrize(
    ("person", "absence"),
    [
        (Person(name="Marta"), None),
        (Person(name="marta"), None),
        (Person(name="Marta", capacity=0), "away"),
        (Person(name="Marta", away_from=DAY, away_until=DAY), "away"),
        (Person(name="Marta", away_until=DAY), "away"),
        (Person(name="Marta", away_from=DAY), "away"),
        (Person(name="Marta", away_from=date(2026, 11, 30)), None),
        (Person(name="Marta", away_until=date(2026, 11, 28)), None),
        (Person(name="Luis"), "left"),
    ],
)
def test_somebody_is_there_or_away_or_has_left(person: Person, absence: str | None) -> None:
    assert team(person, Person(name="Eva")).absence("Marta") == absence


def test_without_people_in_the_settings_nobody_is_missed() -> None:
    assert team().absence("Marta") is None


def test_open_cases_count_for_the_person_however_her_name_is_spelt() -> None:
    assert team(Person(name="Lucía")).loads({"lucia": 2, "Lucía": 3, "Nora": 1}) == {"Lucía": 5, "Nora": 1}


def test_an_absence_that_ends_before_it_begins_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="away_until"):
        Person(name="Marta", away_from=DAY, away_until=date(2026, 11, 1))
