"""Counts as people and pages write them."""

import pytest

from monitor.tables.counts import read_count
from monitor.tables.values import count_of, value_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.234", 1234),
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("1'234", 1234),
        ("1.234.567", 1_234_567),
        ("1,23,456", 123_456),
        ("1.234,00", 1234),
        ("1,2 mil", 1200),
        ("12 mil", 12_000),
        ("1.1K", 1100),
        ("1,1k", 1100),
        ("2,5 M", 2_500_000),
        ("2 mill.", 2_000_000),
        ("1,3 mi", 1_300_000),
        ("1.2 millones de vistas", 1_200_000),
        ("3 mil me gusta", 3000),
        ("12 likes", 12),
        ("10K+", 10_000),
        ("2.0", 2),
        ("2,00", 2),
        ("1e5", 100_000),
        ("0", 0),
    ],
)
def test_counts_are_read_as_they_are_meant(written: str, meant: int) -> None:
    assert read_count(written) == meant


@pytest.mark.parametrize(
    "written", ["1.5", "-3", "", "muchos", "1.2.3", "2147483648", "9" * 5000, "4 de 5", "3 B", "²"]
)
def test_what_is_no_count_is_none(written: str) -> None:
    assert read_count(written) is None


def test_numbers_of_a_file_that_knows_numbers_are_taken_as_they_are() -> None:
    assert [count_of({"likes": value}, "likes") for value in (1234, 1234.0, 1.234, float("nan"))] == [
        *(1234, 1234, None, None)
    ]


@pytest.mark.parametrize("nothing", [float("nan"), "NaN", "NA", "#N/A", "#¡REF!", "(null)", None, {}])
def test_nan_and_its_like_are_nothing(nothing: object) -> None:
    assert value_of({"author": nothing}, "author") is None
