"""The one finder of columns: earlier names win, a column has one role, and what is wrong is told with the fix."""

import pytest

from monitor.errors import UnexpectedAnswer
from monitor.tables.columns import ColumnFinder, bare_name, columns_hint

FINDER = ColumnFinder(
    {"text": ("fulltext", "text", "texto"), "author": ("usuario", "texto")}, option="--column {role}="
)


@pytest.mark.parametrize(
    ("column", "bare"),
    [
        ("User Screen-Name", "userscreenname"),
        ("user.screen_name", "userscreenname"),
        ("Última compra", "ultimacompra"),
        ("Nº cliente", "ncliente"),
        ("public_metrics.like_count", "likecount"),
    ],
)
def test_names_are_compared_without_accents_case_and_signs(column: str, bare: str) -> None:
    assert bare_name(column) == bare


def test_the_earlier_name_wins_and_then_the_column_farther_left() -> None:
    assert FINDER.find("a.csv", ("Texto", "FULL TEXT", "full-text"))["text"] == "FULL TEXT"


def test_a_column_has_one_role() -> None:
    assert FINDER.find("a.csv", ("texto",)) == {"text": "texto"}
    assert FINDER.find("a.csv", ("text", "texto")) == {"text": "text", "author": "texto"}


def test_what_a_person_names_is_kept_and_used_for_nothing_else() -> None:
    assert FINDER.find("a.csv", ("texto", "nota"), {"text": "nota"}) == {"text": "nota", "author": "texto"}
    assert FINDER.find("a.csv", ("texto", "nota"), {"author": "texto", "text": None}) == {"author": "texto"}


def test_a_column_that_does_not_fit_leaves_its_role_to_the_next_name() -> None:
    columns = FINDER.find("a.csv", ("fulltext", "texto"), fits=lambda _role, name, _column: name != "fulltext")
    assert columns == {"text": "texto"}


def test_a_column_that_is_not_there_is_told_with_the_file_and_the_fix() -> None:
    with pytest.raises(
        UnexpectedAnswer, match=r"a\.csv has no column nota: --column text=NAME \(the file has: texto\)"
    ):
        FINDER.find("a.csv", ("texto",), {"text": "nota"})
    with pytest.raises(UnexpectedAnswer, match="--column title=texto: title is not one of text, author"):
        FINDER.find("a.csv", ("texto",), {"title": "texto"})
    assert columns_hint(()) == " (the file has no columns)"
