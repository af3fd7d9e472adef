"""From a row to a mention: text, time, id, thread, permalink; and what is rejected, with the reason."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import RejectedPost
from monitor.models.posts import Mention, Post
from monitor.sources.files.source import Layout, PostColumns, to_mention
from monitor.tables.file_format import FAULT, FileFormat
from monitor.tables.text import _config, clean
from monitor.tables.times import time_format, to_utc

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")
COLUMNS = PostColumns(**{role: role for role in PostColumns.__dataclass_fields__ if role != "time_of_day"})
LAYOUT = Layout(Path("a.csv"), "x", 1, FileFormat("separated"), COLUMNS, MADRID)
ROW = {"id": "17", "text": "hola", "posted_at": "2026-01-02T03:04:05Z"}


def made(changes: Mapping[str, Any] | None = None, layout: Layout = LAYOUT, network: str = "x") -> Mention:
    return to_mention(Post(network, ROW | dict(changes or {}), NOW, "a.csv, row 2"), layout)


def test_every_column_finds_its_place() -> None:
    said = "author=@ana author_id=9 author_name=Ana permalink=https://x.example/1 thread=3 in_reply_to=4 language=es_MX"
    row = dict(one.split("=") for one in f"{said} is_repost=Sí likes=1 replies=2.0 reposts=3".split())
    assert made(row) == Mention(
        network="x",
        post_id="17",
        text="hola",
        posted_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        thread_id="3",
        raw=ROW | row,
        author="ana",
        author_id="9",
        author_name="Ana",
        permalink="https://x.example/1",
        in_reply_to="4",
        language="es-mx",
        is_repost=True,
        likes=1,
        replies=2,
        reposts=3,
    )


@pytest.mark.parametrize("nothing", ["", "  ", "nan", "NULL", "None", "\\N", None])
def test_what_is_not_said_is_none(nothing: str | None) -> None:
    one = made({role: nothing for role in COLUMNS.__dataclass_fields__ if role not in ROW})
    assert {one.author, one.author_name, one.in_reply_to, one.language, one.likes} == {None}
    assert (one.is_repost, one.thread_id) == (False, "17")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": " \n"}, "no text"),
        ({"text": "NaN"}, "no text"),
        ({"text": "\u0000\ufeff"}, "no text"),
        ({"posted_at": ""}, "no time"),
        ({"posted_at": "ayer"}, "not a time"),
        ({"posted_at": "Total"}, "not a time: .Total.$"),
        ({"posted_at": "31/31/2025"}, "not a time"),
        ({"posted_at": "9999999999999"}, "cannot be right"),
        ({"posted_at": "1999-12-31T00:00:00Z"}, "cannot be right"),
        ({"posted_at": "2026-03-02T00:00:01Z"}, "cannot be right"),
        ({FAULT: "3 fields where the file has 5 columns"}, "3 fields"),
    ],
)
def test_rows_without_text_or_a_possible_time_are_rejected(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(RejectedPost, match=reason):
        made(changes)


def test_clocks_may_be_a_day_ahead() -> None:
    assert made({"posted_at": "2026-03-02T00:00:00Z"}).posted_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a &amp; b &lt;3 &#128545;", "a & b <3 😡"),
        ("<b> &amp; b", "<b> & b"),
        ("ma\u00c3\u00b1ana est\u00c3\u00a1 perdida la maleta", "mañana está perdida la maleta"),
        ("ma\u221a\u00b1ana no funcion\u221a\u2265", "mañana no funcionó"),
        ("un \u00f0\u0178\u02dc\u00a1 enorme", "un 😡 enorme"),
        ("uno\r\ndos\rtres\n\tcuatro", "uno\ndos\ntres\n\tcuatro"),
        ("a\x00b\x08c\x1bd\x7f", "abcd"),
        ("mal \ud83d\ude21 y \ud83d", "mal 😡 y \ufffd"),
        ("  “citas” ﬁnas… Ｗ 👩\u200d👧 ", "“citas” ﬁnas… Ｗ 👩\u200d👧"),
        ("https://a.example/?x=1&copy=2", "https://a.example/?x=1&copy=2"),
    ],
)
def test_texts_are_repaired_and_otherwise_left_alone(written: str, meant: str) -> None:
    assert made({"text": written}).text == meant


SPANISH = "abcdñÑáéíóúüÁÉÍÓÚÜ¿¡“”‘’…—«»€😡 ,.\n"


@given(st.text(SPANISH, max_size=30))
def test_spanish_is_left_as_it_was_written(text: str) -> None:
    assert clean(text) == text.strip()


@given(st.text("abcñáéíóúÁÓÚ¿¡“”—€😡 ", min_size=1, max_size=30), st.sampled_from(["sloppy-windows-1252", "mac_roman"]))
def test_the_quick_way_hands_all_mojibake_to_the_library(text: str, wrong: str) -> None:
    broken = text.encode().decode(wrong)
    assert clean(broken) == ftfy.fix_text(broken, _config()).strip()


@given(st.text())
def test_any_text_can_be_stored_afterwards(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not {one for one in cleaned if one < " "} - {"\n", "\t"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05"),
        ("2026-01-02T03:04:05.678+01:00", "2026-01-02T02:04:05"),
        ("2026-01-02 03:04:05 -0800", "2026-01-02T11:04:05"),
        ("2026-01-02 03:04:05 UTC", "2026-01-02T03:04:05"),
        ("2026-01-02 03:04:05", "2026-01-02T02:04:05"),
        ("2026-07-02 03:04", "2026-07-02T01:04:00"),
        ("2026-01-02", "2026-01-01T23:00:00"),
        ("2026/1/2 3:04", "2026-01-02T02:04:00"),
        ("20260102030405", "2026-01-02T02:04:05"),
        ("20260102", "2026-01-01T23:00:00"),
        ("Mon Dec 18 13:07:04 +0000 2017", "2017-12-18T13:07:04"),
        ("Mon, 18 Dec 2017 13:07:04 +0100", "2017-12-18T12:07:04"),
        ("18 dic. 2017 13:07", "2017-12-18T12:07:00"),
        ("18 de diciembre de 2017, 13:07", "2017-12-18T12:07:00"),
        ("lunes, 18 de diciembre de 2017 a las 1:07 p. m.", "2017-12-18T12:07:00"),
        ("December 18, 2017 12:07 AM", "2017-12-17T23:07:00"),
        ("18/12/2017 13:07", "2017-12-18T12:07:00"),
        ("3/4/2017 13:07:09", "2017-04-03T11:07:09"),
        ("18-12-17", "2017-12-17T23:00:00"),
        ("18.12.2017 13:07", "2017-12-18T12:07:00"),
        ("1513602424", "2017-12-18T13:07:04"),
        ("1513602424000", "2017-12-18T13:07:04"),
        ("1513602424.0", "2017-12-18T13:07:04"),
        ("43087.5", "2017-12-18T11:00:00"),
        ("43087", "2017-12-17T23:00:00"),
    ],
)
def test_times(written: str, meant: str) -> None:
    assert to_utc(written, MADRID).replace(microsecond=0) == datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert time_format(written)


def test_month_first_only_when_the_file_is() -> None:
    assert to_utc("3/4/2017", ZoneInfo("UTC"), day_first=False).month == 3


@given(st.one_of(st.text(max_size=30), st.text("0123456789-/: .TZ+", max_size=25)))
def test_any_other_value_is_refused(value: str) -> None:
    try:
        time = to_utc(value, MADRID)
    except (ValueError, OverflowError, OSError):
        return
    assert time.tzinfo is UTC


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_twitters_times_are_read_as_they_were_written(time: datetime) -> None:
    assert to_utc(time.strftime("%a %b %d %H:%M:%S %z %Y"), MADRID) == time.replace(microsecond=0)


def test_a_row_without_id_gets_one_that_stays() -> None:
    first, again = made({"id": "", "author": "ana"}), made({"id": None, "author": "@ana", "likes": "5"})
    assert first.post_id == again.post_id
    others = [made({"id": "", "author": "luis"}), made({"id": "", "author": "ana", "text": "otra"})]
    others.append(made({"id": "", "author": "ana", "posted_at": "2026-01-02"}))
    assert len({one.post_id for one in (first, *others)}) == 4


@pytest.mark.parametrize("rounded", ["1.41234567890123E+18", "1,4123E+18", 1.41234567890123e18])
def test_ids_a_spreadsheet_destroyed_do_not_make_posts_one(rounded: object) -> None:
    assert made({"id": rounded}).post_id != made({"id": rounded, "text": "otra"}).post_id


def test_rounded_ids_are_not_used_but_the_one_in_the_address_is() -> None:
    layout = replace(LAYOUT, rounded_ids=True)
    assert made({"id": "1412345678901230000"}, layout).post_id.startswith("h")
    address = {"id": "1412345678901230000", "permalink": "https://x.com/a/status/1412345678901234567"}
    assert made(address, layout).post_id == "1412345678901234567"


@pytest.mark.parametrize(("value", "post_id"), [(17, "17"), (17.0, "17"), ("17.0", "17"), ("  a-1 ", "a-1")])
def test_ids_of_any_type(value: object, post_id: str) -> None:
    assert made({"id": value}).post_id == post_id


@pytest.mark.parametrize(
    ("changes", "permalink"),
    [
        ({"author": "ana_1"}, "https://x.com/ana_1/status/17"),
        ({}, "https://x.com/i/status/17"),
        ({"author": "ana/../x"}, "https://x.com/i/status/17"),
        ({"id": "abc"}, None),
        ({"permalink": "HTTPS://a.example/1"}, "HTTPS://a.example/1"),
        ({"permalink": "javascript:alert(1)", "id": "abc"}, None),
        ({"permalink": "https://a.example/ 1", "id": "abc"}, None),
    ],
)
def test_permalinks(changes: dict[str, str], permalink: str | None) -> None:
    assert made(changes).permalink == permalink


def test_permalinks_are_made_up_for_x_only() -> None:
    assert made({"author": "ana"}, network="reddit").permalink is None


def test_the_thread_is_the_column_else_the_answered_post_else_the_post() -> None:
    assert made({"thread": "3", "in_reply_to": "4"}).thread_id == "3"
    assert made({"in_reply_to": "4"}).thread_id == "4"
    assert made().thread_id == "17"


def test_reposts() -> None:
    assert made({"text": "RT @ana: hola"}).is_repost
    assert [made({"is_repost": said}).is_repost for said in (True, "true", "VERDADERO", "123")] == [True] * 4
    assert [made({"is_repost": said}).is_repost for said in (False, "0", "No", "falso", "")] == [False] * 5


def test_times_from_the_ids_of_x() -> None:
    layout = replace(LAYOUT, times_from_ids=True, columns=replace(COLUMNS, posted_at=None))
    one = made({"id": "1500000000000000000"}, layout)
    assert one.posted_at == datetime(2022, 3, 5, 6, 47, 23, tzinfo=UTC)
    with pytest.raises(RejectedPost, match="no time"):
        made({"id": "17"}, layout)
