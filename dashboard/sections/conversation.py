"""The posts of the case's thread in order, ours included."""

from datetime import datetime

import streamlit as st

from dashboard import cards, plain, session, why
from dashboard.i18n import t
from dashboard.queries.cases import CasePage


def draw(page: CasePage, now: datetime) -> None:
    """Draws a card for each post."""
    st.subheader(t("case.conversation"))
    later = why.Later(why.chosen())
    _posts(page, now, later)
    later.finish()


def _posts(page: CasePage, now: datetime, later: why.Later) -> None:
    ours = session.load_settings().own_accounts
    opening = next((row.mention_id for row in page.conversation if row.mention_id in page.members), None)
    for row in page.conversation:
        own = plain.clean(row.author).removeprefix("@").casefold() in ours
        member = row.mention_id in page.members
        notes = (cards.chip(t("case.ours"), "ours"),) if own else () if member else (cards.chip(t("case.aside")),)
        with st.container(border=True, key=f"card-{row.mention_id}"):
            kind = "ours" if own else "member" if member else "aside"
            cards.post(row, now, notes=notes, kind=kind, later=later if row.mention_id == opening else None)
