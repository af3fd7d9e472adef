"""The main line: collect, classify, open cases, hand over. Each step can be killed anywhere and run again."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from monitor import store
from monitor.casework import assignment, brands, campaign_cases, edited, recompute, replies
from monitor.casework.grouping import group_posts
from monitor.collect.collector import CollectResult, collect, configured_networks
from monitor.collect.files import collect_file, dropped_files
from monitor.errors import BeingDone, EscuchaError, fault_name, fault_place
from monitor.models.posts import IngestCounts
from monitor.pipeline.classify import classify_pending
from monitor.pipeline.hand_over import hand_over
from monitor.runs import Progress, no_progress, now, record_run
from monitor.settings.loading import Settings
from monitor.sources.files.source import DroppedFile
from monitor.store.cases import campaign_posts, candidates

__all__ = ["Report", "classify_pending", "hand_over", "open_cases", "run"]

logger = logging.getLogger(__name__)

_LONGEST_FILES = 7_200.0  # seconds after which no further file is begun, so that the networks have their turn
_CHUNK = 2_000  # mentions placed under one hold of the database's lock
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Report:
    """What one pass of the main line did; `faults` are sentences for people on what failed.

    `partial` are networks that asked to wait, with the time (UTC) from which they can be read again; `elsewhere` are
    sentences on what another process was doing, and was left to it.
    """

    collected: IngestCounts
    classified: int
    opened: int
    joined: int
    handed_over: int
    faults: tuple[str, ...]
    partial: tuple[tuple[str, datetime], ...] = ()
    elsewhere: tuple[str, ...] = ()


def run(settings: Settings, progress: Progress = no_progress) -> Report:
    """All steps once. A step that fails, foreseen or not, is told in the report and does not stop the others."""
    faults: list[str] = []
    elsewhere: list[str] = []

    def attempt(part: str, step: Callable[[], _T], default: _T) -> _T:
        try:
            return step()
        except BeingDone as other:
            logger.info("step left to another", extra={"step": part})
            elsewhere.append(str(other))
        except EscuchaError as error:
            logger.error("step failed", extra={"step": part, "reason": fault_name(error)})  # noqa: TRY400 (a traceback may quote a post)
            faults.append(str(error))
        except Exception as error:  # a fault of this part alone; who stops the program is no Exception
            logger.exception("step failed unforeseen", extra={"step": part})
            faults.append(f"{part}: a fault in Escucha itself: {fault_place(error)}; please report it")
        return default

    collected, partial_reads = IngestCounts(), []
    end = time.monotonic() + _LONGEST_FILES
    unread = attempt("drop folder", partial(dropped_files, settings), list[DroppedFile]())
    while unread and time.monotonic() <= end:
        file = unread.pop(0)
        part = f"{file.network}: {file.name}"
        collected += attempt(part, partial(collect_file, settings, file, progress), IngestCounts())
    if unread:
        logger.warning("files wait for the next pass", extra={"count": len(unread)})
        faults.append(f"{len(unread)} files of the drop folder wait for the next pass: the others took hours")
    for network in configured_networks(settings):
        nothing = CollectResult(network, IngestCounts())
        done = attempt(network, partial(collect, settings, network, progress=progress), nothing)
        collected += done.saved
        if done.resumes_at:
            partial_reads.append((network, done.resumes_at))
    classified = attempt("classify", partial(classify_pending, settings, progress), 0)
    opened, joined = attempt("open cases", partial(open_cases, settings, progress), (0, 0))
    handed_over = attempt("hand over", partial(hand_over, settings), 0)
    counts = (collected, classified, opened, joined, handed_over)
    return Report(*counts, tuple(faults), tuple(partial_reads), tuple(elsewhere))


def open_cases(settings: Settings, progress: Progress = no_progress) -> tuple[int, int]:
    """Gives every newly classified complaint a case, and joins the other posts of its conversation.

    Before, open cases are worked out again if the desk's settings are others than the last time, and those that wait
    for somebody are shared out where there is room.

    Returns how many cases were opened, and how many posts joined one that was there.
    """
    with store.connect(settings.store, read_only=True) as connection:
        outdated, waiting = recompute.is_due(connection, settings), candidates.queued_ids(connection, 1)
        unopened = campaign_posts.to_open(connection)
    if outdated:
        recompute.refresh(settings, progress)
    assignment.share_waiting(settings, now())  # who has waited longer, or presses more, goes before what is new
    for campaign_id in unopened:
        campaign_cases.open_all(settings, campaign_id, "escucha", now(), progress)
    if not waiting:
        return 0, 0
    opened = joined = 0
    with record_run(settings, "open", "") as record:
        while True:
            with store.connect(settings.store) as connection:
                queue = candidates.queued_ids(connection, _CHUNK)
                posts = brands.placed_posts(connection, settings, queue)
                counts = group_posts(connection, posts, settings, "escucha", now())
                edited.record_edits(connection, settings, queue, now())
                replies.record_replies(connection, settings, queue, now())
                candidates.dequeue(connection, queue)
                record.add(connection, len(queue), IngestCounts(stored=counts[0]))
            opened, joined = opened + counts[0], joined + counts[1]
            logger.info("cases opened", extra={"run": record.run_id, "count": counts[0]})
            progress("open", record.received, record.received)
            if len(queue) < _CHUNK:
                return opened, joined
