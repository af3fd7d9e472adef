"""One pass over the posts of a network that are due to be looked up again: batches, what they say, what is believed."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect import rhythm
from monitor.collect.allowance import Allowance, allowance
from monitor.collect.session import CollectSession
from monitor.collect.verdicts import Verdicts
from monitor.errors import RateLimited, RejectedPost, UnexpectedAnswer
from monitor.models.listings import Recheck
from monitor.models.posts import IngestCounts, Mention, Post
from monitor.runs import now
from monitor.sources.base import ConfirmedRechecks, Module, PricedRechecks, Rechecks
from monitor.store.connection import Connection
from monitor.store.posts import absences, collection_state, edits, rechecks

logger = logging.getLogger(__name__)

_WITNESSES, _FEW_WITNESSES = 10, 3
"""Posts of other authors that are asked for when a network calls everything gone: much, or a little."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def open_checkup(session: CollectSession, source: Rechecks, *, believe: bool, everything: bool) -> "Checkup":
    """A pass with what the budget allows and what earlier ones doubted; see `monitor.collect.recheck.recheck`."""
    price = source.recheck_price() if isinstance(source, PricedRechecks) else (0.0, 0)
    most_requests = source.most_requests if isinstance(source, ConfirmedRechecks) else None
    with store.connect(session.settings.store, read_only=True) as connection:
        allowed = allowance(connection, session.network, session.section, price, most_requests, whole=everything)
        waiting = absences.waiting(connection).get(session.network)
    verdicts = Verdicts(waiting.posts if waiting else 0, believe)
    return Checkup(session, source, allowed, verdicts, everything or believe, now(), everything)


