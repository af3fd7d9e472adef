"""The settings of the desk: what they refuse, and that the fault is told with file, line, key and fix."""

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from monitor.errors import SettingsError
from monitor.settings import loading
from monitor.settings.desk import CATEGORIES, Category, Desk, Person
from monitor.settings.service_hours import Calendar, ServiceLevels, minutes

EXAMPLE = Path(__file__).parents[2] / "escucha.example.toml"


def load(folder: Path, text: str) -> Desk:
    file = folder / "escucha.toml"
    file.write_text(text, encoding="utf-8")
    return loading.load(file).desk


TARGETS = "first_response_hours = {0}\nnext_response_hours = {0}\nresolution_hours = {0}\n"


@pytest.mark.parametrize(
    ("text", "line", "key", "fix"),
    [
        ("[[desk.calendars]]\nhours = {mon = ['9-14']}", 2, "desk.calendars[0].hours", 'write "09:00-14:00"'),
        ("[[desk.calendars]]\nhours = {mon = ['14:00-09:00']}", 2, "desk.calendars[0].hours", "go upwards"),
        (
            "[[desk.calendars]]\nhours = {tue = ['09:00-14:00', '13:00-18:00']}",
            2,
            "desk.calendars[0].hours",
            "tue: hours go upwards within one day",
        ),
        ("[[desk.calendars]]\nhours = {wed = ['09:00-24:30']}", 2, "desk.calendars[0].hours", "go upwards"),
        ("[[desk.calendars]]\nhours = {lun = ['09:00-14:00']}", 2, "desk.calendars[0].hours.lun", "'mon'"),
        ("[[desk.calendars]]\ncountry = 'Atlantis'", 1, "desk.calendars[0]", "no holidays are known"),
        ("[[desk.calendars]]\ncountry = 'ES'\nregion = 'ZZ'", 1, "desk.calendars[0]", "no holidays are known"),
        ("[desk]\ncalendars = []", 2, "desk.calendars", "at least one calendar"),
        (
            "[[desk.calendars]]\nsince = 2026-07-01\n[[desk.calendars]]\nsince = 2026-01-01",
            1,
            "desk.calendars",
            "later `since` than the one before",
        ),
        ("[desk.service.urgent]\n" + TARGETS.format(50), 1, "desk.service", "may not wait longer"),
        ("[desk.service.low]\n" + TARGETS.format(0), 2, "desk.service.low.first_response_hours", "greater than 0"),
        ("[desk.service]\nwarn_at = 1.5", 2, "desk.service.warn_at", "less than 1"),
        ("[desk.priority.value]\ntop = 0.5", 2, "desk.priority.value.top", "greater than or equal to 1"),
        ("[desk.priority.severity]\nserious = 0", 2, "desk.priority.severity.serious", "greater than 0"),
        ("[desk.priority]\nwaiting = -1", 2, "desk.priority.waiting", "greater than or equal to 0"),
        ("[desk.priority]\nrepeat = inf", 2, "desk.priority.repeat", "finite number"),
        ("[desk.priority]\nreach = 1e6", 2, "desk.priority.reach", "less than or equal to 1000"),
        ("[desk]\nreopen_days = 1e12", 2, "desk.reopen_days", "less than or equal to 36500"),
        (
            "[desk.service.low]\n" + TARGETS.format(1e13),
            2,
            "desk.service.low.first_response_hours",
            "less than or equal",
        ),
        ("[desk.priority.severity]\nminor = 9", 1, "desk.priority.severity", "must not descend"),
        ("[desk.priority.value]\nlow = 50", 1, "desk.priority.value", "must not ascend"),
        ("[desk.priority]\nhigh_at = 9", 1, "desk.priority", "must not descend"),
        ("[desk]\ncategories = [{name = 'a'}]", 2, "desk.categories", 'one is "other"'),
        ("[desk]\ncategories = [{name = 'other'}, {name = 'other'}]", 2, "desk.categories", "differ in name"),
        ("[desk]\ncategories = [{name = 'Cobros raros'}]", 2, "desk.categories[0].name", "pattern"),
        ("[[desk.people]]\nname = ''", 2, "desk.people[0].name", "at least 1 character"),
        ("[[desk.people]]\nname = 'Marta'\ncapacity = -1", 3, "desk.people[0].capacity", "greater than or equal to 0"),
        ("[desk]\nassign = 'lottery'", 2, "desk.assign", "'round_robin'"),
        ("[desk]\nreopen_days = -1", 2, "desk.reopen_days", "greater than or equal to 0"),
        ("[desk]\ncurency = 'EUR'", 2, "desk.curency", "currency"),
        ("[desk]\nsecret = 'short'", 2, "desk.secret", "16 characters or more"),
        ("[desk.follow_ups]\ndays = [30, 7]", 2, "desk.follow_ups.days", ""),
        ("[desk.survey]\nport = 70000", 2, "desk.survey.port", "65535"),
    ],
)
def test_a_fault_is_told_with_its_place_and_the_fix(tmp_path: Path, text: str, line: int, key: str, fix: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    told = str(caught.value)
    assert f"escucha.toml, line {line}: {key}: " in told
    assert fix in told


def test_a_secret_is_never_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, "[desk]\nsecret = 'hunter2'")
    assert "hunter2" not in str(caught.value)


def test_without_a_section_the_desk_works_in_spanish_office_hours(tmp_path: Path) -> None:
    desk = load(tmp_path, "")
    assert desk == Desk()
    assert desk.calendars[0].country == "ES"
    assert set(desk.calendars[0].hours) == {"mon", "tue", "wed", "thu", "fri"}


def test_targets_grow_from_urgent_to_low() -> None:
    service = ServiceLevels()
    hours = [getattr(service, level).resolution_hours for level in ("urgent", "high", "normal", "low")]
    assert hours == sorted(hours)


def test_hours_are_read_to_the_minute() -> None:
    assert minutes("09:05-24:00") == (545, 1440)


def test_handles_of_employees_need_no_at(tmp_path: Path) -> None:
    assert load(tmp_path, "[desk]\nemployees = ['@Ana_Norvia']").employees == ("ana_norvia",)


def test_a_change_of_hours_is_a_second_calendar(tmp_path: Path) -> None:
    text = "[[desk.calendars]]\n[[desk.calendars]]\nsince = 2026-07-01\nhours = {mon = ['08:00-15:00']}"
    assert [one.since for one in load(tmp_path, text).calendars] == [date.min, date(2026, 7, 1)]


def test_categories_of_ones_own_stand_beside_ours(tmp_path: Path) -> None:
    text = "[desk]\ncategories = [{name = 'branches', es = 'Tiendas', words = ['tienda*']}, {name = 'other'}]"
    assert [one.name for one in load(tmp_path, text).categories] == ["branches", "other"]


def test_the_example_is_what_holds_without_it() -> None:
    assert loading.load(EXAMPLE).desk == Desk()
    assert loading.load(EXAMPLE).desk.categories == CATEGORIES


@pytest.mark.parametrize("section", [Calendar, Category, Person])
def test_the_example_names_every_key_of_a_list(section: type[BaseModel]) -> None:
    desk = EXAMPLE.read_text(encoding="utf-8").partition("\n[desk]\n")[2]
    for key in section.model_fields:
        assert re.search(rf"(\b{key} = |`{key}`|\.{key}\])", desk), key
