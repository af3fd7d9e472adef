"""Looking at a file before it is read: `inspect` says how it is laid out, and what it had to guess."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from monitor.errors import UnexpectedAnswer
from monitor.sources.files import columns as column_finder
from monitor.sources.files import identity, texts, timing
from monitor.tables import access, detect
from monitor.tables.layout import FAULT, FileFormat, Layout, ReadProgress
from monitor.tables.rows import rows
from monitor.tables.values import flat_names

logger = logging.getLogger(__name__)

_SAMPLE = 10_000
_SAMPLE_CHARACTERS = 1 << 25
_NONE: Mapping[str, str] = MappingProxyType({})


def inspect(path: Path, *, network: str, time_zone: ZoneInfo, columns: Mapping[str, str] = _NONE) -> Layout:
    """How the file is laid out. `columns` names columns by hand, {"text": "Mensaje"}, by fields of `PostColumns`.

    `time_zone` is where times without offset were written; `network` whose posts they are: the ids of "x" tell times.
    Raises UnexpectedAnswer, saying what to do, when the file cannot be read, a named column does not exist, or no
    column holds the text or the time. Reads at most the first 200,000 rows.
    """
    file_format = detect.detect_format(path, column_finder.FINDER)
    sample = list(_sample(path, file_format))
    readable = [row for row in sample if FAULT not in row]
    if file_format.kind in ("json", "jsonl"):
        file_format = replace(
            file_format, header=tuple(dict.fromkeys(name for row in readable for name in flat_names(row)))
        )
    if not sample:
        raise detect.no_rows_error(path, file_format.header)
    if not readable:
        raise UnexpectedAnswer(f"{path.name}: no row can be read, the first: {sample[0][FAULT]}; export it as CSV")
    if len(readable) < len(sample):
        context = {"network": network, "path_name": path.name, "rejects": len(sample) - len(readable)}
        logger.warning("rows cannot be read", extra=context)
    post_columns = column_finder.find_columns(path.name, file_format.header, readable, columns)
    with access.reading(path):
        layout = Layout(path, network, path.stat().st_size, file_format, post_columns, time_zone)
    layout = texts.with_markup(layout, readable)
    return timing.with_times(identity.with_ids(layout, readable), readable)


def _sample(path: Path, file_format: FileFormat) -> Iterator[Mapping[str, Any]]:
    """The first rows, fewer where they are very long."""
    progress = ReadProgress()
    for _, _, row in islice(rows(path, file_format, 0, progress), _SAMPLE):
        yield row
        if progress.characters > _SAMPLE_CHARACTERS:
            return
