"""Looking at stored posts again: those edited are brought up to date, those deleted become tombstones."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect.session import Visit, visiting
from monitor.errors import RateLimited, RejectedPost, UnexpectedAnswer
from monitor.models.posts import Mention, Post, Saved
from monitor.runs import Progress, now, recorded, silent
from monitor.settings.loading import Settings
from monitor.sources.base import Module, Rechecks
from monitor.store.posts import edits

_SLACK = 0.8  # of the rhythm: a post looked up towards the end of the last run is due in this one
_BELIEVED = 10  # posts of one look that may all be gone; more mean another server, or a fault


@dataclass(frozen=True, slots=True)
class Rechecked:
    """How many posts were looked up, how many had another text, how many were gone.

    `resumes_at` (UTC) is when the network may be asked for the rest; None: nothing is left.
    """

    checked: int = 0
    edited: int = 0
    gone: int = 0
    resumes_at: datetime | None = None


def recheck(settings: Settings, network: str, progress: Progress = silent) -> Rechecked:
    """Looks up every post younger than the network's `recheck_days` that is due, those of cases first.

    A network that cannot tell gives nothing. Raises SourceErrors, but for one that asks to wait: see `resumes_at`.
    """
    total = Rechecked()
    due_before = now() - timedelta(hours=_SLACK * settings.schedule.recheck_hours)
    try:
        with recorded(settings, "recheck", network) as run, visiting(settings, network, run) as visit:
            while isinstance(visit.source, Rechecks):
                one = _look_up(visit, visit.source, due_before)
                if not one.checked:
                    break
                total = Rechecked(total.checked + one.checked, total.edited + one.edited, total.gone + one.gone)
                progress(network, total.checked, total.checked)
    except RateLimited as limited:
        return replace(total, resumes_at=limited.reset_at)
    return total


def _look_up(visit: Visit, source: Rechecks, due_before: datetime) -> Rechecked:
    """The next posts that are due, looked up and stored in one transaction; none checked: no more are due."""
    store_settings, network = visit.settings.store, visit.network
    with store.connect(store_settings, read_only=True) as connection:
        since = now() - timedelta(days=visit.section.recheck_days)
        ids = edits.unchecked(connection, network, since=since, not_since=due_before, limit=source.check_size)
    if not ids:
        return Rechecked()
    found = visit.ask(partial(source.check, ids))
    if len(found.gone) >= max(_BELIEVED, len(ids)):
        raise UnexpectedAnswer(
            f"{network}: all of {len(ids)} posts looked up are said to be gone; nothing was erased. "
            f"If networks.{network}.base_url names another server now, set it back"
        )
    mentions = _parsed(visit.module, found.posts)
    with store.connect(store_settings) as connection:
        at = now()
        edited = edits.update(connection, visit.run.run_id, mentions, at)
        gone = edits.bury(connection, network, found.gone, at)
        edits.mark_checked(connection, network, ids, at)
        visit.book(connection, found.charges, at)
        visit.run.add(connection, len(ids), Saved(duplicates=len(mentions)))
    return Rechecked(len(ids), edited, gone)


def _parsed(module: Module, posts: Sequence[Post]) -> list[Mention]:
    """A post that cannot be read now is left as it is stored."""
    mentions = []
    for post in posts:
        with suppress(RejectedPost):
            mentions.append(module.to_mention(post))
    return mentions
