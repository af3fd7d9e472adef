"""Whether the precision that the settings promise is kept on the team's own stream, by what its desk has decided."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from monitor import intervals, store
from monitor.classify.operating_points import ALL
from monitor.errors import ModelError
from monitor.pipeline import learn, own_points
from monitor.settings.classifier import Policy
from monitor.settings.loading import Settings
from monitor.store.posts import judgements
from monitor.store.posts.judgements import Judgement
from monitor.store.posts.model_versions import OwnDecisions

LOOK_BACK = timedelta(days=90)
"""How long what people judged counts, at most: since the version in force began, if that is later."""
FEWEST_JUDGED, FEWEST_OF_A_WEEK = 30, 5
"""Judged posts below which nothing is said of a promise, or of a week; a language with fewer has no line of its own."""

PromiseName: TypeAlias = Literal["complaint_precision", "other_precision"]
PromiseState: TypeAlias = Literal["kept", "unclear", "broken", "few"]
"""unclear: less than promised was right, but within chance. few: too few posts were judged to tell."""
PromiseRemedy: TypeAlias = Literal["fixed", "judge", "learn", "raise"]
"""What helps: free what the settings fix, judge `missing` more, learn, ask for more in the settings."""
NAMES: tuple[PromiseName, ...] = ("complaint_precision", "other_precision")


@dataclass(frozen=True, slots=True)
class KeptPromise:
    """A promise and what came of it: `right` of the `judged` posts. `language` is "" for all together.

    `missing` is how many more posts must be judged for thresholds of the team's own. It and `remedy` are worked out
    where a promise is broken.
    """

    name: PromiseName
    language: str
    target: float
    judged: int
    right: int
    remedy: PromiseRemedy = "judge"
    missing: int = 0

    @property
    def share(self) -> float:
        """The share that was decided rightly; 0 of none."""
        return self.right / max(self.judged, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return intervals.wilson(self.right, self.judged)

    @property
    def threshold(self) -> Literal["complaint_at", "unsure_at"]:
        """The setting that fixes the threshold behind it."""
        return "complaint_at" if self.name == "complaint_precision" else "unsure_at"

    @property
    def state(self) -> PromiseState:
        """Whether the promise is kept."""
        if self.judged < FEWEST_JUDGED:
            return "few"
        if self.share >= self.target:
            return "kept"
        return "unclear" if self.interval[1] >= self.target else "broken"


@dataclass(frozen=True, slots=True)
class PromiseWeek:
    """What people judged in a week (from its Monday) of what a promise is about; `language` "" for all together."""

    monday: datetime
    name: PromiseName
    language: str
    judged: int
    right: int


@dataclass(frozen=True, slots=True)
class Promises:
    """The promises of the version in force, all languages together first; and how each was kept week by week.

    `own` are the languages whose thresholds that version has from the team's decisions, "" for those without points.
    """

    current: Sequence[KeptPromise]
    weeks: Sequence[PromiseWeek]
    own: Mapping[str, OwnDecisions] = field(default_factory=dict)

    @property
    def broken(self) -> tuple[KeptPromise, ...]:
        """Those that are not kept."""
        return tuple(promise for promise in self.current if promise.state == "broken")


def read(settings: Settings, now: datetime, since: datetime) -> Promises:
    """Return how the promises are kept; the weeks begin at `since`. The database is there."""
    try:
        in_force, can_learn = learn.usable_versions(settings).in_force, True
    except ModelError:  # another team's: what it promises is measured all the same
        in_force, can_learn = None, False
    start = max(now - LOOK_BACK, in_force.since) if in_force else now - LOOK_BACK
    own = in_force.learned.thresholds if in_force and in_force.learned else {}
    with store.connect(settings.store, read_only=True) as connection:
        said = judgements.judgements(connection, min(since, now - LOOK_BACK))
    lately = [judgement for judgement in said if judgement.decided_at >= start and judgement.said_at >= now - LOOK_BACK]
    current: Sequence[KeptPromise] = list(kept(lately, settings.policy))
    if not can_learn:
        current = [replace(promise, remedy="raise") for promise in current]
    elif any(promise.state == "broken" for promise in current):
        current = _with_remedies(settings, current, own)
    weeks = by_week([judgement for judgement in said if judgement.said_at >= since], settings.zone)
    return Promises(current, weeks, own)


def kept(said: Sequence[Judgement], policy: Policy) -> Iterator[KeptPromise]:
    """Yield each promise for all languages together, then for those with FEWEST_JUDGED posts if there are several."""
    for name in NAMES:
        about = [judgement for judgement in said if _name(judgement) == name]
        target: float = getattr(policy, name)
        sizes = Counter(judgement.language for judgement in about)
        languages = [language for language, count in sizes.most_common() if count >= FEWEST_JUDGED]
        for language in (ALL, *(languages if len(sizes) > 1 else ())):
            of_it = [judgement for judgement in about if language in (ALL, judgement.language)]
            yield KeptPromise(name, language, target, len(of_it), sum(map(_is_right, of_it)))


def by_week(said: Sequence[Judgement], zone: ZoneInfo) -> tuple[PromiseWeek, ...]:
    """Return what was judged week by week of the zone, oldest first, all languages together and each by itself.

    Weeks in which fewer than FEWEST_OF_A_WEEK were judged are left out.
    """
    judged, right = Counter[tuple[datetime, PromiseName, str]](), Counter[tuple[datetime, PromiseName, str]]()
    for judgement in said:
        name = _name(judgement)
        if name is None:
            continue
        day = judgement.said_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        for language in (ALL, judgement.language):
            key = day - timedelta(days=day.weekday()), name, language
            judged[key] += 1
            right[key] += _is_right(judgement)
    told = [key for key in sorted(judged) if judged[key] >= FEWEST_OF_A_WEEK]
    return tuple(PromiseWeek(*key, judged[key], right[key]) for key in told)


def sentences(promises: Promises) -> list[str]:
    """What to tell of promises that are not kept, and what to do, in English."""
    return [f"{_finding(promise)}. Next: {_advice(promise)}" for promise in promises.broken]


def state_line(promises: Promises) -> str:
    """How both promises are kept, all languages together, in one line of English."""
    return " · ".join(_state(promise) for promise in promises.current if promise.language == ALL)


def percent(share: float) -> str:
    """A share in whole percent, as English writes it."""
    return f"{share:.0%}"


def _name(judgement: Judgement) -> PromiseName | None:
    if judgement.decision == "complaint":
        return "complaint_precision"
    return "other_precision" if judgement.decision == "other" else None


def _is_right(judgement: Judgement) -> bool:
    return judgement.complaint == (judgement.decision == "complaint")


def _with_remedies(settings: Settings, promises: Sequence[KeptPromise], own: Container[str]) -> Sequence[KeptPromise]:
    """The promises with what helps; all that the desk has ever said is read for it."""
    with store.connect(settings.store, read_only=True) as connection:
        needs = own_points.missing_by_language(judgements.lessons(connection))
    return [_with_remedy(promise, settings.policy, needs, own) for promise in promises]


def _with_remedy(promise: KeptPromise, policy: Policy, needs: Mapping[str, int], own: Container[str]) -> KeptPromise:
    complaint_at, unsure_at = policy.fixed(promise.language)
    fixed = complaint_at if promise.threshold == "complaint_at" else unsure_at
    missing = (
        min(needs.values(), default=own_points.FEWEST_DECISIONS)
        if promise.language == ALL
        else needs.get(promise.language, own_points.FEWEST_DECISIONS)
    )
    if promise.name == "other_precision":
        missing = max(missing, own_points.FEWEST_DRAWN - promise.judged)
    remedy: PromiseRemedy = "fixed" if fixed is not None else "judge" if missing > 0 else "learn"
    if remedy == "learn" and promise.language in own:
        remedy = "raise"
    return KeptPromise(promise.name, promise.language, promise.target, promise.judged, promise.right, remedy, missing)


def _state(promise: KeptPromise) -> str:
    what = "cases right" if promise.name == "complaint_precision" else "put aside rightly"
    if promise.state == "few":
        return f"{what}: not known yet, {promise.judged:,} of the {FEWEST_JUDGED} posts that it takes are judged"
    low, high = promise.interval
    return (
        f"{what}: {percent(promise.share)} ({percent(low)} to {percent(high)}) of {promise.judged:,} judged posts, "
        f"{percent(promise.target)} promised"
    )


def _finding(promise: KeptPromise) -> str:
    low, high = promise.interval
    of_whom = f"{promise.language}, " if promise.language else ""
    what = (
        "of the posts that opened a case by themselves are complaints"
        if promise.name == "complaint_precision"
        else "of the random sample of what is put aside are no complaints"
    )
    return (
        f"{of_whom}{promise.name} is not kept: {percent(promise.share)} ({percent(low)} to {percent(high)}) "
        f"of {promise.judged:,} {what}, {percent(promise.target)} is promised"
    )


def _advice(promise: KeptPromise) -> str:
    return {
        "fixed": f"take {promise.threshold} out of [policy], or set another",
        "judge": f"decide on {promise.missing:,} more posts, then escucha learn finds thresholds of your own",
        "learn": "escucha learn (finds thresholds of your own decisions)",
        "raise": f"a higher {promise.name} in [policy]",
    }[promise.remedy]
