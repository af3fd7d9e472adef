"""Conversations as desks' tools write them: which of their messages are the business's, and what is told twice.

A message that its place in the file gives to the business has `is_brand_reply`; columns may say it too.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from monitor.tables.columns import bare_name
from monitor.tables.rich import TEXTS

BY_BRAND = "is_brand_reply"
PARTS = "conversation_parts"
"""Intercom's messages behind the first."""
INTERACTIONS = ("interactions", "interacciones", "interacoes")
_COMPANYS_TYPES = frozenset(("ANSWER", "COMPANY_ANSWER", "RESPUESTA_EMPRESA"))
_ANSWERS = re.compile(r"repl(?:y|ies)|respon[sd]es?|respuestas?|respostas?|answers?")
_BRANDS = re.compile(
    r"owner|management|business|company|empresa|brand|marca|developer|merchant|seller|vendedor|agent|admin|staff|host|"
    r"support|soporte|official|oficial|propietario|proprietario|negocio|equipo|team|store|tienda"
)
_TIMES = re.compile(r"date|time|fecha|created|creado|data")
_LONGEST_KEY = 60


@lru_cache(maxsize=4_096)
def is_of_answers(key: str) -> bool:
    """Whether a key is one of answers, of whomever: `owner_replies`, `respuestas_empresa`."""
    return len(key) <= _LONGEST_KEY and _ANSWERS.search(bare_name(key)) is not None


@lru_cache(maxsize=4_096)
def is_of_brand(key: str) -> bool:
    """Whether a key of answers says that the business gave them."""
    return is_of_answers(key) and _BRANDS.search(bare_name(key)) is not None


def holds_messages(value: Any) -> bool:
    """Whether it is a list of objects with words and a time."""
    return isinstance(value, list) and any(isinstance(one, dict) and _is_message(one) for one in value)


def with_source(value: dict[str, Any]) -> dict[str, Any]:
    """Intercom's conversation with what its first message says as its own: words and author."""
    source = value.get("source")
    if PARTS not in value or not isinstance(source, dict) or "body" not in source:
        return value
    return {
        **value,
        "source": _without(source, "body", "author"),
        "body": source["body"],
        "author": source.get("author"),
    }


def threads_in(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The messages of one conversation of Help Scout or FreeScout, with its id and the names of who wrote them."""
    embedded = value.get("_embedded")
    threads = embedded.get("threads") if isinstance(embedded, dict) else None
    if not isinstance(threads, list):
        return []
    found = [one for one in threads if isinstance(one, dict) and "body" in one]
    first = min(found, key=lambda one: str(one.get("createdAt")), default={})
    conversation = value.get("id") or _linked_id(value) or first.get("id")
    return [{"conversationId": conversation, **_with_names(one)} for one in found]


def as_told(post: dict[str, Any], key: str, messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages that an object holds under a key, with what this says of who wrote them; none that repeats it."""
    if key == PARTS:
        parts = [one for one in messages if one.get("body")]
        return [{**one, "internal": str(one.get("part_type")).startswith("note")} for one in parts]
    messages = [one for one in messages if not _repeats(one, post)]
    if key in INTERACTIONS:
        return [{**one, BY_BRAND: str(one.get("type")).upper() in _COMPANYS_TYPES} for one in messages]
    if is_of_brand(key):
        return [{**one, BY_BRAND: True} for one in messages]
    requester = post.get("requester_id")
    if requester is not None and any("author_id" in one for one in messages):
        return [{**one, BY_BRAND: one.get("author_id", requester) != requester} for one in messages]
    return list(messages)


def with_writer(post: dict[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The object with who wrote it, where only its messages say it so: Zendesk's requester, a video's uploader."""
    if "requester_id" in post and "author_id" not in post and any("author_id" in one for one in messages):
        return {**post, "author_id": post["requester_id"]}
    if "author_is_uploader" not in post and any("author_is_uploader" in one for one in messages):
        return {**post, "author_is_uploader": True}
    return post


def _is_message(value: Mapping[str, Any]) -> bool:
    return any(isinstance(value.get(name), str) for name in TEXTS) and any(map(_is_of_time, value))


@lru_cache(maxsize=4_096)
def _is_of_time(key: str) -> bool:
    return len(key) <= _LONGEST_KEY and _TIMES.search(bare_name(key)) is not None


def _repeats(message: Mapping[str, Any], post: Mapping[str, Any]) -> bool:
    """Whether a message is the post once more: its words, written at its time."""
    words = next((value.strip() for name in TEXTS if isinstance(value := message.get(name), str)), "")
    times = [value for key, value in message.items() if _is_of_time(key) and isinstance(value, str | int)]
    said = {value.strip() for value in post.values() if isinstance(value, str)}
    return (
        bool(words) and words in said and any(value in times for value in post.values() if isinstance(value, str | int))
    )


def _linked_id(value: Mapping[str, Any]) -> str | None:
    found = re.search(r"/conversations/(\d+)", str(value.get("_links") or ""))
    return found[1] if found else None


def _with_names(thread: dict[str, Any]) -> dict[str, Any]:
    """The message with the whole names of its persons."""
    found = dict(thread)
    for key in ("createdBy", "customer"):
        person = thread.get(key)
        if not isinstance(person, dict) or "name" in person:
            continue
        names = [person.get("first") or person.get("firstName"), person.get("last") or person.get("lastName")]
        if whole := " ".join(name for name in names if isinstance(name, str) and name):
            found[key] = {**person, "name": whole}
    return found


def _without(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if key not in keys}
