"""Files beside the database that may hold a person: databases that restores kept, journals, deliveries, drops."""

import json
import logging
import os
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeAlias

import portalocker

from monitor import atomic_files, store
from monitor.collect import journal
from monitor.errors import StoreBusy
from monitor.exporters import registry
from monitor.pipeline import hand_over
from monitor.settings import text_files
from monitor.settings.loading import Settings, Store
from monitor.store import copying, memory, rewriting
from monitor.store.cases import exports
from monitor.store.erased import erased_list
from monitor.store.erased.erased_list import ErasedList
from monitor.store.posts import received_pages
from monitor.store.privacy import erasing
from monitor.store.privacy.handed_over import HandedOver
from monitor.store.privacy.people import HeldPerson

logger = logging.getLogger(__name__)

Delivered: TypeAlias = tuple[list[Path], list[str], dict[int, str]]
"""Files written anew, where their readers are told, and the new receipts by number of the delivery."""
_KEPT = re.compile(r"\.before-restore(-\d+)?")
_UNFINISHED = 120.0  # seconds after which nobody writes a file any more that is not in its place
_LARGEST = 200 << 20  # bytes of a dropped file that is looked into


def kept_databases(place: Store) -> list[Path]:
    """Databases that restores have kept beside this one."""
    if place.is_server:
        return []
    found = place.path.parent.glob(f"{place.path.name}.before-restore*")
    return sorted(path for path in found if _KEPT.fullmatch(path.name.removeprefix(place.path.name)))


def clean_kept(place: Store, known: ErasedList, actor: str, now: datetime) -> list[Path]:
    """Erases in each of them whom the list names: in a copy, which then takes its place. Raises StoreErrors."""
    cleaned = []
    for path in kept_databases(place):
        with copying.work_folder(path.parent) as folder:
            copy = folder / copying.COPY
            copying.copy(path, copy)
            with store.connect(Store(url=str(copy)), as_copy=True) as connection:
                erased_list.add(connection, known.rows)
                counts = erasing.obey(connection, actor, now)
            if not counts.n:
                continue
            rewriting.rewrite(copy, memory.engine_limits(copy))
            atomic_files.make_private(copy)
            copying.log_of(path).unlink(missing_ok=True)
            copy.replace(path)
            atomic_files.flush_folder(path.parent)
        cleaned.append(path)
    return cleaned


def clean_journals(place: Store, known: ErasedList) -> int:
    """Cuts off what was received and not stored yet from the first page on that names an erased person.

    The network is asked for it again, and what it gives is stored without them. Returns how many journals were cut.
    Raises StoreBusy while another process reads a network for longer than `store.busy_timeout`.
    """
    return _clean_shared(place, known) if place.is_server else _clean_files(place, known)


def _clean_files(place: Store, known: ErasedList) -> int:
    count = 0
    for path in sorted(journal.folder_of(place).glob("*.jsonl")):
        try:
            with portalocker.Lock(path, "r+b", timeout=place.busy_timeout, fail_when_locked=False) as file:
                count += _cut(file, known)
        except portalocker.exceptions.LockException:
            raise StoreBusy(
                f"{path.stem} is being read, and what was received may name the erased still: escucha privacy compact, "
                "once that has ended"
            ) from None
    return count


def _cut(file: IO[Any], known: ErasedList) -> bool:
    lines = file.readlines()
    kept = _before(lines, known)
    if len(kept) == len(lines):
        return False
    file.seek(0)
    file.writelines(kept)
    file.truncate()
    file.flush()
    os.fsync(file.fileno())
    return True


def _clean_shared(place: Store, known: ErasedList) -> int:
    count = 0
    with store.connect(place) as connection:
        for network in received_pages.networks(connection):
            pages = received_pages.of_network(connection, network)
            kept = _before([page.encode() for page in pages], known)
            if len(kept) < len(pages):
                received_pages.cut(connection, network, len(pages) - len(kept))
                rewriting.note(connection)
                count += 1
    return count


def _before(lines: Sequence[bytes], known: ErasedList) -> Sequence[bytes]:
    """The lines before the first that names somebody of the list, or cannot be read."""
    for number, line in enumerate(lines):
        try:
            text = json.dumps(json.loads(line), ensure_ascii=False)
        except ValueError:
            return lines[:number]
        if known.masked_json(text) != text:
            return lines[:number]
    return lines


def write_deliveries(settings: Settings, deliveries: Iterable[HandedOver], now: datetime) -> Delivered:
    """Writes deliveries anew, as their cases stand now, where they still lie, and tells their readers.

    Nobody hands over meanwhile: what was read before the erasure has arrived by then. Raises HandOverErrors, and
    BeingDone while cases are handed over for longer than `store.busy_timeout`.
    """
    with hand_over.alone(settings, wait=settings.store.busy_timeout):
        return _write_deliveries(settings, deliveries, now)


def _write_deliveries(settings: Settings, deliveries: Iterable[HandedOver], now: datetime) -> Delivered:
    written: list[Path] = []
    notices: list[str] = []
    receipts: dict[int, str] = {}
    for delivery in deliveries:
        exporter = registry.exporter(delivery.destination)
        with store.connect(settings.store, read_only=True) as connection:
            ids = exports.cases_of(connection, delivery.export_id)
        if exporter.is_taken(delivery.place):
            rows = hand_over.case_rows(settings, ids, teller=exporter.words_for(settings, delivery.place))
            receipts[delivery.export_id] = exporter.replace(rows, delivery.place, settings)
            written.append(Path(delivery.place))
        elif not delivery.is_delivered:
            continue  # nobody took it
        notices.append(exporter.tell_erased(delivery.codes, delivery.changed, delivery.place, settings, now))
    return written, notices, receipts


def clear_unfinished(folders: Iterable[Path]) -> None:
    """Removes files and copies there that processes which were killed have left half written."""
    for folder in {folder for folder in folders if folder.is_dir()}:
        copying.sweep(folder)
        atomic_files.sweep(folder, _UNFINISHED)


def named_in(settings: Settings, person: HeldPerson, openings: Iterable[str]) -> list[Path]:
    """Files of the drop folder, and the settings, that name the person or begin to quote them: others' to mend.

    `openings`: how their texts begin. Of workbooks and packed files nobody can say without opening them, and they are
    left out.
    """
    folder = settings.networks.files.folder
    names = [*person.names, *(part for _, id_, handle in person.accounts for part in (id_, handle) if len(part) > 3)]
    wanted = [name.lower() for name in (*names, *openings)]
    files = [text_files.path_in_force(), *(sorted(folder.rglob("*")) if folder else ())]
    return [path for path in files if path.is_file() and path.stat().st_size <= _LARGEST and _holds_any(path, wanted)]


def _holds_any(path: Path, wanted: Sequence[str]) -> bool:
    content = path.read_bytes().decode("utf-8", "replace").lower()
    return any(name in content for name in wanted)
