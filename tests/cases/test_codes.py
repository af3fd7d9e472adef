"""Tracking codes find every wrong digit and every swap of neighbours, and are read however they are written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cases import codes
from monitor.errors import EscuchaError

ids = st.integers(1, 10**12)


def digits(case_id: int) -> str:
    return codes.format_code(case_id).removeprefix("ESC-").replace("-", "")


@given(ids)
def test_a_code_names_its_case(case_id: int) -> None:
    assert codes.parse_code(codes.format_code(case_id)) == case_id


@given(ids)
def test_every_wrong_digit_is_found(case_id: int) -> None:
    right = digits(case_id)
    for place, digit in enumerate(right):
        for wrong in set("0123456789") - {digit}:
            with pytest.raises(EscuchaError):
                codes.parse_code(f"{right[:place]}{wrong}{right[place + 1 :]}")


@given(ids)
def test_every_swap_of_neighbours_is_found(case_id: int) -> None:
    right = digits(case_id)
    for place, (one, other) in enumerate(pairwise(right)):
        if one != other:
            with pytest.raises(EscuchaError):
                codes.parse_code(f"{right[:place]}{other}{one}{right[place + 2 :]}")


def test_spelling_does_not_matter() -> None:
    plain = digits(123).lstrip("0")
    for text in (
        codes.format_code(123),
        codes.format_code(123).lower(),
        f" esc 000 123 {plain[-1]} ",
        plain,
        f"ESC.123/{plain[-1]}",
    ):
        assert codes.parse_code(text) == 123


@pytest.mark.parametrize("text", ["", "ESC", "ESC-", "7", "hola", "ESC-12x-4", "١٢٣٤", "1" * 40, "-1"])
def test_what_is_no_code_is_told(text: str) -> None:
    with pytest.raises(EscuchaError, match="is no tracking code; one looks like ESC-000123-"):
        codes.parse_code(text)


def test_a_mistyped_code_asks_for_it_again() -> None:
    with pytest.raises(EscuchaError, match="has a mistake in it: ask for the code again, digit by digit"):
        codes.parse_code("ESC-000132-" + digits(123)[-1])


@pytest.mark.parametrize(
    ("text", "is_mistake"),
    [
        ("ESC-000001-9", True),
        ("esc 1 9", True),
        ("ESC-000001-3", False),
        ("escándalo", False),
        ("13", False),
        ("ESC", False),
    ],
)
def test_a_mistake_is_told_only_in_what_is_written_like_a_code(text: str, is_mistake: bool) -> None:
    assert codes.has_mistake(text) == is_mistake
