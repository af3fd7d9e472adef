"""The part of Health on deletions: posts called gone that are not believed to be, networks that tell of none."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.i18n import t
from dashboard.ui import cards, formatting, tables
from monitor import networks
from monitor.store.posts.absences import Absences


def show(absences: Mapping[str, Absences], configured: Sequence[str], stored: Sequence[str]) -> None:
    """Draws the part, for the networks that are read or stored; nothing where there is nothing to tell."""
    unnoticed = {
        "health.unchecked": networks.unchecked([*configured, *stored]),
        "health.unread": networks.unread(configured, stored),
    }
    if not absences and not any(unnoticed.values()):
        return
    st.subheader(t("health.deletions"))
    for network, waiting in sorted(absences.items()):
        words = t(
            "health.absences",
            n=waiting.posts,
            network=cards.network_name(network),
            since=formatting.date_time(waiting.since),
            name=network,
        )
        tables.status_line(words, warn=True)
    for key, names in unnoticed.items():
        if names:
            tables.status_line(t(key, networks=", ".join(map(cards.network_name, names))), warn=True)
