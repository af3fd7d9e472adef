"""Every figure of the metrics against a slow count in Python over small made-up stores."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor import store
from monitor.models.cases import Case, Channel, NewEvent
from monitor.models.posts import Stage
from monitor.settings.loading import Settings, Store
from monitor.store import Connection
from monitor.store.cases import cases, events
from monitor.store.metrics import flow, groups, listening, speed, surveys, voices
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.speed import Proportion, Spread
from monitor.store.posts import mentions
from tests.conftest import NOW, about, mention

MADRID = ZoneInfo("Europe/Madrid")
FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)
SCOPES = (
    MetricsScope(FIRST, LAST, MADRID),
    MetricsScope(FIRST, LAST, MADRID, brand="Norvia"),
    MetricsScope(FIRST, LAST, MADRID, owner="", category="billing"),
    MetricsScope(date(2026, 2, 10), date(2026, 3, 5), MADRID, team="tienda"),
)
Move = tuple[Stage, datetime]


class Made:
    """A store of random cases with their moves and surveys, and the same in plain lists."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.chance = random.Random(seed)
        self.moves: dict[int, list[Move]] = {}
        self.surveys: list[tuple[int, str, datetime, datetime | None, int | None, int | None]] = []
        self.cases = [self._case(case_id) for case_id in range(1, 61)]
        self.settings = settings
        with store.connect(settings.store) as connection:
            cases.insert(connection, self.cases)
            self._tell(connection)
            self._ask(connection)

    def _when(self, earliest: datetime = NOW - timedelta(days=80)) -> datetime:
        return earliest + (NOW - earliest) * self.chance.random()

    def _case(self, case_id: int) -> Case:
        pick, opened = self.chance.choice, self._when()
        moves: list[Move] = []
        for _ in range(pick((0, 0, 1, 1, 2, 3, 4))):
            to: Stage = "reopened" if moves and moves[-1][0] != "reopened" else pick(("closed", "closed", "dismissed"))
            moves.append((to, self._when(moves[-1][1] if moves else opened)))
        self.moves[case_id] = moves
        ended = bool(moves) and moves[-1][0] != "reopened"
        channel: Channel = pick(("network", "network", "network", "phone"))
        answered = pick((None, self._when(opened)))
        return Case(
            case_id, f"K-{case_id}", pick(("Norvia", "Faro")),
            pick(("x", "reddit")) if channel == "network" else channel, str(case_id),
            pick(("ana", "Ana", "luis", "eva", None)), "es", moves[-1][0] if moves else "received", opened, "escucha",
            opened - timedelta(days=pick((0, 0, 40))), opened, opened, 1,
            channel=channel, category=pick(("billing", "delivery", "other")), owner=pick(("", "marta")),
            root_cause=pick(("", "stock", "pasarela")), team=pick(("", "tienda")), value=pick(("", "top")),
            cost=pick((None, 10.0, 25.5)), agreement=pick((None, "agreed", "disagreed")),
            lost_reason=pick((None, None, "price", "service")), customer_id=pick((None, None, "C1", "C2")),
            merged_into=pick((None, None, None, None, 1)), first_answered_at=answered,
            first_due_at=pick((None, self._when(opened))),
            first_minutes=self.chance.uniform(1, 900) if answered else None,
            next_breaches=pick((0, 0, 1)), next_due_at=pick((None, self._when(opened), NOW + timedelta(days=2))),
            resolved_at=moves[-1][1] if ended else None, resolve_due_at=pick((None, self._when(opened))),
            resolve_minutes=self.chance.uniform(1, 9_000) if ended else None,
            reopenings=sum(to == "reopened" for to, _ in moves), due_at=pick((None, NOW - timedelta(hours=1))),
        )  # fmt: skip

    def _tell(self, connection: Connection) -> None:
        told = sorted((at, case_id, to) for case_id, moves in self.moves.items() for to, at in moves)
        at_once = [one for one in told if self.chance.random() < 0.1]
        later = [NewEvent(one[1], "stage", one[2], took_place_at=one[0]) for one in told if one not in at_once]
        events.append(connection, later, "ana", NOW)
        for at, case_id, to in at_once:
            events.append(connection, [NewEvent(case_id, "stage", to)], "ana", at)
        wrong = events.append(connection, [NewEvent(2, "stage", "reopened")], "ana", NOW)[0]
        events.append(connection, [NewEvent(2, "undone", undoes=wrong.event_id)], "ana", NOW)
        self._ask_again(connection)

    def _ask_again(self, connection: Connection) -> None:
        """Half of the answered customers write again, to ask or to thank; some had written before the answer."""
        self.asked_again: set[int] = set()
        for case in self.cases:
            at = case.first_answered_at
            if at is None or self.chance.random() < 0.5:
                continue
            gap, became = (
                self.chance.choice((timedelta(hours=1), timedelta(hours=-1))),
                self.chance.choice((None, "thanks")),
            )
            post = NewEvent(case.case_id, "post", became=became, took_place_at=at + gap)
            event = events.append(connection, [post], "escucha", NOW)[0]
            is_undone = self.chance.random() < 0.2
            if is_undone:
                events.append(connection, [NewEvent(case.case_id, "undone", undoes=event.event_id)], "ana", NOW)
            elif became is None and timedelta() < min(gap, NOW - at):
                self.asked_again.add(case.case_id)

    def _ask(self, connection: Connection) -> None:
        for survey_id in range(1, 41):
            case_id, asked = self.chance.randint(1, 60), self._when()
            answered = self.chance.choice((None, asked))
            given = (self.chance.randint(1, 5), self.chance.choice((None, self.chance.randint(0, 10))))
            satisfaction, recommend = given if answered else (None, None)
            owner = self.chance.choice(("", "marta", "iris"))
            self.surveys.append((case_id, owner, asked, answered, satisfaction, recommend))
            connection.execute(
                "INSERT INTO surveys (survey_id, case_id, closed_at, owner, language, asked_at, asked_by, expires_at,"
                " answered_at, satisfaction, recommend, comment) VALUES (?, ?, ?, ?, 'es', ?, 'ana', ?, ?, ?, ?, '')",
                [survey_id, case_id, asked, owner, asked, asked, answered, satisfaction, recommend],
            )

    def of(self, scope: MetricsScope, *, any_owner: bool = False) -> list[Case]:
        wanted = {"brand": scope.brand, "team": scope.team, "category": scope.category}
        if not any_owner:
            wanted["owner"] = scope.owner
        return [
            case
            for case in self.cases
            if case.merged_into is None
            and all(value is None or getattr(case, name) == value for name, value in wanted.items())
        ]


