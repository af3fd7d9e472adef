"""Mentions in the form in which the store takes them: columns, made without a look at the store."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

import orjson
import pyarrow as pa

from monitor.models.posts import OWN_REPLY, Match, MatchedMention, Mention

logger = logging.getLogger(__name__)

LONGEST_RAW = 1_000_000
"""Characters of a post as JSON; of a longer one only that is kept, beside its text, times and author."""
_TIME = pa.timestamp("us", tz="UTC")
_TYPES = {
    **dict.fromkeys(("network", "post_id", "text", "thread_id"), pa.string()),
    **dict.fromkeys(("author", "author_id", "author_name", "language", "permalink", "in_reply_to"), pa.string()),
    "quotes": pa.string(),
    **dict.fromkeys(("likes", "replies", "reposts"), pa.int32()),
    **dict.fromkeys(("is_repost", "sample"), pa.bool_()),
    **dict.fromkeys(("posted_at", "edited_at"), _TIME),
}
"""The fields of a mention that are columns as they are."""
_fields = attrgetter(*_TYPES)
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)
_BETWEEN = b",\n  "


@dataclass(frozen=True, slots=True)
class MentionBatch:
    """Mentions, each id once, and their matches as Arrow tables; how many there were before, and the ids of our own.

    `own_replies` are the brand's answers that stood beside posts.
    """

    mentions: pa.Table
    matches: pa.Table
    received: int
    own_replies: frozenset[str]


def batch_of(matched_mentions: Sequence[MatchedMention]) -> MentionBatch:
    """Of several with one (network, post_id) the first is taken."""
    unique = {(matched.mention.network, matched.mention.post_id): matched for matched in reversed(matched_mentions)}
    batch = list(reversed(unique.values()))
    mentions = mention_table([matched.mention for matched in batch])
    own_replies = frozenset(matched.mention.post_id for matched in batch if matched.mention.author == OWN_REPLY)
    return MentionBatch(mentions, _match_table(mentions, batch), len(matched_mentions), own_replies)


def mention_table(mentions: Sequence[Mention]) -> pa.Table:
    """The mentions as one Arrow table, a column a field; `raw` as JSON text."""
    values = zip(*map(_fields, mentions), strict=True) if mentions else ((),) * len(_TYPES)
    columns = {name: pa.array(found, _TYPES[name]) for name, found in zip(_TYPES, values, strict=True)}
    columns["raw"] = pa.array([_raw_json(mention.raw) for mention in mentions], pa.string())
    return pa.table(columns)


def _match_table(mentions: pa.Table, matched_mentions: Sequence[MatchedMention]) -> pa.Table:
    """The matches of the mentions in the rows of this table."""
    distinct: dict[int, Match] = {}  # thousands of posts share one
    rows: list[int] = []
    keys: list[int] = []
    for row, matched in enumerate(matched_mentions):
        for match in matched.matches:
            distinct.setdefault(id(match), match)
            rows.append(row)
            keys.append(id(match))
    place_of = {key: place for place, key in enumerate(distinct)}
    places = pa.array([place_of[key] for key in keys], pa.int32())
    of_match = {
        "brand": pa.array([match.brand for match in distinct.values()], pa.string()),
        "query": pa.array([match.query for match in distinct.values()], pa.string()),
        "terms": pa.array([list(match.terms) for match in distinct.values()], pa.list_(pa.string())),
    }
    found = mentions.select(["network", "post_id", "posted_at"]).take(pa.array(rows, pa.int64()))
    for name, values in of_match.items():
        found = found.append_column(name, values.take(places))
    return found


def _raw_json(raw: Mapping[str, object]) -> str:
    text = _encoded(raw)
    if len(text) > LONGEST_RAW:
        logger.warning("answer not kept", extra={"count": len(text)})
        return json.dumps({"cut": f"an answer of {len(text):,} characters"})
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate: the escaped form keeps it
        text = json.dumps(raw, default=str)
    return text


def _encoded(raw: Mapping[str, object]) -> str:
    """What `_ENCODER` writes; of the rows of most files, whose values are all strings, in half the time.

    Line breaks in strings are escaped: those of the indented form stand between its members alone.
    """
    for value in raw.values():
        if value.__class__ is not str:
            return _ENCODER.encode(raw)
    try:
        lines = orjson.dumps(raw, None, orjson.OPT_INDENT_2)
    except TypeError:  # a lone surrogate
        return _ENCODER.encode(raw)
    return f"{{{lines[4:-2].replace(_BETWEEN, b', ').decode()}}}"
