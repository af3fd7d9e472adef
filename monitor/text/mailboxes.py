"""Who stands in the From of a mail: `Name <a@b>`, `"Name" <a@b>`, `a@b (Name)` or the address alone."""

import re
from dataclasses import dataclass
from functools import lru_cache

_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
_MAILBOX = re.compile(
    rf"""(?P<name>[^<>@]{{0,200}}?)\s*<\s*(?:mailto:)?(?P<address>{_ADDRESS})\s*>|"""
    rf"""(?P<first>{_ADDRESS})\s*(?:\((?P<behind>[^()@]{{1,200}})\))?"""
)
_LONGEST = 320
"""Characters of what may be a mailbox."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address, and the name beside it."""

    address: str
    name: str | None = None

    @property
    def domains(self) -> tuple[str, ...]:
        """The parts of its domain without the last: `mail` and `norvia` of norvia's."""
        return tuple(self.address.rpartition("@")[2].split(".")[:-1])

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.rpartition("@")[0]


@lru_cache(maxsize=16_384)  # the same people write again
def mailbox(value: str) -> Mailbox | None:
    """The mailbox that a value is; None: it is another thing."""
    found = _MAILBOX.fullmatch(value.strip()) if "@" in value and len(value) <= _LONGEST else None
    if found is None:
        return None
    name = (found["name"] or found["behind"] or "").strip(" \t\"'")
    return Mailbox(found["address"] or found["first"], " ".join(name.split()) or None)
