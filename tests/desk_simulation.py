"""Simulated managers, each a process of its own, at the same inbox while new posts come in; and what must hold."""

import multiprocessing
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier

from dashboard.inbox import queries
from monitor import desk, store
from monitor.cases import stages, state
from monitor.casework.apply import AppliedChange
from monitor.errors import EscuchaError, StoreBusy, StoreConflict
from monitor.models.cases import Case, Event, effective
from monitor.models.posts import Classification, Match, MatchedMention, Mention, Scores
from monitor.pipeline import main_line
from monitor.settings.desk import Desk, Person
from monitor.settings.loading import Brand, Settings, Store
from monitor.store import consistency
from monitor.store.cases import case_mentions, cases, events
from monitor.store.posts import classifications, edits, mentions

BRAND = "Norvia"
NAMES = ("Ana", "Luis", "Eva", "Ion", "Noa", "Pau", "Sara", "Iker", "Lola", "Teo")
_LEAST = 3


@dataclass(frozen=True)
class Act:
    """Something that succeeded: what, on which case, at which version it was seen (None: any), and its events."""

    what: str
    case_id: int
    version: int | None
    event_ids: tuple[int, ...]


@dataclass
class Told:
    """What a manager's day came to; `waits` are the seconds each action took, `faults` what should not have been.

    `busy`: how often the store asked to try again.
    """

    person: str
    acts: list[Act] = field(default_factory=list)
    conflicts: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    busy: int = 0


def settings_at(url: str) -> Settings:
    """The settings everybody works with."""
    people = tuple(Person(name=name) for name in NAMES)
    brand = Brand(name=BRAND, queries=("norvia",))
    return Settings(store=Store(url=url), brands=(brand,), desk=Desk(people=people))


def arrive(settings: Settings, count: int, at: datetime, name: str, threads: Sequence[str] = ()) -> None:
    """Stores classified complaints: in conversations of their own, or further posts of these."""
    posts = [
        Mention("x", f"{name}-{n}", f"El pedido {n} no llega", at, thread, {}, author=f"de {thread}")
        for n, thread in enumerate(threads or [f"{name}-{n}" for n in range(count)])
    ]
    with store.connect(settings.store) as connection:
        matched = [MatchedMention(post, (Match(BRAND, "norvia"),)) for post in posts]
        mentions.save(connection, 1, matched, at)
        _classify(connection, len(posts), at)
    main_line.open_cases(settings)


def _classify(connection: store.Connection, count: int, at: datetime) -> None:
    """Makes complaints of so many posts that wait for the classifier, the newest first."""
    scores = Scores(0.8, 0.15, 0.05, 0.9)
    queue = classifications.pending(connection, classifications.next_ids(connection, count))
    made = [Classification(one.mention_id, scores, "negative", "complaint", "es", "m", at) for one in queue]
    classifications.save(connection, made)


def edit(settings: Settings, post_ids: Sequence[str], at: datetime) -> None:
    """The authors of these posts change their words into something grave; their cases are told."""
    posts = [
        Mention("x", name, f"El horno de {name} ha explotado", at, name, {}, author=f"de {name}", edited_at=at)
        for name in post_ids
    ]
    with store.connect(settings.store) as connection:
        edits.update(connection, 1, posts, at)
        _classify(connection, len(posts), at)
    main_line.open_cases(settings)


def feed(url: str, seconds: float) -> int:
    """Lets complaints come in and opens their cases; every other round writes again in conversations that have one.

    One post of each of these rounds is edited.
    """
    settings, until, rounds = settings_at(url), time.monotonic() + seconds, 0
    while time.monotonic() < until:
        threads = [f"feed{rounds - 1}-{n}" for n in range(2)] if rounds % 2 else []
        arrive(settings, 3, datetime.now(UTC), f"feed{rounds}", threads)
        edit(settings, threads[:1], datetime.now(UTC))
        rounds += 1
        time.sleep(min(0.5, seconds / 6))
    return rounds


