"""Looking at stored posts again: those edited are brought up to date, those deleted become tombstones."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.collect.session import CollectSession, open_session
from monitor.errors import RateLimited, RejectedPost, UnexpectedAnswer
from monitor.models.posts import IngestCounts, Mention, Post
from monitor.runs import Progress, no_progress, now, record_run
from monitor.settings.loading import Settings
from monitor.sources.base import Module, Rechecks
from monitor.store.posts import edits

logger = logging.getLogger(__name__)

_SLACK = 0.8  # of the rhythm: a post looked up towards the end of the last run is due in this one
_CREDIBLE = 10  # posts of one batch that may all be gone; more mean another server, or a fault


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """How many posts were looked up, how many had another text, how many were gone.

    `resumes_at` (UTC) is when the network may be asked for the rest; None: nothing is left.
    """

    checked: int = 0
    edited: int = 0
    gone: int = 0
    resumes_at: datetime | None = None


def recheck(settings: Settings, network: str, progress: Progress = no_progress) -> RecheckResult:
    """Looks up every post younger than the network's `recheck_days` that is due, those of cases first.

    A network that cannot tell gives nothing. Raises SourceErrors, but for one that asks to wait: see `resumes_at`.
    """
    total = RecheckResult()
    due_before = now() - timedelta(hours=_SLACK * settings.schedule.recheck_hours)
    try:
        with record_run(settings, "recheck", network) as run, open_session(settings, network, run) as session:
            while isinstance(session.source, Rechecks):
                batch = _recheck_batch(session, session.source, due_before)
                if not batch.checked:
                    break
                total = RecheckResult(
                    total.checked + batch.checked, total.edited + batch.edited, total.gone + batch.gone
                )
                progress(network, total.checked, total.checked)
    except RateLimited as limited:
        return replace(total, resumes_at=limited.reset_at)
    logger.info("posts rechecked", extra={"network": network, "run": run.run_id, "count": total.checked})
    return total


def _recheck_batch(session: CollectSession, source: Rechecks, due_before: datetime) -> RecheckResult:
    """The next posts that are due, looked up and stored in one transaction; none checked: no more are due."""
    store_settings, network = session.settings.store, session.network
    with store.connect(store_settings, read_only=True) as connection:
        since = now() - timedelta(days=session.section.recheck_days)
        ids = edits.recheck_ids(connection, network, since=since, not_since=due_before, limit=source.check_size)
    if not ids:
        return RecheckResult()
    recheck = session.ask(partial(source.check, ids))
    if len(recheck.gone) >= max(_CREDIBLE, len(ids)):
        raise UnexpectedAnswer(
            f"{network}: all of {len(ids)} posts looked up are said to be gone; nothing was erased. "
            f"If networks.{network}.base_url names another server now, set it back"
        )
    mentions = _parse(session.module, recheck.posts)
    with store.connect(store_settings) as connection:
        at = now()
        edit_count = edits.update(connection, session.run.run_id, mentions, at)
        deletion_count = edits.mark_deleted(connection, network, recheck.gone, at)
        edits.mark_checked(connection, network, ids, at)
        session.book(connection, recheck.charges, at)
        session.run.add(connection, len(ids), IngestCounts(duplicates=len(mentions)))
    logger.debug("batch rechecked", extra={"network": network, "run": session.run.run_id, "count": len(ids)})
    return RecheckResult(len(ids), edit_count, deletion_count)


def _parse(module: Module, posts: Sequence[Post]) -> list[Mention]:
    """A post that cannot be read now is left as it is stored."""
    mentions = []
    for post in posts:
        with suppress(RejectedPost):
            mentions.append(module.to_mention(post))
    return mentions
