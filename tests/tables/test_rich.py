"""Rich text as networks, desks and editors export it: its words in order, and nothing that is none."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from monitor.tables import rich
from monitor.tables.values import flat_names, value_of

BOLD = {"type": "bold", "text": "no enciende"}
ICE = {"type": "emoji", "name": "ice"}
SAID = "La caldera no enciende"


def paragraph(*inner: Any) -> dict[str, Any]:
    return {"type": "paragraph", "content": list(inner)}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (["La caldera ", BOLD], SAID),
        (["La caldera ", BOLD, {"type": "text_link", "text": ", ved", "href": "https://a.example"}], f"{SAID}, ved"),
        ([{"type": "plain", "text": "La caldera "}, BOLD], SAID),
        ([{"text": "La caldera "}, {"text": "no enciende", "bold": True}], SAID),
        ([{"type": "p", "children": [{"text": SAID}]}, {"type": "p", "children": [{"text": "Frío"}]}], f"{SAID}\nFrío"),
        ({"type": "doc", "content": [paragraph({"type": "text", "text": SAID}), paragraph()]}, SAID),
        (
            {"type": "doc", "content": [paragraph({"type": "text", "text": "Una"}, {"type": "hardBreak"}, BOLD)]},
            "Una\nno enciende",
        ),
        (
            [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                {"type": "user", "user_id": "U7"}, {"type": "text", "text": f" {SAID} "}, ICE,
            ]}]}],
            f"@U7 {SAID} :ice:",
        ),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": SAID}}, {"type": "divider"}], SAID),
        ({"ops": [{"insert": "La caldera "}, {"insert": "no enciende", "attributes": {"bold": True}}]}, SAID),
        ({"blocks": [{"key": "a", "type": "unstyled", "text": SAID}, {"key": "b", "text": "Frío"}]}, f"{SAID}\nFrío"),
        ({"blocks": [{"id": "a", "type": "paragraph", "data": {"text": SAID}}], "version": "2"}, SAID),
        ({"root": {"type": "root", "children": [{"type": "p", "children": [{"type": "text", "text": SAID}]}]}}, SAID),
        ({"nodeType": "document", "data": {}, "content": [
            {"nodeType": "paragraph", "data": {}, "content": [{"nodeType": "text", "value": SAID}]}]}, SAID),
        ({"runs": [{"text": "La caldera "}, {"text": "no enciende"}]}, SAID),
        ({"simpleText": SAID}, SAID),
        ([{"type": "text", "text": {"content": SAID, "link": None}, "plain_text": SAID}], SAID),
        (["La caldera ", "no enciende"], SAID),
        (["La caldera", "no enciende"], "La caldera\nno enciende"),
    ],
)  # fmt: skip
def test_words_stand_in_order(value: Any, words: str) -> None:
    assert value_of({"text": value}, "text") == words
    assert flat_names({"text": value}) == ["text"]


@pytest.mark.parametrize("write", [json.dumps, str])
def test_rich_text_written_into_a_cell_is_words_too(write: Callable[[Any], str]) -> None:
    assert rich.words_in(write(["La caldera ", BOLD])) == SAID


@pytest.mark.parametrize("cell", ["[sic] no va]", "{la caldera}", "[]", "[1, 2]", '["a"]', '[{"id": 1}]', "[" * 3000])
def test_what_people_write_in_brackets_stays(cell: str) -> None:
    assert rich.words_in(cell) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("hashtags", [{"text": "norvia", "indices": [1, 7]}]),
        ("hashtags", ["norvia", "caldera"]),
        ("media", [{"type": "photo", "url": "https://a.example/1.jpg"}]),
        ("attachments", {"data": [{"type": "link", "url": "https://a.example"}]}),
        ("replies_there", [{"text": "A mí también", "id": "2", "author": "ana"}]),
        ("comments", {"data": [{"message": "A mí también", "from": {"name": "Ana"}}]}),
        ("text", []),
        ("text", {"id": "7", "text": "otro"}),
    ],
)
def test_lists_of_tags_pictures_and_posts_are_no_words(column: str, value: Any) -> None:
    assert value_of({column: value}, column) is None


def test_a_list_of_one_string_is_that_string() -> None:
    assert value_of({"author": [" ana "]}, "author") == "ana"


def test_nodes_in_nodes_end_somewhere() -> None:
    value: Any = [{"text": "hondo"}]
    for _ in range(300):
        value = [{"type": "quote", "children": value}]
    assert value_of({"text": value}, "text") is None


def test_long_space_is_read_at_once() -> None:
    assert value_of({"text": [" " * 500_000, {"type": "bold", "text": "no"}]}, "text") == "no"
