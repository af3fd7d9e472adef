"""Priority: severity x customer value x reach x waiting x repeated contact, by the weights of the settings."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from monitor.cases import cues
from monitor.models.cases import Case, Level, Severity
from monitor.settings.desk import Priority

INSISTENT = ("repeated", "legal")
"""Cues by which somebody presses, and tells of no loss or danger."""
_INSISTING = 0.9  # of what a loss as severe weighs
Factor: TypeAlias = Literal["severity", "cue", "value", "reach", "waiting", "contacts"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case presses: one factor above 1.

    `word` is the severity, the key of the cue or the customer's segment; `number` the reactions to its posts, the whole
    days of waiting, or which contact of the customer it is.
    """

    factor: Factor
    times: float
    word: str = ""
    number: int = 0


def base(case: Case, weights: Priority) -> float:
    """Everything but waiting: what decides on the level, and so on the promised times."""
    return _severity(case, weights) * _value(case, weights) * _reach(case, weights) * _contacts(case, weights)


def is_grave(severity: Severity, cue: str) -> bool:
    """Whether a case tells of danger or loss, such as money that is missing."""
    return severity in ("serious", "critical") and not _insists(severity, cue)


def level(base: float, weights: Priority) -> Level:
    """The level of a base priority."""
    if base >= weights.urgent_at:
        return "urgent"
    if base >= weights.high_at:
        return "high"
    return "normal" if base >= weights.normal_at else "low"


def score(case: Case, weights: Priority, now: datetime) -> float:
    """What cases are ordered by: the base, and how long the customer has waited (0 days when it is their turn)."""
    return case.base * _waiting(case, weights, now)


def reasons(case: Case, weights: Priority, now: datetime) -> tuple[Reason, ...]:
    """Why the case presses as it does, the strongest first; none for a case that nothing lifts.

    A severity that a person chose is told as such, one that words suggested by what these speak of.
    """
    severity = _severity(case, weights) / weights.severity.minor
    cue = case.cue if case.cue and cues.severity_of(case.cue) == case.severity else ""
    factors = (
        Reason("cue", severity, cue) if cue else Reason("severity", severity, case.severity),
        Reason("value", _value(case, weights), case.value),
        Reason("contacts", _contacts(case, weights), number=case.contacts),
        Reason("waiting", _waiting(case, weights, now), number=int(days_waited(case, now))),
        Reason("reach", _reach(case, weights), number=case.reach),
    )
    pressing = [factor for factor in factors if factor.times > 1 and (factor.factor != "waiting" or factor.number)]
    return tuple(sorted(pressing, key=lambda reason: -reason.times))


def days_waited(case: Case, now: datetime) -> float:
    """The days for which the customer has waited for a word of ours; 0 when it is their turn."""
    if case.asked_at is None or case.paused_at is not None:
        return 0.0
    return max((now - case.asked_at) / timedelta(days=1), 0.0)


def _severity(case: Case, weights: Priority) -> float:
    weight: float = getattr(weights.severity, case.severity)
    return weight * _INSISTING if _insists(case.severity, case.cue) else weight


def _insists(severity: Severity, cue: str) -> bool:
    return cue in INSISTENT and cues.severity_of(cue) == severity


def _value(case: Case, weights: Priority) -> float:
    weight: float = getattr(weights.value, case.value) if case.value else 1.0
    return weight


def _reach(case: Case, weights: Priority) -> float:
    return 1 + weights.reach * math.log10(1 + case.reach)


def _contacts(case: Case, weights: Priority) -> float:
    return 1 + weights.repeat * min(max(case.contacts - 1, 0), weights.repeat_most)


def _waiting(case: Case, weights: Priority, now: datetime) -> float:
    return 1 + weights.waiting * min(days_waited(case, now), weights.waiting_days)
