"""Conversations as desks' tools write them: which of their messages are the business's, and what is told twice.

A message that its place in the file gives to the business has `is_brand_reply`; columns may say it too.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from monitor.tables.columns import bare_name
from monitor.tables.forms import sides, writers
from monitor.tables.forms.writers import BY_BRAND
from monitor.tables.rich import TEXTS

THREAD = "thread_id"
"""What tells the conversation of a message that stood inside it."""
_CHAT = "thread_path"
"""What Meta's downloads call the chat that holds messages."""
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
_SPEAKS = re.compile(
    r"(?:is)?(?:in|out)(?:coming|bound|going)|(?:message)?direction|(?:is)?(?:from|by)(?:agent|me|customer|staff|contact)"
    r"|(?:is)?(?:private|public|internal|note)|is(?:agent|staff|admin)|(?:sender|author|message|user|actor)(?:type|role)"
)
"""Bare names of keys that say who speaks, or whether it was sent at all: of messages of a desk."""
_LOGS = re.compile(r".*(?:events?|history|historial|logs?|audits?|activit(?:y|ies)|actividad(?:es)?|eventos?|changes)")
"""Bare names of keys of lists of what was done, where nobody speaks."""
_OF_CONVERSATION = re.compile(r"(?:conversations?|tickets?|chat|thread|dialog|case|session)+(?:id|key|number|uuid)?")
_LOOKED_AT = 5
"""Messages of a list that are looked at."""
_OF_FRESHDESK, _OUTBOUND = frozenset(("requester_id", "responder_id", "source")), 10
"""Keys of Freshdesk's tickets, and the source of those that the desk begins."""
_NO_WORDS = re.compile(
    r"(?:subject|title|name|status|state|channel|type|priority|via|tags?|asunto|titulo|nombre|estado)"
)
"""Bare names of keys whose words are none of a message."""
_LONGEST_KEY = 60


@lru_cache(maxsize=4_096)
def is_of_answers(key: str) -> bool:
    """Whether a key is one of answers, of whomever: `owner_replies`, `respuestas_empresa`."""
    return len(key) <= _LONGEST_KEY and _ANSWERS.search(bare_name(key)) is not None


@lru_cache(maxsize=4_096)
def is_of_brand(key: str) -> bool:
    """Whether a key says that the business wrote what it holds: `owner_replies`, `respuestas_enviadas`, `sent`."""
    if len(key) > _LONGEST_KEY:
        return False
    is_called = is_of_answers(key) and _BRANDS.search(bare_name(key)) is not None
    return is_called or sides.side_of(key) == "own"


def may_be_of_brand(key: str) -> bool:
    """Whether a key is one of answers, and does not say whose."""
    return len(key) <= _LONGEST_KEY and not is_of_brand(key) and sides.side_of(key) == "asked"


def holds_messages(value: Any) -> bool:
    """Whether it is a list of objects with words and a time."""
    return isinstance(value, list) and any(isinstance(one, dict) and _is_message(one) for one in value)


@lru_cache(maxsize=4_096)
def _says_who_speaks(key: str) -> bool:
    return len(key) <= _LONGEST_KEY and _SPEAKS.fullmatch(bare_name(key)) is not None


@lru_cache(maxsize=4_096)
def is_log(key: str) -> bool:
    """Whether a key is that of a list of what was done: `events`, `ticket_history`."""
    return len(key) <= _LONGEST_KEY and _LOGS.fullmatch(bare_name(key)) is not None


