"""The inbox: complaints to take, posts the model is unsure about, a random sample of the rest; a card each."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import streamlit as st

from dashboard import rights, session
from dashboard.campaigns import banner
from dashboard.campaigns import queries as campaign_queries
from dashboard.i18n import t
from dashboard.inbox import actions, keyboard, queries
from dashboard.inbox import card as inbox_card
from dashboard.inbox.card import Card
from dashboard.queries import cases as case_queries
from dashboard.queries import posts
from dashboard.staffing import panel
from dashboard.ui import choices, escaping, explanations, filters
from monitor.access import Permission
from monitor.store import Connection
from monitor.store.cases import cases

_Choice = TypeVar("_Choice", bound=str)
_SIZE = 12
_QUEUES: tuple[queries.Queue, ...] = ("complaint", "unsure", "sample")
_ORDERS: tuple[queries.QueueOrder, ...] = ("urgent", "newest")
_SCOPES: tuple[queries.OwnerScope, ...] = ("all", "mine", "unassigned")


def show() -> None:
    """Draws the page."""
    now = session.now()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(t("inbox.title"))
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            with_marks = explanations.marks_switch()
            keyboard.search()
            keyboard.keys()
    inbox_filter = _inbox_filter()
    with session.read_connection() as connection:
        queue = _page(connection, inbox_filter, now)
        page_cards = _cards(connection, queue, is_sample=inbox_filter.queue == "sample")
        campaigns = campaign_queries.lines(connection, now)
    banner.draw(campaigns, now)
    panel.draw_unshared(panel.read())
    total = queue.total(inbox_filter.queue)
    if inbox_filter.queue == "sample":
        st.caption(t("inbox.sample_why"))
    if total:
        _bar(inbox_filter, page_cards, total, queue.told)
    else:
        _empty_queue(inbox_filter, queue)
    later = explanations.DeferredMarks(with_marks)
    for index, card in enumerate(page_cards):
        inbox_card.draw(card, now, later, first=index == 0)
    _page_buttons(total)
    later.finish()


def _inbox_filter() -> queries.InboxFilters:
    store_facts = session.store_facts()

    def choose(label: str, options: Sequence[_Choice], prefix: str, name: str) -> _Choice:
        return filters.choice(
            label,
            options,
            lambda option: t(f"inbox.{prefix}{option}"),
            name=name,
            default=options[0],
            collapsed=True,
            on_change=actions.restart,
        )

    with st.container(horizontal=True, vertical_alignment="center", key="inbox-filters"):
        queue = choose(t("inbox.queue"), _QUEUES, "", "queue")
        scope = choose(t("inbox.scope"), _SCOPES, "scope_", "scope")
        order = choose(t("inbox.order"), _ORDERS, "", "order")
        brand = filters.brand(store_facts.brands, "inbox-brand", collapsed=True)
        network = filters.network(store_facts.networks, "inbox-network", collapsed=True)
    return queries.InboxFilters(queue, order, brand, network, scope, session.person(), actions.search_words())


def _page(connection: Connection, inbox_filter: queries.InboxFilters, now: datetime) -> queries.QueuePage:
    weights = session.load_settings().desk.priority
    queue_page = queries.page(connection, inbox_filter, weights, now=now, offset=actions.position(), limit=_SIZE)
    total = queue_page.total(inbox_filter.queue)
    if queue_page.places or not total:
        return queue_page
    actions.step(total - 1 - actions.position())  # the last card is done: the one before it
    return queries.page(connection, inbox_filter, weights, now=now, offset=actions.position(), limit=_SIZE)


def _cards(connection: Connection, queue: queries.QueuePage, *, is_sample: bool) -> list[Card]:
    rows = {
        row.mention_id: row
        for row in posts.by_id(connection, [place.mention_id for place in queue.places if place.mention_id is not None])
    }
    cases_by_id = {
        case.case_id: case
        for case in cases.get_many(connection, [place.case_id for place in queue.places if place.case_id is not None])
    }
    other_ids = [case_id for place in queue.places for case_id in place.others]
    others = {entry.case.case_id: entry for entry in case_queries.entries(connection, other_ids)}
    givers = case_queries.givers(connection, list(cases_by_id))
    page_cards, drawn_ids = [], set[int]()
    for place in queue.places:
        if place.mention_id is not None and place.mention_id in drawn_ids:
            continue  # one post, a case for each of two brands: one card for both
        drawn_ids.add(place.mention_id or 0)
        row = rows.get(place.mention_id or 0)
        drawn_cases = {link.case_id for link in row.cases} if row else set()
        of_person = tuple(others[case_id] for case_id in place.others if case_id not in drawn_cases)
        case, giver = cases_by_id.get(place.case_id or 0), givers.get(place.case_id or 0, "")
        page_cards.append(Card(case, row, place.posts, of_person, giver, is_sample=is_sample))
    return page_cards


def _empty_queue(inbox_filter: queries.InboxFilters, queue_page: queries.QueuePage) -> None:
    if inbox_filter.words or inbox_filter.brand or inbox_filter.network or inbox_filter.scope != "all":
        st.info(t("inbox.nothing"))
        if inbox_filter.words:
            keyboard.lead_elsewhere(inbox_filter.words)
    else:
        st.success(t(f"inbox.done_{inbox_filter.queue}"), icon=":material/check_circle:")
    for other_queue in _QUEUES:
        if other_queue != inbox_filter.queue and queue_page.total(other_queue):
            st.caption(t(f"inbox.others_{other_queue}", n=queue_page.total(other_queue)))


def _bar(inbox_filter: queries.InboxFilters, page_cards: list[Card], total: int, told: int) -> None:
    """How many wait, or what can be done with the ticked ones; and the way to the next card."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="inbox-bar"):
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
            if actions.ticked_cards():
                _bulk_actions(inbox_filter)
            else:
                _headline(inbox_filter, total, told)
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
            if rights.may(Permission.BULK):
                st.button(
                    t("inbox.tick_all"), key="tick-all", type="tertiary", icon=":material/select_all:",
                    on_click=actions.tick_all, args=([card.line for card in page_cards],),
                )  # fmt: skip
            _step("previous", "K", -1, disabled=actions.position() == 0)
            st.text(t("inbox.at", at=actions.position() + 1, total=total))
            _step("next", "J", 1, disabled=actions.position() + 1 >= total)