class Manager:
    """One person: picks a case, thinks, acts on what was seen."""

    def __init__(self, url: str, number: int, think: float) -> None:
        """`think` is the longest time between seeing and acting, in seconds."""
        self.settings = settings_at(url)
        self.told = Told(NAMES[number])
        self.random = random.Random(number)
        self.think = think
        self.undoable: list[Act] = []

    def work(self, seconds: float) -> Told:
        """Works until the time is over, and however slow the machine is, until a few actions are done."""
        until = time.monotonic() + seconds
        while time.monotonic() < until or len(self.told.acts) < _LEAST:
            what = self.random.choices(tuple(_WAYS), weights=[weight for weight, _ in _WAYS.values()])[0]
            _WAYS[what][1](self, what)
        return self.told

    def picked(self, mine: bool) -> Case | None:
        """One of the first cases of the inbox, or of the person's own."""
        with store.connect(self.settings.store, read_only=True) as connection:
            if mine:
                rows = connection.execute(
                    "SELECT case_id FROM cases WHERE owner = ? ORDER BY changed_at DESC LIMIT 6", [self.told.person]
                ).fetchall()
                ids = [row[0] for row in rows]
            else:
                weights, now = self.settings.desk.priority, datetime.now(UTC)
                page = queries.page(connection, queries.InboxFilters(), weights, now=now, offset=0, limit=4)
                ids = [place.case_id for place in page.places if place.case_id is not None]
            found = cases.get_many(connection, [self.random.choice(ids)] if ids else [])
        time.sleep(self.random.uniform(0, self.think))
        return found[0] if found else None

    def do(self, what: str, version: int | None, act: Callable[[datetime], Iterable[AppliedChange]]) -> None:
        """Acts, and writes down what came of it."""
        began = time.perf_counter()
        try:
            done = list(act(datetime.now(UTC)))
        except StoreConflict as error:
            self.told.conflicts[what] += 1
            if not error.meanwhile:
                self.told.faults.append(f"{what}: nobody is told who was faster")
            return
        except StoreBusy:
            self.told.busy += 1
            return
        except EscuchaError as error:
            self.told.faults.append(f"{what}: {error!r}")
            return
        finally:
            self.told.waits.append(time.perf_counter() - began)
        for one in done:
            kept = Act(what, one.case.case_id, version, tuple(event.event_id for event in one.events))
            self.told.acts.append(kept)
            self.undoable = [kept] if what != "undo" else []

    def take(self, what: str) -> None:
        """Takes the case, dismisses it, or gives it to somebody else."""
        case = self.picked(mine=False)
        if case is None:
            return
        named = {"version": case.version, "actor": self.told.person}
        if what == "take":
            self.do(what, case.version, lambda now: [desk.take(self.settings, case.case_id, now=now, **named)])  # type: ignore[arg-type]
        elif what == "assign":
            owner = {"owner": self.random.choice(NAMES)}
            self.do(what, case.version, lambda now: [desk.edit(self.settings, case.case_id, owner, now=now, **named)])  # type: ignore[arg-type]
        else:
            self.dismiss(case)

    def dismiss(self, case: Case) -> None:
        """Says that the case's posts are no complaint. What labels it gave is not taken back here."""
        with store.connect(self.settings.store, read_only=True) as connection:
            posts = case_mentions.of_case(connection, case.case_id)
        seen, person = {case.case_id: case.version}, self.told.person
        self.do(
            "dismiss",
            case.version,
            lambda now: desk.dismiss_mentions(self.settings, posts, actor=person, now=now, versions=seen).done,
        )

    def handle(self, what: str) -> None:
        """Moves an own case on, edits it, waits for its customer, writes a note, logs a call."""
        case = self.picked(mine=True)
        if case is None:
            return
        act = {"move": self._moved, "edit": self._edited, "rest": self._rested}.get(what, self._told)
        version = None if what in ("note", "contact") else case.version
        self.do(what, version, lambda now: act(case, what, now))

    def _moved(self, case: Case, what: str, now: datetime) -> list[AppliedChange]:
        del what
        stage = self.random.choice(stages.NEXT[case.stage])
        return [
            desk.move_case(
                self.settings, case.case_id, stage, version=case.version, actor=self.told.person, now=now,
                reason="other" if stage == "dismissed" else None, agreement="agreed" if stage == "closed" else None,
            )
        ]  # fmt: skip

    def _edited(self, case: Case, what: str, now: datetime) -> list[AppliedChange]:
        del what
        fields = {"severity": "serious" if case.severity != "serious" else "minor", "tags": f"v{case.version}"}
        return [desk.edit(self.settings, case.case_id, fields, version=case.version, actor=self.told.person, now=now)]

    def _rested(self, case: Case, what: str, now: datetime) -> list[AppliedChange]:
        del what
        if case.stage not in stages.OPEN or not (case.paused_at or case.first_answered_at):
            return []
        act = desk.resume if case.paused_at else desk.wait
        return [act(self.settings, case.case_id, version=case.version, actor=self.told.person, now=now)]

    def _told(self, case: Case, what: str, now: datetime) -> list[AppliedChange]:
        person = self.told.person
        if what == "note":
            return [desk.add_note(self.settings, case.case_id, f"para @{NAMES[0]}", actor=person, now=now)]
        return [desk.log_contact(self.settings, case.case_id, "phone", "out", "llamada", actor=person, now=now)]

    def undo(self, what: str) -> None:
        """Takes the last action back."""
        for last in self.undoable:
            if last.event_ids and last.what != "dismiss":
                ids = {last.case_id: last.event_ids}
                self.do(what, None, lambda now, ids=ids: desk.undo(self.settings, ids, actor=self.told.person, now=now))  # type: ignore[misc]
        self.undoable = []