def is_dialogue(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether messages are those of a desk and who writes to it: some key of theirs says who speaks."""
    looked_at = messages[:_LOOKED_AT]
    return any(_is_message(one) for one in looked_at) and any(_says_who_speaks(key) for one in looked_at for key in one)


def says_nothing(conversation: Mapping[str, Any]) -> bool:
    """Whether an object holds no words of a message, but a subject at most."""
    return not any(
        isinstance(value, str) and " " in value.strip() and not _NO_WORDS.fullmatch(bare_name(key))
        for key, value in conversation.items()
    )


def in_conversation(message: dict[str, Any], holder: Mapping[str, Any]) -> dict[str, Any]:
    """A desk's message with the id of the conversation that holds it, or links to it; others as they are."""
    if isinstance(path := holder.get(_CHAT), str) and THREAD not in message:
        return {**message, THREAD: path}
    if not any(map(_says_who_speaks, message)) or any(_OF_CONVERSATION.fullmatch(bare_name(key)) for key in message):
        return message
    own_id = holder.get("id")
    found = str(own_id) if isinstance(own_id, str | int) else _linked_id(message)
    return message if found is None else {**message, THREAD: found}


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
    """The messages of one conversation of Help Scout, FreeScout or tawk.to, with its id and who wrote them."""
    if chat := _chat_in(value):
        return chat
    embedded = value.get("_embedded")
    threads = embedded.get("threads") if isinstance(embedded, dict) else value.get("threads")
    if not isinstance(threads, list):
        return []
    found = [one for one in threads if isinstance(one, dict) and "body" in one]
    first = min(found, key=lambda one: str(one.get("createdAt")), default={})
    conversation = value.get("id") or _linked_id(value) or first.get("id")
    return [{"conversationId": conversation, **_with_names(one)} for one in found]


def _chat_in(value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """tawk.to's messages, whose sender is a visitor (`v`), an agent (`a`) or the system, which is left out."""
    held = value.get("messages")
    found = [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
    spoken = [(one, one["sender"]) for one in found if "msg" in one and isinstance(one.get("sender"), dict)]
    return [
        {
            "conversationId": value.get("id"),
            "author": {"id": sender.get("id"), "name": sender.get("n")},
            "body": one["msg"],
            "created_at": one.get("time"),
            BY_BRAND: sender.get("t") == "a",
        }
        for one, sender in spoken
        if sender.get("t") in ("a", "v")
    ]


def as_told(post: dict[str, Any], key: str, messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages that an object holds under a key, with what this says of who wrote them; none that repeats it."""
    if key == PARTS:
        parts = [one for one in messages if one.get("body")]
        return [{**one, "internal": str(one.get("part_type")).startswith("note")} for one in parts]
    first = min(messages, key=lambda one: str(one.get("created_at")), default={})
    messages = [one for one in messages if not (_repeats(one, post) or (one is first and _is_ticket(one, post)))]
    if key in INTERACTIONS:
        return [{**one, BY_BRAND: str(one.get("type")).upper() in _COMPANYS_TYPES} for one in messages]
    if is_of_brand(key):
        return [{**one, BY_BRAND: True} for one in messages]
    if post.get("requester_id") is not None and any("author_id" in one for one in messages):
        return writers.by_brand(post, messages)
    return writers.by_roles(post, messages)


def with_writer(post: dict[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The object with who wrote it, where only its messages say it so: a ticket's requester, a video's uploader."""
    if post.keys() >= _OF_FRESHDESK and "incoming" not in post:
        post = {**post, "incoming": post["source"] != _OUTBOUND}
    post = writers.with_requester(post, messages)
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
    times = [value for key, value in message.items() if _is_of_time(key) and isinstance(value, str | int)]
    return _says_as(message, post) and any(value in times for value in post.values() if isinstance(value, str | int))


def _is_ticket(first: Mapping[str, Any], ticket: Mapping[str, Any]) -> bool:
    """Whether the first message of a ticket is the ticket, which the desk may have opened a moment before."""
    requester = ticket.get("requester_id")
    return requester is not None and first.get("author_id") == requester and _says_as(first, ticket)


def _says_as(message: Mapping[str, Any], post: Mapping[str, Any]) -> bool:
    words = next((value.strip() for name in TEXTS if isinstance(value := message.get(name), str)), "")
    return bool(words) and any(value.strip() == words for value in post.values() if isinstance(value, str))


def _linked_id(value: Mapping[str, Any]) -> str | None:
    found = re.search(r"/conversations/(\w+)", str(value.get("_links") or ""))
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
