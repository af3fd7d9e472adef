"""Ids of comments inside posts: where they count anew below each post they have its id before theirs."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.sources.files.source import Layout, inspect
from tests.sources.files.read_mentions import mentions

DAY = "2026-03-0{}T{:02}:00:00Z"


def look(folder: Path, value: Any) -> Layout:
    path = folder / "posts.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))


def links(layout: Layout) -> list[tuple[str, str | None, str]]:
    return [(mention.post_id, mention.in_reply_to, mention.thread_id) for mention in mentions(layout)]


def comment(day: int, number: int | str, **more: Any) -> dict[str, Any]:
    words = f"La lavadora {day} pierde agua, dice {number}"
    at = DAY.format(day, 9 + int(str(number)[-1]))
    return {"id": number, "user": f"ana{day}{number}", "created_at": at, "text": words, **more}


def answer(day: int, number: int, **more: Any) -> dict[str, Any]:
    return {**comment(day, number, **more), "text": f"A mí también, dice {number} el día {day}"}


def post(name: str, own_id: int | str, day: int, *comments: dict[str, Any]) -> dict[str, Any]:
    at = DAY.format(day, 8)
    return {name: own_id, "user": "tienda", "created_at": at, "text": f"Oferta {day}", "comments": list(comments)}


@pytest.mark.parametrize(("name", "ids"), [("post_id", ("P1", "P2")), ("id", (1, 2)), ("id", ("2", "1"))])
def test_comments_that_count_anew_below_each_post_have_its_id_and_leave_it_its_own(
    tmp_path: Path, name: str, ids: tuple[int | str, int | str]
) -> None:
    posts = [post(name, own, day, comment(day, 1), comment(day, 2)) for day, own in enumerate(ids, 1)]
    layout = look(tmp_path, posts)
    assert links(layout) == [
        found for own in map(str, ids) for found in ((own, None, own), (f"{own}:1", own, own), (f"{own}:2", own, own))
    ]
    assert not any("no post's id" in note for note in layout.notes)


@pytest.mark.parametrize("key", ["reply_to", "parent_id", "en_respuesta_a", "in_reply_to"])
def test_what_a_comment_answers_is_another_on_the_same_post(tmp_path: Path, key: str) -> None:
    posts = [post("id", day, day, comment(day, 1), comment(day, 2, **{key: 1})) for day in (1, 2)]
    answered = [(own, reply) for own, reply, _ in links(look(tmp_path, posts))]
    assert answered == [("1", None), ("1:1", "1"), ("1:2", "1:1"), ("2", None), ("2:1", "2"), ("2:2", "2:1")]


def test_a_comment_may_name_its_post_by_the_number_of_another_comment(tmp_path: Path) -> None:
    posts = [post("id", day, day, *(comment(day, one, parent_id=day) for one in (1, 2, 3))) for day in (1, 2)]
    assert [reply for _, reply, _ in links(look(tmp_path, posts))] == [None, "1", "1", "1", None, "2", "2", "2"]


def test_answers_below_a_comment_count_anew_too(tmp_path: Path) -> None:
    posts = [
        post("id", f"P{day}", day, comment(day, 1, replies=[answer(day, 1), answer(day, 2, reply_to=1)]))
        for day in (1, 2)
    ]
    own = [(own, reply) for own, reply, _ in links(look(tmp_path, posts))]
    assert own[:4] == [("P1", None), ("P1:1", "P1"), ("P1:1:1", "P1:1"), ("P1:1:2", "P1:1:1")]


def test_a_comment_that_answers_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    posts = [post("id", day, day, comment(day, 1), comment(day, 2, reply_to=7)) for day in (1, 2)]
    layout = look(tmp_path, posts)
    assert [reply for _, reply, _ in links(layout)][2::3] == ["1", "2"]
    assert "comments that answer one that is not in the file, kept below their post: 2" in layout.describe()


def test_ids_of_the_networks_own_stay_and_answers_among_them_join(tmp_path: Path) -> None:
    posts = [
        post(
            "id", f"170000{day}", day, comment(day, f"18000{day}1"), comment(day, f"18000{day}2", parent=f"18000{day}1")
        )
        for day in (1, 2)
    ]
    assert links(look(tmp_path, posts))[:3] == [
        ("1700001", None, "1700001"),
        ("1800011", "1700001", "1700001"),
        ("1800012", "1800011", "1700001"),
    ]


def test_a_comment_that_was_changed_between_two_captures_of_its_post_keeps_its_id(tmp_path: Path) -> None:
    changed = {**comment(1, 5), "text": "Ya no pierde agua"}
    posts = [post("id", 77, 1, comment(1, 5)), post("id", 77, 1, changed)]
    assert {own for own, _, _ in links(look(tmp_path, posts))} == {"77", "5"}


def test_comments_that_count_anew_far_behind_the_beginning_have_their_posts_id(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    posts = [post("id", f"P{number}", 1, *([comment(1, 1)] if number > 600 else [])) for number in range(610)]
    for number, one in enumerate(posts):
        one["text"] = f"Oferta {number}"
        for held in one["comments"]:
            held["text"] = f"No llega {number}"
    path.write_text("\n".join(map(json.dumps, posts)), encoding="utf-8")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    assert [own for own, reply, _ in links(layout) if reply] == [f"P{number}:1" for number in range(601, 610)]
