"""A campaign on its page: what it says, how it grows, the one decision about it, and all of its posts."""

from datetime import datetime
from typing import get_args

import streamlit as st

from dashboard import rights, session
from dashboard.campaigns import actions, banner, queries
from dashboard.campaigns.queries import CampaignLine
from dashboard.i18n import t
from dashboard.queries import posts
from dashboard.ui import cards, escaping, filters
from monitor.access import Permission
from monitor.models.campaigns import Ruling

_SIZE = 10


def draw(line: CampaignLine, now: datetime) -> None:
    """Draws the part."""
    counted = escaping.escape(banner.facts(line))
    times = f"{cards.time_tag(line.first_at, now)} – {cards.time_tag(line.last_at, now)}"
    st.html(f'<p class="plain"><b>{counted}</b> <span class="quiet">{times}</span></p>')
    st.html(f'<p class="plain">{escaping.escape(banner.state(line))}{_answer_given(line)}</p>')
    st.html(f'<article class="post"><div class="words" dir="auto">{escaping.escape(banner.gist(line))}</div></article>')
    st.caption(t("campaigns.help"))
    if rights.may(Permission.CAMPAIGNS):
        _decisions(line)
    _posts(line, now)


def _answer_given(line: CampaignLine) -> str:
    answer = line.decision.note if line.decision and line.ruling == "answered" else ""
    return f'<br><span class="quiet">{escaping.escape(escaping.clean(answer))}</span>' if answer else ""


def _decisions(line: CampaignLine) -> None:
    others: list[Ruling] = [ruling for ruling in get_args(Ruling) if ruling != line.ruling]
    with st.container(border=True, key=f"card-campaign-{line.incident_id}"):
        st.html(f"<b>{escaping.escape(t('campaigns.change' if line.ruling else 'campaigns.decide'))}</b>")
        with st.container(horizontal=True, vertical_alignment="center"):
            for ruling in others:
                if ruling != "answered":
                    st.button(
                        t(f"campaigns.do_{ruling}", n=line.caseless),
                        key=f"campaign-{line.incident_id}-{ruling}",
                        help=t(f"campaigns.help_{ruling}"),
                        on_click=actions.decide,
                        args=(line.incident_id, ruling, line.ruling),
                    )
        if "answered" in others:
            _one_answer(line)


def _one_answer(line: CampaignLine) -> None:
    key = f"campaign-answer-{line.incident_id}"
    with st.expander(t("campaigns.do_answered"), icon=":material/reply_all:"):
        st.caption(t("campaigns.help_answered"))
        st.text_area(t("links.answer_text"), key=key, max_chars=5_000)
        st.button(
            t("campaigns.answer_sent"),
            key=f"campaign-{line.incident_id}-answered",
            type="primary",
            on_click=actions.decide,
            args=(line.incident_id, "answered", line.ruling, key),
        )


def _posts(line: CampaignLine, now: datetime) -> None:
    st.subheader(t("campaigns.all_posts"))
    page_key = f"campaign-page-{line.incident_id}"
    words = st.text_input(t("campaigns.words"), key=f"campaign-words-{line.incident_id}", max_chars=200)
    start = int(st.session_state.get(page_key, 0)) * _SIZE
    with session.read_connection() as connection:
        ids, total = queries.posts_of(connection, line.campaign_id, words, offset=start, limit=_SIZE)
        if start and not ids:
            st.session_state[page_key] = 0
            ids, total = queries.posts_of(connection, line.campaign_id, words, offset=0, limit=_SIZE)
        rows = posts.by_id(connection, ids)
    st.caption(t("campaigns.found", n=total))
    for row in rows:
        with st.container(border=True, key=f"card-copy-{row.mention_id}"):
            links = tuple(cards.chip(f"{case.code} · {t('stage.' + case.stage)}", case.stage) for case in row.cases)
            cards.draw_post(row, now, notes=links, sentiment=False)
            if not row.cases and rights.may(Permission.LABEL):
                st.button(
                    t("inbox.open"),
                    key=f"open-copy-{row.mention_id}",
                    on_click=actions.open_case,
                    args=(row.mention_id, line.brand),
                )
    filters.turn_pages(total, _SIZE, page_key)
