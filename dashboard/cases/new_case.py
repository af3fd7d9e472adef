"""A new case by hand: a button, and the form it opens."""

from datetime import UTC, datetime, time

import streamlit as st

from dashboard import session
from dashboard.cases import new_case_actions as actions
from dashboard.i18n import language, t
from dashboard.ui import cards, labels
from monitor.desk import Entry
from monitor.models.cases import Channel
from monitor.sources import registry

_CHANNELS: tuple[Channel, ...] = ("phone", "email", "in_person", "network")
_DAYS = {"es": "DD/MM/YYYY", "en": "YYYY-MM-DD"}


def button() -> None:
    """Draws the button that opens the form."""
    if session.load_settings().brands and st.button(t("entering.open"), icon=":material/add_call:", key="enter-case"):
        st.session_state["enter-from"] = session.now()
        st.dialog(t("entering.title"), width="medium")(form)()


def form() -> None:
    """Draws the form, which stays open and says what is wrong until a case came of it."""
    st.text(t("entering.help"))
    entry = _entry()
    is_whole = entry.text.strip() and (entry.channel != "network" or (entry.network and entry.link.strip()))
    if st.button(t("entering.save"), type="primary", disabled=not is_whole, key="enter-save"):
        case_id, problem = actions.enter(entry)
        if case_id is None:
            st.error(problem, icon=session.ICONS["problem"])
        else:
            st.switch_page(session.page("case"), query_params={"case": str(case_id)})


def _entry() -> Entry:
    """What stands in the form."""
    settings = session.load_settings()
    brands = [brand.name for brand in settings.brands]
    brand = st.selectbox(t("entering.brand"), brands, format_func=cards.brand_name) if len(brands) > 1 else brands[0]
    channel_choice = st.segmented_control(
        t("entering.channel"),
        _CHANNELS,
        default="phone",
        required=True,
        format_func=lambda channel_name: labels.value("channel", channel_name),
    )
    channel = channel_choice or "phone"
    network, link = _post() if channel == "network" else ("", "")
    text = st.text_area(t("entering.text"), height=120, max_chars=10_000, placeholder=t("entering.text_hint"))
    left, right = st.columns(2)
    name = left.text_input(t("entering.name"), max_chars=200)
    contact = right.text_input(t(f"entering.contact_{channel}"), max_chars=200)
    customer = left.text_input(t("entering.customer"), max_chars=200)
    tongue = right.selectbox(
        labels.field("language"),
        list(dict.fromkeys((*settings.expected_languages([brand]), *labels.LANGUAGES))),
        format_func=lambda code: labels.value("language", code),
    )
    return Entry(brand, channel, text, name, contact, tongue, _said_at(), network, link.strip(), customer.strip())


def _post() -> tuple[str, str]:
    left, right = st.columns([1, 2])
    network = left.selectbox(t("entering.network"), registry.networks(), format_func=cards.network_name)
    return network, right.text_input(t("entering.link"), max_chars=2_000, placeholder="https://")


def _said_at() -> datetime:
    """When it was said, UTC; until somebody says otherwise, now."""
    zone = session.load_settings().zone
    here = st.session_state["enter-from"].astimezone(zone)
    left, right = st.columns(2)
    day = left.date_input(t("entering.date"), value=here.date(), max_value=here.date(), format=_DAYS[language()])
    at: time = right.time_input(t("entering.time"), value=here.time().replace(second=0, microsecond=0), step=300)
    return datetime.combine(day, at, zone).astimezone(UTC)
