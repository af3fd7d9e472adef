"""What tells one rejected post from another: the network's own id of it, else all that it holds, never where it stood.

A post that cannot be read is received again and again, at another place each time, and is to be counted once.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.models.posts import Reject

_SEPARATOR = "\x1f"  # the migration that told the older ones apart has the same
_WRAPPINGS = ("post", "thread", "entry", "comment", "status")  # in which some sources put what a network answered
_IDS = ("id", "uri", "guid", "link")
_PARTS = re.compile(r"[/_:]")
_SHORTEST = 5  # characters of an ending that is no mere number of a row


def reject_key(reject: Reject) -> str:
    """The same for the same post of a network, rejected for the same reason."""
    identity = _SEPARATOR.join((reject.network, reject.reason, _own_id(reject.raw) or reject.raw))
    return hashlib.md5(identity.encode(errors="backslashreplace"), usedforsecurity=False).hexdigest()


def names(post_id: str) -> set[str]:
    """The names that a post goes by in answers: its id, and what is long enough at its end (t3_abcdef is abcdef)."""
    ending = _PARTS.split(post_id)[-1]
    return {post_id, ending} if len(ending) >= _SHORTEST else {post_id}


def own_names(raw: str) -> set[str]:
    """The names of the post that a rejected answer is about."""
    found = (found.partition("=")[2] for found in _ids(_fields(raw) or {}))
    return {name for value in found for name in names(value)}


def _fields(raw: str) -> Mapping[str, Any] | None:
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, Mapping) else None


def _own_id(raw: str) -> str | None:
    """The id that the network gave the post, with what it stands in (`feed: ...`), for ids that count from 1."""
    fields = _fields(raw)
    if fields is None:
        return None
    scope = str(fields.get("feed") or fields.get("app") or "")
    found = next(_ids(fields), None)
    return found and f"{scope}{_SEPARATOR}{found}"


def _ids(fields: Mapping[str, Any]) -> Iterator[str]:
    wrapped = [part for name in _WRAPPINGS if isinstance(part := fields.get(name), Mapping)]
    for part in (fields, *wrapped):
        for name in _IDS:
            value = part.get(name)
            value = value.get("label") if isinstance(value, Mapping) else value
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
                yield f"{name}={value}"