_WAYS: dict[str, tuple[int, Callable[[Manager, str], None]]] = {
    "take": (30, Manager.take),
    "assign": (6, Manager.take),
    "dismiss": (4, Manager.take),
    "move": (20, Manager.handle),
    "edit": (10, Manager.handle),
    "rest": (5, Manager.handle),
    "note": (10, Manager.handle),
    "contact": (5, Manager.handle),
    "undo": (10, Manager.undo),
}


def manage(url: str, number: int, seconds: float, think: float) -> Told:
    """A manager's work; the body of a process."""
    return Manager(url, number, think).work(seconds)


def _begin(url: str, started: Barrier) -> None:
    """All begin together, with everything imported."""
    with store.connect(settings_at(url).store, read_only=True):
        pass
    started.wait()


def run(url: str, people: int, seconds: float, *, think: float, waiting: int) -> list[Told]:
    """That many managers for that long, and the feed beside them; `waiting` complaints are there at nine o'clock."""
    settings = settings_at(url)
    arrive(settings, waiting, datetime.now(UTC) - timedelta(hours=1), "first")
    processes = multiprocessing.get_context("spawn")
    started = processes.Barrier(people + 1)
    with ProcessPoolExecutor(people + 1, processes, _begin, (url, started)) as pool:
        feeding = pool.submit(feed, url, seconds)
        working = [pool.submit(manage, url, number, seconds, think) for number in range(people)]
        told = [one.result() for one in working]
        assert feeding.result()
    return told


def check(url: str, told: Sequence[Told]) -> None:
    """Nothing lost, nothing twice, nobody's work written over; every row is what its history says."""
    settings = settings_at(url)
    assert [fault for one in told for fault in one.faults] == []
    with store.connect(settings.store, read_only=True) as connection:
        ids = [row[0] for row in connection.execute("SELECT case_id FROM cases ORDER BY case_id").fetchall()]
        known, history = cases.get_many(connection, ids), events.of_cases(connection, ids)
        assert events.verify(connection).is_sound
        assert consistency.inconsistent_cases(connection) == ()
    written = {(event.actor, event.event_id) for all_ in history.values() for event in all_ if event.actor in NAMES}
    returned = [(one.person, event_id) for one in told for act in one.acts for event_id in act.event_ids]
    assert len(returned) == len(set(returned))
    assert set(returned) == written
    seen = Counter((act.case_id, act.version) for one in told for act in one.acts if act.version and act.event_ids)
    assert [key for key, times in seen.items() if times > 1] == []
    for case in known:
        assert state.derive(case, history[case.case_id], settings.desk, settings.zone) == case
        assert _replayed(case, history[case.case_id]) == case


def _replayed(case: Case, history: tuple[Event, ...]) -> Case:
    """The case with the fields that its history leads to."""
    held = {event.field: event.became for event in effective(history) if event.kind == "field"}
    return replace(case, **{str(name): value for name, value in held.items()})  # type: ignore[arg-type]


def report(told: Sequence[Told], seconds: float) -> str:
    """Actions, conflicts and waits in a line or two."""
    waits = sorted(wait for one in told for wait in one.waits)
    acts = sum(len(one.acts) for one in told)
    conflicts = sum((one.conflicts for one in told), Counter[str]())
    return (
        f"{len(told)} managers, {seconds:.0f} s: {acts} actions ({acts / seconds:.1f}/s), {conflicts.total()} conflicts"
        f" reported {dict(conflicts)}; an action took {statistics.median(waits) * 1000:.0f} ms at the median,"
        f" {waits[int(len(waits) * 0.95)] * 1000:.0f} ms at the 95th percentile; busy {sum(one.busy for one in told)}"
    )
