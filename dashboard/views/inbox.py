"""The inbox: complaints to take and posts the model is unsure about, one card each."""

from datetime import datetime

import streamlit as st

from dashboard import cards, filters, plain, session, why
from dashboard.actions import cases as case_actions
from dashboard.actions import posts as actions
from dashboard.i18n import t
from dashboard.queries import inbox, posts
from monitor.models import SENTIMENTS

_SIZE = 15
_QUEUES: tuple[inbox.Queue, ...] = ("complaint", "unsure")
_ORDERS: tuple[inbox.Order, ...] = ("urgent", "newest")


def show() -> None:
    """Draws the page."""
    st.title(t("inbox.title"))
    now = session.now()
    chosen, wanted = _chosen()
    start = st.session_state.get("inbox-page", 0) * _SIZE
    with session.reading() as connection:
        queue = inbox.page(connection, chosen, now=now, offset=start, limit=_SIZE)
        if start and not queue.places:  # the last card of the last page is done
            st.session_state["inbox-page"] = 0
            queue = inbox.page(connection, chosen, now=now, offset=0, limit=_SIZE)
        rows = posts.by_id(connection, [place.mention_id for place in queue.places])
    total = queue.complaints if chosen.queue == "complaint" else queue.unsure
    others = queue.unsure if chosen.queue == "complaint" else queue.complaints
    _headline(chosen, total, others)
    more = {place.mention_id: place.posts - 1 for place in queue.places}
    later = why.Later(wanted)
    for index, row in enumerate(rows):
        _card(row, now, more[row.mention_id], later, first=index == 0)
    filters.turn_pages(total, _SIZE, "inbox-page")
    later.finish()


def _chosen() -> tuple[inbox.Filters, bool]:
    known = session.facts()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = filters.choice(
            t("inbox.queue"),
            _QUEUES,
            lambda one: t(f"inbox.{one}"),
            name="queue",
            default=_QUEUES[0],
            on_change=_first_page,
        )
        order = filters.choice(
            t("inbox.order"),
            _ORDERS,
            lambda one: t(f"inbox.{one}"),
            name="order",
            default=_ORDERS[0],
            on_change=_first_page,
        )
        brand = filters.brand(known.brands, "inbox-brand")
        network = filters.network(known.networks, "inbox-network")
        wanted = why.chosen()
    return inbox.Filters(queue, order, brand, network), wanted


def _first_page() -> None:
    st.session_state["inbox-page"] = 0


def _headline(chosen: inbox.Filters, total: int, others: int) -> None:
    queue = chosen.queue
    if total:
        words = t(f"inbox.count_{queue}", n=total)
        why = f' <span class="quiet">{plain.escape(t("inbox.order_help"))}</span>' if chosen.order == "urgent" else ""
        st.html(f'<p class="plain" aria-live="polite"><b>{plain.escape(words)}</b>{why}</p>')
        return
    st.success(t(f"inbox.done_{queue}"), icon=":material/check_circle:")
    if others:
        other = "unsure" if queue == "complaint" else "complaint"
        st.caption(t(f"inbox.others_{other}", n=others))


def _card(row: posts.PostRow, now: datetime, more: int, later: why.Later, *, first: bool) -> None:
    notes = tuple(cards.chip(f"{case.code} · {t('stage.' + case.stage)}", case.stage) for case in row.cases)
    with st.container(border=True, key=f"card-{row.mention_id}"):
        cards.post(row, now, more=more, notes=notes, sentiment=False, later=later)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                _decisions(row, first=first)
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                _sentiment(row)


def _decisions(row: posts.PostRow, *, first: bool) -> None:
    fresh = [case for case in row.cases if case.stage == "received"]
    missing = [brand for brand in row.brands if brand not in {case.brand for case in row.cases}]
    for case in fresh:
        _take(case, len(fresh) > 1, first=first and case == fresh[0])
    for brand in missing:
        _open(row, brand, first=first and not fresh and brand == missing[0])
    _dismiss(row, first=first)
    for case in row.cases:
        st.page_link(
            session.page("case"),
            label=t("inbox.see_case"),
            icon=":material/arrow_forward:",
            query_params={"case": str(case.case_id)},
        )


def _take(case: posts.CaseLink, several: bool, *, first: bool) -> None:
    st.button(
        t("inbox.take_one", code=plain.label(case.code)) if several else t("inbox.take"),
        type="primary",
        key=f"take-{case.case_id}",
        shortcut="A" if first else None,
        help=t("inbox.take_help"),
        on_click=case_actions.take,
        args=(case.case_id, case.code, case.version),
    )


def _open(row: posts.PostRow, brand: str, *, first: bool) -> None:
    several = len(row.brands) > 1
    st.button(
        t("inbox.open_for", brand=plain.label(cards.brand_name(brand))) if several else t("inbox.open"),
        type="primary",
        key=f"open-{row.mention_id}-{row.brands.index(brand)}",
        shortcut="A" if first else None,
        on_click=actions.open_case,
        args=(row.mention_id, brand),
    )


def _dismiss(row: posts.PostRow, *, first: bool) -> None:
    st.button(
        t("inbox.dismiss"),
        key=f"dismiss-{row.mention_id}",
        shortcut="N" if first else None,
        on_click=actions.dismiss,
        args=(row.mention_id,),
    )


def _sentiment(row: posts.PostRow) -> None:
    key = f"sentiment-{row.mention_id}-{row.sentiment}"
    st.caption(t("post.sentiment"))
    st.segmented_control(
        t("inbox.sentiment"),
        SENTIMENTS,
        default=row.sentiment,
        required=True,
        format_func=lambda one: t(f"sentiment.{one}"),
        key=key,
        label_visibility="collapsed",
        on_change=actions.sentiment_chosen,
        args=(row.mention_id, key),
    )
