"""A file is read while its rows are stored: what is kept, rejected and told is as if it were read page by page."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor import store
from monitor.collect import files
from monitor.collect.matching import by_brand
from monitor.errors import UnfitFile
from monitor.runs import Run, no_progress
from monitor.settings.loading import Settings
from monitor.sources.files.source import inspect
from monitor.tables import encoding
from monitor.tables.layout import Layout, ReplyColumns

HEADER = "id,fecha,usuario,texto,respuesta,respondido\n"
GOOD = "2026-03-13 10:00,ana,La app no abre"


@pytest.fixture
def two_a_page(settings: Settings) -> Settings:
    section = settings.networks.files.model_copy(update={"page_size": 2})
    return settings.model_copy(update={"networks": settings.networks.model_copy(update={"files": section})})


def layout_of(path: Path) -> Layout:
    return inspect(path, network="facebook", time_zone=ZoneInfo("Europe/Madrid"))


def imported(settings: Settings, layout: Layout) -> Run:
    return files.import_file(settings, layout, by_brand("Norvia"), no_progress)


def test_rejects_keep_their_order_those_of_answers_among_them(two_a_page: Settings, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = [
        f"a1,{GOOD} 1,,", f"a2,{GOOD} 2,Hola,ayer no", "a3,nunca,ana,La app no abre 3,,", f"a4,{GOOD} 4,,",
        "a5,2026-03-13 10:00,ana,,,", f"a6,{GOOD} 6,Hola,2026-03-13 11:00", f"a7,{GOOD} 7,Hola,tampoco",
    ]  # fmt: skip
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    layout = replace(layout_of(path), reply=ReplyColumns("respuesta", "respondido"))
    run = imported(two_a_page, layout)
    assert (run.received, run.saved.stored, run.saved.rejected, run.saved.own_replies) == (7, 6, 4, 1)
    with store.connect(two_a_page.store, read_only=True) as connection:
        rejects = connection.execute("SELECT place, reason FROM rejects ORDER BY rowid").fetchall()
    assert [(place, reason.partition(":")[0]) for place, reason in rejects] == [
        ("posts.csv, row 3", "the post is stored, its answer is not"),
        ("posts.csv, row 4", "not a time"),
        ("posts.csv, row 6", "no text in column texto"),
        ("posts.csv, row 8", "the post is stored, its answer is not"),
    ]


def test_what_stands_before_a_damage_is_kept_and_the_run_says_it(
    two_a_page: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "posts.csv"
    rows = [f"a{number},{GOOD} {number},," for number in range(4_000)]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    layout = layout_of(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\nb,{GOOD} {'y' * 80_000}")
    monkeypatch.setattr(encoding, "LONGEST_LINE", 70_000)
    section = two_a_page.networks.files.model_copy(update={"page_size": 1_000})
    settings = two_a_page.model_copy(update={"networks": two_a_page.networks.model_copy(update={"files": section})})
    with pytest.raises(UnfitFile, match="line 4,002 has more than 70,000 characters"):
        imported(settings, layout)
    with store.connect(settings.store, read_only=True) as connection:
        counted = connection.execute("SELECT count(*), count(DISTINCT post_id) FROM mentions").fetchall()
        runs = connection.execute("SELECT status, stored, duplicates FROM runs WHERE step = 'import'").fetchall()
    assert counted == [(4_000, 4_000)]
    assert runs == [("failed", 4_000, 0)]
