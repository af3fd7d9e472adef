"""What narrows the list of cases: the widgets, kept in the session and in the address (`?view=mine&stage=received`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import get_args

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import cards, choices, escaping, labels
from dashboard.ui.filters import ALL
from monitor.cases import codes, stages
from monitor.models import case_filters
from monitor.models.case_filters import ORDERS, VIEWS, CaseFilters, View
from monitor.models.cases import CHANNELS, CUSTOMER_VALUES, LEVELS, SEVERITIES, ServiceMode

USUAL = CaseFilters(view="open")
"""What the page shows to whoever asked for nothing."""
_FIELDS = tuple(column.name for column in fields(CaseFilters))
_IN_SIGHT = ("view", "order", "words")
_HIDDEN = tuple(name for name in _FIELDS if name not in _IN_SIGHT)
_NAMES: Mapping[str, Callable[[str], str]] = {
    "brand": cards.brand_name,
    "network": cards.network_name,
    "stages": lambda text: ", ".join(t(f"stage.{stage}") for stage in text.split()),
    "channel": lambda text: t(f"channel.{text}"),
    "category": labels.category,
    "level": labels.level,
    "severity": labels.severity,
    "value": lambda text: t(f"worth.{text}"),
    "service": lambda text: t(f"servicekind.{text}"),
    "internal": lambda text: t(f"internal.{text}"),
}


def current() -> CaseFilters:
    """The filters as they stand, after the address and what the person chose since."""
    parameters = {name: text for name, text in st.query_params.items() if name in _FIELDS}
    if parameters and parameters != st.session_state.get("cases-address"):
        set_filters(case_filters.from_texts(parameters)[0])
    elif _key("view") not in st.session_state:
        set_filters(USUAL)
    chosen = {name: st.session_state.get(_key(name)) for name in _FIELDS}
    case_filter = case_filters.from_texts(
        {name: str(value) for name, value in chosen.items() if value not in (None, ALL)}
    )[0]
    _write_address(case_filter)
    return case_filter


def set_filters(filters: CaseFilters) -> None:
    """Makes these the filters; to be called in a callback, or before the widgets are drawn."""
    texts = case_filters.as_texts(filters)
    for name in _FIELDS:
        st.session_state[_key(name)] = texts.get(name, ALL)
    for name in _IN_SIGHT:
        st.session_state[_key(name)] = getattr(filters, name)
    first_page()


def first_page() -> None:
    """Begins at the first page with nothing ticked: what was chosen belonged to other filters."""
    st.session_state["cases-page"] = 0
    st.session_state.pop("ticked", None)


def _write_address(case_filter: CaseFilters) -> None:
    texts = {} if case_filter == USUAL else case_filters.as_texts(case_filter) | {"view": case_filter.view}
    for name in _FIELDS:
        if name in texts:
            if st.query_params.get(name) != texts[name]:
                st.query_params[name] = texts[name]
        elif name in st.query_params:
            del st.query_params[name]
    st.session_state["cases-address"] = texts


def views(counts: Mapping[View, int]) -> None:
    """Draws the row of views, each with how many cases it holds."""
    st.segmented_control(
        t("views.title"),
        [view for view in VIEWS if view != "absent" or counts[view] or st.session_state.get(_key("view")) == view],
        required=True,
        format_func=lambda view: t(f"views.{view}", count=counts[view]),
        key=_key("view"),
        persist_state="session",
        on_change=first_page,
        label_visibility="collapsed",
    )


def words_and_order() -> None:
    """Draws the search and the order."""
    st.text_input(
        t("cases.words"),
        key=_key("words"),
        persist_state="session",
        max_chars=200,
        on_change=first_page,
        placeholder=t("cases.words_hint"),
        label_visibility="collapsed",
        icon=":material/search:",
    )
    choices.select(
        t("orders.title"),
        ORDERS,
        format_func=lambda order: t(f"orders.{order}"),
        key=_key("order"),
        persist_state="session",
        on_change=first_page,
        label_visibility="collapsed",
        width=210,
    )


def draw_further(case_filter: CaseFilters) -> None:
    """Draws the further filters, folded away, with how many of them narrow."""
    narrowing = sum(getattr(case_filter, name) not in (None, ()) for name in _HIDDEN)
    label = t("narrow.some", n=narrowing) if narrowing else t("narrow.title")
    with st.popover(label, icon=":material/tune:", key="cases-others"), st.container(width=560):
        selections, chosen = list(_options().items()), case_filters.as_texts(case_filter)
        for start in range(0, len(selections), 3):
            for place, (name, options) in zip(st.columns(3), selections[start : start + 3], strict=False):
                with place:
                    _select(name, options, chosen.get(name, ALL))


def _select(name: str, options: Sequence[str], chosen: str) -> None:
    choices.select(
        t(f"narrow.{name}"),
        list(dict.fromkeys((ALL, *options, chosen))),
        format_func=lambda option: t("narrow.all") if option == ALL else _name(name, option),
        key=_key(name),
        persist_state="session",
        on_change=first_page,
    )


def _name(field: str, text: str) -> str:
    return escaping.clean(_NAMES[field](text) if field in _NAMES else text)


def _options() -> dict[str, Sequence[str]]:
    case_values = choices.case_options()
    return {
        "stages": tuple(stages.NEXT),
        "level": LEVELS,
        "severity": SEVERITIES,
        "category": tuple(category.name for category in session.load_settings().desk.categories),
        "brand": case_values.brands,
        "network": case_values.networks,
        "owner": choices.people(),
        "team": choices.teams(),
        "tag": case_values.tags,
        "channel": CHANNELS,
        "language": case_values.languages,
        "value": CUSTOMER_VALUES,
        "service": get_args(ServiceMode),
        "internal": ("true", "false"),
    }


def elsewhere(counts: Mapping[View, int]) -> None:
    """Draws a button to the view that holds what the one on the page does not: the closed ones, or all."""
    view: View = "closed" if counts["closed"] == counts["every"] else "every"
    if counts[view]:
        st.button(
            t("cases.elsewhere", view=t(f"views.{view}", count=counts[view])),
            icon=":material/arrow_forward:",
            key="cases-elsewhere",
            on_click=_show_view,
            args=(view,),
        )


def _show_view(view: View) -> None:
    st.session_state[_key("view")] = view
    first_page()


def draw_active(case_filter: CaseFilters, *, found: bool) -> None:
    """Draws what narrows beyond the view, in a line with a way out; and says when a code has a mistake in it.

    `found`: the words find cases, so that they may be the beginning of a code.
    """
    texts = {name: text for name, text in case_filters.as_texts(case_filter).items() if name in _HIDDEN}
    if texts:
        chips = "".join(cards.chip(f"{t(f'narrow.{name}')}: {_name(name, text)}") for name, text in texts.items())
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="cases-told"):
            st.html(f'<p class="narrowed">{chips}</p>', width="content")
            st.button(t("narrow.clear"), icon=":material/close:", type="tertiary", key="cases-clear", on_click=_clear)
    if codes.has_mistake(case_filter.words) and not found:
        st.warning(t("cases.code_mistake"), icon=":material/dialpad:")


def _clear() -> None:
    set_filters(CaseFilters(view=st.session_state[_key("view")], order=st.session_state[_key("order")]))


def _key(name: str) -> str:
    return f"cases-{name}"