def inside(at: datetime | None, scope: MetricsScope) -> bool:
    return at is not None and scope.first <= at.astimezone(MADRID).date() <= scope.last


def recent(made: Made, scope: MetricsScope) -> list[Case]:
    return [case for case in made.of(scope) if inside(case.opened_at, scope) and case.stage != "dismissed"]


def closed(made: Made, scope: MetricsScope) -> list[Case]:
    return [case for case in made.of(scope) if case.stage == "closed" and inside(case.resolved_at, scope)]


def late(found: list[Case], done: str, due: str) -> Proportion:
    flags = []
    for case in found:
        ended, until = getattr(case, done), getattr(case, due)
        is_late = until is not None and (ended or NOW) > until
        if ended or is_late:
            flags.append(is_late)
    return Proportion(sum(flags), len(flags))


def spread(values: list[float]) -> Spread:
    """Percentiles with the linear rule: the value at place p * (n - 1)."""
    ordered = sorted(values)
    if not ordered:
        return Spread(0, None, None, None, None)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)

    return Spread(len(ordered), at(0.5), at(0.75), at(0.9), at(0.95))


def person(case: Case) -> str | None:
    if case.customer_id:
        return f"customer {case.customer_id}"
    return f"author {case.network} {case.author.lower()}" if case.author else None


