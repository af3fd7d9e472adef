"""Whether the stream of posts has moved from what it was in the weeks before, beyond chance."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

import numpy as np

from monitor.classify.operating_points import ALL
from monitor.classify.policy import OperatingPoints
from monitor.pipeline.promises import percent
from monitor.store import Connection
from monitor.store.posts import judgements
from monitor.store.posts.judgements import StreamWeek

WEEKS_BEFORE, FEWEST_WEEKS = 8, 6
"""Weeks that the last one is compared with, and how many of them must have FEWEST_POSTS."""
FEWEST_POSTS = 50
MOVED, SMALLEST = 4.0, 0.05
"""How many standard errors, and how much of a share or of the mean score, make a move worth telling."""
BORROWED_SHARE, BORROWED_WEEKS = 0.05, 4
"""The share of the posts of the last weeks from which a language without thresholds of its own is told."""

Moved: TypeAlias = Literal["language", "flagged", "score"]


@dataclass(frozen=True, slots=True)
class Move:
    """What moved: the share of `language`, the share flagged as complaints, or the mean probability of a complaint."""

    what: Moved
    language: str
    before: float
    lately: float


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A language that is judged by the thresholds of all others, and how many posts it had in BORROWED_WEEKS."""

    language: str
    posts: int
    share: float


@dataclass(frozen=True, slots=True)
class Drift:
    """What is to be told of the stream; nothing if it is as it was."""

    moves: Sequence[Move]
    borrowed: Sequence[Borrowed]


def read(connection: Connection, points: OperatingPoints | None, now: datetime) -> Drift:
    """Return what moved in the last seven days. `points` are those in force; None: the model has none."""
    weeks = judgements.weeks(connection, now, WEEKS_BEFORE + 1)
    return Drift(moves(weeks), borrowed(weeks, points))


def moves(weeks: Sequence[StreamWeek]) -> list[Move]:
    """Return what the last week has otherwise than the weeks before it.

    What depends on the model is compared only with weeks that the same one has classified.
    """
    by_model = Counter[str]()
    for week in weeks:
        by_model[week.model] += week.posts if week.ago == 0 else 0
    model = max(by_model, key=lambda name: by_model[name], default="")
    same_model = [week for week in weeks if week.model == model]
    found = [
        _move("language", language, _shares(weeks, partial(_posts_in, language)))
        for language in sorted({week.language for week in weeks})
    ]
    found.append(_move("flagged", "", _shares(same_model, lambda week: week.flagged)))
    found.append(_move("score", "", _scores(same_model)))
    return [move for move in found if move is not None]


def borrowed(weeks: Sequence[StreamWeek], points: OperatingPoints | None) -> list[Borrowed]:
    """Return the languages of at least BORROWED_SHARE of the posts that have no thresholds of their own."""
    if not points:
        return []
    sizes = Counter[str]()
    for week in weeks:
        sizes[week.language] += week.posts if week.ago < BORROWED_WEEKS else 0
    total = sum(sizes.values())
    return [
        Borrowed(language, posts, posts / total)
        for language, posts in sizes.most_common()
        if language not in points and language != ALL and posts >= FEWEST_POSTS and posts / total >= BORROWED_SHARE
    ]


def sentences(drift: Drift) -> list[str]:
    """What to tell, in English."""
    languages = [move for move in drift.moves if move.what == "language"]
    others = [move for move in drift.moves if move.what != "language"]
    told = [_languages_moved(languages)] if languages else []
    return [*told, *map(_moved, others), *map(_borrowing, drift.borrowed)]


def _languages_moved(moves: Sequence[Move]) -> str:
    shares = ", ".join(f"{move.language} {percent(move.before)} → {percent(move.lately)}" for move in moves)
    return (
        f"the languages of the last 7 days are not those of the weeks before ({shares}). "
        f"Next: see whether a query collects something new"
    )


def _moved(move: Move) -> str:
    lately, before = percent(move.lately), percent(move.before)
    found = (
        f"{lately} of the posts of the last 7 days opened a case, {before} in the weeks before"
        if move.what == "flagged"
        else f"the mean probability of a complaint is {lately} in the last 7 days, {before} in the weeks before"
    )
    step = "see what has happened, and decide on the random sample in the Inbox"
    return f"{found}. Next: {step}"


def _borrowing(one: Borrowed) -> str:
    return (
        f"{one.language} has no thresholds of its own ({one.posts:,} posts, {percent(one.share)}): it takes those of "
        f"all others. Next: decide on posts in {one.language}, then escucha learn"
    )


_Week: TypeAlias = tuple[float, float]
"""A value and its variance by chance alone."""


def _move(what: Moved, language: str, values: Mapping[int, _Week]) -> Move | None:
    before = [values[ago] for ago in sorted(values) if ago > 0]
    if 0 not in values or len(before) < FEWEST_WEEKS:
        return None
    lately, chance = values[0]
    earlier = np.array([value for value, _ in before])
    mean, count = float(earlier.mean()), len(earlier)
    between = float(earlier.var(ddof=1)) * (1 + 1 / count)
    by_chance = chance + float(np.mean([variance for _, variance in before])) / count
    error = float(np.sqrt(max(between, by_chance, 1e-12)))
    is_moved = abs(lately - mean) >= max(SMALLEST, MOVED * error)
    return Move(what, language, mean, lately) if is_moved else None


def _posts_in(language: str, week: StreamWeek) -> int:
    return week.posts if week.language == language else 0


def _shares(weeks: Iterable[StreamWeek], hits: Callable[[StreamWeek], int]) -> dict[int, _Week]:
    counts, totals = Counter[int](), Counter[int]()
    for week in weeks:
        counts[week.ago] += hits(week)
        totals[week.ago] += week.posts
    return {ago: _share(counts[ago], total) for ago, total in totals.items() if total >= FEWEST_POSTS}


def _share(hits: int, posts: int) -> _Week:
    smoothed = (hits + 1) / (posts + 2)  # a share of 0 has a chance too
    return hits / posts, smoothed * (1 - smoothed) / posts


def _scores(weeks: Iterable[StreamWeek]) -> dict[int, _Week]:
    sums: dict[int, tuple[int, float, float]] = {}
    for week in weeks:
        posts, total, squares = sums.get(week.ago, (0, 0.0, 0.0))
        sums[week.ago] = posts + week.posts, total + week.score_sum, squares + week.score_squares
    return {
        ago: (total / posts, max(squares / posts - (total / posts) ** 2, 0.0) / posts)
        for ago, (posts, total, squares) in sums.items()
        if posts >= FEWEST_POSTS
    }
