"""Rejects as a CSV for people: why a post could not be read, where it stood, and the post as it came."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import atomic_files
from monitor.errors import HandOverPermanent
from monitor.exporters._cells import escape_formulas, printable, truncate, wall_time
from monitor.exporters.words import catalogue
from monitor.models.languages import LanguageCode
from monitor.models.rejects import KeptReject

_COLUMNS = ("reason", "place", "network", "rejected_at", "run_id", "raw")


def write(rejects: Iterable[KeptReject], target: Path, *, language: LanguageCode, zone: ZoneInfo) -> int:
    """Writes the file whole or not at all, for its owner alone. Returns how many rows it has.

    Cells are those of `_tables.csv_table`: no formula, 32,767 characters at most. Raises HandOverPermanent where it
    cannot be written.
    """
    try:
        with atomic_files.replacing(target) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            words = catalogue(language)
            writer.writerow([words[f"reject.{name}"].format(zone=zone.key) for name in _COLUMNS])
            count = 0
            for reject in rejects:
                writer.writerow(_cells(reject, zone))
                count += 1
            text.flush()
            text.detach()
    except OSError as error:
        raise HandOverPermanent(f"cannot write {target}: {error.strerror or type(error).__name__}") from error
    return count


def _cells(reject: KeptReject, zone: ZoneInfo) -> list[str]:
    at = f"{wall_time(reject.rejected_at, zone):%Y-%m-%d %H:%M:%S}"
    texts = (reject.reason, reject.place, reject.network, at, str(reject.run_id), reject.raw)
    return [truncate(escape_formulas(printable(text))) for text in texts]