@pytest.fixture(scope="module", params=range(3))
def made(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Made:
    url = tmp_path_factory.mktemp("metrics") / "store.duckdb"
    return Made(Settings(store=Store(url=str(url))), request.param)


def read(made: Made, what: Any, scope: MetricsScope) -> Any:
    with store.connect(made.settings.store, read_only=True) as connection:
        return what(connection, scope, NOW)


@pytest.mark.parametrize("scope", SCOPES)
def test_volume(made: Made, scope: MetricsScope) -> None:
    found = read(made, flow.volume, scope)
    moved = {case.case_id: made.moves[case.case_id] for case in made.of(scope)}
    first_closed = {
        case_id: min(at for to, at in moves if to == "closed" and inside(at, scope))
        for case_id, moves in moved.items()
        if any(to == "closed" and inside(at, scope) for to, at in moves)
    }
    back = [
        case_id
        for case_id, closed_at in first_closed.items()
        if any(to == "reopened" and at >= closed_at for to, at in moved[case_id])
    ]
    assert found.opened == sum(inside(case.opened_at, scope) for case in made.of(scope))
    assert found.complaints == len(recent(made, scope))
    assert found.by_hand == sum(case.channel != "network" for case in recent(made, scope))
    assert found.closed == len(first_closed)
    assert found.came_back == Proportion(len(back), len(first_closed))
    for name, to in (("dismissed", "dismissed"), ("reopened", "reopened")):
        some = sum(any(one == to and inside(at, scope) for one, at in moves) for moves in moved.values())
        assert getattr(found, name) == some
    assert found.heard == sum(
        case.channel == "network" and case.stage != "dismissed" and inside(case.first_post_at, scope)
        for case in made.of(scope)
    )


@pytest.mark.parametrize("scope", SCOPES)
def test_speed(made: Made, scope: MetricsScope) -> None:
    found = read(made, speed.speed, scope)
    mine = recent(made, scope)
    first = spread([case.first_minutes for case in mine if case.first_minutes is not None])
    done = spread([case.resolve_minutes for case in closed(made, scope) if case.resolve_minutes is not None])
    for told, counted in ((found.first, first), (found.resolution, done)):
        assert told.n == counted.n
        assert told.p95 is None or (told.p50, told.p75, told.p90, told.p95) == pytest.approx(
            (counted.p50, counted.p75, counted.p90, counted.p95)
        )
    assert found.late_first == late(mine, "first_answered_at", "first_due_at")
    assert found.late_resolution == late(mine, "resolved_at", "resolve_due_at")
    answered = [case for case in mine if case.first_answered_at]
    waited = [case for case in answered if case.next_breaches or (case.next_due_at and case.next_due_at < NOW)]
    in_time = [case for case in answered if case.case_id in made.asked_again and not case.next_due_at]
    assert found.late_next == Proportion(len(waited), len({case.case_id for case in (*waited, *in_time)}))


@pytest.mark.parametrize("scope", SCOPES)
def test_the_backlog_and_its_ages(made: Made, scope: MetricsScope) -> None:
    found = read(made, speed.backlog, scope)
    waiting = [case for case in made.of(scope) if case.stage not in ("closed", "dismissed")]
    ages = [(NOW - case.opened_at) / timedelta(days=1) for case in waiting]
    edges = (0, 1, 3, 7, 30, 10_000)
    assert (found.n, found.late) == (len(waiting), sum(case.due_at is not None for case in waiting))
    assert found.ages == tuple(sum(a <= age < b for age in ages) for a, b in pairwise(edges))


@pytest.mark.parametrize("scope", SCOPES)
def test_each_day(made: Made, scope: MetricsScope) -> None:
    found = read(made, flow.days, scope)
    for day in found:
        end = datetime.combine(day.day + timedelta(days=1), datetime.min.time(), MADRID)
        waiting = 0
        for case in made.of(scope):
            stages = [to for to, at in made.moves[case.case_id] if at < end]
            waiting += case.opened_at < end and (not stages or stages[-1] == "reopened")
        assert day.backlog == waiting
    moved = [(to, at) for case in made.of(scope) for to, at in made.moves[case.case_id] if inside(at, scope)]
    assert sum(day.ended for day in found) == sum(to != "reopened" for to, _ in moved)
    assert sum(day.reopened for day in found) == sum(to == "reopened" for to, _ in moved)
    assert found[0].day == scope.first
    assert found[-1].day == min(scope.last, NOW.date())


@pytest.mark.parametrize("scope", SCOPES)
def test_groups(made: Made, scope: MetricsScope) -> None:
    found = read(made, groups.groups, scope)
    for by in groups.BY:
        counted = Counter(getattr(case, by) for case in recent(made, scope))
        earlier = Counter(getattr(case, by) for case in recent(made, scope.previous))
        assert {group.name: group.n for group in found[by]} == counted
        assert [group.n for group in found[by]] == sorted(counted.values(), reverse=True)
        for group in found[by]:
            mine = [case for case in recent(made, scope) if getattr(case, by) == group.name]
            minutes = [case.first_minutes for case in mine if case.first_minutes is not None]
            assert group.before == earlier[group.name]
            assert group.open == sum(case.stage != "closed" for case in mine)
            assert (group.answered, group.first_minutes) == (
                len(minutes),
                pytest.approx(median(minutes)) if minutes else None,
            )
            assert group.late_first == late(mine, "first_answered_at", "first_due_at")
            assert group.late_resolution == late(mine, "resolved_at", "resolve_due_at")
    with store.connect(made.settings.store, read_only=True) as connection:
        for by in groups.BY:
            assert groups.groups(connection, scope, NOW, (by,)) == {by: found[by]}


@pytest.mark.parametrize("scope", SCOPES)
def test_those_who_complain_again(made: Made, scope: MetricsScope) -> None:
    people = Counter(person(case) for case in recent(made, scope) if person(case))
    again = [n for n in people.values() if n > 1]
    assert read(made, groups.repeats, scope) == groups.Repeats(len(again), sum(again), len(people))
    with store.connect(made.settings.store, read_only=True) as connection:
        told = groups.repeaters(connection, scope, NOW, 3)
    assert [one.complaints for one in told] == sorted(again, reverse=True)[:3]


@pytest.mark.parametrize("scope", SCOPES)
def test_the_lost(made: Made, scope: MetricsScope) -> None:
    gone = {(case.lost_reason, person(case) or case.code) for case in recent(made, scope) if case.lost_reason}
    n, why = read(made, groups.lost_customers, scope)
    assert n == len({who for _, who in gone})
    assert why == Counter(reason for reason, _ in gone)


@pytest.mark.parametrize("scope", SCOPES)
def test_agreement_and_cost_at_closing(made: Made, scope: MetricsScope) -> None:
    found = closed(made, scope)
    assert read(made, groups.agreements, scope) == Counter(case.agreement or "" for case in found)
    for cost in read(made, groups.costs, scope):
        mine = [case for case in found if case.category == cost.category]
        known = [case.cost for case in mine if case.cost is not None]
        assert (cost.n, cost.closed) == (len(known), len(mine))
        assert cost.mean == (pytest.approx(fmean(known)) if known else None)


@pytest.mark.parametrize("scope", SCOPES)
def test_surveys_count_for_who_had_the_case_when_they_were_sent(made: Made, scope: MetricsScope) -> None:
    mine = {case.case_id: case for case in made.of(scope, any_owner=True)}
    asked = [
        one
        for one in made.surveys
        if one[0] in mine and inside(one[2], scope) and (scope.owner is None or one[1] == scope.owner)
    ]
    everything, by_owner, by_category = read(made, surveys.surveys, scope)
    given = [one for one in asked if one[3]]
    rated = [one[5] for one in given if one[5] is not None]
    assert everything.counts == (
        len(asked), len(given), sum((one[4] or 0) >= 4 for one in given), len(rated),
        sum(mark >= 9 for mark in rated), sum(mark <= 6 for mark in rated),
    )  # fmt: skip
    assert {one.name: one.asked for one in by_owner} == Counter(one[1] for one in asked)
    assert {one.name: one.asked for one in by_category} == Counter(mine[one[0]].category for one in asked)


def test_mentions_count_once_and_complaint_rate_needs_some(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        posts = [mention(str(at), minutes=60 * 24 * at) for at in range(1, 6)]
        mentions.save(connection, 1, [*about("Norvia", *posts), *about("Faro", posts[0])], NOW)
    with store.connect(settings.store, read_only=True) as connection:
        february = MetricsScope(FIRST, LAST, MADRID)
        assert voices.counts(connection, february.since, february.until)[0] == 4
        assert voices.counts(connection, february.since, february.until, brand="Faro")[0] == 0
        empty = flow.volume(connection, MetricsScope(date(2020, 1, 1), date(2020, 1, 9), MADRID), NOW)
        found = listening.coverage(connection, february, NOW)
    assert empty.complaint_rate.share is None
    assert (found.silent_days, found.unclassified, found.gaps, found.samples) == (24, 4, (), False)


def test_the_period_before_is_a_month_for_a_month_and_as_many_days_for_others() -> None:
    march = MetricsScope(date(2026, 3, 1), date(2026, 3, 31), MADRID)
    assert (march.previous.first, march.previous.last) == (FIRST, LAST)
    some = replace(march, last=date(2026, 3, 10)).previous
    assert (some.first, some.last) == (date(2026, 2, 19), LAST)
    # The clocks change on 29 March: the month is an hour short.
    assert march.until - march.since == timedelta(days=31) - timedelta(hours=1)
    assert march.since == datetime(2026, 2, 28, 23, tzinfo=UTC)
