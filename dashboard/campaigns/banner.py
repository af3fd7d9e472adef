"""The campaigns as lines above a list: those to decide about, and those decided that still grow."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.campaigns.queries import CampaignLine
from dashboard.i18n import t
from dashboard.ui import cards, escaping, tables

_SHOWN = 3


def draw(found: Sequence[CampaignLine], now: datetime) -> None:
    """Draws a line for each campaign that waits for a decision, and folded those that were decided."""
    waiting = [line for line in found if not line.ruling]
    decided = [line for line in found if line.ruling]
    for line in waiting[:_SHOWN]:
        _line(line, now)
    if waiting[_SHOWN:]:
        with st.expander(t("campaigns.more", n=len(waiting) - _SHOWN), key="fold-campaigns-more"):
            for line in waiting[_SHOWN:]:
                _line(line, now)
    if decided:
        words = t("campaigns.decided", n=len(decided))
        grown = sum(line.last_day for line in decided)
        words += t("campaigns.grown", n=grown) if grown else ""
        with st.expander(words, key="fold-campaigns-decided", icon=":material/campaign:"):
            for line in decided:
                _line(line, now)


def facts(line: CampaignLine) -> str:
    """How many posts of how many accounts, where, and how much it grows; plain words."""
    parts = [t("campaigns.posts", n=line.posts), t("campaigns.voices", n=line.voices)]
    parts += [", ".join(cards.network_name(network) for network in line.networks)]
    parts += [t("campaigns.last_day", n=line.last_day)] if line.last_day else []
    return " · ".join(parts)


def state(line: CampaignLine) -> str:
    """What was decided by whom, and how many came since; plain words."""
    if line.decision is None:
        return t("campaigns.to_decide")
    words = t(f"campaigns.is_{line.ruling}") + f" · {escaping.clean(line.decision.actor)}"
    return words + (f" · {t('campaigns.since', n=line.since)}" if line.since else "")


def gist(line: CampaignLine) -> str:
    """The words of the campaign on one line."""
    return " ".join(escaping.clean(line.text).split())[:300] or t("post.deleted")


def _line(line: CampaignLine, now: datetime) -> None:
    with st.container(
        key=f"row-campaign-{line.incident_id}", horizontal=True, vertical_alignment="center", wrap=False, gap="small"
    ):
        with st.container(width=130):
            st.page_link(
                session.page("incident"), label=t("campaigns.name"), query_params={"incident": str(line.incident_id)}
            )
        marks = [cards.chip(t("severity.critical"), "critical")] if line.critical else []
        marks.append(cards.chip(state(line), "campaign"))
        last = escaping.escape(cards.brand_name(line.brand)) + " · " + cards.time_tag(line.last_at, now)
        words = gist(line)
        tables.line(escaping.escape(words), "".join(marks), escaping.escape(facts(line)), last, words=words)
