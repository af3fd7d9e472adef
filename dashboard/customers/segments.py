"""How many customers are in each segment: value down, life-cycle across."""

from collections.abc import Mapping

import streamlit as st

from dashboard import session
from dashboard.customers import summary
from dashboard.i18n import t
from dashboard.ui import measures
from monitor.cases.segments import LIFECYCLES
from monitor.models.cases import CUSTOMER_VALUES


def draw(counts: Mapping[tuple[str, str], int]) -> None:
    """Draws the table; rows and columns of the unknown only where there is anybody."""
    occupied = [cell for cell, count in counts.items() if count]
    values: tuple[str, ...] = CUSTOMER_VALUES if all(value for value, _ in occupied) else (*CUSTOMER_VALUES, "")
    columns: tuple[str, ...] = LIFECYCLES if all(cycle for _, cycle in occupied) else (*LIFECYCLES, "")
    rows = [
        (_name(value), *(summary.figure(counts.get((value, cycle), 0)) for cycle in columns), _sum(counts, value=value))
        for value in values
    ]
    rows.append((t("customers.total"), *(_sum(counts, cycle=cycle) for cycle in columns), _sum(counts)))
    measures.table((t("customers.by_value"), *map(_name, columns), t("customers.total")), rows)
    st.caption(_definition())


def _name(segment: str) -> str:
    return t(f"segment.{segment}") if segment else t("customers.unknown")


def _sum(counts: Mapping[tuple[str, str], int], value: str | None = None, cycle: str | None = None) -> str:
    counts_of_cells = (
        count
        for (row, column), count in counts.items()
        if (value is None or row == value) and (cycle is None or column == cycle)
    )
    return summary.figure(sum(counts_of_cells))


def _definition() -> str:
    cutoffs = session.load_settings().desk.segments
    return t("customers.defined", current=cutoffs.current_days, active=cutoffs.active_days)