@dataclass(slots=True)
class Checkup:
    """One pass over the posts that are due. `began` is the time that says which are."""

    session: CollectSession
    source: Rechecks
    allowed: Allowance
    verdicts: Verdicts
    with_absent: bool
    began: datetime
    everything: bool
    checked: int = 0
    edited: int = 0
    gone: int = 0
    _seen: set[str] = field(default_factory=set)  # a clock that is set back would call them due again

    def next_batch(self) -> bool:
        """The next posts that are due, looked up and stored in one transaction. False: no more are due."""
        with store.connect(self.session.settings.store, read_only=True) as connection:
            ids = self._due_ids(connection, self.source.check_size)
            if ids:
                ids = ids[: self.allowed.posts(self.source.check_size)]
        if not self._seen.issuperset(ids):
            self._look_up(ids)
            return True
        return False

    def _due_ids(self, connection: Connection, limit: int) -> list[str]:
        settings, network = self.session.settings, self.session.network
        distance = timedelta(hours=settings.schedule.recheck_hours)
        if self.with_absent and (absent := absences.looked_at_before(connection, network, self.began, limit)):
            return absent
        if self.everything:
            return rechecks.recheck_ids(connection, network, since=_EVER, not_since=self.began, limit=limit, now=now())
        since = self.began - timedelta(days=self.session.section.recheck_days)
        return rechecks.recheck_ids(
            connection,
            network,
            since=since,
            not_since=rhythm.due_before(self.began, distance),
            limit=limit,
            bands=rhythm.bands(self.began, distance),
            now=now(),
        )

    def _look_up(self, ids: Sequence[str]) -> None:
        network, run = self.session.network, self.session.run
        answer = self.session.ask(partial(self.source.check, ids))
        self._seen.update(ids)
        mentions = _parse(self.session.module, answer.posts)
        present = _present(ids, answer, mentions)
        with self.session.open_store() as connection:
            at = now()
            authors = rechecks.authors(connection, network, [*ids, *answer.gone])
            gone = [post_id for post_id in answer.gone if post_id in authors]
            self.verdicts.add(authors, gone, present)
            edits_made = edits.update(connection, run.run_id, mentions, at)
            absences.note(connection, network, gone, at)
            absences.forget(connection, network, present)
            rechecks.mark_checked(connection, network, ids, at)
            self._book(connection, answer, at)
            run.add(connection, len(ids), IngestCounts(duplicates=len(mentions)))
            erased = self._bury(connection, at)
        logger.debug("batch rechecked", extra={"network": network, "run": run.run_id, "count": len(ids)})
        self.checked, self.edited, self.gone = self.checked + len(ids), self.edited + edits_made, self.gone + erased

    def _book(self, connection: Connection, answer: Recheck, at: datetime) -> None:
        before = self.allowed.used
        self.session.book(connection, answer.charges, at)
        self.allowed.take(before, collection_state.recheck_spending(connection, self.session.network, at))

    def _bury(self, connection: Connection, at: datetime) -> int:
        """Erases what is proven to be gone."""
        return self._erase(connection, list(self.verdicts.gone), at) if self.verdicts.are_proven else 0

    def _erase(self, connection: Connection, post_ids: Sequence[str], at: datetime) -> int:
        count = edits.mark_deleted(connection, self.session.network, post_ids, at)
        absences.forget(connection, self.session.network, post_ids)
        for post_id in post_ids:
            self.verdicts.gone.pop(post_id, None)
        return count

    def settle(self, *, is_whole: bool) -> None:
        """Decides on what is left. `is_whole`: the pass was not cut off, and others can be asked for."""
        verdicts = self.verdicts
        has_witnesses = bool(verdicts.gone and is_whole) and self._ask_witnesses()
        if not verdicts.gone:
            return
        needed = verdicts.looks_needed
        with self.session.open_store() as connection:
            looks = absences.looks(connection, self.session.network, list(verdicts.gone))
            is_certain = is_whole and verdicts.are_one_or_two and not has_witnesses
            believed = [post_id for post_id, count in looks.items() if is_certain or count >= needed]
            self.gone += self._erase(connection, believed, now())
        if believed and not is_certain:
            context = {"network": self.session.network, "run": self.session.run.run_id, "count": len(believed)}
            logger.warning("posts believed to be gone after looks on different days", extra=context)

    def _ask_witnesses(self) -> bool:
        """Looks up posts of other authors, which show whether the network answers at all. Returns whether there are."""
        limit = min(_FEW_WITNESSES if self.verdicts.are_few else _WITNESSES, self.source.check_size)
        with store.connect(self.session.settings.store, read_only=True) as connection:
            silent = self.verdicts.silent_authors
            ids = rechecks.witness_ids(connection, self.session.network, silent, limit)
        if ids:
            with suppress(RateLimited):
                self._look_up(ids[: self.allowed.posts(limit)])
        return bool(ids)

    def raise_doubts(self) -> None:
        """Raises UnexpectedAnswer when posts are left that are called gone and are not believed to be."""
        if not (count := len(self.verdicts.gone)):
            return
        network = self.session.network
        logger.error("posts called gone are not believed to be", extra={"network": network, "count": count})
        raise UnexpectedAnswer(
            f"{network}: {count:,} {'post is' if count == 1 else 'posts are'} said to be gone, and nothing else is "
            "answered; nothing was erased. If "
            f"networks.{network}.base_url names another server now, or the credentials may read less, set it back. If "
            f"they are gone: escucha recheck --network {network} --believe. Once it has said so on "
            f"{self.verdicts.looks_needed} different days, it is believed"
        )


def _present(ids: Sequence[str], answer: Recheck, mentions: Sequence[Mention]) -> list[str]:
    """Posts that are there; also those that cannot be read, which a network may send without their ids."""
    readable_ids = [mention.post_id for mention in mentions]
    silent_ids = {*answer.gone, *readable_ids}
    unreadable_ids = [post_id for post_id in ids if post_id not in silent_ids]
    return readable_ids + unreadable_ids[: len(answer.posts) - len(mentions)]


def _parse(module: Module, posts: Sequence[Post]) -> list[Mention]:
    """A post that cannot be read now is left as it is stored."""
    mentions = []
    for post in posts:
        with suppress(RejectedPost):
            mentions.append(module.to_mention(post))
    return mentions
