"""Handing cases over: promised in the store first, then delivered, then confirmed with the receipt."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from monitor import store
from monitor.errors import HandOverError, HandOverPermanent
from monitor.exporters import registry
from monitor.models.exports import CaseRow, CaseSelection, CaseTeller
from monitor.models.posts import IngestCounts
from monitor.runs import holding, now, record_run
from monitor.runs.holding import Hold
from monitor.settings.loading import Settings
from monitor.store.cases import exports

logger = logging.getLogger(__name__)

_CHUNK = 2_000  # cases read under one hold of the database's lock


def hand_over(settings: Settings) -> int:
    """Delivers cases that no export holds yet to each destination of the settings. Returns how many cases.

    Exports that were promised before and never confirmed are finished first, at the place they were promised for. What
    cannot be delivered there does not keep the others back: its error is raised at the end. Raises BeingDone while
    another process hands over, LeaseLost when another has taken over since.
    """
    with alone(settings) as own:
        delivered, faults = _finish_promised(settings, own)
        for destination, exporter in registry.destinations().items():
            place = exporter.place_for_new(settings)
            if place is not None:
                delivered += _export_new(settings, own, destination, place)
    if faults:
        raise faults[0]
    return delivered


def finish_promised(settings: Settings) -> tuple[int, list[HandOverError]]:
    """Delivers what was promised and never confirmed, each export at its own place. Returns (cases, what failed).

    Raises as `export_new`.
    """
    with alone(settings, wait=settings.store.busy_timeout) as own:
        return _finish_promised(settings, own)


def export_new(settings: Settings, destination: str, place: str, selection: CaseSelection | None = None) -> int:
    """Hands over, once and for all, the cases of a selection that no export holds yet, to a place. Returns how many.

    When they can never be delivered, the promise is taken back, so that another place may have the cases. Raises
    BeingDone while another process hands over for longer than `store.busy_timeout`.
    """
    with alone(settings, wait=settings.store.busy_timeout) as own:
        return _export_new(settings, own, destination, place, selection)


def new_case_count(settings: Settings, selection: CaseSelection | None = None) -> int:
    """How many cases of the selection no export holds yet."""
    with store.connect(settings.store, read_only=True) as connection:
        return exports.new_count(connection, selection)


def alone(settings: Settings, *, wait: float = 0.0) -> AbstractContextManager[Hold]:
    """The right to hand over: what another is delivering just now looks like what was never confirmed.

    Raises BeingDone while another process has it for longer than `wait` seconds.
    """
    return holding.exclusive(
        settings, "hand-over", lambda by, since: f"cases are being handed over by {by} since {since}", wait=wait
    )


def _finish_promised(settings: Settings, own: Hold) -> tuple[int, list[HandOverError]]:
    delivered = 0
    faults: list[HandOverError] = []
    for export in _promised_exports(settings):
        try:
            delivered += _deliver(settings, own, export)
        except HandOverError as error:
            values = {"destination": export.destination, "reason": type(error).__name__}
            logger.error("hand-over failed", extra=values)  # noqa: TRY400 (a traceback may quote a post)
            faults.append(error)
    return delivered, faults


def _export_new(
    settings: Settings, own: Hold, destination: str, place: str, selection: CaseSelection | None = None
) -> int:
    with store.connect(settings.store) as connection:
        own.require(connection)
        is_taken = registry.exporter(destination).is_taken
        export = exports.promise_new(connection, destination, place, now(), is_taken, selection)
    if export is None:
        return 0
    try:
        return _deliver(settings, own, export)
    except HandOverPermanent:
        with store.connect(settings.store) as connection:
            own.require(connection)
            exports.withdraw(connection, export)
        logger.error("promised hand-over withdrawn", extra={"destination": destination})  # noqa: TRY400 (a traceback may quote a post)
        raise


def _promised_exports(settings: Settings) -> list[exports.Export]:
    with store.connect(settings.store, read_only=True) as connection:
        return exports.undelivered(connection)


def _deliver(settings: Settings, own: Hold, export: exports.Export) -> int:
    with record_run(settings, "hand over", export.place) as record:
        with store.connect(settings.store, read_only=True) as connection:
            ids = exports.cases_of(connection, export.export_id)
        exporter = registry.exporter(export.destination)
        rows = case_rows(settings, ids, teller=exporter.words_for(settings, export.place))
        receipt = exporter.deliver(_while_ours(rows, settings, own), export.place, settings)
        with store.connect(settings.store) as connection:
            exports.mark_delivered(connection, export, receipt, now())
            record.add(connection, len(ids), IngestCounts(stored=len(ids)))
    values = {"destination": export.destination, "run": record.run_id, "count": len(ids)}
    logger.info("cases handed over", extra=values)
    return len(ids)


def _while_ours(rows: Iterator[CaseRow], settings: Settings, own: Hold) -> Iterator[CaseRow]:
    """The rows; behind the last, before anything is put where it is to go, it is asked whether we still hand over.

    Somebody may have fetched meanwhile what another delivered in our place; it would be there once more.
    """
    yield from rows
    with store.connect(settings.store, read_only=True) as connection:
        own.require(connection)


def case_rows(
    settings: Settings,
    ids: Sequence[int] | None = None,
    only_links: Sequence[str] = (),
    teller: CaseTeller | None = None,
) -> Iterator[CaseRow]:
    """Cases as they are exported, some thousands at a time, the database free in between. None means all.

    `teller` says their histories; by default in codes. Of the networks in `only_links`, and in the settings'
    `exports.only_links`, post id and link alone.
    """
    without_texts = {*settings.exports.only_links, *only_links}
    if ids is None:
        with store.connect(settings.store, read_only=True) as connection:
            ids = exports.case_ids(connection)
    for start in range(0, len(ids), _CHUNK):
        with store.connect(settings.store, read_only=True) as connection:
            chunk = exports.rows(connection, ids[start : start + _CHUNK], sorted(without_texts), teller)
        yield from chunk
