"""The networks: on or off, what they are read with, credentials that are set and never shown, and a trial."""

import streamlit as st

from dashboard import session
from dashboard.i18n import language, t
from dashboard.settings import forms, shown
from dashboard.settings.actions import origin
from dashboard.settings.fields import Field
from dashboard.ui import cards, choices, escaping
from dashboard.ui.outcomes import report_problems
from monitor import networks
from monitor.i18n import tell
from monitor.settings_editing import credentials, dotted, keys
from monitor.settings_editing.credentials import SecretState
from monitor.settings_editing.document import SettingChange, SettingPath

_READ = "read"
_RARE = ("timeout", "overlap_minutes", "first_days", "recheck_days", "recheck_share")


def show() -> None:
    """Draws the part."""
    network = choices.select(
        t("settings.network"), list(networks.modules()), key="entry-networks", format_func=cards.network_name,
        disabled=shown.is_unsaved(),
    )  # fmt: skip
    settings = shown.current().settings
    is_read: bool = settings.networks.of(network).is_set
    with report_problems():
        for state in credentials.secrets_of(session.load_settings(), network, actor=session.person()):
            _secret(network, state)
    _trial(network)
    known = {name: kind for name, kind in keys.of_network(network).items() if name != _READ}
    place = ("networks", network)
    changes = _switch(place, is_on=is_read)
    changes += forms.changes_of(place, [_field(name, kind) for name, kind in known.items() if name not in _RARE])
    with st.expander(t("settings.more")):
        changes += forms.changes_of(place, [_field(name, kind) for name, kind in known.items() if name in _RARE])
    if forms.foot(changes):
        st.rerun()


def _field(name: str, kind: type) -> Field:
    return Field((name,), "amount" if kind is float else "lines")


def _switch(place: SettingPath, *, is_on: bool) -> list[SettingChange]:
    """On is what has a key and is not off."""
    file = shown.current()
    outranked = file.outranked_by((*place, _READ))
    wanted = st.toggle(
        t("settings.f_read"), is_on, key=f"set-{file.version[:12]}-{dotted((*place, _READ))}",
        disabled=bool(outranked or file.barred_by), on_change=shown.note_typed, help=t("settings.h_read"),
    )  # fmt: skip
    return [] if wanted == is_on else [SettingChange((*place, _READ), wanted)]


def _secret(network: str, state: SecretState) -> None:
    """A field that only takes: what is set is never in the page."""
    place = tell(language(), state.outranked_by)
    outranked = escaping.escape_markdown(t("settings.outranked", place=place)) if place else None
    label = f"{state.field} · {t('settings.is_set' if state.is_set else 'settings.is_not_set')}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"secret-{network}-{state.field}-{st.session_state.get('secrets-set', 0)}"
        typed = st.text_input(
            escaping.escape_markdown(label), type="password", key=key, autocomplete="off", max_chars=4_000,
            disabled=bool(place), help=outranked,
        )  # fmt: skip
        st.button(
            t("settings.set_secret"), key=f"set-secret-{state.field}", disabled=not typed.strip(), on_click=_set,
            args=(network, state.field, key),
        )  # fmt: skip
        if state.is_set and not place:
            st.button(
                t("settings.take_out"), key=f"clear-secret-{state.field}", type="tertiary", on_click=_set,
                args=(network, state.field, None),
            )  # fmt: skip


def _set(network: str, field: str, key: str | None) -> None:
    """Keeps what stands in the field of that key; without one, takes the credential out."""
    typed = str(st.session_state.get(key) or "") if key else ""
    with report_problems():
        credentials.set_secret(
            session.load_settings(),
            network,
            field,
            typed,
            actor=session.actor(),
            now=session.now(),
            origin=origin(),
        )
        session.add_message("settings.saved")
        shown.discard()
        # Another widget: what was typed is nowhere any more.
        st.session_state["secrets-set"] = st.session_state.get("secrets-set", 0) + 1
        if key:
            st.session_state.pop(key, None)


def _trial(network: str) -> None:
    """Asks the network once whether it answers."""
    if not st.button(t("settings.try"), icon=":material/network_check:", key="settings-try"):
        return
    with report_problems(), st.spinner(t("settings.trying")):
        result = credentials.probe(session.load_settings(), network, actor=session.actor())
        words = escaping.escape_markdown(tell(language(), result.message))
        (st.success if result.ok else st.error)(words)
    session.show_after_action()
