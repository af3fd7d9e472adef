"""A card of the inbox: a post, its case with level and clock, and what may be decided about them."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.i18n import t
from dashboard.inbox import actions, person, post_actions
from dashboard.queries import posts
from dashboard.queries.cases import CaseEntry
from dashboard.ui import cards, case_actions, clocks, due, escaping, explanations, labels
from monitor.access import Permission
from monitor.cases import priority
from monitor.models.cases import Case
from monitor.models.posts import SENTIMENTS
from monitor.store.cases.notices import RULE

_BUTTONS = 3  # brands that have a button each; more stand in a menu


@dataclass(frozen=True, slots=True)
class Card:
    """A case nobody has taken (None: a post without one), the post to look at (None: it has none), how many posts.

    `others` are further cases of the same person that nobody has taken. `giver`: who gave the case to its owner.
    `is_sample`: it was drawn at random from what was put aside.
    """

    case: Case | None
    row: posts.PostRow | None
    posts: int
    others: tuple[CaseEntry, ...] = ()
    giver: str = ""
    is_sample: bool = False

    @property
    def line(self) -> actions.QueueCard:
        """The card as the actions know it."""
        mention_id = self.row.mention_id if self.row else None
        if self.case is None:
            return actions.QueueCard(None, 0, "", mention_id)
        return actions.QueueCard(self.case.case_id, self.case.version, self.case.code, mention_id)


def draw(card: Card, now: datetime, later: explanations.DeferredMarks, *, first: bool) -> None:
    """Draws the card; on the first one the keys act."""
    name = f"card-{card.row.mention_id}" if card.row else f"card-case-{card.line.case_id}"
    around = st.container(key="inbox-current") if first else nullcontext()
    with around, st.container(border=True, key=name):
        if card.row:
            further_posts, notes = max(card.posts - 1, 0), _notes(card, now)
            cards.draw_post(card.row, now, further_posts=further_posts, notes=notes, sentiment=False, later=later)
        elif card.case:
            _without_post(card, card.case, now)
        with st.container():
            if card.case:
                _reasons(card.case, now)
        is_judge = rights.may(Permission.LABEL)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                if is_judge:
                    _decisions(card, first=first)
                _ways(card, first=first)
            with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
                if card.row and is_judge:
                    _sentiment(card.row)
                if rights.may(Permission.BULK):
                    _tick(card.line, first=first)
        if card.case and card.others and is_judge:
            person.draw(card.case, card.others, now)


def _notes(card: Card, now: datetime) -> tuple[str, ...]:
    if card.case is None:
        links = card.row.cases if card.row else ()
        mark = (cards.chip(t("inbox.sample_mark")),) if card.is_sample else ()
        return mark + tuple(cards.chip(f"{case.code} · {t('stage.' + case.stage)}", case.stage) for case in links)
    return _standing(card, card.case, now)


def _standing(card: Card, case: Case, now: datetime) -> tuple[str, ...]:
    clock = due.chip(case.due_at, now, warn_at=case.warn_at, paused_at=case.paused_at, clock=case.due_clock)
    owner = cards.chip(_owner(card, case), "owner") if case.owner else ""
    return (cards.chip(case.code, "code"), labels.level_chip(case.level), clock, owner)


def _owner(card: Card, case: Case) -> str:
    """Whose the case is; of one's own, who gave it."""
    if session.team().spell(case.owner) != session.person() or not card.giver:
        return t("inbox.owner", owner=escaping.clean(case.owner))
    return t("inbox.by_rule") if card.giver == RULE else t("inbox.given", giver=escaping.clean(card.giver))


def _reasons(case: Case, now: datetime) -> None:
    reasons = priority.reasons(case, session.load_settings().desk.priority, now)
    if reasons:
        st.html(f'<p class="why"><b>{labels.level(case.level)}</b> · {clocks.reasons_sentence(reasons)}</p>')


def _without_post(card: Card, case: Case, now: datetime) -> None:
    words = t("inbox.no_post", channel=t(f"channel.{case.channel}"))
    who = escaping.escape(cards.author(case.author)) if case.author else escaping.escape(cards.brand_name(case.brand))
    head = f'<header><span class="who"><b>{who}</b></span><span>{"".join(_standing(card, case, now))}</span></header>'
    st.html(f'<article class="post">{head}<div class="words"><em>{escaping.escape(words)}</em></div></article>')


