"""Looking at stored posts again: those edited are brought up to date, those deleted become tombstones."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from monitor import store
from monitor.errors import RateLimited, RejectedPost
from monitor.models import Mention, Post, Saved
from monitor.running import Progress, now, recorded, silent
from monitor.settings import Settings
from monitor.sources._source import Module, Rechecks
from monitor.store import changes
from monitor.visiting import visiting

_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rechecked:
    """How many posts were looked up, how many had another text, how many were gone."""

    checked: int = 0
    edited: int = 0
    gone: int = 0


def recheck(settings: Settings, network: str, progress: Progress = silent) -> Rechecked:
    """Looks up every post younger than the network's `recheck_days` once a day, those of cases first.

    A network that cannot tell gives nothing; one that asks to wait ends it early. Raises SourceErrors.
    """
    total = Rechecked()
    section = settings.networks.of(network)
    began = now()
    with (
        suppress(RateLimited),
        recorded(settings, "recheck", network) as run,
        visiting(settings, network, run) as visit,
    ):
        source = visit.source
        if not isinstance(source, Rechecks):
            return total
        while True:
            with store.connect(settings.store, read_only=True) as connection:
                ids = changes.unchecked(
                    connection,
                    network,
                    since=began - timedelta(days=section.recheck_days),
                    not_since=began - _EVERY,
                    limit=source.check_size,
                )
            if not ids:
                break
            found = visit.ask(partial(source.check, ids))
            mentions = _parsed(visit.module, found.posts)
            with store.connect(settings.store) as connection:
                at = now()
                edited = changes.update(connection, run.run_id, mentions, at)
                gone = changes.bury(connection, network, found.gone, at)
                changes.mark_checked(connection, network, ids, at)
                visit.book(connection, found.charges, at)
                run.add(connection, len(ids), Saved(duplicates=len(mentions)))
            total = Rechecked(total.checked + len(ids), total.edited + edited, total.gone + gone)
            progress(network, total.checked, total.checked)
    return total


def _parsed(module: Module, posts: Sequence[Post]) -> list[Mention]:
    """A post that cannot be read now is left as it is stored."""
    mentions = []
    for post in posts:
        with suppress(RejectedPost):
            mentions.append(module.to_mention(post))
    return mentions
