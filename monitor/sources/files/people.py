"""Who wrote a post: the handle out of a name, an address, an object of the network or the post's own address."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from monitor import networks
from monitor.sources.files.ids.written import is_nobody, related_id
from monitor.tables.layout import Layout, PostColumns
from monitor.tables.text import one_line, written_values
from monitor.tables.values import raw_value, value_of
from monitor.text.mailboxes import Mailbox, mailbox
from monitor.text.nobody import is_nobody_named

_HANDLE_KEYS = (
    "username",
    "screen_name",
    "screenName",
    "handle",
    "login",
    "acct",
    "unique_id",
    "uniqueId",
    "userName",
    "did",
    "steamid",
)
_NAME_KEYS = ("displayname", "display_name", "displayName", "name", "full_name", "fullName", "nickname")
_ID_KEYS = ("id_str", "id", "pk", "user_id")
_PROFILE = re.compile(
    r"https?://(?:[\w-]+\.)+[a-z]{2,}/(?:(?:users?|u|in|profile|c|channel|company)/)?@?([^/?#&@]+)/?(?:[?#].*)?",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(r"at://([^/\s]+)/\S+")
_POST_OF = re.compile(r"https?://(?:[\w-]+\.)*(?:twitter|x)\.com/(\w{1,20})/status(?:es)?/\d+", re.IGNORECASE)
_NO_HANDLES = frozenset({"", "0", "-1", "-"})
"""What stands for nobody where handles do: WordPress' guests are 0."""
_NOT_A_HANDLE = frozenset({"i", "web", "profile.php", "people", "groups"})
_MENTIONED = re.compile(r"(?:^|[\s(|·<\[])@([\w.\-]{1,64})(?=$|[\s)|·>\]])")
_LONGEST_OBJECT = 10_000
"""Characters of what may be an object written as text."""


def author_of(raw: Mapping[str, Any], columns: PostColumns, network: str, permalink: str | None) -> str | None:
    """The handle, without `@`; a row may name nobody (`[deleted]`). Of a post of X its address says it too.

    Of a mailbox (`Name <a@b>`), also one where names stand, it is the address.
    """
    value = _person(raw, columns.author, _HANDLE_KEYS)
    if value is None and columns.author_name and (sender := _mailbox(_person(raw, columns.author_name, _NAME_KEYS))):
        value = sender.address
    handle = _handle(value, network) if value and not is_nobody_named(value) else None
    if handle is None and permalink and network == "x" and (address := _POST_OF.match(permalink)):
        return None if address[1].lower() in _NOT_A_HANDLE else address[1]
    return handle


def author_name_of(raw: Mapping[str, Any], columns: PostColumns) -> str | None:
    """The name a person goes by, on one line; of a mailbox what stands beside its address."""
    name = one_line(_person(raw, columns.author_name or columns.author, _NAME_KEYS))
    sender = _mailbox(name)
    if sender or columns.author_name is None:
        name = sender.name if sender else None
    return None if name and is_nobody_named(name) else name


def whole_name(raw: Mapping[str, Any], name: str | None, surnames: Sequence[str]) -> str | None:
    """A name with the surnames that stand in these columns, none of which it has already."""
    parts = [name] if name else []
    for column in surnames:
        surname = one_line(value_of(raw, column))
        if surname and not is_nobody_named(surname) and not (name or "").endswith(f" {surname}"):
            parts.append(surname)
    return " ".join(parts) or None


def author_id_of(raw: Mapping[str, Any], layout: Layout) -> str | None:
    """The network's own id of the author."""
    column = layout.columns.author_id
    found = _object(raw_value(raw, column)) if column else None
    author_id = related_id(raw, column, layout) if found is None else _first(found, _ID_KEYS)
    if author_id is None or is_nobody(author_id) or is_nobody_named(author_id):
        return None
    return None if author_id in layout.shared_author_ids else author_id


def _mailbox(value: str | None) -> Mailbox | None:
    return mailbox(value) if value and "@" in value else None


def _person(raw: Mapping[str, Any], column: str | None, keys: tuple[str, ...]) -> str | None:
    if column is None:
        return None
    found = _object(raw_value(raw, column))
    return value_of(raw, column) if found is None else _first(found, keys)


def _object(value: Any) -> Mapping[str, Any] | None:
    """A person as an object of the network, also one that was written as text into a cell (JSON, Python's own way)."""
    if not isinstance(value, str):
        return value if isinstance(value, Mapping) else None
    if not value.startswith("{") or len(value) > _LONGEST_OBJECT:
        return None
    return next((found for found in written_values(value) if isinstance(found, dict)), None)


def _first(found: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((value for key in keys if (value := value_of(found, key))), None)


@lru_cache(maxsize=16_384)  # the same people write again
def _handle(value: str, network: str) -> str | None:
    line = one_line(value) or ""
    if line.startswith(("http://", "https://")):
        address = _PROFILE.fullmatch(line)
        return address[1] if address and address[1].lower() not in _NOT_A_HANDLE else None
    if repository := _REPOSITORY.fullmatch(line):
        return repository[1]
    if sender := _mailbox(line):
        return sender.address
    if " " in line and len(mentioned := _MENTIONED.findall(line)) == 1:
        return str(mentioned[0])
    prefix = networks.profile(network).handle_prefix
    line = line.removeprefix("/") if prefix and line.startswith("/" + prefix) else line
    handle = line.removeprefix(prefix).lstrip("@").strip()
    return None if handle in _NO_HANDLES else handle
