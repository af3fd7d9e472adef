"""How far a command is, where nobody looks at a terminal: lines, seldom."""

import pytest

from monitor import i18n
from monitor.cli import progress

HALF = ("classify", 1_200, 2_400)


class Lines:
    """What was said, on a clock that the test moves."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.now = 0.0
        self.progress = progress.ProgressLines(self.said.append, lambda: self.now)

    def at(self, second: float, step: str, done: int, total: int) -> list[str]:
        """What is said of this at that second."""
        self.now, before = second, len(self.said)
        self.progress(step, done, total)
        return self.said[before:]


def test_what_is_soon_done_says_nothing() -> None:
    assert Lines().at(9.9, *HALF) == []


def test_after_ten_seconds_it_says_how_far_it_is_and_then_once_a_minute() -> None:
    lines = Lines()
    assert lines.at(10, *HALF) == ["still at work: classify, 1,200 of 2,400"]
    assert lines.at(69, "open", 5, 5) == []
    assert lines.at(70, "open", 6, 6) == ["still at work: open, 6 so far"]


def test_the_lines_are_told_in_spanish() -> None:
    lines = Lines()
    assert [i18n.tell("es", line) for line in (*lines.at(10, *HALF), *lines.at(80, "open", 1_234_567, 0))] == [
        "en marcha: clasificación, 1200 de 2400",
        "en marcha: apertura de casos, 1.234.567 hasta ahora",
    ]


def test_without_a_terminal_no_bar_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bars() as told:
        told("classify", 1, 2)
    assert capsys.readouterr() == ("", "")
