"""A file is read here or in a process of its own: what is kept, rejected and told is the same."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor import store
from monitor.collect import files
from monitor.collect.matching import by_brand, by_queries
from monitor.collect.reading import process, storing
from monitor.errors import SourceUnavailable, UnfitFile
from monitor.masking import masks
from monitor.runs import Progress, Run, no_progress
from monitor.settings.loading import Brand, Settings, Store
from monitor.sources.files.source import inspect
from monitor.tables import encoding
from monitor.tables.layout import Layout, ReplyColumns
from tests.polling import until

HEADER = "id,fecha,usuario,texto,respuesta,respondido\n"
BY_PROCESS = pytest.mark.parametrize("least", [0], indirect=True)
GOOD = "2026-03-13 10:00,ana,La app no abre"


@pytest.fixture(autouse=True, params=[1 << 40, 0], ids=["here", "in a process"])
def least(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes from which on a process reads a file: those of no file, or of any."""
    monkeypatch.setattr(process, "LEAST_BYTES", request.param)


@pytest.fixture
def two_a_page(settings: Settings) -> Settings:
    return paged(settings, 2)


def layout_of(path: Path) -> Layout:
    return inspect(path, network="facebook", time_zone=ZoneInfo("Europe/Madrid"))


def imported(settings: Settings, layout: Layout, progress: Progress = no_progress) -> Run:
    return files.import_file(settings, layout, by_brand("Norvia"), progress)


def paged(settings: Settings, size: int) -> Settings:
    section = settings.networks.files.model_copy(update={"page_size": size})
    return settings.model_copy(update={"networks": settings.networks.model_copy(update={"files": section})})


def children(name: str) -> list[int]:
    """Processes that this one has started, with that in their command line."""
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not listed.exists():
        pytest.skip("needs /proc")
    return [child for child in map(int, listed.read_text().split()) if is_running(child, name)]


def is_running(pid: int, name: str) -> bool:
    """Whether a process has that in its command line: one that has ended has none."""
    try:
        return name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


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
        rejects = connection.execute("SELECT place, reason FROM rejects ORDER BY place").fetchall()
    assert [(place, reason.partition(":")[0]) for place, reason in rejects] == [
        ("posts.csv, row 3", "the post is stored, its answer is not"),
        ("posts.csv, row 4", "not a time"),
        ("posts.csv, row 6", "no text in column texto"),
        ("posts.csv, row 8", "the post is stored, its answer is not"),
    ]


