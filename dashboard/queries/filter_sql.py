"""SQL that narrows `cases` down to what somebody looks at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dashboard.queries import search_sql
from monitor.cases import stages
from monitor.models.case_filters import CaseFilters, CaseOrder, View
from monitor.store.cases.campaign_posts import GATHERED

IS_OPEN = f"stage IN ({', '.join(repr(stage) for stage in stages.OPEN)})"
VIEW_SQL: dict[View, str] = {
    "open": IS_OPEN,
    "mine": f"{IS_OPEN} AND owner <> '' AND lower(owner) = lower($person)",
    "turn": f"{IS_OPEN} AND asked_at IS NOT NULL AND (first_answered_at IS NOT NULL OR reopenings > 0)",
    "unassigned": f"{IS_OPEN} AND owner = ''",
    "absent": f"{IS_OPEN} AND owner IN (SELECT unnest($absent::VARCHAR[]))",
    "warning": f"{IS_OPEN} AND warn_at <= $now AND due_at >= $now",
    "breaching": f"{IS_OPEN} AND due_at < $now",
    "waiting": f"{IS_OPEN} AND paused_at IS NOT NULL",
    "closed": f"NOT ({IS_OPEN})",
    "every": "true",
}
"""What each view holds; takes `$person`, `$now` and `$absent`, the owners who are not there."""
GATHERED_SQL = f"(stage = 'received' AND taken_at IS NULL AND coalesce(incident_id IN ({GATHERED}), false))"
"""The cases that stand behind the line of a campaign: nobody has taken them, and nobody has decided about it."""
_SAME = ("brand", "network", "channel", "category", "level", "severity", "team", "language", "value", "service")


def order_sql(order: CaseOrder, score: str) -> str:
    """What the list is sorted by; `score` is the SQL of the priority. The id at the end makes pages steady."""
    by = {
        "priority": f"{score} DESC, due_at NULLS LAST",
        "due": f"due_at NULLS LAST, {score} DESC",
        "newest": "changed_at DESC",
        "oldest": "opened_at",
    }
    return f"{by[order]}, case_id DESC"


def view_sql(view: View, filters: CaseFilters) -> str:
    """What a view holds; views of open cases leave out what stands behind a campaign, unless words are searched."""
    is_whole = view in ("closed", "every") or filters.words.strip()
    return VIEW_SQL[view] if is_whole else f"{VIEW_SQL[view]} AND NOT {GATHERED_SQL}"


def where(
    filters: CaseFilters, *, person: str, now: datetime, absent: Sequence[str] = (), viewed: bool = True
) -> tuple[str, dict[str, Any]]:
    """The condition and its named parameters; without `viewed` that of the narrowing alone, whatever the view.

    A case whose whole code is searched for is there whatever the view and the narrowing are, closed or merged too.
    """
    test, values = _narrowing(filters, {"person": person, "now": now, "absent": list(absent)} if viewed else None)
    named = search_sql.named_case(filters.words)
    if named is None:
        return test, values
    if is_code(filters.words):
        return "case_id = $code", {"code": named}
    return f"(case_id = $code OR ({test}))", {**values, "code": named}


def _narrowing(filters: CaseFilters, viewer: dict[str, Any] | None) -> tuple[str, dict[str, Any]]:
    """The condition; with what the view takes of whoever looks, that of the view too."""
    tests, values = ["merged_into IS NULL"], dict[str, Any]()
    if viewer is not None:
        test = view_sql(filters.view, filters)
        tests.append(test)
        values = used_parameters(test, viewer)
    if filters.stages:
        tests.append("stage IN (SELECT unnest($stages::VARCHAR[]))")
        values["stages"] = list(filters.stages)
    for name in _SAME:
        if getattr(filters, name) is not None:
            tests.append(f"{name} = ${name}")
            values[name] = getattr(filters, name)
    if filters.cause is not None:
        tests.append("root_cause = $cause")
        values["cause"] = filters.cause
    if filters.owner is not None:
        tests.append("lower(owner) = lower($owner)")
        values["owner"] = filters.owner
    if filters.tag is not None:
        tests.append("$tag = ANY(string_split(tags, ' '))")
        values["tag"] = filters.tag.casefold()
    if filters.internal is not None:
        tests.append("internal = $internal")
        values["internal"] = filters.internal
    if filters.words.strip():
        test, words = search_sql.case_test(filters.words)
        tests.append(test)
        values |= words
    return " AND ".join(tests), values


def used_parameters(sql: str, values: dict[str, Any]) -> dict[str, Any]:
    """Of the named parameters those that stand in the SQL: DuckDB refuses others."""
    return {name: value for name, value in values.items() if f"${name}" in sql}


def is_code(words: str) -> bool:
    """Whether the words are a code and nothing else: digits alone may be words too."""
    return search_sql.named_case(words) is not None and words.strip().upper().startswith("ESC")
