"""Who wrote a message of a desk's conversation: persons in lists of it, roles that its ticket or its page tells."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

BY_BRAND = "is_brand_reply"
UNKNOWN = "unknown"
"""What stands under `is_brand_reply` where nothing says whether the writer is of the desk."""
Roles: TypeAlias = Mapping[str, bool]
"""Id of a person -> whether the desk's."""
_CUSTOMERS = frozenset(("end-user", "end_user", "enduser", "customer", "requester", "contact", "user"))
_OF_DESK = frozenset(("agent", "admin", "administrator", "owner", "staff", "light_agent", "system"))
_OF_TICKET = ("assignee_id", "responder_id")
"""Keys of a ticket under which somebody of the desk stands."""
_WRITERS = ("author_id", "user_id")
_FROM = "from"
_ASKED = ("requester", "solicitante", "customer", "cliente", "contact", "reporter")
"""Keys of a ticket that hold as an object who wrote it."""
_AUTHOR = "author"
_SIGNED = (_AUTHOR, "user", "sender", "autor", "created_by", "from")
"""Keys of messages that hold who wrote them."""
_ASSIGNED = ("assignee", "agent", "responder", "owner", "agente", "asignado")
_NAMING = ("id", "email", "name")


def with_sender(message: dict[str, Any]) -> dict[str, Any]:
    """The message with who sent it: the first of HubSpot's `senders`, Front's author or recipient `from`."""
    if message.get("sender"):
        return message
    for key in ("senders", "recipients"):
        listed, author = message.get(key), message.get("author")
        persons = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        sender = next((one for one in persons if key == "senders" or one.get("role") == _FROM), None)
        if sender is not None:
            return {**message, "sender": _as_person(author if isinstance(author, dict) else sender)}
    return message


def _as_person(sender: Mapping[str, Any]) -> dict[str, Any]:
    delivery = sender.get("deliveryIdentifier")
    address = delivery.get("value") if isinstance(delivery, dict) else sender.get("handle") or sender.get("email")
    names = " ".join(filter(None, (sender.get("first_name"), sender.get("last_name"))))
    found = {"id": sender.get("actorId") or sender.get("id"), "name": sender.get("name") or names, "email": address}
    return {key: value for key, value in found.items() if value}


def people_of(page: Mapping[str, Any]) -> Mapping[str, dict[str, Any]]:
    """The users that a page of tickets holds beside them, by id."""
    users = page.get("users")
    listed = users if isinstance(users, list) else []
    return {str(one["id"]): one for one in listed if isinstance(one, dict) and "id" in one and "role" in one}


