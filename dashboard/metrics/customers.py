"""The part of Metrics on those who complained: what they say of it, who came back, who was lost, what it cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.i18n import number, percent, t
from dashboard.ui import cards, charts_desk, escaping, labels, measures
from dashboard.ui.charts import POSITIVE
from monitor.cases.satisfaction import Counts, Score, Share
from monitor.store.metrics import groups, surveys
from monitor.store.metrics.groups import Cost, Repeater, Repeats
from monitor.store.metrics.scope import Scope
from monitor.store.metrics.surveys import Asked

_MOST = 10


def draw(scope: Scope, now: datetime) -> None:
    """Draws it."""
    with session.reading() as connection:
        asked, by_owner, by_category = surveys.surveys(connection, scope, now)
        agreed = groups.agreements(connection, scope, now)
        costs = groups.costs(connection, scope, now)
        repeats = groups.repeats(connection, scope, now)
        repeaters = groups.repeaters(connection, scope, now, _MOST)
        lost, why = groups.lost(connection, scope, now)
    _satisfaction(asked)
    with st.container(key="wide-answers"):
        left, right = st.columns(2, gap="medium")
    with left:
        _answers(asked)
        _agreement(agreed)
    with right:
        _owners(by_owner)
        _costs(costs, {one.name: one for one in by_category})
    with st.container(key="wide-people"):
        left, right = st.columns(2, gap="medium")
    with left:
        _repeaters(repeats, repeaters)
    with right:
        _lost(lost, why)


def _satisfaction(asked: Asked) -> None:
    counts = Counts(*asked.counts)
    with st.container(key="figures-satisfaction"):
        columns = st.columns(3)
    with columns[0]:
        measures.figure("csat", percent(counts.csat.value), _interval(counts.csat), None)
    with columns[1]:
        nps = counts.nps
        value = measures.decimal(nps.value, 0) if nps.value is not None else "–"
        measures.figure("nps", value, _between(nps), None)
    with columns[2]:
        measures.figure("response", percent(counts.response.value), t("metrics.asked", n=counts.asked), None)
    st.caption(t("metrics.response_silence"))


def _interval(share: Share) -> str:
    if share.low is None or share.high is None:
        return t("metrics.of_none")
    key = "metrics.interval_few" if share.is_few else "metrics.interval"
    return t(key, n=share.n, low=percent(share.low), high=percent(share.high))


def _between(score: Score) -> str:
    if score.low is None or score.high is None:
        return t("metrics.of_none")
    low, high = measures.decimal(score.low, 0), measures.decimal(score.high, 0)
    return t("metrics.interval_few" if score.is_few else "metrics.interval", n=score.n, low=low, high=high)


def _answers(asked: Asked) -> None:
    st.subheader(t("metrics.answers"), help=t("metrics.answers_help"))
    if not asked.answered:
        st.text(t("metrics.no_answers"))
        return
    names = [t(f"metrics.stars_{at}") for at in range(5, 0, -1)]
    counts = asked.satisfaction[::-1]
    words = [f"{number(n)} · {percent(n / max(sum(counts), 1))}" for n in counts]
    st.altair_chart(charts_desk.bars(names, counts, words, POSITIVE), width="stretch", alt=t("metrics.answers"))


def _agreement(agreed: Mapping[str, int]) -> None:
    st.subheader(t("metrics.agreement"), help=t("metrics.agreement_help"))
    total = sum(agreed.values())
    if not total:
        st.text(t("metrics.none_closed"))
        return
    kinds = ("agreed", "disagreed", "no_answer", "")
    names = [t(f"metrics.agreement_{kind or 'unknown'}") for kind in kinds]
    counts = [agreed.get(kind, 0) for kind in kinds]
    words = [f"{number(n)} · {percent(n / total)}" for n in counts]
    st.altair_chart(charts_desk.bars(names, counts, words, POSITIVE), width="stretch", alt=t("metrics.agreement"))


def _owners(by_owner: Sequence[Asked]) -> None:
    st.subheader(t("metrics.by_sender"), help=t("metrics.by_sender_help"))
    if not by_owner:
        st.text(t("metrics.no_surveys"))
        return
    rows = []
    for one in by_owner[:_MOST]:
        counts = Counts(*one.counts)
        csat = "–" if counts.csat.n < measures.FEW else percent(counts.csat.value)
        name = escaping.clean(one.name) or t("metrics.no_owner")
        rows.append((name, number(one.asked), number(one.answered), percent(counts.response.value), csat))
    measures.table((t("metrics.by_owner"), *_heads("asked", "answered", "response", "csat")), rows)


def _costs(costs: Sequence[Cost], asked: Mapping[str, Asked]) -> None:
    st.subheader(t("metrics.costs"), help=t("metrics.costs_help"))
    if not costs:
        st.text(t("metrics.none_closed"))
        return
    rows = []
    for one in costs[:_MOST]:
        csat = Counts(*asked[one.category].counts).csat if one.category in asked else None
        mean = measures.money(one.mean) if one.mean is not None else "–"
        known = csat is not None and csat.n >= measures.FEW
        said = percent(csat.value) if csat is not None and known else "–"
        n = number(csat.n if csat else 0)
        rows.append((labels.category(one.category), mean, f"{number(one.n)} / {number(one.closed)}", said, n))
    measures.table((t("metrics.by_category"), *_heads("cost", "cost_n", "csat", "answered")), rows)


def _repeaters(repeats: Repeats, repeaters: Sequence[Repeater]) -> None:
    st.subheader(t("metrics.repeats"), help=t("metrics.repeats_help"))
    st.text(t("metrics.repeats_told", n=repeats.people, of=repeats.known_people, complaints=repeats.complaints))
    if repeaters:
        rows = [
            (
                t("metrics.customer", id=escaping.clean(one.customer)) if one.customer else cards.author(one.author),
                t(f"channel.{one.network}") if one.network in _BY_HAND else cards.network_name(one.network),
                number(one.complaints),
                number(one.open),
            )
            for one in repeaters
        ]
        measures.table((t("metrics.who"), t("metrics.by_network"), *_heads("complaints", "still_open")), rows, left=2)


_BY_HAND = ("phone", "email", "in_person")


def _lost(lost: int, why: Mapping[str, int]) -> None:
    st.subheader(t("metrics.lost"), help=t("metrics.lost_help"))
    st.text(t("metrics.lost_told", n=lost))
    if why:
        names = [t(f"lost.{reason}") for reason in why]
        words = [number(n) for n in why.values()]
        st.altair_chart(charts_desk.bars(names, list(why.values()), words), width="stretch", alt=t("metrics.lost"))
    st.caption(t("metrics.lost_known"))


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(t(f"metrics.head_{name}") for name in names)
