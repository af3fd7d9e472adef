"""Rows of files that number their posts 1, 2, 3: no complaint is lost to another post's id."""

import csv
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor import store
from monitor.collect import files
from monitor.collect.matching import by_brand
from monitor.runs import Run, no_progress
from monitor.settings.loading import Settings
from monitor.sources.files.source import inspect

Row = tuple[str, str, str, str]
"""Id, time, author, text."""
FIRST: list[Row] = [
    ("1", "2026-03-13 10:00", "ana", "La app no abre desde ayer"),
    ("2", "2026-03-14 10:00", "luis", "Me cobraron dos veces el recibo"),
    ("3", "2026-03-15 10:00", "eva", "Nadie contesta en la tienda"),
]
SECOND: list[Row] = [
    ("1", "2026-03-20 11:00", "luis", "El técnico no vino otra vez"),
    ("2", "2026-03-21 11:00", "pau", "Llevo una semana sin servicio"),
    ("3", "2026-03-22 11:00", "eva", "Otra vez me cobraron de más"),
]


def imported(settings: Settings, path: Path, rows: Sequence[Sequence[str]], *more: str) -> Run:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("ID comentario", "fecha", "usuario", "texto", *more), *rows])
    layout = inspect(path, network="facebook", time_zone=ZoneInfo("Europe/Madrid"))
    return files.import_file(settings, layout, by_brand("Norvia"), no_progress)


def counts(run: Run) -> tuple[int, int, int]:
    return run.saved.stored, run.saved.duplicates, run.saved.renumbered


def test_files_numbered_alike_lose_no_post(settings: Settings, tmp_path: Path) -> None:
    assert counts(imported(settings, tmp_path / "a.csv", FIRST)) == (3, 0, 0)
    assert counts(imported(settings, tmp_path / "b.csv", SECOND)) == (3, 0, 3)
    assert counts(imported(settings, tmp_path / "b.csv", SECOND)) == (0, 3, 3)
    assert counts(imported(settings, tmp_path / "a.csv", FIRST)) == (0, 3, 0)


def test_an_id_twice_in_a_file_loses_no_post(settings: Settings, tmp_path: Path) -> None:
    rows = [*FIRST, ("2", "2026-03-20 11:00", "pau", "Llevo una semana sin servicio")]
    assert counts(imported(settings, tmp_path / "a.csv", [*rows, rows[0]])) == (4, 1, 1)


def test_an_id_that_comes_again_on_the_next_page_loses_no_post(settings: Settings, tmp_path: Path) -> None:
    files_section = settings.networks.files.model_copy(update={"page_size": 1})
    networks = settings.networks.model_copy(update={"files": files_section})
    settings = settings.model_copy(update={"networks": networks})
    rows = [*FIRST, ("3", "2026-03-20 11:00", "pau", "Llevo una semana sin servicio"), FIRST[0]]
    assert counts(imported(settings, tmp_path / "a.csv", rows)) == (4, 1, 1)


def test_an_edited_post_stays_one(settings: Settings, tmp_path: Path) -> None:
    imported(settings, tmp_path / "a.csv", FIRST)
    edited = [(post_id, time, author, f"{text} (editado)") for post_id, time, author, text in FIRST]
    assert counts(imported(settings, tmp_path / "b.csv", edited)) == (0, 3, 0)


def test_long_ids_of_a_network_are_believed(settings: Settings, tmp_path: Path) -> None:
    imported(settings, tmp_path / "a.csv", [(f"10009991234567{row[0]}", *row[1:]) for row in FIRST])
    run = imported(settings, tmp_path / "b.csv", [(f"10009991234567{row[0]}", *row[1:]) for row in SECOND])
    assert counts(run) == (0, 3, 0)


def test_answers_follow_the_post_that_got_another_id(settings: Settings, tmp_path: Path) -> None:
    imported(settings, tmp_path / "a.csv", [(*row, "") for row in FIRST], "parent_id")
    answer = ("4", "2026-03-21 12:00", "pau", "A mí tampoco vino", "1")
    imported(settings, tmp_path / "b.csv", [*((*row, "") for row in SECOND), answer], "parent_id")
    with store.connect(settings.store, read_only=True) as connection:
        parent, thread = connection.execute(
            "SELECT p.text, m.thread_id = p.post_id FROM mentions m JOIN mentions p ON p.post_id = m.in_reply_to "
            "WHERE m.text LIKE 'A mí%'"
        ).fetchall()[0]
    assert (parent, thread) == ("El técnico no vino otra vez", True)


def test_files_whose_sheets_have_the_same_names_lose_no_post_of_one_author(settings: Settings, tmp_path: Path) -> None:
    """`Soporte general:1` is long for its chat's name alone: who wrote it says little."""
    chats = [("Soporte general", ""), ("Soporte general", "1"), ("Ventas y otros", ""), ("Ventas y otros", "1")]
    days = {"a": 1, "b": 11}
    for name, day in days.items():
        rows = [
            (
                str(1 + bool(answered)),
                f"2026-03-{day + place} 10:00",
                "ana",
                f"La app no abre, van {day + place}",
                *chat,
            )
            for place, chat in enumerate(chats)
            for answered in (chat[1],)
        ]
        run = imported(settings, tmp_path / f"{name}.csv", rows, "chat", "responde a")
        assert counts(run) == (4, 0, 0 if name == "a" else 4)
    with store.connect(settings.store, read_only=True) as connection:
        found = connection.execute("SELECT post_id, in_reply_to FROM mentions").fetchall()
    assert {answered for _, answered in found if answered} <= {post_id for post_id, _ in found}
    assert len({answered for _, answered in found if answered}) == 4