def _headline(inbox_filter: queries.InboxFilters, total: int, told: int) -> None:
    is_of_cases = inbox_filter.queue == "complaint"
    is_grouped = is_of_cases and told > total
    words = t(f"inbox.count_{inbox_filter.queue}", n=told if is_grouped else total)
    words += t("inbox.people", n=total) if is_grouped else ""
    order = t("inbox.order_help" if is_of_cases else "inbox.order_help_unsure")
    is_urgent = inbox_filter.order == "urgent" and inbox_filter.queue != "sample"
    hover = f' title="{escaping.escape(order)}"' if is_urgent else ""
    st.html(f'<p class="plain" aria-live="polite"{hover}><b>{escaping.escape(words)}</b></p>')


def _step(name: str, key: str, by: int, *, disabled: bool) -> None:
    st.button(
        t(f"inbox.{name}"),
        key=f"inbox-{name}",
        shortcut=key,
        disabled=disabled,
        help=t(f"inbox.{name}_help"),
        on_click=actions.step,
        args=(by,),
    )


def _bulk_actions(inbox_filter: queries.InboxFilters) -> None:
    """What can be done with all ticked cards at once."""
    ticked = actions.ticked_cards()
    st.button(
        t("inbox.ticked", n=len(ticked)), key="untick", type="tertiary", icon=":material/check_box:",
        help=t("inbox.untick"), on_click=actions.untick,
    )  # fmt: skip
    if inbox_filter.queue == "complaint" and any(line.case_id is not None for line in ticked.values()):
        st.button(t("inbox.take"), key="take-ticked", type="primary", on_click=actions.take_ticked)
        with st.popover(t("inbox.assign")):
            name = choices.person(t("handling.assign_to"), "inbox-owner")
            st.button(
                t("inbox.assign_now"), key="assign-ticked", type="primary", disabled=not name,
                on_click=actions.assign_ticked, args=("inbox-owner",),
            )  # fmt: skip
    st.button(t("inbox.dismiss"), key="dismiss-ticked", on_click=actions.dismiss_ticked)


def _page_buttons(total: int) -> None:
    """Buttons to the cards beyond this page."""
    at = actions.position()
    if total <= _SIZE and not at:
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(t("pages.before"), disabled=at == 0, key="inbox-before", on_click=actions.step, args=(-_SIZE,))
        st.button(
            t("pages.after"), disabled=at + _SIZE >= total, key="inbox-after", on_click=actions.step, args=(_SIZE,)
        )