def test_what_stands_before_a_damage_is_kept_and_the_run_says_it(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = [f"a{number},{GOOD} {number},," for number in range(4_000)]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    layout = layout_of(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\nb,{GOOD} {'y' * encoding.LONGEST_LINE}")
    settings = paged(settings, 1_000)
    with pytest.raises(UnfitFile, match=r"line 4,002 has more than 16,777,216 characters"):
        imported(settings, layout)
    with store.connect(settings.store, read_only=True) as connection:
        counted = connection.execute("SELECT count(*), count(DISTINCT post_id) FROM mentions").fetchall()
        runs = connection.execute("SELECT status, stored, duplicates FROM runs WHERE step = 'import'").fetchall()
    assert counted == [(4_000, 4_000)]
    assert runs == [("failed", 4_000, 0)]


@pytest.mark.parametrize(
    ("bound", "most", "together"), [("_MOST_ROWS", 6, 6), ("_MOST_BYTES", 1, 2), ("_AT_ONCE", 5, 10)]
)
def test_pages_wait_for_others_up_to_their_number_their_rows_and_their_bytes(
    two_a_page: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int, together: int
) -> None:
    monkeypatch.setattr(storing, bound, most)
    path = tmp_path / "posts.csv"
    path.write_text(HEADER + "\n".join(f"a{number},{GOOD} {number},," for number in range(26)), encoding="utf-8")
    asked: list[int] = []

    def look(_name: str, _position: int, _size: int) -> None:
        with store.connect(two_a_page.store, read_only=True) as connection:
            asked.append(connection.execute("SELECT count(*) FROM mentions").fetchall()[0][0])

    imported(two_a_page, layout_of(path), look)
    assert {count % together for count in asked if count < 26} == {0}
    assert {together, 2 * together} <= {*asked}


def test_every_row_is_stored_as_it_reads(two_a_page: Settings, tmp_path: Path) -> None:
    """People who write again, under all that may stand for them; events of a chat; words that a query finds."""
    rows = [
        ("1", "@Ana", "2026-03-13T10:00:00+02:00", "La app de Norvia no abre 😡\nde \"verdad\"", ""),
        ("2", "https://facebook.com/eva.paz", "2026-03-13 10:01", "Hola, @norvia: ¿cuándo, por fin?", "1"),
        ("3", "Ana", "13/03/2026 10:02", "ana joined the group", ""),
        ("4", "@Ana", "1773396180", "Ana María joined no group", "0"),
        ("5", "[deleted]", "2026-03-13 10:04", "Norvía otra vez", "1"),
        ("6", "norviabot", "2026-03-13 10:05", "luis has left the chat", ""),
        ("7", "Eva <eva@example.org>", "2026-03-13 10:06", "los mensajes son privados, no cifrados", "2"),
        ("8", "@Ana", "2026-03-13 10:07", "una cuenta de norvia", "x"),
    ]  # fmt: skip
    path = tmp_path / "posts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "author", "created_at", "text", "thread"), *rows])
    brand = Brand(name="Norvia", queries=("norvia OR @norvia",))
    files.import_file(two_a_page, layout_of(path), by_queries([brand]), no_progress)
    with store.connect(two_a_page.store, read_only=True) as connection:
        stored = connection.execute(
            """
            SELECT post_id, author, author_name, mentions.posted_at, text, thread_id, terms, raw
            FROM mentions JOIN posts USING (mention_id) JOIN matches USING (mention_id) ORDER BY post_id
            """
        ).fetchall()
        rejects = connection.execute("SELECT place, reason FROM rejects ORDER BY place").fetchall()
    assert [(name, by, full, f"{at:%H:%M}", *said) for name, by, full, at, *said, _ in stored] == [
        ("1", "Ana", None, "08:00", rows[0][3], "1", ["norvia"]),
        ("2", "eva.paz", None, "09:01", rows[1][3], "1", ["norvia", "@norvia"]),
        ("5", None, None, "09:04", rows[4][3], "1", ["norvia"]),
        ("7", "eva@example.org", "Eva", "09:06", rows[6][3], "2", []),
        ("8", "Ana", None, "09:07", rows[7][3], "x", ["norvia"]),
    ]
    assert stored[0][-1] == (
        '{"id": "1", "author": "@Ana", "created_at": "2026-03-13T10:00:00+02:00", '
        '"text": "La app de Norvia no abre 😡\\nde \\"verdad\\"", "thread": ""}'
    )
    no_post = "an event of the chat, no post"
    assert rejects == [(f"posts.csv, row {row} (line {row + 1})", no_post) for row in (4, 5, 7)]


def test_what_is_stored_is_asked_of_every_page(two_a_page: Settings, tmp_path: Path) -> None:
    """An id that another post has, here and in a file before; our own account; a brand that only some rows name."""
    brand = Brand(name="Norvia", queries=("norvia",), own_accounts=("@norvia",))
    settings = two_a_page.model_copy(update={"brands": (brand,)})
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    rows = [("1", "ana", "Norvia no abre"), ("2", "norvia", "Lo miramos"), ("3", "eva", "Nadie contesta")]
    later = [("3", "luis", "Norvia me cobra dos veces"), ("4", "pau", "Sin servicio"), ("4", "teo", "Otra cosa")]
    for path, day, found in ((first, 13, rows), (second, 20, later)):
        lines = [f"{number},2026-03-{day + at},{author},{text}" for at, (number, author, text) in enumerate(found)]
        path.write_text("\n".join(["ID comentario,fecha,usuario,texto", *lines, lines[0]]), encoding="utf-8")
    runs = [files.import_file(settings, layout_of(path), by_queries(settings.brands), no_progress).saved
            for path in (first, second, first)]  # fmt: skip
    assert [(run.stored, run.duplicates, run.renumbered) for run in runs] == [(3, 1, 0), (3, 1, 3), (0, 4, 0)]
    with store.connect(settings.store, read_only=True) as connection:
        matched = connection.execute("SELECT brand, count(*) FROM matches GROUP BY brand ORDER BY brand").fetchall()
    assert matched == [("", 4), ("Norvia", 2)]


def test_a_credential_in_a_row_is_masked_and_what_is_cut_is_logged(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "c4nary-0fNorv1a-7781"
    monkeypatch.setattr(masks, "_configured", {})
    masks.know(secret)
    path = tmp_path / "posts.csv"
    rows = [f"a1,{GOOD} {secret},,", f"a2,nunca,ana,{secret},,", f"a3,{GOOD} {'y' * 100_001},,", f"a4,{GOOD},,"]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    with caplog.at_level("WARNING", "monitor"):
        imported(settings, layout_of(path))
    with store.connect(settings.store, read_only=True) as connection:
        kept = str(connection.execute("SELECT text, raw FROM mentions JOIN posts USING (mention_id)").fetchall())
        kept += str(connection.execute("SELECT raw, reason FROM rejects").fetchall())
    assert secret not in kept
    assert "***" in kept
    assert [record.count for record in caplog.records if record.message == "post cut"] == [len(GOOD[21:]) + 100_002]


def test_how_far_it_is_read_is_told_to_the_end(two_a_page: Settings, tmp_path: Path) -> None:
    path, told = tmp_path / "posts.csv", list[tuple[int, int]]()
    path.write_text(HEADER + "\n".join(f"a{number},{GOOD} {number},," for number in range(5)), encoding="utf-8")
    imported(two_a_page, layout_of(path), lambda _step, done, total: told.append((done, total)))
    assert len(told) == 4
    assert told == sorted(told)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


@BY_PROCESS
def test_a_process_that_is_killed_is_told_and_the_rest_is_read_later(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = [f"a{number},{GOOD} {number},," for number in range(6_000)]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")

    def kill(_step: str, _done: int, _total: int) -> None:
        for child in children("monitor.collect.reading"):
            os.kill(child, signal.SIGKILL)

    settings = paged(settings, 1_000)
    with pytest.raises(SourceUnavailable, match=r"the process that reads posts\.csv was ended .*\(signal 9\)"):
        imported(settings, layout_of(path), kill)
    with store.connect(settings.store, read_only=True) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM mentions").fetchall()[0]
        ended = connection.execute("SELECT status, stored, message FROM runs WHERE step = 'import'").fetchall()
    assert 0 < kept < len(rows)
    assert ended[0][:2] == ("failed", kept)
    assert "was ended from outside" in ended[0][2]
    again = imported(settings, layout_of(path)).saved
    assert (again.stored, again.duplicates) == (len(rows) - kept, kept)


@BY_PROCESS
def test_where_no_process_can_be_started_the_file_is_read_here(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(f"{HEADER}a1,{GOOD},,", encoding="utf-8")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    assert imported(settings, layout_of(path)).saved.stored == 1


@BY_PROCESS
def test_no_process_is_left_behind(settings: Settings, tmp_path: Path, address_of: Callable[[Store], str]) -> None:
    """Not by an import whose process is killed as by a want of memory, nor by one that stops in the middle."""
    path, found = tmp_path / "posts.csv", list[int]()
    rows = [f"a{number},{GOOD} {number} {'y' * 900},," for number in range(12_000)]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")

    def stop(_step: str, _done: int, _total: int) -> None:
        found.extend(children("monitor.collect.reading"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(paged(settings, 1_000), layout_of(path), stop)
    (reader,) = found
    assert not is_running(reader, "monitor")
    environment = {
        **os.environ,
        "ESCUCHA_STORE__URL": address_of(Store(url=str(tmp_path / "other.duckdb"))),
        "ESCUCHA_NETWORKS__FILES__PAGE_SIZE": "500",
    }
    command = [sys.executable, "-m", "monitor", "import", str(path), "--network", "facebook"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as importer:
        listed = Path(f"/proc/{importer.pid}/task/{importer.pid}/children")
        until(lambda: importer.poll() is not None or listed.read_text().split())
        readers = list(map(int, listed.read_text().split()))
        importer.kill()
    assert readers
    until(lambda: not any(is_running(reader, "monitor") for reader in readers))
