"""Which row of a file is which post: disguises, rounding, unique columns, and ids made from whole rows."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.models.posts import Mention
from monitor.sources.files.ids.written import are_rounded, bare_id
from monitor.sources.files.source import Layout, inspect, read, to_mention

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def look(path: Path, rows: Sequence[dict[str, str]], network: str = "forum") -> Layout:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"))


def mentions(layout: Layout) -> list[Mention]:
    pages = read(layout.path, layout, received_at=NOW)
    return [to_mention(post, layout) for page in pages for post in page.posts]


def rows(count: int, **columns: str) -> list[dict[str, str]]:
    """Posts whose author, day and text are the same; `{n}` in the other columns is the row's number."""
    base = {"fecha": "2026-01-02", "texto": "La app no va"}
    return [base | {name: value.format(n=number) for name, value in columns.items()} for number in range(count)]


TWEET = "2028128169227190277"


@pytest.mark.parametrize(
    "written",
    [
        *(f'="{TWEET}"', f"'{TWEET}", f"x{TWEET}", f"ID_{TWEET}", f'"{TWEET}"', f"id:{TWEET}", f"#{TWEET}"),
        *("2,028,128,169,227,190,277", f" {TWEET} "),
    ],
)
def test_an_id_in_disguise_is_the_id(written: str) -> None:
    assert bare_id({"id": written}, "id") == TWEET


@pytest.mark.parametrize(
    ("written", "found"),
    [(17, "17"), ("17.0", "17"), ("abc-1", "abc-1"), ("xyz", "xyz"), ("t3_x1", "t3_x1"), ("1.3E+18", None)],
)
def test_other_ids_stay_as_they_are(written: object, found: str | None) -> None:
    assert bare_id({"id": written}, "id") == found


@pytest.mark.parametrize(
    ("ids", "rounded"),
    [
        ([f"14123456789012{n}00000" for n in range(5)], True),  # 15 digits of 19, as spreadsheets
        ([f"2028128169227{n}0300" for n in range(10, 15)], True),  # 17 digits of 19, as JavaScript
        ([f"10158{n}0000000000"[:15] + "0" for n in range(100_000, 100_005)], True),  # 15 digits of 16
        ([f"2028128169227190{n}" for n in range(271, 279)], False),
        (["2028128169227190000"] * 9, False),  # one id, not five
        ([f"10{n}0" for n in range(9)], False),
    ],
)
def test_rounded_ids_are_told_from_their_ends(ids: list[str], rounded: bool) -> None:
    assert are_rounded(ids) is rounded


def test_rounded_ids_do_not_make_posts_one_nor_threads(tmp_path: Path) -> None:
    made = rows(6, author="ana{n}", id="20281281692271{n}0000", conversation_id="20281281692271{n}0000")
    layout = look(tmp_path / "a.csv", made)
    found = mentions(layout)
    assert len({one.post_id for one in found}) == 6
    assert all(one.thread_id == one.post_id for one in found)
    assert any("rounded the ids in id:" in line for line in layout.describe())
    assert any("rounded the ids in conversation_id: they are not used" in line for line in layout.describe())


def test_a_few_ids_that_lost_their_digits_are_told(tmp_path: Path) -> None:
    made = rows(6, id="17{n}")
    made[3]["id"] = "1.3E+18"
    assert any("rounded 1 of the ids" in line for line in look(tmp_path / "a.csv", made).describe())


@pytest.mark.parametrize("value", ["7100{n}", "A-{n}00", "f47ac10b-58cc-4372-a567-0e02b2c3d4{n}9", "17723784{n}1"])
@pytest.mark.parametrize("name", ["Complaint ID", "Folio", "radicado", "Nº de ticket"])
def test_a_column_that_never_repeats_is_the_id(tmp_path: Path, name: str, value: str) -> None:
    layout = look(tmp_path / "a.csv", rows(12, **{name: value}))
    assert layout.columns.id == name
    assert len({one.post_id for one in mentions(layout)}) == 12
    assert any(name in line for line in layout.describe())


@pytest.mark.parametrize("value", ["7100{n}", "A-{n}00", "f47ac10b-58cc-4372-a567-0e02b2c3d4{n}9"])
def test_its_name_may_be_any(tmp_path: Path, value: str) -> None:
    assert look(tmp_path / "a.csv", rows(9, xyz=value)).columns.id == "xyz"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("telefono", "60012345{n}"), ("email", "a{n}@b.example"), ("pedido", "71234{n}")),
        *(("nr", "{n}"), ("precio", "12{n}.50")),
        *(("cedula", "5200011{n}"), ("documento", "5200011{n}X"), ("reviewerID", "C9000{n}"), ("asin", "B00ABC{n}DE")),
        *(("Hour", "1{n}:05"), ("xyz", "1{n}:05"), ("asunto", "Queja{n}"), ("respuesta_id", "50{n}00")),
        *(("avatar", "https://img.example/{n}.png"), ("xyz", "https://img.example/{n}.png"), ("xyz", "10.0.0.{n}")),
    ],
)
def test_what_tells_people_orders_or_rows_apart_is_no_id(tmp_path: Path, name: str, value: str) -> None:
    layout = look(tmp_path / "a.csv", rows(9, **{name: value}))
    assert layout.columns.id is None


def test_without_an_id_every_column_tells_posts_apart(tmp_path: Path) -> None:
    cities = ["Lima", "Cusco", "Lima"]
    made = [row | {"ciudad": city} for row, city in zip(rows(3), cities, strict=True)]
    ids = [one.post_id for one in mentions(look(tmp_path / "a.csv", made))]
    assert ids[0] == ids[2] != ids[1]


def test_what_grows_or_only_numbers_rows_leaves_a_post_the_same(tmp_path: Path) -> None:
    first = rows(4, ciudad="Lima", likes="{n}", vistas="{n}", retrieval_date="2026-01-03", n="{n}")
    again = [row | {"likes": "90", "vistas": "900", "retrieval_date": "2026-02-03"} for row in first]
    for number, row in enumerate(first):
        row["ciudad"] = again[number]["ciudad"] = f"Lima {number}"
    ids = [one.post_id for one in mentions(look(tmp_path / "a.csv", first))]
    assert ids == [one.post_id for one in mentions(look(tmp_path / "b.csv", again))]
    assert len(set(ids)) == 4


def test_words_under_a_name_of_counts_tell_posts_apart(tmp_path: Path) -> None:
    made = [row | {"replies": words} for row, words in zip(rows(2), ["ninguna", "una, tarde"], strict=True)]
    assert len({one.post_id for one in mentions(look(tmp_path / "a.csv", made))}) == 2


def test_a_column_called_id_that_repeats_over_different_texts_is_none(tmp_path: Path) -> None:
    made = [row | {"id": "77", "texto": f"Queja {number} de la app"} for number, row in enumerate(rows(6))]
    layout = look(tmp_path / "a.csv", made)
    assert len({one.post_id for one in mentions(layout)}) == 6
    assert any("no post's id" in line for line in layout.describe())
