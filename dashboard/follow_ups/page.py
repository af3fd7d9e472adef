"""Follow-ups: which customers are to be contacted, and what they said."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard import session
from dashboard.follow_ups import queries
from dashboard.follow_ups.queries import AnswerEntry, DueScope, FollowUpEntry, LocalDay
from dashboard.i18n import t
from dashboard.ui import cards, case_row, choices, contact_form, due, escaping, filters, formatting, labels, tables
from dashboard.ui.formatting import number, percent
from monitor.cases.follow_ups import local_day
from monitor.cases.satisfaction import Counts
from monitor.surveys.answers import BAD

_SIZE = 20
_ANSWERS = 10
_DAYS = 90
_ALL, _NOBODY = "*", ""


def show() -> None:
    """Draws the page."""
    st.title(t("followups.title"))
    now = session.now()
    day = LocalDay(*local_day(now, session.load_settings().zone))
    with session.read_connection() as connection:
        counts_by_owner = queries.counts(connection, day)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        owner = _owner(tuple(counts_by_owner))
        counts = _counts(counts_by_owner, owner)
        scope = _scope(counts)
    with session.read_connection() as connection:
        start = int(st.session_state.get("followups-page", 0)) * _SIZE
        entries = queries.entries(connection, scope, day, owner, offset=start, limit=_SIZE)
        if start and not entries:
            _first_page()
            entries = queries.entries(connection, scope, day, owner, offset=0, limit=_SIZE)
        figures = queries.figures(connection, now - timedelta(days=_DAYS))
        answers = queries.answers(connection, _ANSWERS)
    if not entries:
        st.info(t(f"followups.none_{scope}"), icon=":material/info:")
    for entry in entries:
        _line(entry, now)
    filters.turn_pages(counts[scope], _SIZE, "followups-page")
    _surveys(figures, answers, now)


def _counts(counts_by_owner: Mapping[str, Mapping[DueScope, int]], owner: str | None) -> dict[DueScope, int]:
    """Those of one owner, however the name is spelt; of all for None."""
    owned_counts = [
        by_scope for name, by_scope in counts_by_owner.items() if owner is None or name.casefold() == owner.casefold()
    ]
    return {scope: sum(by_scope[scope] for by_scope in owned_counts) for scope in queries.SCOPES}


def _owner(owners: Sequence[str]) -> str | None:
    me = session.person()
    options = [_ALL, me, *(owner for owner in owners if owner and owner.casefold() != me.casefold()), _NOBODY]
    options = list(dict.fromkeys(options))  # nobody said who looks: "mine" is nobody's
    names = {_ALL: t("followups.everybody"), me: t("followups.mine"), _NOBODY: t("followups.nobody")}
    selection = choices.select(
        t("followups.owner"), options, key="followups-owner", persist_state="session", on_change=_first_page, width=260,
        format_func=lambda owner: names.get(owner) or " ".join(escaping.clean(owner).split()),
    )  # fmt: skip
    return None if selection == _ALL else selection


def _scope(counts: dict[DueScope, int]) -> DueScope:
    return filters.choice(
        t("followups.when"),
        queries.SCOPES,
        lambda scope: t(f"followups.scope_{scope}", count=number(counts[scope])),
        name="when",
        default=next((scope for scope in queries.SCOPES if counts[scope]), "overdue"),
        collapsed=True,
        on_change=_first_page,
    )


def _first_page() -> None:
    st.session_state["followups-page"] = 0


def _line(entry: FollowUpEntry, now: datetime) -> None:
    with st.container(key=f"row-{entry.follow_up_id}", horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width=130):
            case_row.code_link(entry.case_id, entry.code)
        who = escaping.clean(entry.customer) or cards.author(entry.author)
        owner = escaping.clean(entry.owner) or t("followups.unowned")
        facts = [cards.network_name(entry.network), cards.brand_name(entry.brand), labels.category(entry.category)]
        agreement = _agreement(entry)
        tables.line(
            f"<b>{escaping.escape(who)}</b> · {escaping.escape(agreement)}",
            f"<span>{escaping.escape(formatting.date_time(entry.due_at))}</span>{due.chip(entry.due_at, now)}",
            f"{escaping.escape(' · '.join((*facts, t('followups.closed'))))} {cards.time_tag(entry.closed_at, now)}",
            escaping.escape(owner),
            words=f"{who} · {agreement}",
        )
        with st.container(width="content"):
            contact_form.settle(entry.follow_up_id, entry.code, entry.due_at, now)


def _agreement(entry: FollowUpEntry) -> str:
    """How the customer took the closing, and what was said then."""
    words = [t(f"agreement.{entry.agreement}")] if entry.agreement else []
    if entry.remedy:
        words.append(labels.value("remedy", entry.remedy))
    if entry.closing_note.strip():
        words.append(" ".join(escaping.clean(entry.closing_note).split())[:200])
    return " · ".join(words) or t("followups.unsaid")


def _surveys(figures: Counts, answers: list[AnswerEntry], now: datetime) -> None:
    st.subheader(t("followups.surveys"))
    st.caption(t("followups.period", days=_DAYS))
    if not figures.asked:
        st.text(t("followups.not_asked"))
    else:
        _figures(figures)
    for answer in answers:
        _answer(answer, now)


def _figures(figures: Counts) -> None:
    response, csat, nps = figures.response, figures.csat, figures.nps
    with st.container(key="figures-surveys"):
        columns = st.columns(3)
    columns[0].metric(t("followups.response"), percent(response.value), help=t("followups.response_help"))
    columns[0].caption(t("followups.of_sent", answered=number(response.hits), n=response.n))
    columns[1].metric(t("followups.csat"), percent(csat.value), help=t("followups.csat_help"))
    columns[1].caption(_interval(csat.n, percent(csat.low), percent(csat.high), few=csat.is_few))
    columns[2].metric(t("followups.nps"), _points(nps.value), help=t("followups.nps_help"))
    columns[2].caption(_interval(nps.n, _points(nps.low), _points(nps.high), few=nps.is_few))


def _interval(count: int, low: str, high: str, *, few: bool) -> str:
    if count == 0:
        return t("followups.no_answers")
    return t("followups.sure_few" if few else "followups.sure", n=count, low=low, high=high)


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:+.0f}".replace("-", "−")


def _answer(answer: AnswerEntry, now: datetime) -> None:
    with st.container(key=f"row-answer-{answer.case_id}-{answer.answered_at:%s%f}", horizontal=True, wrap=False):
        with st.container(width=130):
            case_row.code_link(answer.case_id, answer.code)
        who = escaping.clean(answer.customer) or cards.author(answer.author)
        words = " ".join(escaping.clean(answer.comment).split())[:300]
        would = f" · {t('survey.would', points=answer.recommend)}" if answer.recommend is not None else ""
        mark = cards.chip(
            t("survey.of_five", n=answer.satisfaction), "due breached" if answer.satisfaction <= BAD else ""
        )
        owner = escaping.escape(escaping.clean(answer.owner) or t("followups.unowned"))
        tables.line(
            escaping.escape(words or t("survey.no_words")),
            mark,
            escaping.escape(who + would),
            f"{owner} · {cards.time_tag(answer.answered_at, now)}",
            words=words,
        )
