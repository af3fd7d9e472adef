"""Whose an id is: the post's own, that of what it answers, its thread's, its author's; however networks write them."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.sources.files.source import Layout, inspect
from tests.sources.files.read_mentions import mentions

TEXTS = (
    "La caldera no enciende desde el lunes",
    "Me han facturado dos meses a la vez",
    "Nadie coge el teléfono de la tienda",
    "El paquete llegó roto por tercera vez",
)


def look(folder: Path, rows: list[dict[str, Any]], network: str = "forum") -> Layout:
    path = folder / "posts.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"))


def rows(**columns: Any) -> list[dict[str, Any]]:
    """Four posts: what is given as a tuple is one row's each, else all have it."""
    said = {"text": TEXTS, "created_at": tuple(f"2026-03-1{number}T10:00:00Z" for number in range(4)), **columns}
    return [
        {name: value[number] if isinstance(value, tuple) else value for name, value in said.items()}
        for number in range(4)
    ]


PEOPLE = ("rosa.vidal", "pepe77", "lola.m", "eva_r")


@pytest.mark.parametrize("handle", ["unique_id", "username", "screen_name", "acct", "login", "did", "steamid"])
@pytest.mark.parametrize("shown", ["nickname", "name", "displayName"])
def test_a_handle_is_the_author_and_what_a_person_is_shown_as_the_name(tmp_path: Path, handle: str, shown: str) -> None:
    users = tuple({"signature": "hola", shown: "Luna", handle: person} for person in PEOPLE)
    found = mentions(look(tmp_path, rows(id=("a1", "a2", "a3", "a4"), user=users)))
    assert [(mention.author, mention.author_name) for mention in found] == [(person, "Luna") for person in PEOPLE]


def test_a_handle_comes_before_the_id_that_stands_for_one(tmp_path: Path) -> None:
    users = tuple({"did": f"did:plc:{person}", "handle": person} for person in ("rosa", "pepe", "lola", "eva"))
    found = mentions(look(tmp_path, rows(id=("a1", "a2", "a3", "a4"), author=users)))
    assert [mention.author for mention in found] == ["rosa", "pepe", "lola", "eva"]


@pytest.mark.parametrize(
    "name", ["channel", "channel_id", "page_id", "sender_ref", "owner_key", "author_channel", "did"]
)
def test_what_is_an_authors_or_a_pages_is_no_posts_id_though_it_never_repeats(tmp_path: Path, name: str) -> None:
    layout = look(tmp_path, rows(**{name: ("UC000001", "UC000002", "UC000003", "UC000004")}))
    assert layout.columns.id is None


@pytest.mark.parametrize(
    ("name", "answered"),
    [
        ("reply_to_msg_id", (None, "5001.0", None, "5001.0")),
        ("replied_to", (None, {"id": "5001"}, None, {"id": "5001"})),
        ("replied_to_id", (None, 5001.0, None, 5001.0)),
        ("parent_comment_id", ("0", "5001", "0.0", "5001.0")),
        ("reply_id", ("0", "5001", "0", "5001")),
        ("in_reply_to_post_id", (None, 5001, None, 5001)),
    ],
)
def test_what_a_post_answers_is_found_under_the_names_of_networks_and_as_pandas_writes_it(
    tmp_path: Path, name: str, answered: tuple[Any, ...]
) -> None:
    found = mentions(look(tmp_path, rows(id=("5001.0", "5002.0", "5003.0", "5004.0"), **{name: answered})))
    assert [(mention.post_id, mention.in_reply_to, mention.thread_id) for mention in found] == [
        ("5001", None, "5001"),
        ("5002", "5001", "5001"),
        ("5003", None, "5003"),
        ("5004", "5001", "5001"),
    ]


@pytest.mark.parametrize("name", ["root_post", "root", "thread", "conversation"])
def test_a_thread_may_be_an_object(tmp_path: Path, name: str) -> None:
    found = mentions(look(tmp_path, rows(id=("a1", "a2", "a3", "a4"), **{name: {"id": "a1"}})))
    assert {mention.thread_id for mention in found} == {"a1"}


def reddit(**columns: Any) -> list[dict[str, Any]]:
    return rows(author=("rosa", "pepe", "lola", "eva"), link_id="t3_1zzzz", **columns)


def test_names_of_reddit_are_no_persons_and_lead_to_the_posts_of_the_file(tmp_path: Path) -> None:
    named = {"name": ("t1_k1a0", "t1_k1a1", "t1_k1a2", "t1_k1a3"), "parent_id": ("t3_1zzzz", "t1_k1a0") * 2}
    found = mentions(look(tmp_path, reddit(id=("k1a0", "k1a1", "k1a2", "k1a3"), **named), "reddit"))
    assert {mention.author_name for mention in found} == {None}
    assert {mention.thread_id for mention in found} == {"1zzzz"}
    assert [mention.in_reply_to for mention in found] == ["1zzzz", "k1a0", "1zzzz", "k1a0"]


def test_where_ids_are_reddits_names_so_is_what_they_refer_to(tmp_path: Path) -> None:
    found = mentions(
        look(tmp_path, reddit(id=("t1_a0", "t1_a1", "t1_a2", "t1_a3"), parent_id=("t3_1zzzz", "t1_a0") * 2))
    )
    assert [(mention.in_reply_to, mention.thread_id) for mention in found] == [
        ("t3_1zzzz", "t3_1zzzz"),
        ("t1_a0", "t3_1zzzz"),
    ] * 2


def test_an_id_of_youtube_says_which_comment_it_is_below(tmp_path: Path) -> None:
    ids = ("UgxAbCd0", "UgxAbCd0.9xyz", "UgxAbCd1", "v1.2")
    found = mentions(look(tmp_path, rows(comment_id=ids), "youtube"))
    assert [(mention.in_reply_to, mention.thread_id) for mention in found] == [
        (None, "UgxAbCd0"),
        ("UgxAbCd0", "UgxAbCd0"),
        (None, "UgxAbCd1"),
        (None, "v1.2"),
    ]


def test_a_post_answers_not_itself(tmp_path: Path) -> None:
    found = mentions(look(tmp_path, rows(id=("a1", "a2", "a3", "a4"), in_reply_to=("a1", "a1", "a1", "a1"))))
    assert [mention.in_reply_to for mention in found] == [None, "a1", "a1", "a1"]
