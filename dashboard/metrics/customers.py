"""The part of Metrics on those who complained: what they say of it, who came back, who was lost, what it cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.metrics import charts
from dashboard.ui import cards, escaping, formatting, labels, measures
from dashboard.ui.charts import POSITIVE
from dashboard.ui.formatting import number, percent
from monitor.cases.satisfaction import Counts, Score, ShareEstimate
from monitor.store.metrics import groups, surveys
from monitor.store.metrics.groups import Cost, Repeater, Repeats
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.surveys import SurveyCounts

_MOST = 10


def draw(scope: MetricsScope, now: datetime) -> None:
    """Draws it."""
    with session.read_connection() as connection:
        totals, by_owner, by_category = surveys.surveys(connection, scope, now)
        agreements = groups.agreements(connection, scope, now)
        costs = groups.costs(connection, scope, now)
        repeats = groups.repeats(connection, scope, now)
        repeaters = groups.repeaters(connection, scope, now, _MOST)
        lost_customers, why = groups.lost_customers(connection, scope, now)
    _satisfaction(totals)
    with st.container(key="wide-answers"):
        left, right = st.columns(2, gap="medium")
    with left:
        _answers(totals)
        _agreement(agreements)
    with right:
        _owners(by_owner)
        _costs(costs, {surveys_of.name: surveys_of for surveys_of in by_category})
    with st.container(key="wide-people"):
        left, right = st.columns(2, gap="medium")
    with left:
        _repeaters(repeats, repeaters)
    with right:
        _lost(lost_customers, why)


def _satisfaction(totals: SurveyCounts) -> None:
    counts = Counts(*totals.counts)
    with st.container(key="figures-satisfaction"):
        columns = st.columns(3)
    with columns[0]:
        measures.figure("csat", percent(counts.csat.value), _interval(counts.csat), None)
    with columns[1]:
        nps = counts.nps
        value = formatting.decimal(nps.value, 0) if nps.value is not None else "–"
        measures.figure("nps", value, _score_interval(nps), None)
    with columns[2]:
        measures.figure("response", percent(counts.response.value), t("metrics.asked", n=counts.asked), None)
    st.caption(t("metrics.response_silence"))


def _interval(share: ShareEstimate) -> str:
    if share.low is None or share.high is None:
        return t("metrics.of_none")
    key = "metrics.interval_few" if share.is_few else "metrics.interval"
    return t(key, n=share.n, low=percent(share.low), high=percent(share.high))


def _score_interval(score: Score) -> str:
    if score.low is None or score.high is None:
        return t("metrics.of_none")
    low, high = formatting.decimal(score.low, 0), formatting.decimal(score.high, 0)
    return t("metrics.interval_few" if score.is_few else "metrics.interval", n=score.n, low=low, high=high)


def _answers(totals: SurveyCounts) -> None:
    st.subheader(t("metrics.answers"), help=t("metrics.answers_help"))
    if not totals.answered:
        st.text(t("metrics.no_answers"))
        return
    names = [t(f"metrics.stars_{at}") for at in range(5, 0, -1)]
    counts = totals.satisfaction[::-1]
    words = [f"{number(count)} · {percent(count / max(sum(counts), 1))}" for count in counts]
    st.altair_chart(charts.bars(names, counts, words, POSITIVE), width="stretch", alt=t("metrics.answers"))


def _agreement(agreements: Mapping[str, int]) -> None:
    st.subheader(t("metrics.agreement"), help=t("metrics.agreement_help"))
    total = sum(agreements.values())
    if not total:
        st.text(t("metrics.none_closed"))
        return
    kinds = ("agreed", "disagreed", "no_answer", "")
    names = [t(f"metrics.agreement_{kind or 'unknown'}") for kind in kinds]
    counts = [agreements.get(kind, 0) for kind in kinds]
    words = [f"{number(count)} · {percent(count / total)}" for count in counts]
    st.altair_chart(charts.bars(names, counts, words, POSITIVE), width="stretch", alt=t("metrics.agreement"))


def _owners(by_owner: Sequence[SurveyCounts]) -> None:
    st.subheader(t("metrics.by_sender"), help=t("metrics.by_sender_help"))
    if not by_owner:
        st.text(t("metrics.no_surveys"))
        return
    rows = []
    for owner in by_owner[:_MOST]:
        counts = Counts(*owner.counts)
        csat = "–" if counts.csat.n < measures.FEW else percent(counts.csat.value)
        name = escaping.clean(owner.name) or t("metrics.no_owner")
        rows.append((name, number(owner.asked), number(owner.answered), percent(counts.response.value), csat))
    measures.table((t("metrics.by_owner"), *_heads("asked", "answered", "response", "csat")), rows)


def _costs(costs: Sequence[Cost], surveys_by_category: Mapping[str, SurveyCounts]) -> None:
    st.subheader(t("metrics.costs"), help=t("metrics.costs_help"))
    if not costs:
        st.text(t("metrics.none_closed"))
        return
    rows = []
    for cost in costs[:_MOST]:
        csat = Counts(*surveys_by_category[cost.category].counts).csat if cost.category in surveys_by_category else None
        mean = formatting.money(cost.mean) if cost.mean is not None else "–"
        enough = csat is not None and csat.n >= measures.FEW
        satisfaction = percent(csat.value) if csat is not None and enough else "–"
        answers = number(csat.n if csat else 0)
        of_closed = f"{number(cost.n)} / {number(cost.closed)}"
        rows.append((labels.category(cost.category), mean, of_closed, satisfaction, answers))
    measures.table((t("metrics.by_category"), *_heads("cost", "cost_n", "csat", "answered")), rows)


def _repeaters(repeats: Repeats, repeaters: Sequence[Repeater]) -> None:
    st.subheader(t("metrics.repeats"), help=t("metrics.repeats_help"))
    st.text(t("metrics.repeats_told", n=repeats.people, of=repeats.known_people, complaints=repeats.complaints))
    if repeaters:
        rows = [
            (_person(person), cards.network_name(person.network), number(person.complaints), number(person.open))
            for person in repeaters
        ]
        measures.table((t("metrics.who"), t("metrics.by_network"), *_heads("complaints", "still_open")), rows, left=2)


def _person(repeater: Repeater) -> str:
    if repeater.customer:
        return t("metrics.customer", id=escaping.clean(repeater.customer))
    return cards.author(repeater.author)


def _lost(lost_customers: int, why: Mapping[str, int]) -> None:
    st.subheader(t("metrics.lost"), help=t("metrics.lost_help"))
    st.text(t("metrics.lost_told", n=lost_customers))
    if why:
        names = [t(f"lost.{reason}") for reason in why]
        words = [number(count) for count in why.values()]
        st.altair_chart(charts.bars(names, list(why.values()), words), width="stretch", alt=t("metrics.lost"))
    st.caption(t("metrics.lost_known"))


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(t(f"metrics.head_{name}") for name in names)
