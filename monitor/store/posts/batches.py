"""Mentions in the form in which the store takes them: columns, made without a look at the store."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from operator import attrgetter

import pyarrow as pa

from monitor.models.posts import OWN_REPLY, MatchedMention, Mention

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
    return MentionBatch(
        mention_table([matched.mention for matched in batch]),
        _match_table(batch),
        len(matched_mentions),
        frozenset(matched.mention.post_id for matched in batch if matched.mention.author == OWN_REPLY),
    )


def mention_table(mentions: Sequence[Mention]) -> pa.Table:
    """The mentions as one Arrow table, a column a field; `raw` as JSON text."""
    values = zip(*map(_fields, mentions), strict=True) if mentions else ((),) * len(_TYPES)
    columns = {name: pa.array(found, _TYPES[name]) for name, found in zip(_TYPES, values, strict=True)}
    columns["raw"] = pa.array([_raw_json(mention.raw) for mention in mentions], pa.string())
    return pa.table(columns)


def _match_table(matched_mentions: Sequence[MatchedMention]) -> pa.Table:
    rows = [(matched.mention, match) for matched in matched_mentions for match in matched.matches]
    distinct = list({id(match): match for _, match in rows}.values())  # thousands of posts share one
    place_of = {id(match): place for place, match in enumerate(distinct)}
    places = pa.array([place_of[id(match)] for _, match in rows], pa.int32())
    return pa.table(
        {
            "network": pa.array([mention.network for mention, _ in rows], pa.string()),
            "post_id": pa.array([mention.post_id for mention, _ in rows], pa.string()),
            "posted_at": pa.array([mention.posted_at for mention, _ in rows], _TIME),
            "brand": pa.array([match.brand for match in distinct], pa.string()).take(places),
            "query": pa.array([match.query for match in distinct], pa.string()).take(places),
            "terms": pa.array([list(match.terms) for match in distinct], pa.list_(pa.string())).take(places),
        }
    )


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
    """What `_ENCODER` writes; of the rows of most files, whose values are all strings, in half the time."""
    try:
        parts = [f"{encode_basestring(key)}: {encode_basestring(value)}" for key, value in raw.items()]  # type: ignore[arg-type]
    except TypeError:
        return _ENCODER.encode(raw)
    return f"{{{', '.join(parts)}}}"
