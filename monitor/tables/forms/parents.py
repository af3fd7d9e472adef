"""Posts whose ids count anew in each parent, as messages of several chats in a file do: they are the parent's too."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.tables.layout import FAULT
from monitor.tables.rich import TEXTS

_PARENTS = (
    "id", "_id", "channel_id", "chat_id", "topic_id", "thread_id", "slug", "url", "name", "title", "channel", "chat",
    "topic", "group",
)  # fmt: skip
"""What tells one parent from another, the best first."""
_IDS = frozenset(("id", "id_str", "message_id", "messageId", "msg_id", "post_id", "postId", "comment_id", "commentId"))
_ANSWERED = frozenset(
    (
        "reply_to_message_id", "reply_to_msg_id", "reply_to_id", "reply_to", "replyTo", "replyToId", "in_reply_to",
        "in_reply_to_id", "inReplyTo", "inReplyToId", "parent_id", "parentId", "parent_message_id", "parent",
        "answer_to", "quoted_message_id", "en_respuesta_a", "respuesta_a", "responde_a",
    )
)  # fmt: skip
_PEER = "reply_to_peer_id"
"""Telegram: the other chat in which the answered message stands."""
_LONGEST = 200


def parent_id(value: Mapping[str, Any]) -> str | None:
    """What tells an object from others that hold posts too."""
    named = (value.get(name) for name in _PARENTS)
    return next((str(one)[:_LONGEST] for one in named if _is_id(one)), None)


def count_anew(posts: Iterable[tuple[Mapping[str, Any], str | None]]) -> bool:
    """Whether posts of different parents have one id and other words."""
    first: dict[str, tuple[str, str]] = {}
    for post, parent in posts:
        own_id = next((str(post[name]) for name in post if name in _IDS and _is_id(post[name])), None)
        if parent is None or own_id is None or FAULT in post:
            continue
        said = json.dumps([post.get(name) for name in TEXTS], default=str)
        known_parent, known_said = first.setdefault(own_id, (parent, said))
        if known_parent != parent and known_said != said:
            return True
    return False


def within(post: dict[str, Any], parent: str | None) -> dict[str, Any]:
    """The post with its ids, and those of what it answers, as the parent's: `123:2`."""
    if parent is None or FAULT in post:
        return post
    peer = "".join(re.findall(r"\d+", str(post.get(_PEER) or "")))
    found = dict(post)
    for name, value in post.items():
        if name in _IDS and _is_id(value):
            found[name] = f"{parent}:{value}"
        elif name in _ANSWERED and _is_id(value):
            found[name] = f"{peer or parent}:{value}"
    return found


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value not in ("", 0)
