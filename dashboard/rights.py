"""What whoever looks may do: read once for each run of a page, for what is drawn. Actions ask anew."""

import streamlit as st

from dashboard import session
from monitor import access, store
from monitor.access import Permission, Rights


def load() -> None:
    """Reads for this run of the page what the person may do; to be called once it is known who that is."""
    settings = session.load_settings()
    rights = access.ALL if settings.access.is_off else access.NONE
    if not settings.access.is_off and store.exists(settings.store):
        with store.connect(settings.store, read_only=True) as connection:
            rights = access.rights_of(connection, settings, session.person())
    st.session_state["rights"] = rights


def current() -> Rights:
    """What the person may do, as it was when this run began."""
    if "rights" not in st.session_state:
        load()
    rights: Rights = st.session_state["rights"]
    return rights


def may(permission: Permission) -> bool:
    """Whether the person may do it, so that its buttons are drawn."""
    return current().may(permission)


def require(permission: Permission, *brands: str) -> None:
    """Raises NotPermitted where the person may not do it now, with what is of these brands, whatever was drawn."""
    access.require_now(session.load_settings(), session.person(), permission, brands)
