"""What goes wrong in a quarter: outages, limits, spoilt answers, small budgets, wrong clocks."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal, TypeAlias

from tests.slow.quarter.world import DAYS, START
from tests.sources.contract import server
from tests.sources.contract.server import Fault
from tests.sources.fakes import FakeNetwork, Reply

Trouble: TypeAlias = Literal["down", "asleep", "limited", "silenced", "flaky", "poor", "all gone"]
"""The network answers nothing; the host is off; 429; 429 until next year; some answers are spoilt; the budget is small;
everything that is looked up is said to be gone."""
_AFTERMATH = timedelta(days=2)
"""For so long Escucha leaves a network alone that says so, at most."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A trouble from `since` until `until`; `clock` is by how much the host's clock is wrong."""

    since: datetime
    until: datetime
    trouble: Trouble | None = None
    clock: timedelta = timedelta()

    @property
    def aftermath(self) -> datetime:
        """Until when it can be felt."""
        return self.until + (_AFTERMATH if self.trouble == "silenced" else timedelta())


@dataclass(frozen=True, slots=True)
class Forecast:
    """All spells of the quarter."""

    spells: tuple[Spell, ...]

    def has(self, trouble: Trouble, at: datetime) -> bool:
        """Whether there is such trouble at that time."""
        return any(spell.trouble == trouble and spell.since <= at < spell.until for spell in self.spells)

    def is_calm(self, since: datetime, until: datetime) -> bool:
        """Whether there is no trouble in all that time."""
        return not any(spell.since < until and spell.aftermath > since for spell in self.spells)

    def clock_error(self, at: datetime) -> timedelta:
        """By how much the host's clock is wrong then."""
        return sum((spell.clock for spell in self.spells if spell.since <= at < spell.until), timedelta())


CLOCKS = (timedelta(hours=1), timedelta(days=31), timedelta(days=365))
"""By how much the host's clock is wrong at times, ahead and behind."""


def forecast(chance: Random) -> Forecast:
    """Short troubles on random days; the long ones and the wrong clocks in days of their own."""
    spells = [
        _spell(chance.uniform(2, DAYS - 12), timedelta(minutes=chance.uniform(3, 300)), "down") for _ in range(12)
    ]
    spells += [_spell(chance.uniform(2, DAYS - 12), timedelta(hours=chance.uniform(1, 20)), "asleep") for _ in range(6)]
    spells += [_spell(chance.uniform(2, DAYS - 12), timedelta(hours=chance.uniform(1, 9)), "limited") for _ in range(8)]
    spells += [_spell(chance.uniform(1, DAYS - 12), timedelta(hours=chance.uniform(6, 48)), "flaky") for _ in range(14)]
    spells += [_spell(float(chance.randrange(3, DAYS - 14)), timedelta(days=1), "poor") for _ in range(9)]
    spells += [
        _spell(24.0 + chance.random(), timedelta(days=9), "down"),
        _spell(62.0 + chance.random(), timedelta(days=8.5), "asleep"),
        _spell(47.0 + chance.random(), timedelta(hours=30), "all gone"),
        _spell(41.0 + chance.random(), timedelta(hours=10), "silenced"),
    ]
    for number, error in enumerate((*CLOCKS, *(-error for error in CLOCKS))):
        day = 5.0 + 14.0 * number + 3 * chance.random()
        since = START + timedelta(days=day)
        spells.append(Spell(since, since + timedelta(hours=chance.uniform(8, 30)), clock=error))
    return Forecast(tuple(spells))


def _spell(day: float, length: timedelta, trouble: Trouble) -> Spell:
    since = START + timedelta(days=day)
    return Spell(since, since + length, trouble)


def _half(reply: Reply) -> Reply:
    return replace(reply, body='{"half": ')


class Faults(dict[int, Fault]):
    """Faults by chance instead of by the number of the request; `tests.sources.contract.server.Site` asks for them."""

    def __init__(self, fake: FakeNetwork, chance: Random, state: "Sky") -> None:
        super().__init__()
        self._fake, self._chance, self._sky = fake, chance, state

    def get(self, _number: int, _default: Fault | None = None) -> Fault | None:  # type: ignore[override]
        """The fault of the next answer."""
        self._sky.before_answer()
        forecast, at = self._sky.forecast, self._sky.now()
        if forecast.has("down", at):
            return self._chance.choice(["reset", lambda _: self._fake.error(503)])
        if forecast.has("silenced", at):
            return lambda _: self._fake.limited(at + timedelta(days=400))
        if forecast.has("limited", at):
            until = at + timedelta(minutes=self._chance.randrange(1, 40)) if self._chance.random() < 0.5 else None
            return lambda _: self._fake.limited(until)
        if forecast.has("flaky", at) and self._chance.random() < 0.25:
            kinds: list[Fault] = ["reset", "short", server.html, server.truncated, server.malformed, server.empty]
            return self._chance.choice([*kinds, lambda _: self._fake.error(500), lambda _: self._fake.error(503)])
        return None


@dataclass(slots=True)
class Sky:
    """The true time, the forecast, and what is to happen before an answer is sent."""

    forecast: Forecast
    now: Callable[[], datetime]
    before_answer: Callable[[], None] = field(default=lambda: None)
