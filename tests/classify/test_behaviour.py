"""The classifier in the package on the sentences of `behaviour.toml`. Only a row that is listed as failing may fail."""

from collections import Counter

import pytest

from monitor.classify.model import load
from tests.classify import behaviour
from tests.classify.behaviour import Failure

ROWS = behaviour.rows()
PARTS = sorted({(row.kind, row.language) for row in ROWS})
CLOSE = 0.05
"""Wrong by no more than this is no news: processors round differently."""


@pytest.fixture(scope="module")
def failed() -> list[Failure]:
    return behaviour.failures(load(), ROWS)


@pytest.mark.parametrize(("kind", "language"), PARTS)
def test_only_known_rows_fail(failed: list[Failure], kind: str, language: str) -> None:
    known_failures = behaviour.known()
    fresh = [failure for failure in failed if failure.key not in known_failures and failure.wrong_by > CLOSE]
    assert [failure for failure in fresh if (failure.row.kind, failure.row.language) == (kind, language)] == []


def test_listed_failures_that_pass_are_told(failed: list[Failure]) -> None:
    passing = behaviour.known() - {failure.key for failure in failed}
    assert {text for text, _ in behaviour.known()} <= {row.written for row in ROWS}
    if passing:
        pytest.skip(f"{len(passing)} known failures pass now: python -m tests.classify.behaviour --known")


def test_the_table_is_sound() -> None:
    assert [text for text, times in Counter(row.written for row in ROWS).items() if times > 1] == []
    assert {row.complaint for row in ROWS} <= {"yes", "no", "either"}
    assert {row.sentiment for row in ROWS} <= {"negative", "neutral", "positive", "any"}
    assert all(behaviour.LONG - 80 <= len(row.text) <= behaviour.LONG for row in ROWS if row.kind == "long")
