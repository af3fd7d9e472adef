"""Looking at stored posts again: those edited are brought up to date, those deleted become tombstones."""

import logging
from dataclasses import dataclass
from datetime import datetime

from monitor import networks
from monitor.collect.checkup import Checkup, open_checkup
from monitor.collect.session import open_session, sole_reader
from monitor.errors import RateLimited
from monitor.runs import Progress, no_progress, record_run
from monitor.settings.loading import Settings
from monitor.sources.base import Rechecks
from monitor.store import connection

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """How many posts were looked up, how many had another text, how many were gone.

    `resumes_at` (UTC) is when the network may be asked for the rest; None: nothing is left. `is_able`: whether the
    network tells at all what became of posts.
    """

    checked: int = 0
    edited: int = 0
    gone: int = 0
    resumes_at: datetime | None = None
    is_able: bool = True


def recheck(
    settings: Settings,
    network: str,
    progress: Progress = no_progress,
    *,
    believe: bool = False,
    everything: bool = False,
) -> RecheckResult:
    """Looks up every post younger than the network's `recheck_days` that is due, those of open cases first.

    Older posts are due more rarely, and all of it takes a share of the day's budget at most. `believe`: a person says
    that what the network calls gone is gone. `everything`: all posts once, of any age, with all that the budget has
    left. A network that cannot tell gives nothing (`is_able`). Raises BeingDone while another process reads the
    network for longer than `store.busy_timeout`, UnexpectedAnswer at the end when it calls posts gone that it is not
    believed of, other SourceErrors, but for one that asks to wait: see `resumes_at`. Afterwards the
    database is written anew, where something deleted still stands in unused parts of its file.
    """
    try:
        return _look_up(settings, network, progress, believe=believe, everything=everything)
    finally:
        connection.rewrite_erased(settings.store)


def _look_up(settings: Settings, network: str, progress: Progress, *, believe: bool, everything: bool) -> RecheckResult:
    if not networks.profile(network).rechecks:
        return RecheckResult(is_able=False)
    checkup: Checkup | None = None
    try:
        with (
            sole_reader(settings, network, wait=settings.store.busy_timeout) as own,
            record_run(settings, "recheck", network, network=network) as run,
            open_session(settings, network, run, own, is_recheck=True) as session,
        ):
            if not isinstance(session.source, Rechecks):
                return RecheckResult(is_able=False)
            checkup = open_checkup(session, session.source, believe=believe, everything=everything)
            try:
                while checkup.next_batch():
                    progress(network, checkup.checked, checkup.checked)
            except RateLimited:
                checkup.settle(is_whole=False)
                raise
            checkup.settle(is_whole=True)
            checkup.raise_doubts()
    except RateLimited as limited:
        return _result(checkup, limited.reset_at)
    logger.info("posts rechecked", extra={"network": network, "run": run.run_id, "count": checkup.checked})
    return _result(checkup)


def _result(checkup: Checkup | None, resumes_at: datetime | None = None) -> RecheckResult:
    if checkup is None:
        return RecheckResult(resumes_at=resumes_at)
    return RecheckResult(checkup.checked, checkup.edited, checkup.gone, resumes_at)
