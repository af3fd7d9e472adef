"""Priority: severity x customer value x reach x waiting x repeated contact, by the weights of the settings."""

import math
from datetime import datetime, timedelta

from monitor.casework import Case, Level
from monitor.desk_settings import Priority


def base(case: Case, weights: Priority) -> float:
    """Everything but waiting: what decides on the level, and so on the promised times."""
    value = getattr(weights.value, case.value) if case.value else 1.0
    repeats = min(max(case.contacts - 1, 0), weights.repeat_most)
    severity: float = getattr(weights.severity, case.severity)
    return severity * value * (1 + weights.reach * math.log10(1 + case.reach)) * (1 + weights.repeat * repeats)


def level(base: float, weights: Priority) -> Level:
    """The level of a base priority."""
    if base >= weights.urgent_at:
        return "urgent"
    if base >= weights.high_at:
        return "high"
    return "normal" if base >= weights.normal_at else "low"


def score(case: Case, weights: Priority, now: datetime) -> float:
    """What cases are ordered by: the base, and how long the customer has waited (0 days when it is their turn)."""
    days = (now - (case.asked_at or now)) / timedelta(days=1)
    return case.base * (1 + weights.waiting * min(max(days, 0.0), weights.waiting_days))
