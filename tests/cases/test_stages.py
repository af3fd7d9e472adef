"""Only the listed moves exist, and no stage is a dead end or out of reach."""

from typing import get_args

from monitor.cases import stages
from monitor.models.posts import Stage


def test_every_stage_is_listed_can_be_reached_and_can_be_left() -> None:
    every = set(get_args(Stage))
    assert set(stages.NEXT) == every
    assert {to for moves in stages.NEXT.values() for to in moves} == every - {"received"}
    assert all(stages.NEXT.values())


def test_closing_needs_an_answer() -> None:
    assert [stage for stage, moves in stages.NEXT.items() if "closed" in moves] == ["answered"]
