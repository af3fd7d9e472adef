"""Whether promises are kept, by made-up decisions; and whether a made-up stream has moved."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from monitor.classify.heads import OperatingPoint
from monitor.models.posts import Decision
from monitor.pipeline import drift, promises
from monitor.pipeline.drift import Borrowed, Drift, Move
from monitor.pipeline.promises import KeptPromise, PromiseWeek
from monitor.settings.classifier import Policy
from monitor.store.posts.judgements import Judgement, StreamWeek
from tests.conftest import NOW

MADRID = ZoneInfo("Europe/Madrid")


def said(count: int, right: int, *, decision: Decision = "complaint", language: str = "es") -> list[Judgement]:
    is_flagged = decision == "complaint"
    return [
        Judgement(language, decision, NOW, (at < right) == is_flagged, NOW + timedelta(hours=1), not is_flagged)
        for at in range(count)
    ]


@pytest.mark.parametrize(
    ("judged", "right", "state"),
    [(29, 0, "few"), (100, 90, "kept"), (100, 85, "kept"), (100, 80, "unclear"), (100, 70, "broken")],
)
def test_a_promise_is_broken_only_beyond_chance(judged: int, right: int, state: str) -> None:
    assert KeptPromise("complaint_precision", "", 0.85, judged, right).state == state


def test_promises_are_looked_at_for_all_and_for_each_language_with_enough() -> None:
    judged = [
        *said(60, 54),
        *said(40, 20, language="pt"),
        *said(5, 5, language="en"),
        *said(50, 49, decision="other"),
        *said(80, 40, decision="unsure"),
    ]
    found = [(one.name, one.language, one.judged, one.right) for one in promises.kept(judged, Policy())]
    assert found == [
        ("complaint_precision", "", 105, 79),
        ("complaint_precision", "es", 60, 54),
        ("complaint_precision", "pt", 40, 20),
        ("other_precision", "", 50, 49),
    ]


def test_weeks_begin_on_the_monday_of_the_zone() -> None:
    sunday = [Judgement("es", "complaint", NOW, True, NOW - timedelta(hours=9, minutes=30), False)]  # 00:30 in Madrid
    earlier = [Judgement("es", "other", NOW, True, NOW - timedelta(hours=11), True)]
    monday = NOW.astimezone(MADRID).replace(hour=0, tzinfo=None)
    few = said(4, 4, language="pt")
    assert promises.by_week([*5 * sunday, *5 * earlier, *few], MADRID) == (
        PromiseWeek(monday - timedelta(days=7), "other_precision", "", 5, 0),
        PromiseWeek(monday - timedelta(days=7), "other_precision", "es", 5, 0),
        PromiseWeek(monday, "complaint_precision", "", 9, 9),
        PromiseWeek(monday, "complaint_precision", "es", 5, 5),
    )


def test_words_say_what_is_not_kept_and_what_to_do() -> None:
    broken = KeptPromise("complaint_precision", "pt", 0.85, 40, 20, "judge", 160)
    kept = KeptPromise("complaint_precision", "", 0.85, 100, 90), KeptPromise("other_precision", "", 0.97, 3, 3)
    found = promises.Promises((*kept, broken), ())
    assert promises.sentences(found) == [
        "pt, complaint_precision is not kept: 50% (35% to 65%) of 40 of the posts that opened a case by themselves "
        "are complaints, 85% is promised. Next: decide on 160 more posts, then escucha learn finds thresholds of your "
        "own"
    ]
    assert promises.state_line(found) == (
        "cases right: 90% (83% to 94%) of 100 judged posts, 85% promised · "
        "put aside rightly: not known yet, 3 of the 30 posts that it takes are judged"
    )


def stream(
    *, pt: float = 0.05, flagged: float = 0.1, score: float = 0.2, posts: int = 400, seed: int = 1
) -> list[StreamWeek]:
    """Nine weeks; the last has these shares, those before it 5% Portuguese, 10% flagged, a mean score of 0.20."""
    rng = np.random.default_rng(seed)
    weeks = []
    for ago in range(9):
        share, hits, mean = (pt, flagged, score) if ago == 0 else (0.05, 0.1, 0.2)
        portuguese = int(rng.binomial(posts, share))
        for language, count in (("es", posts - portuguese), ("pt", portuguese)):
            total = float(rng.normal(mean, 0.25 / max(count, 1) ** 0.5)) * count
            hit = int(rng.binomial(count, hits))
            weeks.append(StreamWeek(ago, language, "m", count, hit, total, count * (0.0625 + mean**2)))
    return weeks


@pytest.mark.parametrize("seed", range(40))
def test_a_stream_that_is_as_it_was_is_no_drift(seed: int) -> None:
    assert drift.moves(stream(seed=seed)) == []
    assert drift.moves(stream(seed=seed, posts=60)) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [({"pt": 0.3}, ["language", "language"]), ({"flagged": 0.25}, ["flagged"]), ({"score": 0.35}, ["score"])],
)
def test_what_moved_is_told(change: dict[str, float], what: list[str]) -> None:
    assert [move.what for move in drift.moves(stream(**change))] == what


def test_a_short_stream_and_few_posts_say_nothing() -> None:
    weeks = stream(pt=0.5, flagged=0.5, score=0.9)
    assert drift.moves([week for week in weeks if week.ago < drift.FEWEST_WEEKS]) == []
    assert drift.moves(stream(pt=0.5, flagged=0.5, score=0.9, posts=40)) == []


def test_another_model_is_no_drift_of_what_depends_on_it() -> None:
    weeks = [
        StreamWeek(week.ago, week.language, "m" if week.ago else "n", week.posts, *(week.flagged, 0.0, 0.0))
        for week in stream(flagged=0.5, score=0.9)
    ]
    assert drift.moves(weeks) == []


def test_a_language_that_takes_the_thresholds_of_others_is_told() -> None:
    points = {"": (OperatingPoint(0.5, 1, 1, 1),), "es": (OperatingPoint(0.5, 1, 1, 1),)}
    (found,) = drift.borrowed(stream(pt=0.2), points)
    assert found.language == "pt"
    assert drift.borrowed(stream(pt=0.2), {**points, "pt": points[""]}) == []
    assert drift.borrowed(stream(pt=0.2), None) == []


def test_words_of_a_drift() -> None:
    moves = [Move("language", "es", 0.9, 0.7), Move("language", "pt", 0.05, 0.25), Move("flagged", "", 0.1, 0.25)]
    assert drift.sentences(Drift(moves, [Borrowed("pt", 312, 0.08)])) == [
        "the languages of the last 7 days are not those of the weeks before (es 90% → 70%, pt 5% → 25%). Next: see "
        "whether a query collects something new",
        "25% of the posts of the last 7 days opened a case, 10% in the weeks before. Next: see what has happened, "
        "and decide on the random sample in the Inbox",
        "pt has no thresholds of its own (312 posts, 8%): it takes those of all others. Next: decide on posts in pt, "
        "then escucha learn",
    ]
