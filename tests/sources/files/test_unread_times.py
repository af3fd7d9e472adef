"""A column whose name says that it holds the posts' time and that cannot be read, beside one that can: never silent."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.errors import UnexpectedAnswer
from tests.sources.files.timed_tables import look, table, times

OTHER = ("2026-03-01 10:00", "2026-03-02 10:00", "2026-03-03 10:00")
UNREAD, DIGITS = ("primavera", "otoño", "otoño"), ("150326", "160326", "170326")


def beside(folder: Path, name: str, values: Sequence[str], other: str) -> Path:
    return table(folder / "posts.csv", (name, other), *zip(values, OTHER, strict=True))


@pytest.mark.parametrize(
    ("name", "values", "other"),
    [
        ("Fecha de publicación", UNREAD, "created_at"),
        ("Fecha de publicación", ("3 lunas 2026",) * 3, "Fecha"),
        ("published_at", DIGITS, "Data"),
        ("Data de publicação", (OTHER[0], *UNREAD[:2]), "created_at"),
        ("Publicado el", UNREAD, "Fecha"),
        ("date", DIGITS, "created_at"),
        ("dia", ("3 lunas 2026",) * 3, "Fecha"),
    ],
)
def test_it_is_asked_which_of_the_two_is_meant(tmp_path: Path, name: str, values: tuple[str, ...], other: str) -> None:
    [question] = look(beside(tmp_path, name, values, other)).questions
    assert question.role == "posted_at"
    assert [column for column, _ in question.candidates] == [other, name]


@pytest.mark.parametrize(
    ("other", "values"), [("updated_at", UNREAD), ("updated_at", DIGITS), ("Fecha de cierre", DIGITS)]
)
def test_the_time_of_something_else_does_not_stand_for_it(tmp_path: Path, other: str, values: tuple[str, ...]) -> None:
    with pytest.raises(UnexpectedAnswer, match="column Fecha de publicación of posts.csv holds no times that can be"):
        look(beside(tmp_path, "Fecha de publicación", values, other))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Día", ("lunes", "martes", "martes")),
        ("time", ("12", "340", "7")),
        ("published", ("true", "false", "true")),
        ("Enviado", ("Sí", "No", "Sí")),
        ("Hora", ("tarde", "noche", "noche")),
        ("timestamp", ("0:34", "1:02:10", "")),
        ("date", ("pendiente", "", "")),
    ],
)
def test_what_tells_no_time_of_a_post_is_not_asked_about(tmp_path: Path, name: str, values: tuple[str, ...]) -> None:
    layout = look(beside(tmp_path, name, values, "Fecha"))
    assert (layout.questions, times(layout)) == ((), ["03-01T09:00", "03-02T09:00", "03-03T09:00"])
