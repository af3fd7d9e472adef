"""The part of Health on deletions: posts called gone that are not believed to be, networks that tell of none."""

from collections.abc import Iterable, Mapping

import streamlit as st

from dashboard.i18n import t
from dashboard.ui import cards, formatting, tables
from monitor import networks
from monitor.store.posts.absences import Absences


def show(absences: Mapping[str, Absences], names: Iterable[str]) -> None:
    """Draws the part, for the networks that are read or stored (`names`); nothing where there is nothing to tell."""
    unchecked = networks.unchecked(names)
    if not absences and not unchecked:
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
    if unchecked:
        names_shown = ", ".join(map(cards.network_name, unchecked))
        tables.status_line(t("health.unchecked", networks=names_shown), warn=True)
