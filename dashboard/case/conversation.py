"""The posts of the case's thread in order, ours included."""

from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.case import answer_actions
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import cards, escaping, explanations
from monitor.access import Permission
from monitor.models.cases import Case, effective
from monitor.settings.own import own_handles
from monitor.store.cases.answers import SentAnswer
from monitor.text.folding import fold_handle

_READINGS = ("thanks", "automatic")


def draw(page: CasePage, now: datetime) -> None:
    """Draws a card for each post."""
    st.subheader(t("case.conversation"))
    later = explanations.DeferredMarks(explanations.marks_switch())
    _posts(page, now, later)
    later.finish()


def _posts(page: CasePage, now: datetime, later: explanations.DeferredMarks) -> None:
    ours = own_handles(session.load_settings())
    opening = next((row.mention_id for row in page.conversation if row.mention_id in page.members), None)
    sent_by = {answer.mention_id: answer.sent_by for answer in page.answers if answer.mention_id is not None}
    unseen_answers = [answer for answer in page.answers if answer.mention_id is None]
    read_events = [event for event in effective(page.events) if event.kind in ("post", "reply")]
    readings = {event.mention_id: event.became for event in read_events if event.became in _READINGS}
    for row in page.conversation:
        while unseen_answers and unseen_answers[0].sent_at < row.posted_at:
            _unseen_answer(unseen_answers.pop(0), now)
        own = fold_handle(escaping.clean(row.author)) in ours
        member = row.mention_id in page.members
        notes = [cards.chip(t("case.ours"), "ours")] if own else [] if member else [cards.chip(t("case.aside"))]
        if row.mention_id in sent_by:
            notes.append(cards.chip(t("answering.sent_by", who=sent_by[row.mention_id])))
        reading = readings.get(row.mention_id)
        if reading:
            notes.append(cards.chip(t(f"case.{reading}")))
        with st.container(border=True, key=f"card-{row.mention_id}"):
            kind = "ours" if own else "member" if member else "aside"
            cards.draw_post(row, now, notes=tuple(notes), kind=kind, later=later if row.mention_id == opening else None)
            if reading:
                _reread(page.case, row.mention_id, reading)
    for answer in unseen_answers:
        _unseen_answer(answer, now)


def _reread(case: Case, mention_id: int, reading: str) -> None:
    """The button for a post that was read wrongly: thanks that need an answer, a bot's words that are a person's."""
    if not rights.may(Permission.HANDLE_CASES):
        return
    act = answer_actions.needs_answer if reading == "thanks" else answer_actions.is_answer
    st.button(
        t(f"case.not_{reading}"),
        key=f"reread-{mention_id}",
        help=t(f"case.not_{reading}_help"),
        disabled=case.merged_into is not None,
        on_click=act,
        args=(case, mention_id),
    )


def _unseen_answer(answer: SentAnswer, now: datetime) -> None:
    """An answer that somebody said to have posted and that was not collected yet."""
    who = escaping.escape(t("answering.sent_by", who=answer.sent_by))
    head = f'<span class="who"><b>{who}</b><i>·</i>{cards.time_tag(answer.sent_at, now)}</span>'
    mark = cards.chip(t("answering.unseen"))
    with st.container(border=True, key=f"card-answer-{answer.answer_id}"):
        st.html(
            f'<article class="post ours"><header>{head}<span>{mark}</span></header>'
            f'<div class="words" dir="auto" tabindex="0">{escaping.escape(answer.text)}</div></article>'
        )
