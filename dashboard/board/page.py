"""The board: open cases by stage, the most pressing first, each with its clock and the step to the next stage."""

from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.board import queries
from dashboard.board.queries import CLOSED_DAYS, BoardColumn
from dashboard.case import stage_question
from dashboard.i18n import t
from dashboard.queries.cases import CaseEntry
from dashboard.ui import cards, case_row, choices, due, escaping, filters, formatting, labels
from dashboard.ui import case_actions as actions
from dashboard.ui.formatting import number
from monitor.access import Permission
from monitor.cases import stages
from monitor.models import case_filters
from monitor.models.case_filters import CaseFilters
from monitor.models.posts import Stage

_CARDS = 12
_ASK = ("dismissed", "closed")
"""Stages that ask something: a card asks it before it is closed, and is dismissed on the case's page."""
_NOBODY = " "
"""Whose cases are "mine" while nobody said who looks: nobody's."""


def show() -> None:
    """Draws the page."""
    st.title(t("board.title"))
    case_filter = _case_filter()
    viewer = session.viewer()
    with session.read_connection() as connection:
        columns = queries.columns(connection, case_filter, viewer, limit=_CARDS)
    *opened, closed = columns
    with st.container(key="board"):
        for place, column in zip(st.columns(len(opened), gap="xsmall"), opened, strict=True):
            with place:
                _column(column, case_filter, viewer.now)
    _closed_cases(closed, case_filter, viewer.now)


def _case_filter() -> CaseFilters:
    categories = tuple(category.name for category in session.load_settings().desk.categories)
    with st.container(horizontal=True, vertical_alignment="bottom", key="board-filters"):
        is_mine = st.toggle(t("board.mine"), key="board-mine", persist_state="session")
        brand = filters.brand(session.store_facts().brands, "board-brand")
        team = _choice("team", choices.teams())
        category = _choice("category", categories)
    owner = session.person() or _NOBODY if is_mine else None
    return CaseFilters(brand=brand, team=team, category=category, owner=owner)


def _choice(name: str, options: tuple[str, ...]) -> str | None:
    all_label = {"team": t("board.all_teams"), "category": t("board.all_categories")}[name]
    label_of = labels.category if name == "category" else escaping.clean
    selection = choices.select(
        t(f"narrow.{name}"),
        (filters.ALL, *options),
        format_func=lambda option: all_label if option == filters.ALL else label_of(option),
        key=f"board-{name}",
        persist_state="session",
    )
    return None if selection == filters.ALL else selection


def _column(column: BoardColumn, case_filter: CaseFilters, now: datetime) -> None:
    st.html(_head(column, now))
    for entry in column.entries:
        _card(entry, now)
    _link_to_further(column, case_filter)


def _head(column: BoardColumn, now: datetime) -> str:
    """The column's stage, count, how many breach and how old the oldest is."""
    parts = []
    if column.breaching:
        parts.append(f'<b class="late">{escaping.escape(t("board.breaching", n=column.breaching))}</b>')
    if column.oldest_at:
        parts.append(escaping.escape(t("board.oldest", span=formatting.span(now - column.oldest_at))))
    summary = " · ".join(parts) or escaping.escape(t("board.empty"))
    return (
        f'<div class="stage-head {column.stage}"><h3>{escaping.escape(t(f"stage.{column.stage}"))}'
        f" <span>{number(column.cases)}</span></h3><p>{summary}</p></div>"
    )


def _card(entry: CaseEntry, now: datetime) -> None:
    case = entry.case
    with st.container(key=f"kanban-{case.level}-{case.case_id}", border=True, gap="xxsmall"):
        case_row.code_link(case.case_id, case.code)
        owner = escaping.clean(case.owner)
        whose = (
            f'<abbr title="{escaping.escape(owner)}">{escaping.escape(_initials(owner))}</abbr>'
            if owner
            else f"<em>{escaping.escape(t('cases.nobody'))}</em>"
        )
        clock = due.chip(case.due_at, now, warn_at=case.warn_at, paused_at=case.paused_at, clock=case.due_clock)
        sample = cards.chip(t("post.sample"), "sample") if entry.opening.sample else ""
        words = escaping.escape(case_row.first_words(entry))
        st.html(
            f'<div class="kanban"><p dir="auto" title="{words}">{case_row.gist(entry, 140)}</p>'
            f"<footer>{labels.level_chip(case.level)}{whose}{sample}{clock}</footer></div>"
        )
        _step(entry)


def _initials(owner: str) -> str:
    """The first letters of the first two words."""
    return "".join(word[0] for word in owner.split()[:2]).upper()


@st.fragment
def _step(entry: CaseEntry) -> None:
    if not rights.may(Permission.HANDLE_CASES):
        return
    case = entry.case
    to = next_step(case.stage)
    at = queries.COLUMNS.index(case.stage)
    with st.container(horizontal=True, gap="small"):
        if "closed" in stages.NEXT[case.stage]:
            stage_question.draw(case, "closed", kind="tertiary")
        st.button(
            t(f"stage.{to}"),
            icon=":material/arrow_forward:" if at < queries.COLUMNS.index(to) else ":material/arrow_back:",
            type="tertiary",
            key=f"step-{case.case_id}",
            on_click=actions.move,
            args=(case, to),
        )
    session.show_after_action()


def next_step(stage: Stage) -> Stage:
    """The first stage after this one that asks nothing."""
    return next(to for to in stages.NEXT[stage] if to not in _ASK)


def _link_to_further(column: BoardColumn, case_filter: CaseFilters) -> None:
    hidden = column.cases - len(column.entries)
    if hidden > 0:
        st.page_link(
            session.page("cases"),
            label=t("board.more", n=hidden),
            icon=":material/more_horiz:",
            query_params={**case_filters.as_texts(case_filter), "stages": column.stage, "view": "every"},
        )


def _closed_cases(column: BoardColumn, case_filter: CaseFilters, now: datetime) -> None:
    """The cases closed of late, folded away."""
    with st.expander(t("board.closed", n=column.cases, days=CLOSED_DAYS), icon=":material/task_alt:"):
        for entry in column.entries:
            case_row.draw(entry, now, tick=False)
        _link_to_further(column, case_filter)
