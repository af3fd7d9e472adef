"""Settings changed key by key: what people wrote beside them stays, and nothing else changes."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SettingsError
from monitor.settings_editing import document
from monitor.settings_editing.document import SettingChange, change, comments

EXAMPLE = (Path(__file__).parents[2] / "escucha.example.toml").read_text(encoding="utf-8")
TEXT = """# top
language = "es"  # of the commands
[[brands]]
# inside
name = "Aerosur # not a remark"
queries = [
  "a",   # the main one
  # about b
  "b",
]  # after
own_accounts = ["@x", "y"]   # mine
# behind the first

# about the second
[[brands]]
name = 'B'
queries = ['b']
places.x = ["b"]

# about the desk
[desk]
people = [{name = "M", team = "t"}, # M's
  {name = "N"},
]

# about calendars
[[desk.calendars]]
country = "ES"
[desk.calendars.hours]
mon = ["09:00-18:00"]  # or
[unknown_program]
url = "x"
[desk.service]
warn_at = 0.5 # w
"""


def changed(*path: str | int, to: Any, text: str = TEXT) -> str:
    return change(text, [SettingChange(path, to)])


def lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """What went, and what came."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("path", "value", "gone", "come"),
    [
        (("language",), "en", ['language = "es"  # of the commands'], ['language = "en"  # of the commands']),
        (("time_zone",), "UTC", [], ['time_zone = "UTC"']),
        (("brands", 0, "own_accounts"), ["@x"], ['own_accounts = ["@x", "y"]   # mine'],
         ['own_accounts = ["@x"]   # mine']),
        (("brands", 0, "queries"), ["a", "c", "d"], ['  "b",'], ['  "c",', '  "d",']),
        (("brands", 0, "languages"), ["es"], [], ['languages = ["es"]']),
        (("brands", 1, "places", "x"), ["c"], ['places.x = ["b"]'], ['places.x = ["c"]']),
        (("desk", "assign"), "capacity", [], ['assign = "capacity"']),
        (("desk", "people", 0, "team"), "u", ['people = [{name = "M", team = "t"}, # M\'s'],
         ['people = [{name = "M", team = "u"}, # M\'s']),
        (("desk", "service", "warn_at"), 0.75, ["warn_at = 0.5 # w"], ["warn_at = 0.75 # w"]),
        (("desk", "calendars", 0, "closed"), [date(2026, 12, 24)], [], ["closed = [2026-12-24]"]),
        (("brands", 0, "queries"), ["a", "b", '"a b" OR c'], [], ["  '\"a b\" OR c',"]),
    ],
)  # fmt: skip
def test_a_key_is_changed_and_nothing_beside_it(
    path: tuple[str | int, ...], value: Any, gone: list[str], come: list[str]
) -> None:
    assert lines(TEXT, changed(*path, to=value)) == (gone, come)


def test_a_new_key_comes_behind_the_last_and_before_what_is_told_of_the_next_section() -> None:
    text = changed("brands", 0, "languages", to=["es"])
    assert 'own_accounts = ["@x", "y"]   # mine\nlanguages = ["es"]\n# behind the first\n' in text


@pytest.mark.parametrize("at", [0, 1])
def test_an_entry_goes_and_what_is_told_of_the_next_stays(at: int) -> None:
    text = changed("brands", at, to=None)
    assert [brand["name"][0] for brand in tomllib.loads(text)["brands"]] == ["B" if at == 0 else "A"]
    assert {"# about the second", "# about the desk", "# behind the first"} <= set(comments(text))


def test_an_entry_comes_last_and_before_what_is_told_of_the_next_section() -> None:
    text = changed("brands", 2, to={"name": "C", "queries": ["c"]})
    assert 'places.x = ["b"]\n\n[[brands]]\nname = "C"\nqueries = ["c"]\n\n# about the desk\n' in text


def test_people_in_one_line_are_added_and_taken_out() -> None:
    text = change(
        TEXT,
        [
            SettingChange(("desk", "people", 2), {"name": "Z", "languages": ["es"]}),
            SettingChange(("desk", "people", 0), None),
        ],
    )
    assert [person["name"] for person in tomllib.loads(text)["desk"]["people"]] == ["N", "Z"]


def test_a_section_that_is_not_there_is_made() -> None:
    text = changed("desk", "calendars", 0, to={"country": "MX"}, text='language = "en"\n')
    assert [line for line in text.splitlines() if line] == ['language = "en"', "[[desk.calendars]]", 'country = "MX"']


def test_a_key_goes_back_to_its_default() -> None:
    assert "language" not in tomllib.loads(changed("language", to=None))
    assert changed("log", "level", to=None) == TEXT


def test_an_entry_that_is_not_there_is_told() -> None:
    with pytest.raises((KeyError, IndexError)):
        changed("brands", 7, "name", to="x")


def test_what_would_be_lost_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document.tomlkit, "dumps", lambda parsed: parsed.as_string().replace("# top\n", ""))
    with pytest.raises(SettingsError, match="change it with an editor"):
        changed("language", to="en")
    monkeypatch.setattr(document.tomlkit, "dumps", lambda parsed: parsed.as_string().replace('url = "x"', 'url = "y"'))
    with pytest.raises(SettingsError, match="change it with an editor"):
        changed("language", to="en")


VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CHANGES = st.one_of(
    st.tuples(st.sampled_from([("language",), ("desk", "currency"), ("brands", 0, "name"), ("log", "level")]), VALUES),
    st.tuples(st.sampled_from([("brands", 0, "queries"), ("brands", 0, "own_accounts"), ("desk", "employees")]),
              st.lists(VALUES, max_size=4)),
    st.tuples(st.just(("brands", 0, "places", "reddit")), st.lists(VALUES, max_size=2)),
    st.tuples(st.just(("desk", "calendars", 0, "hours", "mon")), st.lists(VALUES, max_size=2)),
    st.tuples(st.just(("desk", "service", "urgent", "first_response_hours")), st.integers(1, 99)),
)  # fmt: skip


@given(st.sampled_from([TEXT, EXAMPLE]), st.lists(CHANGES, min_size=1, max_size=3))
def test_whatever_is_changed_reads_as_it_was_written(text: str, pairs: list[tuple[tuple[str | int, ...], Any]]) -> None:
    after = change(text, [SettingChange(path, value) for path, value in pairs])
    read = tomllib.loads(after)
    for path, value in dict(pairs).items():
        assert document.value_at(read, path) == value
