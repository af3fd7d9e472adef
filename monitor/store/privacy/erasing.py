"""A person erased: out of every table, for good, while cases, history and the figures of past months stand."""

import logging
from dataclasses import dataclass
from datetime import datetime

from monitor.store import rewriting
from monitor.store.engines.protocol import Connection
from monitor.store.erased import erased_list
from monitor.store.erased.erased_list import ErasedList
from monitor.store.privacy import cases, marks, posts, texts
from monitor.store.privacy.people import HeldPerson

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErasedCounts:
    """What was erased: posts, events of cases whose words went, customers, and texts of others that named them.

    `case_ids` are those of others in which something was masked.
    """

    posts: int = 0
    events: int = 0
    customers: int = 0
    texts: int = 0
    case_ids: tuple[int, ...] = ()

    @property
    def n(self) -> int:
        """All of it."""
        return self.posts + self.events + self.customers + self.texts


def erase(
    connection: Connection, person: HeldPerson, actor: str, now: datetime, *, for_ever: bool = False
) -> ErasedCounts:
    """Erases a person in this transaction and puts them on the list, so that nothing brings them back.

    `for_ever`: what they write from now on is not stored either.
    """
    hints = marks.hints(connection, person)
    new = marks.of_person(connection, person, erased_list.read(connection), now, for_ever=for_ever)
    erased_list.add(connection, new)
    known = erased_list.read(connection)
    ids = list(person.mention_ids)
    return _obey(connection, known, actor, now, ids, list(person.own_cases), hints)


def obey(connection: Connection, actor: str, now: datetime) -> ErasedCounts:
    """Erases in a database whatever its own list names: in a backup, say, once it has the list of today.

    Every post and every text is looked at: some minutes for a million posts.
    """
    known = erased_list.read(connection)
    if not known:
        return ErasedCounts()
    ids = posts.of_erased(connection, known)
    return _obey(connection, known, actor, now, ids, cases.of_erased(connection, known, ids), None)


def _obey(
    connection: Connection,
    known: ErasedList,
    actor: str,
    now: datetime,
    mention_ids: list[int],
    own_cases: list[int],
    hints: list[str] | None,
) -> ErasedCounts:
    post_count = posts.erase(connection, known, mention_ids, hints, now)
    masked = texts.mask(connection, known, hints)
    emptied = cases.erase(connection, known, own_cases, hints, actor, now)
    customer_count = cases.erase_customers(connection, known)
    touched = {*masked.case_ids, *(event.case_id for event in emptied)}
    touched.update(cases.of_posts(connection, masked.mention_ids))
    others = tuple(sorted(touched.difference(own_cases)))
    counts = ErasedCounts(post_count, len(emptied), customer_count, masked.count, others)
    if counts.n:
        rewriting.note(connection)
        logger.info("person erased", extra={"count": counts.n})
    return counts
