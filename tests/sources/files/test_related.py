"""Ids of others in a file's rows, and what is none: the post that is answered, the author, an address."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.models.posts import Mention
from monitor.sources.files.source import Layout, inspect, read, to_mention

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXTS = ("La app no abre desde ayer", "Me cobraron dos veces", "Nadie contesta", "El paquete llegó roto", "Qué bien va")
AUTHORS = ("ana", "luis", "eva", "pau", "iris")


def look(path: Path, network: str = "forum", columns: dict[str, str] | None = None, **more: Sequence[str]) -> Layout:
    """The layout of five posts, each author's and each day's own, with `more` columns."""
    days = [f"2026-03-1{day} 10:00" for day in range(len(TEXTS))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["fecha", "usuario", "texto", *more])
        writer.writerows(zip(days, AUTHORS, TEXTS, *more.values(), strict=True))
    return inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"), columns=columns or {})


def mentions(layout: Layout) -> list[Mention]:
    pages = read(layout.path, layout, received_at=NOW)
    return [to_mention(post, layout) for page in pages for post in page.posts]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("reply_to", ["@marca"] * 5),
        ("Reply-To", ["ayuda@marca.example"] * 5),
        ("respuesta a", ["marca"] * 5),
        ("reply_to", ["@marca", "@ana", "", "@luis", "@eva"]),
        ("in_reply_to", ["17"] * 5),
        ("respuesta a", ["Ana Gil", "La Marca", "La Marca", "", "La Marca"]),
    ],
)
def test_whom_a_post_answers_is_no_post(tmp_path: Path, column: str, values: list[str]) -> None:
    layout = look(tmp_path / "a.csv", id=["a1", "a2", "a3", "a4", "a5"], **{column: values})
    assert [(mention.in_reply_to, mention.thread_id == mention.post_id) for mention in mentions(layout)] == [
        (None, True)
    ] * 5
    assert any(note.startswith(column) for note in layout.notes)


def test_the_id_of_a_post_in_the_file_is_what_is_answered(tmp_path: Path) -> None:
    ids = ["1001", "1002", "1003", "1004", "1005"]
    layout = look(tmp_path / "a.csv", id=ids, in_reply_to=["", "1001", "1001", "0", "@ana"])
    assert [mention.in_reply_to for mention in mentions(layout)] == [None, "1001", "1001", None, None]


def test_comments_of_one_post_of_the_network_keep_its_id(tmp_path: Path) -> None:
    layout = look(tmp_path / "a.csv", "facebook", id=["91", "92", "93", "94", "95"], parent_id=["100099912345678"] * 5)
    assert {mention.thread_id for mention in mentions(layout)} == {"100099912345678"}


def test_the_id_of_each_answer_is_the_rows_own(tmp_path: Path) -> None:
    ids = ["1000", "1001", "1002", "1003", "1004"]
    found = mentions(look(tmp_path / "a.csv", **{"ID respuesta": ids}))
    assert [(mention.post_id, mention.in_reply_to) for mention in found] == [(one, None) for one in ids]


@pytest.mark.parametrize("value", ["0", "-1", "null", "anonymous", "777"])
def test_an_id_that_guests_share_is_no_authors(tmp_path: Path, value: str) -> None:
    layout = look(tmp_path / "a.csv", id=["a1", "a2", "a3", "a4", "a5"], user_id=[value] * 5)
    assert {mention.author_id for mention in mentions(layout)} == {None}
    assert value == "null" or any(note.startswith("user_id") for note in layout.notes)


def test_an_author_who_changed_handle_keeps_the_id_and_nobody_has_none(tmp_path: Path) -> None:
    layout = look(tmp_path / "a.csv", id=["a1", "a2", "a3", "a4", "a5"], user_id=["51", "52", "53", "0", "51"])
    assert [mention.author_id for mention in mentions(layout)] == ["51", "52", "53", None, "51"]


def test_the_address_of_the_post_answered_is_no_id(tmp_path: Path) -> None:
    parents = [f"https://x.com/marca/status/20281281692271902{end}" for end in ("00", "00", "00", "11", "11")]
    layout = look(tmp_path / "a.csv", "x", tweet_url=parents)
    found = mentions(layout)
    assert len({mention.post_id for mention in found}) == 5
    assert [mention.in_reply_to for mention in found] == [parent.rpartition("/")[2] for parent in parents]
    assert [mention.author for mention in found] == list(AUTHORS)


def test_the_address_of_each_post_holds_its_id(tmp_path: Path) -> None:
    own = [f"https://x.com/{author}/status/202812816922719020{end}" for end, author in enumerate(AUTHORS)]
    found = mentions(look(tmp_path / "a.csv", "x", tweet_url=own))
    assert [mention.post_id for mention in found] == [address.rpartition("/")[2] for address in own]


def test_the_text_of_the_post_answered_is_asked_about(tmp_path: Path) -> None:
    more = {
        "tweet_id": ["2028128169227100000"] * 5,
        "content": ["Abrimos tienda nueva"] * 5,
        "reply_text": [f"Sigue sin arreglo, van {days} días" for days in range(5)],
    }
    path = tmp_path / "a.csv"
    rows = list(zip(*more.values(), strict=True))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*more, "author", "date"])
        writer.writerows((*row, AUTHORS[day], f"2026-03-1{day} 10:00") for day, row in enumerate(rows))
    layout = inspect(path, network="x", time_zone=ZoneInfo("Europe/Madrid"))
    assert [[name for name, _ in question.candidates] for question in layout.questions] == [["reply_text", "content"]]
    for text in ("reply_text", "content"):
        named = inspect(path, network="x", time_zone=ZoneInfo("Europe/Madrid"), columns={"text": text})
        assert (named.questions, len({mention.post_id for mention in mentions(named)})) == ((), 5)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("conv_id", ["c0", "c0", "c1", "c1", "c2"]),
        ("conversationsThreadId", ["50", "50", "51", "51", "52"]),
        ("session_id", ["s-a", "s-a", "s-b", "s-b", "s-b"]),
        ("ticket_id", ["70", "70", "71", "72", "72"]),
        ("chat", ["600111@chat.example"] * 2 + ["600222@chat.example"] * 3),
        ("ID de la conversación", ["1", "1", "2", "2", "3"]),
    ],
)
def test_messages_of_a_conversation_are_one_thread(tmp_path: Path, column: str, values: list[str]) -> None:
    layout = look(tmp_path / "chats.csv", msg_id=["m1", "m2", "m3", "m4", "m5"], **{column: values})
    assert layout.columns.thread == column
    assert [mention.thread_id for mention in mentions(layout)] == values


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("session_id", ["s1"] * 5),  # the collector's
        ("ticket_id", ["1", "2", "3", "4", "5"]),
        ("chat type", ["group", "group", "group", "direct", "direct"]),
    ],
)
def test_what_tells_no_conversations_is_no_thread(tmp_path: Path, column: str, values: list[str]) -> None:
    assert look(tmp_path / "posts.csv", msg_id=list("abcde"), **{column: values}).columns.thread is None


@pytest.mark.parametrize("column", ["in_response_to_tweet_id", "inResponseTo", "parent"])
def test_what_is_answered_is_known_by_its_names(tmp_path: Path, column: str) -> None:
    answered = ["root", "m1", "root", "m3", "m1"]
    layout = look(tmp_path / "posts.csv", msg_id=["m1", "m2", "m3", "m4", "m5"], **{column: answered})
    assert [mention.in_reply_to for mention in mentions(layout)] == [None, "m1", None, "m3", "m1"]
    assert [mention.thread_id for mention in mentions(layout)] == ["m1", "m1", "m3", "m3", "m1"]


def test_what_refers_to_ids_that_begin_anew_joins_no_posts(tmp_path: Path) -> None:
    """Two sheets below each other: 1 is another post in each."""
    layout = look(tmp_path / "a.csv", id=["1", "2", "1", "2", "3"], **{"responde a": ["", "1", "", "1", "1"]})
    found = mentions(layout)
    assert [mention.in_reply_to for mention in found] == [None] * 5
    assert len({mention.thread_id for mention in found}) == 5
    assert any(note.startswith("responde a refers to id") for note in layout.notes)


def test_an_id_of_the_post_above_and_what_is_answered_may_be_the_same(tmp_path: Path) -> None:
    posts = ["7001", "7001", "7002", "7002", "7002"]
    found = mentions(look(tmp_path / "a.csv", id=posts, in_reply_to=posts))
    assert [mention.in_reply_to for mention in found] == posts
