"""Posts whose ids count anew in each parent, as messages of several chats in a file do: they are the parent's too.

Comments inside a post are read so as well: with the post's id before theirs.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from monitor.tables.file_format import FAULT
from monitor.tables.rich import TEXTS

_PARENTS = (
    "id", "_id", "channel_id", "chat_id", "topic_id", "thread_id", "slug", "url", "name", "title", "channel", "chat",
    "topic", "group",
)  # fmt: skip
"""What tells one parent from another, the best first."""
IDS = (
    "id_str", "id", "comment_id", "commentId", "message_id", "messageId", "msg_id", "post_id", "postId", "cid",
    "tweet_id", "pk", "_id",
)  # fmt: skip
"""What holds the id of a post or comment, the first that is there: behind it stands perhaps that of its parent."""
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
_OF_NETWORKS = 16
"""Characters from which an id is a network's own, though a spreadsheet may have rounded it to that of another."""


def parent_id(value: Mapping[str, Any]) -> str | None:
    """What tells an object from others that hold posts too."""
    named = (value.get(name) for name in _PARENTS)
    return next((str(one)[:_LONGEST] for one in named if _is_id(one)), None)


def count_anew(posts: Iterable[tuple[Mapping[str, Any], str | None]]) -> bool:
    """Whether posts of different parents have one id and other words."""
    first: dict[str, tuple[str, str]] = {}
    for post, parent in posts:
        own_id = own_id_of(post)
        if parent is None or own_id is None or FAULT in post or len(own_id) >= _OF_NETWORKS:
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
        if name in IDS and _is_id(value):
            found[name] = f"{parent}:{value}"
        elif name in _ANSWERED and _is_id(value):
            found[name] = f"{peer or parent}:{value}"
    return found


def own_id_of(post: Mapping[str, Any]) -> str | None:
    """The id of a post or comment itself, as text."""
    return next((str(post[name]) for name in IDS if _is_id(post.get(name))), None)


def answered_in(comments: Sequence[Mapping[str, Any]], post: str | None) -> Iterator[str | None]:
    """Of each comment on a post the id of the other one that it says to answer; None: it answers the post.

    `post` is its id as the file writes it, which a comment may have too.
    """
    ids = {own_id_of(comment) for comment in comments}
    names = {name for comment in comments for name in _ANSWERED & comment.keys()}
    if post in ids:  # where all say it, the one that has that id too, it is their post's
        names = {name for name in names if not all(str(comment.get(name)) == post for comment in comments)}
    for comment in comments:
        said = (str(comment[name]) for name in names & comment.keys() if _is_id(comment[name]))
        yield next((one for one in said if one in ids and one != own_id_of(comment)), None)


def below(comment: Mapping[str, Any], above: Mapping[str, str], answered: str | None, parent: str) -> dict[str, Any]:
    """A comment whose id counts anew below its parent, with the parent's before it: `12:2`.

    `above`: what the file calls the posts above it -> their ids; `answered` is another comment on the same post.
    """
    found, own_id = dict(comment), own_id_of(comment)
    first = next((name for name in IDS if name in comment), "")
    for name in {first, "id", "id_str"} & comment.keys():
        if str(comment[name]) == own_id:
            found[name] = f"{parent}:{own_id}"
    for name in _ANSWERED & comment.keys():
        if _is_id(comment[name]):
            said = str(comment[name])
            found[name] = above[said] if said in above and said != answered else f"{parent}:{said}"
    return found


def dangling(comments: Iterable[Mapping[str, Any]], ids: Collection[str | None]) -> int:
    """How many of these answer by one of their names what is not among the ids."""
    said = (
        [str(comment[name]) for name in _ANSWERED & comment.keys() if _is_id(comment[name])] for comment in comments
    )
    return sum(any(one not in ids for one in answered) for answered in said)


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value not in ("", 0)
