"""Posts of a file that an earlier version stored under another id are not stored a second time."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import store
from monitor.collect import files
from monitor.collect.matching import by_brand
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.runs import Run, no_progress
from monitor.settings.loading import Settings
from monitor.sources.files.source import inspect
from monitor.store.posts import mentions

NOW = datetime(2026, 3, 1, tzinfo=UTC)
COMPLAINTS = [
    {"fecha": "2026-01-02", "usuario": "ana", "texto": "La app no va", "ciudad": "Lima"},
    {"fecha": "2026-01-02", "usuario": "ana", "texto": "La app no va", "ciudad": "Cusco"},
]


def made_before(row: dict[str, str]) -> str:
    """An id as versions before this one made it: of author, time and text."""
    parts = (row["usuario"], row["fecha"], row["texto"])
    return "h" + blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def keep(settings: Settings, post_id: str, row: dict[str, str]) -> None:
    with store.connect(settings.store) as connection:
        mention = Mention("forum", post_id, row["texto"], NOW, post_id, row)
        mentions.save(connection, 1, [MatchedMention(mention, (Match("Norvia", ""),))], NOW)


def imported(settings: Settings, path: Path, rows: Sequence[dict[str, str]]) -> Run:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    return files.import_file(settings, layout, by_brand("Norvia"), no_progress)


def test_a_row_that_is_stored_under_its_made_up_id_stays_one_post(settings: Settings, tmp_path: Path) -> None:
    keep(settings, made_before(COMPLAINTS[0]), COMPLAINTS[0])
    run = imported(settings, tmp_path / "a.csv", COMPLAINTS)
    assert (run.saved.stored, run.saved.duplicates) == (1, 1)
    again = imported(settings, tmp_path / "a.csv", COMPLAINTS)
    assert (again.saved.stored, again.saved.duplicates) == (0, 2)


def test_a_row_that_has_an_id_now_is_found_under_the_one_that_was_made_up(settings: Settings, tmp_path: Path) -> None:
    rows = [row | {"folio": f"A-{number}00"} for number, row in enumerate(COMPLAINTS * 2)]
    keep(settings, made_before(rows[1]), rows[1])
    run = imported(settings, tmp_path / "a.csv", rows)
    assert (run.saved.stored, run.saved.duplicates) == (3, 1)


def test_an_id_that_was_stored_in_its_disguise_stays_one_post(settings: Settings, tmp_path: Path) -> None:
    row = COMPLAINTS[0] | {"id": "x2028128169227190277"}
    keep(settings, row["id"], row)
    run = imported(settings, tmp_path / "a.csv", [row, row | {"id": "x2028128169227190278"}])
    assert (run.saved.stored, run.saved.duplicates) == (1, 1)


def test_counts_that_grew_leave_a_stored_row_the_same(settings: Settings, tmp_path: Path) -> None:
    row = COMPLAINTS[0] | {"likes": "1"}
    keep(settings, made_before(row), row)
    assert imported(settings, tmp_path / "a.csv", [row | {"likes": "900"}]).saved.duplicates == 1
