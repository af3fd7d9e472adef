"""What surrounds every page: language, the person's name, the banner for samples, and friendly words for troubles."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.navigation.page import Page

from dashboard import rights, session
from dashboard.frame import account, identity, notices, undo, widget_words
from dashboard.i18n import NAMES, language, t
from dashboard.ui import escaping, filters, formatting, refusals
from monitor import store
from monitor.access import Permission
from monitor.errors import EscuchaError, NotPermitted, SettingsError, StoreTransient
from monitor.i18n import tell
from monitor.models.languages import LANGUAGES

logger = logging.getLogger(__name__)


def choose_language() -> None:
    """The switch in the sidebar; the choice is in the URL (`?lang=en`) and holds on every page at once."""
    default = session.load_settings().language
    with st.sidebar:
        chosen = filters.choice(
            t("frame.language"), LANGUAGES, NAMES.__getitem__, name="lang", default=default, collapsed=True
        )
    st.session_state["other-language"] = st.session_state.get("language", chosen) != chosen
    st.session_state["language"] = chosen


def sidebar() -> None:
    """What waits for whoever works here, and who that is, under the language switch."""
    identity.recall()
    with st.sidebar:
        notices.draw()
        account.draw()
        identity.draw()
        zone = session.load_settings().time_zone
        st.caption(t("frame.as_of", time=formatting.time_of_day(session.now()), zone=escaping.escape_markdown(zone)))
        st.button(t("frame.refresh"), icon=":material/refresh:", key="refresh", type="tertiary")
        widget_words.translate()
    identity.ask()


def undo_button() -> None:
    """The last action of this session, a button that takes it back and the way to its case, over every page."""
    last = session.last_action()
    # There in any case: what comes after keeps its place, and nothing jumps.
    with st.container(key="undo", horizontal=True, vertical_alignment="center", gap="small"):
        if last is not None and rights.may(Permission.HANDLE_CASES):
            st.button(
                t("undo.button", what=undo.describe(last)),
                icon=":material/undo:",
                key="undo-last",
                shortcut="Z",
                help=t("undo.help"),
                on_click=undo.undo,
            )
            _link_to_case(last)


def _link_to_case(last: session.UndoableAction) -> None:
    """The case that was acted on, which may have left the page by it."""
    case_id = str(last.events[0][0]) if len(last.events) == 1 else None
    if case_id is None or case_id == st.query_params.get("case"):
        return
    st.page_link(
        session.page("case"),
        label=t("undo.see"),
        icon=":material/arrow_forward:",
        query_params={"case": case_id},
    )


def restricted_page(show: Callable[[], None], permission: Permission, title: str, *, icon: str, url_path: str) -> Page:
    """A page for those who may see it; for others it stands in no menu, and says that they may not."""
    if rights.may(permission):
        return st.Page(show, title=title, icon=icon, url_path=url_path)
    return st.Page(_not_permitted, title=title, icon=icon, url_path=url_path, visibility="hidden")


def _not_permitted() -> None:
    st.title(t("trouble.not_permitted_title"))
    st.html(f'<p class="plain">{escaping.escape(t("trouble.not_permitted"))}</p>')


@contextmanager
def error_page() -> Iterator[None]:
    """Turns Escucha's own errors into a page that says what to do."""
    try:
        yield
    except NotPermitted as error:
        session.show_messages()
        st.title(t("trouble.not_permitted_title"))
        st.html(f'<p class="plain">{escaping.escape(refusals.describe(error))}</p>')
    except SettingsError as error:
        _error_text("trouble.settings", error, tell(language(), str(error)), "escucha doctor")
    except EscuchaError as error:
        trouble = refusals.store_trouble(error) or "store"
        command = "escucha status" if trouble == "busy" else "escucha doctor"
        cause = tell(language(), str(error))
        if trouble == "damaged":  # how the cause goes on, with what helps, the page says itself
            command, cause = t("trouble.damaged_command"), cause.rpartition("; ")[0] or cause
        _error_text(f"trouble.{trouble}", error, cause, command)
        if isinstance(error, StoreTransient):
            st.button(t("trouble.again"), key="again", type="primary")


def _error_text(key: str, error: EscuchaError, cause: str, command: str) -> None:
    logger.error("page cannot be shown", extra={"reason": type(error).__name__})
    session.show_messages()  # what an action did is told, whatever becomes of the page
    st.title(t(f"{key}_title"))
    st.html(f'<p class="plain">{escaping.escape(t(key))}</p>')
    st.code(command, language=None)
    st.html(f'<p class="plain quiet">{escaping.escape(cause)}</p>')


def store_has_mentions() -> bool:
    """Whether there is something to show; where not, tells how to begin."""
    if session.store_facts().mentions:
        return True
    place = session.load_settings().store
    st.title(t("welcome.title"))
    key = "welcome.empty" if store.exists(place) else "welcome.missing"
    st.html(f'<p class="plain">{escaping.escape(t(key, path=place.place))}</p>')
    for message_key, command in (
        ("welcome.demo", "escucha demo"),
        ("welcome.import", "escucha import posts.csv --network x"),
        ("welcome.run", "escucha run"),
    ):
        st.html(f'<p class="plain">{escaping.escape(t(message_key))}</p>')
        st.code(command, language=None)
    return False


def sample_banner() -> None:
    """A line on top for as long as the store holds sample posts."""
    if session.store_facts().samples:
        words = f"<b>{escaping.escape(t('post.sample'))}</b> {escaping.escape(t('frame.samples'))}"
        st.html(f'<p class="samples" role="note">{words}</p>')
