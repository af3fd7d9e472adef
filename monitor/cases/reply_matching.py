"""Which case a post of ours belongs to, and which answer, said to have been sent, it is. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from monitor.text.folding import fold, fold_handle

_ALIKE = 0.6  # share of the words that two texts have in common, in order
_HELD = 0.85  # share of a part's words that the whole text holds, for answers posted in parts
_PART = 5  # words a part needs at least
_BEFORE, _AFTER = timedelta(minutes=15), timedelta(hours=24)
"""How long before an answer was said to be sent, and after, a post of other words may be it."""
# Links, handles, and "1/2" of an answer in parts.
_NOISE = re.compile(r"https?://\S+|www\.\S+|(?<!\w)\.?@[\w.\-]+(?:@[\w.\-]+)?|(?<!\w)\d{1,2}/\d{1,2}(?!\w)")
_HANDLES = re.compile(r"(?<!\w)@([\w.\-]*\w(?:@[\w.\-]*\w)?)")
_ADDRESSED = re.compile(r"\s*\.?((?:@[\w.\-@]+[\s,:]*)+)")


@dataclass(frozen=True, slots=True)
class OwnReply:
    """A post of ours in a thread with cases.

    `answers` is the author of the post it answers, where that is stored; `follows` the case of a post of ours that it
    goes on from.
    """

    mention_id: int
    text: str
    posted_at: datetime
    answers: str | None = None
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class CandidateCase:
    """A case in the same thread: of whom, since when (its complaint was posted), and whether it is open."""

    case_id: int
    author: str | None
    since: datetime
    is_open: bool


@dataclass(frozen=True, slots=True)
class UnmatchedAnswer:
    """An answer said to have been sent whose post was not seen yet."""

    answer_id: int
    case_id: int
    text: str
    sent_at: datetime


def match_case(
    post: OwnReply,
    cases: Sequence[CandidateCase],
    unmatched_answers: Sequence[UnmatchedAnswer],
    own_accounts: Collection[str],
) -> int | None:
    """The case whose customer this post answers; None where that cannot be told.

    What decides, in this order: whose post it answers, an answer with this text, whom it names, a single open case.
    Only cases whose complaint is older than the post count.
    """
    cases = [case for case in cases if case.since <= post.posted_at]
    if post.follows is not None and any(case.case_id == post.follows for case in cases):
        return post.follows
    if addressed_cases := _cases_by_author(cases, {fold_handle(post.answers)} if post.answers else set()):
        return _likeliest(addressed_cases)
    answer = most_similar(
        post.text,
        post.posted_at,
        [answer for answer in unmatched_answers if answer.case_id in {case.case_id for case in cases}],
    )
    return answer.case_id if answer else _case_by_text(post, cases, own_accounts)


def _case_by_text(post: OwnReply, cases: Sequence[CandidateCase], own_accounts: Collection[str]) -> int | None:
    if post.answers and fold_handle(post.answers) not in own_accounts:
        return None  # an answer to somebody else in the thread
    if named_cases := _cases_by_author(cases, {fold_handle(name) for name in named_handles(post.text)}):
        authors, case_ids = {case.author for case in named_cases}, {case.case_id for case in named_cases}
        return _likeliest(named_cases) if len(authors) == 1 or len(case_ids) == 1 else None
    address = _ADDRESSED.match(post.text)
    if address and {fold_handle(name) for name in _HANDLES.findall(address[1])} - set(own_accounts):
        return None
    open_ids = {case.case_id for case in cases if case.is_open}
    return open_ids.pop() if len(open_ids) == 1 else None


def named_handles(text: str) -> list[str]:
    """The handles that a text names with @, as they are written there."""
    return _HANDLES.findall(text)


def _cases_by_author(cases: Sequence[CandidateCase], names: Collection[str]) -> list[CandidateCase]:
    return [case for case in cases if case.author and fold_handle(case.author) in names]


def _likeliest(cases: Sequence[CandidateCase]) -> int:
    return max(cases, key=lambda case: (case.is_open, case.since, case.case_id)).case_id


def most_similar(
    text: str, posted_at: datetime, unmatched_answers: Sequence[UnmatchedAnswer]
) -> UnmatchedAnswer | None:
    """The answer with the most alike text; the nearest in time among equals, None where none is alike."""
    ranked = [(similarity(text, answer.text), -abs(posted_at - answer.sent_at), answer) for answer in unmatched_answers]
    close = [rank for rank in ranked if rank[0] >= _ALIKE]
    return max(close, key=lambda rank: rank[:2])[2] if close else None


def match_answer(post: OwnReply, unmatched_answers: Sequence[UnmatchedAnswer]) -> UnmatchedAnswer | None:
    """Which of a case's waiting answers the post is: the most alike, or the only one if it is near in time."""
    answer = most_similar(post.text, post.posted_at, unmatched_answers)
    if answer or len(unmatched_answers) != 1:
        return answer
    return unmatched_answers[0] if -_BEFORE <= post.posted_at - unmatched_answers[0].sent_at <= _AFTER else None


def match_post(answer: UnmatchedAnswer, posts: Sequence[OwnReply]) -> OwnReply | None:
    """Which of these posts the answer is: the most alike, or the only one if it is near in time."""
    if len(posts) == 1:
        return posts[0] if match_answer(posts[0], [answer]) else None
    similar = [post for post in posts if most_similar(post.text, post.posted_at, [answer])]
    return max(similar, key=lambda post: similarity(post.text, answer.text), default=None)


def similarity(text: str, reference: str) -> float:
    """From 0 to 1, by words: links, handles, accents, case and punctuation do not count, a long part counts as it."""
    shorter, longer = sorted((_words(text), _words(reference)), key=len)
    if not shorter:
        return 0.0
    matcher = SequenceMatcher(None, shorter, longer, autojunk=False)
    common = sum(block.size for block in matcher.get_matching_blocks())
    if len(shorter) >= _PART and common / len(shorter) >= _HELD:
        return common / len(shorter)
    return 2 * common / (len(shorter) + len(longer))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(_NOISE.sub(" ", text[:4_000])))[:400]