def _decisions(card: Card, *, first: bool) -> None:
    row, case = card.row, card.case
    if row is None:
        if case is not None:
            _take(case.case_id, case.code, case.version, several=False, first=first)
            _dismiss_bare(case, first=first)
        return
    new_cases = [case for case in row.cases if case.is_new]
    brands = [(at, brand) for at, brand in enumerate(_brands(row)) if brand not in {link.brand for link in row.cases}]
    for link in new_cases:
        _take(link.case_id, link.code, link.version, several=len(new_cases) > 1, first=first and link == new_cases[0])
    several = len(row.brands) > 1 or len(brands) > 1
    with st.popover(t("inbox.open_which")) if len(brands) > _BUTTONS else nullcontext():
        for at, brand in brands:
            _open(row, brand, at, several=several, first=first and not new_cases and (at, brand) == brands[0])
    _dismiss(row, first=first)


def _ways(card: Card, *, first: bool) -> None:
    """The ways to the cases of the card."""
    if card.row is None:
        if card.case is not None:
            _see(card.case.case_id, "", first=first)
        return
    links = card.row.cases
    for link in links:
        _see(link.case_id, link.code if len(links) > 1 else "", first=first and link == links[0])


def _take(case_id: int, code: str, version: int, *, several: bool, first: bool) -> None:
    st.button(
        t("inbox.take_one", code=escaping.escape_markdown(code)) if several else t("inbox.take"),
        type="primary",
        key=f"take-{case_id}",
        shortcut="A" if first else None,
        help=t("inbox.take_help"),
        on_click=case_actions.take,
        args=(case_id, code, version),
    )


def _brands(row: posts.PostRow) -> tuple[str, ...]:
    """The brands that the post is about; of one that matched none those of the settings, for a person to choose."""
    ours = tuple(brand.name for brand in session.load_settings().brands)
    return ours if row.brands == ("",) and ours and not row.cases else row.brands


def _open(row: posts.PostRow, brand: str, at: int, *, several: bool, first: bool) -> None:
    st.button(
        t("inbox.open_for", brand=escaping.escape_markdown(cards.brand_name(brand))) if several else t("inbox.open"),
        type="primary",
        key=f"open-{row.mention_id}-{at}",
        shortcut="A" if first else None,
        on_click=post_actions.open_case,
        args=(row.mention_id, brand),
    )


def _dismiss(row: posts.PostRow, *, first: bool) -> None:
    st.button(
        t("inbox.dismiss"),
        key=f"dismiss-{row.mention_id}",
        shortcut="N" if first else None,
        on_click=post_actions.dismiss,
        args=(row.mention_id, {case.case_id: case.version for case in row.cases}),
    )


def _dismiss_bare(case: Case, *, first: bool) -> None:
    st.button(
        t("inbox.dismiss"),
        key=f"dismiss-case-{case.case_id}",
        shortcut="N" if first else None,
        on_click=case_actions.dismiss_as_no_complaint,
        args=(case,),
    )


def _see(case_id: int, code: str, *, first: bool) -> None:
    """A link; on the first card a button, which a key can press."""
    words = t("inbox.see_case") + (f" {escaping.escape_markdown(code)}" if code else "")
    if not first:
        st.page_link(
            session.page("case"), label=words, icon=":material/arrow_forward:", query_params={"case": str(case_id)}
        )
    elif st.button(words, key=f"see-{case_id}", type="tertiary", icon=":material/arrow_forward:", shortcut="V"):
        st.switch_page(session.page("case"), query_params={"case": str(case_id)})


def _tick(line: actions.QueueCard, *, first: bool) -> None:
    on = line.name in actions.ticked_cards()
    st.button(
        t("inbox.tick"),
        key=f"tick-{line.name}",
        type="tertiary",
        icon=":material/check_box:" if on else ":material/check_box_outline_blank:",
        shortcut="X" if first else None,
        on_click=actions.tick,
        args=(line,),
    )


def _sentiment(row: posts.PostRow) -> None:
    key = f"sentiment-{row.mention_id}-{row.sentiment}"
    st.caption(t("post.sentiment"))
    st.segmented_control(
        t("inbox.sentiment"),
        SENTIMENTS,
        default=row.sentiment,
        required=True,
        format_func=lambda sentiment: t(f"sentiment.{sentiment}"),
        key=key,
        label_visibility="collapsed",
        on_change=post_actions.correct_sentiment_from,
        args=(row.mention_id, key),
    )
