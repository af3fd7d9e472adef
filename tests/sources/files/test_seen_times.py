"""A time told from when it was seen beside one that stands by itself: that one is the post's."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import UnexpectedAnswer
from monitor.sources.files.source import Layout, inspect

TEXTS = ("La caldera no enciende", "Me han facturado dos meses", "Nadie coge el teléfono", "El paquete llegó roto")
TOLD = ("hace 2 semanas", "hace 2 semanas (editado)", "hace 10 días", "hace 3 días")


def look(folder: Path, **columns: tuple[object, ...]) -> Layout:
    path = folder / "posts.jsonl"
    said = {"id": ("a1", "a2", "a3", "a4"), "text": TEXTS, **columns}
    rows = [dict(zip(said, values, strict=True)) for values in zip(*said.values(), strict=True)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))


ISO = ("2026-03-14T10:00:00Z", "2026-03-15T10:00:00Z", "2026-03-18T10:00:00Z", "2026-03-25T10:00:00Z")
UNIX = (1773482400.0, 1773568800.0, 1773828000.0, 1774432800.0)


@pytest.mark.parametrize(("name", "times"), [("iso_date", ISO), ("time_parsed", UNIX), ("zeta", ISO), ("t_ms", UNIX)])
@pytest.mark.parametrize("told", ["time", "date", "publishedTimeText"])
def test_a_time_by_itself_is_taken_whatever_it_is_called(
    tmp_path: Path, name: str, times: tuple[object, ...], told: str
) -> None:
    layout = look(tmp_path, **{told: TOLD, name: times})
    assert layout.columns.posted_at == name
    assert layout.questions == ()


def test_times_of_something_else_are_not(tmp_path: Path) -> None:
    other = ("2021-01-01T10:00:00Z", "2025-03-15T10:00:00Z", "2019-03-18T10:00:00Z", "2026-03-25T10:00:00Z")
    layout = look(tmp_path, time=TOLD, zeta=other, scraped_at=("2026-03-28T10:00:00Z",) * 4)
    assert layout.columns.posted_at == "time"


@pytest.mark.parametrize(
    "told", [("hace 2 días", "hace 3 días", "hace 2 días", "hace 4 días"), ("hace 2 semanas",) * 4]
)
def test_when_they_were_seen_is_not_when_they_were_written(tmp_path: Path, told: tuple[str, ...]) -> None:
    moments = ("2026-03-28T10:00:00Z", "2026-03-28T10:00:10Z", "2026-03-28T10:00:20Z", "2026-03-28T10:00:30Z")
    with pytest.raises(UnexpectedAnswer, match="no column says when that was"):
        look(tmp_path, time=told, zeta=moments)
