"""A backup before it takes the place of the database: what was deleted since it was made is erased in it first."""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from monitor import networks, store
from monitor.collect import collector
from monitor.collect.recheck import recheck
from monitor.errors import EscuchaError, StoreError
from monitor.runs import Progress, now
from monitor.settings.loading import Settings, Store
from monitor.store import backup, carry_over, copying, foreign
from monitor.store.posts import rechecks
from monitor.store.restores import numbers

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class RestoredBackup:
    """A backup on its way: its file, how many posts were erased in it, and what a person should know.

    `delivered` counts its cases that were handed over since it was made.
    `faults` say which posts could not be looked up, `unasked` names their networks; `unchecked` names those that were
    not to be asked, and why.
    """

    path: Path
    erased: int = 0
    delivered: int = 0
    unchecked: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


@contextmanager
def prepare(settings: Settings, source: Path, progress: Progress, *, look_up: bool) -> Iterator[RestoredBackup]:
    """A copy of the backup in which everything deleted since is erased; it is gone after the body.

    The posts that the present database knows to be deleted; and, with `look_up`, all that a network that is set up says
    are. Raises StoreErrors for a backup that is damaged, and what goes wrong with the file.
    """
    foreign.require(settings.store.path)
    backup.require_other(settings.store, source)
    with copying.work_folder(settings.store.path.parent) as folder:
        scratch = settings.model_copy(update={"store": Store(url=str(folder / settings.store.path.name))})
        backup.copy_backup(source, scratch.store.path)
        restored = RestoredBackup(scratch.store.path)
        _take_over(settings, scratch, restored)
        _look_up(scratch, restored, progress, look_up=look_up)
        if restored.faults and store.exists(settings.store):
            _book(scratch, settings)
        yield restored


def _take_over(settings: Settings, scratch: Settings, restored: RestoredBackup) -> None:
    """What the database that is to be replaced knows; one that cannot be read any more knows nothing."""
    if not store.exists(settings.store):
        backup.go_on(scratch.store.path, None)
        return
    try:
        with store.connect(settings.store, read_only=True) as connection:
            carried, replaced = carry_over.read(connection, now()), numbers.read(connection)
    except StoreError as error:
        logger.warning("nothing carried over", extra={"reason": type(error).__name__})
        restored.notes.append(f"deletions that only the present database knows are lost: {error}")
        backup.go_on(scratch.store.path, None)
        return
    backup.go_on(scratch.store.path, replaced)
    with store.connect(scratch.store) as connection:
        done = carry_over.write(connection, carried, now())
    restored.erased += done.erased
    restored.delivered = done.delivered


def _book(scratch: Settings, settings: Settings) -> None:
    """What looking up has cost was spent, whether the backup is used or not."""
    with store.connect(scratch.store, read_only=True) as connection:
        carried = carry_over.read(connection, now())
    with store.connect(settings.store) as connection:
        carry_over.write_costs(connection, carried, now())


def _look_up(scratch: Settings, restored: RestoredBackup, progress: Progress, *, look_up: bool) -> None:
    with store.connect(scratch.store, read_only=True) as connection:
        stored = rechecks.networks(connection)
    configured = set(collector.configured_networks(scratch))
    for network in (name for name in stored if name in networks.profiles()):
        if reason := _reason_not_to_ask(network, configured, look_up=look_up):
            restored.unchecked[network] = reason
            continue
        try:
            result = recheck(scratch, network, progress, everything=True)
        except EscuchaError as error:
            logger.error("restored posts not looked up", extra={"network": network, "reason": type(error).__name__})  # noqa: TRY400 (a traceback may quote a post)
            restored.faults.append(str(error))
            restored.unasked.append(network)
            continue
        restored.erased += result.gone
        if result.resumes_at is not None:
            until = f"{result.resumes_at.astimezone(scratch.zone):%Y-%m-%d %H:%M %Z}"
            restored.unasked.append(network)
            restored.faults.append(
                f"{network}: posts looked up: {result.checked:,}; the rest has to wait until {until}"
            )


def _reason_not_to_ask(network: str, configured: Collection[str], *, look_up: bool) -> str:
    """Why a network is not asked what became of its posts; '' for one that is."""
    if networks.unchecked([network]):
        return "does not tell"
    if network not in configured:
        return "not set up"
    return "" if look_up else "--no-recheck"
