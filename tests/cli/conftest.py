"""What the command line's tests share."""

import pytest

from monitor.cli import common, terminal


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal wide enough that no line is broken, however long the paths of the tests are."""
    for console in (common.stdout, common.stderr):
        monkeypatch.setattr(console, "_width", 200)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    """English, also with the settings of a desk that works in Spanish, and after a test that spoke Spanish."""
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "en")
    monkeypatch.setattr(terminal._speech, "language", "en")
