"""What an edited post does to its case: it is told, the case is what the newest words make it. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher

from monitor.cases import cues, severity, sla, stages
from monitor.models.cases import SEVERITIES, Case, Event, NewEvent, effective
from monitor.settings.desk import Category
from monitor.text.folding import fold

_NEWS = 2
"""New words that make an edit more than a correction: the customer has said something else."""
_ALIKE = 0.65  # a word so like one that it replaces is that one corrected (difflib)
_NO_WORDS = re.compile(r"https?://\S+|www\.\S+|@\w+")


@dataclass(frozen=True, slots=True)
class Rewording:
    """The newest words of a post, those that the case knew, since when, and what the post is by them.

    `thanks`: it asks for nothing any more. `complaint`: by the model. `ours`: a reply of ours. `whose`: the code of its
    customer where it came with a case that was taken in. `category` is what the model finds it likeliest about.
    """

    mention_id: int
    text: str
    before: str
    edited_at: datetime
    thanks: bool
    complaint: bool
    ours: bool
    whose: str | None = None
    category: str = ""


def follow(
    case: Case,
    history: tuple[Event, ...],
    *,
    posts: Sequence[Rewording],
    texts: Mapping[int, str],
    categories: tuple[Category, ...],
) -> tuple[Case, list[NewEvent]]:
    """The case as the newest words of these posts make it; `texts` are those of all its posts, by mention id.

    What a person has set stays. A closed case is reopened by news that are no thanks; a dismissed one by a complaint.
    """
    told = [_edit_event(case, history, post) for post in posts]
    customers_posts = [post for post in posts if not post.ours]
    if not customers_posts:
        return case, told
    edited = {post.mention_id: post.thanks for post in customers_posts}
    joined_ids = [
        event.mention_id
        for event in effective(history)
        if event.kind == "post" and event.mention_id and event.happened_at > history[0].happened_at
    ]
    case, severity_events = severity.follow_edits(case, history, edited, texts, joined_ids)
    case, category_events = _follow_category(case, history, customers_posts, categories)
    asking_ids = {event.mention_id for event in told if event.became == "asks"}
    asking_posts = [post for post in customers_posts if post.mention_id in asking_ids]
    return case, [*told, *severity_events, *category_events, *_reopening(case, asking_posts, told)]


def _edit_event(case: Case, history: tuple[Event, ...], post: Rewording) -> NewEvent:
    """The event that tells it; news wait for a word of ours, of ours that came before we knew of them, from then on."""
    edited = NewEvent(case.case_id, "edited", mention_id=post.mention_id, took_place_at=post.edited_at)
    if post.ours:
        return replace(edited, field="reply")
    joined = (event.was for event in history if event.kind == "post" and event.mention_id == post.mention_id)
    whose = post.whose or next(joined, None)
    became = "thanks" if post.thanks else "asks" if _says_more(post) else None
    settled_at = sla.settled_at(history, whose or case.code) if became == "asks" else None
    return replace(edited, was=whose, became=became, took_place_at=max(post.edited_at, settled_at or post.edited_at))


def _says_more(post: Rewording) -> bool:
    rank_before, rank = (SEVERITIES.index(cues.suggest(text, ()).severity) for text in (post.before, post.text))
    return rank > rank_before or len(_new_words(post.before, post.text)) >= _NEWS


def _new_words(before: str, after: str) -> list[str]:
    """The words that were added, but for those that correct one that went away."""
    old_words, words = Counter(_words(before)), Counter(_words(after))
    gone = list((old_words - words).elements())
    return [
        word
        for word in (words - old_words).elements()
        if not any(SequenceMatcher(None, word, other).ratio() >= _ALIKE for other in gone)
    ]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(_NO_WORDS.sub(" ", text)))


def _follow_category(
    case: Case, history: tuple[Event, ...], posts: Collection[Rewording], categories: tuple[Category, ...]
) -> tuple[Case, list[NewEvent]]:
    """The case in the category of the complaint that opened it, if that was edited and no person has said it."""
    held = effective(history)
    is_set = any(event.kind == "field" and event.field == "category" and event.mention_id is None for event in held)
    opening_ids = {event.mention_id for event in held if event.kind == "opened"}
    complaints = [post for post in posts if post.mention_id in opening_ids and not post.thanks]
    if is_set or not complaints:
        return case, []
    complaint = complaints[-1]
    was, became = case.category, cues.suggest(complaint.text, categories, complaint.category).category
    event = NewEvent(case.case_id, "field", None, complaint.mention_id, "", "category", was, became)
    return replace(case, category=became), [event] if became != was else []


def _reopening(case: Case, asking: Sequence[Rewording], told: Sequence[NewEvent]) -> list[NewEvent]:
    reasons = [post for post in asking if case.stage == "closed" or post.complaint]
    if case.stage in stages.OPEN or case.merged_into is not None or not reasons:
        return []
    ids = {post.mention_id for post in reasons}
    reopened_at = min(event.took_place_at for event in told if event.mention_id in ids and event.took_place_at)
    return [NewEvent(case.case_id, "stage", "reopened", took_place_at=reopened_at)]
