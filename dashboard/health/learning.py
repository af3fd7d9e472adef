"""The health page's part on the model and the people: which version classifies, and how often both agree."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.health.learning_queries import AgreementWeek
from dashboard.i18n import t
from dashboard.ui import cards, charts, escaping
from monitor.errors import ModelError
from monitor.pipeline import learn


def show(weeks: Sequence[AgreementWeek], now: datetime) -> None:
    """Draws the part; `weeks` as `queries.learning.agreement` gives them."""
    st.subheader(t("people.title"))
    st.html(f'<p class="state">{_version(now)}</p>')
    if not weeks:
        st.html(f'<p class="state">{escaping.escape(t("people.none"))}</p>')
        return
    st.altair_chart(charts.agreement(pd.DataFrame(weeks)), width="stretch")
    st.caption(t("people.caption"))


def _version(now: datetime) -> str:
    """Which version is in force, as HTML."""
    try:
        versions = learn.usable_versions(session.load_settings())
    except ModelError:
        return escaping.escape(t("people.unable"))
    name = escaping.escape(versions.current)
    if versions.in_force is None:
        return t("people.shipped", version=name)
    since = cards.time_tag(versions.in_force.since, now)
    if versions.in_force.learned is None:
        return t("people.shipped_again", version=name, since=since)
    return t("people.learned", version=name, since=since, n=versions.in_force.learned.corrections)
