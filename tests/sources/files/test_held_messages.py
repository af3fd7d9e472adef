"""Messages and posts that other objects hold: the chat, the issue or the task that holds them tells their thread."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.models.posts import OWN_REPLY, Mention
from monitor.sources.files.source import inspect
from tests.sources.files.read_mentions import accepted_mentions


def mentions(folder: Path, value: Any, network: str) -> list[Mention]:
    path = folder / "posts.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return accepted_mentions(inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid")))


def test_messages_of_a_chat_in_a_download_of_meta_are_one_thread(tmp_path: Path) -> None:
    said = ("No enciende", "¿Desde cuándo?", "Desde el lunes")
    messages = [
        {
            "sender_name": "Norvia" if number == 1 else "Rosa Vidal",
            "timestamp_ms": 1773479110123 + number,
            "content": text,
        }
        for number, text in enumerate(said)
    ]
    page = {"participants": [{"name": "Rosa Vidal"}, {"name": "Norvia"}], "messages": messages, "title": "Rosa Vidal"}
    found = mentions(tmp_path, {**page, "thread_path": "inbox/rosavidal_17"}, "instagram")
    assert {mention.thread_id for mention in found} == {"inbox/rosavidal_17"}
    assert [mention.author for mention in found] == ["Rosa Vidal", "Norvia", "Rosa Vidal"]


def test_an_issue_without_an_id_has_its_address_for_one_with_comments_or_without(tmp_path: Path) -> None:
    comment = {"id": "IC_0", "author": {"login": "eva"}, "body": "Lo miramos", "createdAt": "2026-03-15T10:06:11Z"}
    issues = [
        {
            "number": 40 + number,
            "body": f"Se cierra sola, caso {number}",
            "author": {"login": f"rosa{number}"},
            "createdAt": f"2026-03-1{number}T09:05:10Z",
            "url": f"https://git.example/norvia/app/issues/4{number}",
            "comments": [] if number else [comment],
        }
        for number in range(3)
    ]
    urls = [issue["url"] for issue in issues]
    found = mentions(tmp_path, issues, "github")
    assert [(one.post_id, one.thread_id) for one in found] == [
        (urls[0], urls[0]),
        ("IC_0", urls[0]),
        (urls[1], urls[1]),
        (urls[2], urls[2]),
    ]


def test_messages_of_tawk_are_the_visitors_and_the_agents(tmp_path: Path) -> None:
    at = "2026-03-14T09:05:1{}Z"
    chats = [
        {
            "id": f"ch{number}",
            "createdOn": at.format(0),
            "messages": [
                {"sender": {"t": "s"}, "type": "sys", "msg": "Conversation started", "time": at.format(0)},
                {"sender": {"t": "v", "n": "Rosa", "id": "v0"}, "msg": f"No va, caso {number}", "time": at.format(1)},
                {"sender": {"t": "a", "n": "Eva", "id": "ag1"}, "msg": "Hola, Rosa", "time": at.format(2)},
            ],
        }
        for number in range(3)
    ]
    found = mentions(tmp_path, chats, "chat")
    assert [(one.author == OWN_REPLY, one.author_name, one.thread_id) for one in found] == [
        (is_ours, name, f"ch{number}") for number in range(3) for is_ours, name in ((False, "Rosa"), (True, "Eva"))
    ]
