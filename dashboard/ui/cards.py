"""How a post looks: HTML of our own around words of others, all of it built here and escaped by `plain`."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from dashboard.i18n import t
from dashboard.queries.posts import PostRow
from dashboard.ui import escaping, formatting
from dashboard.ui.explanations import DeferredMarks
from dashboard.ui.formatting import percent
from monitor import networks
from monitor.models.cases import CHANNELS
from monitor.models.posts import OWN_REPLY

_CHIP = 24  # as many letters fit in any case
_HANDLE = re.compile(r"[^\s@]*[^\W\d][^\s@]*")  # neither a name of several words, nor an address or telephone number


def network_name(network: str) -> str:
    """The network's own spelling of its name; of what was entered by hand, how it came in."""
    if network in CHANNELS[1:]:
        return t(f"channel.{network}")
    return escaping.clean(networks.profile(network).display_name)


def brand_name(brand: str) -> str:
    """The brand, or words for none."""
    return escaping.clean(brand) or t("post.no_brand")


def time_tag(at: datetime, now: datetime) -> str:
    """HTML of a time: relative, with the exact one on hover."""
    iso = at.astimezone(UTC).isoformat(timespec="seconds")
    exact, relative = escaping.escape(formatting.date_time(at)), escaping.escape(formatting.relative_time(at, now))
    return f'<time datetime="{iso}" title="{exact}">{relative}</time>'


def chip(text: str, kind: str = "") -> str:
    """HTML of a small marked word; one that is too long for its place is there whole on hover."""
    words = escaping.escape(text)
    hover = f' title="{words}"' if len(text) > _CHIP else ""
    return f'<span class="chip {kind}"{hover}>{words}</span>'


def author(name: str | None) -> str:
    """The author's handle with one @, a name or number as it is, or words for none."""
    handle = escaping.clean(name).strip().removeprefix("@")
    if not handle:
        return t("post.no_author")
    if handle == OWN_REPLY:
        return t("post.own_reply")
    return f"@{handle}" if _HANDLE.fullmatch(handle) else handle


def draw_post(
    row: PostRow,
    now: datetime,
    *,
    further_posts: int = 0,
    notes: tuple[str, ...] = (),
    kind: str = "",
    sentiment: bool = True,
    later: DeferredMarks | None = None,
) -> None:
    """Draws a post. `further_posts` other posts of the same case wait with it; `notes` are further chips, as HTML.

    With `later` the words that made it a complaint are marked, once they are known.
    """
    head, foot = _head(row, now, further_posts, notes, kind), _foot(row, now, sentiment, kind != "ours")

    def build(marks: Sequence[escaping.Mark]) -> str:
        return f'<article class="post {kind}">{head}{_body(row, marks)}{foot}</article>'

    if later is None or row.deleted_at:
        st.html(build(()))
    else:
        later.draw(row.text, build)


def _head(row: PostRow, now: datetime, further_posts: int, notes: tuple[str, ...], kind: str) -> str:
    who = t("post.author_gone") if row.deleted_at else author(row.author)
    parts = [f"<b>{escaping.escape(who)}</b>"]
    if row.author_name and escaping.clean(row.author_name).casefold() != escaping.clean(row.author).casefold():
        parts.append(f"<span>{escaping.escape(row.author_name)}</span>")
    parts += [f"<span>{escaping.escape(network_name(row.network))}</span>", time_tag(row.posted_at, now)]
    marks = [chip(t("post.sample"), "sample")] if row.sample else []
    marks += [chip(brand_name(brand), "brand") for brand in row.brands if brand or kind != "ours"]
    marks += [chip(t("post.repost"))] if row.is_repost else []
    marks += [chip(t("post.edited"))] if row.earlier else []
    marks += [chip(t("inbox.more", n=further_posts))] if further_posts else []
    heading = "<i>·</i><wbr>".join(parts)
    return f'<header><span class="who">{heading}</span><span>{"".join((*marks, *notes))}</span></header>'


def _body(row: PostRow, marks: Sequence[escaping.Mark]) -> str:
    text = escaping.highlight(row.text, marks).strip()
    instead = t("post.deleted" if row.deleted_at else "post.empty")
    words = text or f"<em>{escaping.escape(instead)}</em>"
    return f'<div class="words" dir="auto" tabindex="0">{words}</div>{_earlier(row)}'


def _earlier(row: PostRow) -> str:
    """The texts that edits replaced, folded away."""
    if not row.earlier:
        return ""
    texts = "".join(
        f'<div class="words" dir="auto">{escaping.escape(text.text).strip()}</div>'
        f'<p class="quiet">{escaping.escape(t("post.until", at=formatting.date_time(text.until)))}</p>'
        for text in row.earlier
    )
    title = escaping.escape(t("post.earlier", n=len(row.earlier)))
    return f'<details class="earlier"><summary>{title}</summary>{texts}</details>'


def _foot(row: PostRow, now: datetime, sentiment: bool, scores: bool) -> str:
    parts = [
        _bar(t("post.p_complaint"), row.p_complaint, "complaint"),
        _bar(t("post.p_negative"), row.p_negative, "negative"),
        _bar(t("post.p_about"), row.p_about, "about"),
    ]
    if not scores or row.deleted_at:
        parts = []
    elif row.p_complaint is None:
        parts = [f"<span>{escaping.escape(t('post.unclassified'))}</span>"]
    elif row.sentiment and sentiment:
        parts.append(
            f"<span>{escaping.escape(t('post.sentiment'))}: {escaping.escape(t('sentiment.' + row.sentiment))}</span>"
        )
    if parts and row.reason:
        parts.append(f"<span>{escaping.escape(t('aside.' + row.reason))}</span>")
    if row.corrected:
        correction = escaping.escape(t("post.corrected", actor=row.corrected.actor))
        parts.append(f'<span class="human">{correction} {time_tag(row.corrected.at, now)}</span>')
    if not row.deleted_at:
        parts.append(_link(row) or escaping.escape(t("post.no_link")))
    return f"<footer>{''.join(parts)}</footer>"


def _link(row: PostRow) -> str:
    """The link to the post; one that leads elsewhere than to its network says where."""
    address = escaping.web_address(row.permalink)
    host = escaping.foreign_host(address, row.network) if address else ""
    return escaping.anchor(address, f"{t('post.open')} · {host}" if host else t("post.open"))


def _bar(name: str, share: float | None, kind: str) -> str:
    if share is None:
        return ""
    width = round(min(max(share, 0.0), 1.0) * 100)
    track = f'<span class="track"><span style="width:{width}%"></span></span>'
    return f'<span class="bar {kind}">{escaping.escape(name)} {track} <b>{percent(share)}</b></span>'