def with_people(post: dict[str, Any], people: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The ticket and its comments, or the comment, each with the person who wrote it."""
    if not people:
        return post
    comments = post.get("comments")
    if isinstance(comments, list):
        told = [_by_one_of(one, "author_id", people) if isinstance(one, dict) else one for one in comments]
        post = {**post, "comments": told}
    return _by_one_of(post, "author_id" if "author_id" in post else "requester_id", people)


def _by_one_of(value: dict[str, Any], key: str, people: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    if "author" in value or str(value.get(key)) not in people:
        return value
    return {**value, "author": dict(people[str(value[key])])}


def by_brand(ticket: Mapping[str, Any], messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages of a ticket, each with whether the desk wrote it, by whoever asked and by roles; or `unknown`."""
    roles, requester = dict(_roles(ticket)), str(ticket["requester_id"])
    people = {str(one["id"]): one for one in _persons(ticket) if one.get("id") is not None}

    def side(message: Mapping[str, Any]) -> bool | str:
        writer, author = str(message.get("author_id", requester)), message.get("author")
        role = _is_of_desk(author) if isinstance(author, dict) else None
        return writer != requester and (role if role is not None else roles.get(writer, UNKNOWN))

    return [_by_one_of({**message, BY_BRAND: side(message)}, "author_id", people) for message in messages]


def of_one_ticket(comments: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Zendesk's comments on one ticket, without it: who wrote the first is who asked."""
    if not comments or not all("author_id" in one and "public" in one and "body" in one for one in comments):
        return list(comments)
    if any("author" in one or BY_BRAND in one for one in comments):
        return list(comments)
    first = min(comments, key=lambda one: str(one.get("created_at")))
    return by_brand({"requester_id": first["author_id"]}, comments)


def _roles(ticket: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """The persons whose roles a ticket tells: those it is given to, and whoever stands in it as an object."""
    found = ((str(one.get("id")), _is_of_desk(one)) for one in _persons(ticket))
    yield from ((person, is_of_desk) for person, is_of_desk in found if is_of_desk is not None)
    yield from ((str(ticket[key]), True) for key in _OF_TICKET if ticket.get(key) is not None)
    if ticket.get("submitter_id") not in (None, ticket.get("requester_id")):
        yield str(ticket["submitter_id"]), True


def _persons(ticket: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects in a ticket that have a role, in lists too."""
    for value in ticket.values():
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, dict) and "role" in one:
                yield one


def _is_of_desk(person: Mapping[str, Any]) -> bool | None:
    """What the role of a person says; None: there is none, or one that we do not know."""
    role = str(person.get("role", "")).lower()
    return True if role in _OF_DESK else False if role in _CUSTOMERS else None


def with_requester(ticket: dict[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The ticket with who asked as its writer, under the keys that its messages have for theirs."""
    requester = ticket.get("requester_id")
    if requester is None:
        return ticket
    found = {key: requester for key in _WRITERS if any(key in one for one in messages)}
    if any(BY_BRAND in one for one in messages):
        found[BY_BRAND] = False
    if isinstance(ticket.get("requester"), dict) and any("author" in one for one in messages):
        found["author"] = ticket["requester"]
    return {**found, **ticket}


def by_roles(ticket: Mapping[str, Any], messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages of a ticket that holds who asked as an object: `author` is an object too, in each of them.

    Each says whether the desk wrote it, or `unknown`, where some role or whom the ticket is given to tells it.
    """
    asker = _asker(ticket)
    if asker is None or any(BY_BRAND in one for one in messages):
        return list(messages)
    desk = [ticket[name] for name in _ASSIGNED if isinstance(ticket.get(name), dict)]

    def side(author: Mapping[str, Any]) -> bool | str:
        role = _is_of_desk(author)
        if role is not None:
            return role
        return False if _is_one(author, asker) else any(_is_one(author, one) for one in desk) or UNKNOWN

    signed = [_signed(one) for one in messages]
    sides = [side(one.get(_AUTHOR) or {}) for one in signed]
    return [{**one, BY_BRAND: side} for one, side in zip(signed, sides, strict=True)] if True in sides else signed


def with_asker(ticket: dict[str, Any], messages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The ticket with who asked, an object in it, as its author, as its messages have theirs."""
    asker = _asker(ticket)
    if asker is None or _AUTHOR in ticket:
        return ticket
    found: dict[str, Any] = {_AUTHOR: asker}
    if any(BY_BRAND in one for one in messages):
        found[BY_BRAND] = False
    return {**found, **ticket}


def _asker(ticket: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The person, with a name, who wrote a ticket; None where an id alone, or no object, says it."""
    if "requester_id" in ticket:
        return None
    found = (ticket[key] for key in _ASKED if isinstance(ticket.get(key), dict))
    return next((one for one in found if isinstance(one.get("name"), str)), None)


def _signed(message: dict[str, Any]) -> dict[str, Any]:
    """The message with who wrote it as an object `author`."""
    key = next((key for key in _SIGNED if isinstance(message.get(key), str | dict)), None)
    if key is None or isinstance(message.get(_AUTHOR), dict):
        return message
    writer = message[key]
    rest = {name: value for name, value in message.items() if name != key}
    return {_AUTHOR: writer if isinstance(writer, dict) else {"name": writer}, **rest}


def _is_one(writer: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
    """Whether a writer is this person, by what both have first of id, address and name."""
    both = [key for key in _NAMING if writer.get(key) and person.get(key)]
    return bool(both) and writer[both[0]] == person[both[0]]
