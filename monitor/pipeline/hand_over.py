"""Handing cases over: promised in the store first, then delivered, then confirmed with the receipt."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor import store
from monitor.errors import HandOverError, HandOverPermanent
from monitor.exporters import files as file_exporter
from monitor.models.posts import CaseRow, Saved
from monitor.runs import now, recorded
from monitor.settings.loading import Settings
from monitor.store.cases import exports

_CHUNK = 2_000  # cases read under one hold of the database's lock


def hand_over(settings: Settings) -> int:
    """Writes cases that no export holds yet into `exports.folder`, one file a pass. Returns how many cases.

    Exports that were promised before and never confirmed are finished first, at the place they were promised for. What
    cannot be delivered there does not keep the others back: its error is raised at the end.
    """
    delivered, faults = finish_promised(settings)
    folder = settings.exports.folder
    if folder is not None:
        place_for_new = str(folder.absolute() / f"cases-{{export_id}}.{settings.exports.format}")
        delivered += export_new(settings, place_for_new, settings.exports.separator)
    if faults:
        raise faults[0]
    return delivered


def finish_promised(settings: Settings) -> tuple[int, list[HandOverError]]:
    """Delivers what was promised and never confirmed, each export at its own place. Returns (cases, what failed)."""
    delivered = 0
    faults: list[HandOverError] = []
    for export in _promised(settings):
        try:
            delivered += _deliver(settings, export, settings.exports.separator)
        except HandOverError as error:
            faults.append(error)
    return delivered, faults


def export_new(settings: Settings, target: str, separator: str) -> int:
    """Hands over, once and for all, the cases that no export holds yet, as a file at `target`. Returns how many.

    When the file can never be written, the promise is taken back, so that another place may have the cases.
    """
    with store.connect(settings.store) as connection:
        export = exports.promise_new(connection, "files", target, now())
    if export is None:
        return 0
    try:
        return _deliver(settings, export, separator)
    except HandOverPermanent:
        with store.connect(settings.store) as connection:
            exports.withdraw(connection, export)
        raise


def new_cases(settings: Settings) -> int:
    """How many cases no export holds yet."""
    with store.connect(settings.store, read_only=True) as connection:
        return exports.new_count(connection)


def _promised(settings: Settings) -> list[exports.Export]:
    with store.connect(settings.store, read_only=True) as connection:
        return exports.promised(connection)


def _deliver(settings: Settings, export: exports.Export, separator: str) -> int:
    with recorded(settings, "hand over", export.place) as record:
        with store.connect(settings.store, read_only=True) as connection:
            ids = exports.cases_of(connection, export.export_id)
        rows = case_rows(settings, ids)
        receipt = file_exporter.write(rows, Path(export.place), zone=settings.zone, separator=separator)
        with store.connect(settings.store) as connection:
            exports.delivered(connection, export, receipt, now())
            record.add(connection, len(ids), Saved(stored=len(ids)))
    return len(ids)


def case_rows(
    settings: Settings, ids: Sequence[int] | None = None, only_links: Sequence[str] = ()
) -> Iterator[CaseRow]:
    """Cases as they are exported, some thousands at a time, the database free in between. None means all.

    Of the networks in `only_links`, and in the settings' `exports.only_links`, post id and link alone.
    """
    without_texts = {*settings.exports.only_links, *only_links}
    if ids is None:
        with store.connect(settings.store, read_only=True) as connection:
            ids = exports.case_ids(connection)
    for start in range(0, len(ids), _CHUNK):
        with store.connect(settings.store, read_only=True) as connection:
            chunk = exports.rows(connection, ids[start : start + _CHUNK], sorted(without_texts))
        yield from chunk
