"""A machine of hypothesis that does what people do to cases in whatever order, on a real database, and checks that no
stage is taken that is not listed and no event is lost.

The row of a case is always what its events add up to, the chain verifies, and no clock runs backwards.
"""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal, get_args

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from monitor import desk, store
from monitor.cases import sla, stages, state
from monitor.cases.calendars import WorkingTime
from monitor.casework.apply import AppliedChange
from monitor.errors import EscuchaError, Refusal, StoreConflict
from monitor.models.cases import Agreement, Case, DismissReason, Event, effective
from monitor.models.posts import Stage
from monitor.settings.loading import Brand, Settings, Store
from monitor.store import consistency
from monitor.store.cases import case_mentions, cases, events
from tests import desk_store
from tests.conftest import NOW

_FIELDS: tuple[tuple[str, object], ...] = (
    ("category", "billing"), ("severity", "critical"), ("severity", "minor"), ("owner", "eva"), ("cost", 12.5),
    ("owner", "luis"), ("owner", ""),
    ("internal", True), ("remedy", "refund"), ("tags", "vip"), ("decision", None), ("root_cause", "almacén"),
)  # fmt: skip
_CASES = st.integers(1, 2)


class Desk(RuleBasedStateMachine):
    """Two cases of one brand and people who do things to them, right or wrong."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        brand = Brand(name=desk_store.BRAND, queries=("norvia",))
        self.settings = Settings(store=Store(url=str(Path(self.folder.name) / "store.duckdb")), brands=(brand,))
        self.now, self.posts, self.written = NOW, 0, 0
        self.last: AppliedChange | None = None
        self.head, self.rows = "", dict[int, Case]()
        self.prepare()
        for case_id in (1, 2):
            self._post(case_id, pleased=False)

    def prepare(self) -> None:
        """What a desk with more to it sets up before the first post comes."""

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def _do(self, act: Callable[[], AppliedChange | Sequence[AppliedChange]]) -> None:
        """Does it; what is refused has to leave no trace."""
        with suppress(EscuchaError):
            found = act()
            done = [found] if isinstance(found, AppliedChange) else list(found)
            self.written += sum(len(one.events) for one in done)
            self.last = done[0] if done[0].events else self.last

    def _post(self, case_id: int, *, pleased: bool) -> None:
        """The customer writes in the thread of the case."""
        self.posts += 1
        words = "Gracias, ya está resuelto" if pleased else "No llega el pedido"
        facts = {"thread_id": f"t{case_id}", "author": f"cliente{case_id}", "author_id": f"id{case_id}"}
        mention_id = desk_store.post(
            self.settings, f"p{self.posts}", words, self.now, p_complaint=0.01 if pleased else 0.9, **facts
        )
        if pleased:
            desk_store.thank(self.settings, mention_id, self.now)
        desk_store.open_cases(self.settings, [mention_id], self.now)
        with store.connect(self.settings.store, read_only=True) as connection:
            self.written = events.verify(connection).events

    @rule(minutes=st.sampled_from([1, 30, 300, 3_000, 60_000]))
    def wait_a_while(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        case_id=_CASES,
        stage=st.sampled_from(get_args(Stage)),
        reason=st.none() | st.sampled_from(get_args(DismissReason)),
        agreement=st.none() | st.sampled_from(get_args(Agreement)),
        behind=st.sampled_from([0, 0, 0, 1]),
    )
    def move(
        self, case_id: int, stage: Stage, reason: DismissReason | None, agreement: Agreement | None, behind: int
    ) -> None:
        version = self.rows[case_id].version - behind
        self._do(
            lambda: desk.move_case(
                self.settings, case_id, stage, version=version, reason=reason, agreement=agreement, actor="marta",
                now=self.now,
            )
        )  # fmt: skip

    @rule(case_id=_CASES, data=st.data())
    def move_on(self, case_id: int, data: st.DataObject) -> None:
        """As people do: to a stage that is next."""
        case = self.rows[case_id]
        if case.merged_into is not None:
            return
        stage = data.draw(st.sampled_from(stages.NEXT[case.stage]))
        done = desk.move_case(
            self.settings, case_id, stage, version=case.version, reason="other", agreement="agreed", actor="marta",
            now=self.now,
        )  # fmt: skip
        self._do(lambda: done)
        assert done.case.stage == stage

    @rule(case_id=_CASES, field=st.sampled_from(_FIELDS))
    def edit(self, case_id: int, field: tuple[str, object]) -> None:
        version = self.rows[case_id].version
        self._do(lambda: desk.edit(self.settings, case_id, dict([field]), version=version, actor="luis", now=self.now))

    @rule(case_id=_CASES)
    def edit_what_nobody_may(self, case_id: int) -> None:
        version = self.rows[case_id].version
        with pytest.raises(EscuchaError):
            desk.edit(self.settings, case_id, {"stage": "closed"}, version=version, actor="luis", now=self.now)

    @rule(case_id=_CASES)
    def take(self, case_id: int) -> None:
        version = self.rows[case_id].version
        self._do(lambda: desk.take(self.settings, case_id, version=version, actor="eva", now=self.now))

    @rule(case_id=_CASES, on=st.booleans())
    def rest(self, case_id: int, on: bool) -> None:
        version = self.rows[case_id].version
        act = desk.wait if on else desk.resume
        self._do(lambda: act(self.settings, case_id, version=version, actor="eva", now=self.now))

    @rule(case_id=_CASES)
    def note(self, case_id: int) -> None:
        self._do(lambda: desk.add_note(self.settings, case_id, "Llamar mañana", actor="eva", now=self.now))

    @rule(case_id=_CASES, way=st.sampled_from(["in", "out"]), late=st.sampled_from([None, 0, 10, 5_000]))
    def contact(self, case_id: int, way: Literal["in", "out"], late: int | None) -> None:
        at = None if late is None else self.now - timedelta(minutes=late)
        self._do(
            lambda: desk.log_contact(
                self.settings,
                case_id,
                "phone",
                way,
                "Llamada",
                actor="eva",
                now=self.now,
                took_place_at=at,
            )
        )

    @rule(case_id=_CASES)
    def send(self, case_id: int) -> None:
        version = self.rows[case_id].version
        self._do(
            lambda: desk.mark_sent(
                self.settings, case_id, "Lo miramos hoy", "", version=version, actor="eva", now=self.now
            )
        )

    @rule(case_id=_CASES, pleased=st.booleans())
    def write(self, case_id: int, pleased: bool) -> None:
        self._post(case_id, pleased=pleased)

    @rule(case_id=_CASES, data=st.data(), rejoin=st.booleans())
    def split_and_take_back(self, case_id: int, data: st.DataObject, rejoin: bool) -> None:
        """Which changes nothing, whatever had happened before."""
        before = self.rows[case_id]
        with store.connect(self.settings.store, read_only=True) as connection:
            held = events.of_cases(connection, [case_id])[case_id]
            opening_ids = {event.mention_id for event in held if event.kind == "opened"}
            later = [one for one in case_mentions.of_case(connection, case_id) if one not in opening_ids]
        if not later or before.merged_into is not None:
            return
        leaving = data.draw(st.lists(st.sampled_from(later), min_size=1, unique=True))
        act = {"actor": "eva", "now": self.now}
        left, new = desk.split(self.settings, case_id, leaving, version=before.version, **act)  # type: ignore[arg-type]
        self.written += len(left.events) + len(new.events)
        if rejoin and not (new.case.stage in stages.OPEN and left.case.stage not in stages.OPEN):
            back = desk.undo_split(self.settings, new.case.case_id, **act)  # type: ignore[arg-type]
        else:
            ids = {one.case.case_id: [event.event_id for event in one.events] for one in (left, new)}
            back = desk.undo(self.settings, ids, **act)  # type: ignore[arg-type]
        self.written += sum(len(one.events) for one in back)
        with store.connect(self.settings.store, read_only=True) as connection:
            after = cases.get(connection, case_id)
        assert replace(after, version=before.version, changed_at=before.changed_at) == before

    @precondition(lambda self: self.last is not None)
    @rule()
    def undo(self) -> None:
        last = self.last
        assert last is not None
        ids = [event.event_id for event in last.events]
        self._do(lambda: desk.undo(self.settings, {last.case.case_id: ids}, actor="eva", now=self.now))

    @rule(case_id=_CASES)
    def act_on_what_changed(self, case_id: int) -> None:
        with pytest.raises((StoreConflict, Refusal)):  # the second where a backup was restored since
            desk.edit(self.settings, case_id, {"tags": "x"}, version=0, actor="luis", now=self.now)

    @invariant()
    def all_holds(self) -> None:
        with store.connect(self.settings.store, read_only=True) as connection:
            ids = [row[0] for row in connection.execute("SELECT DISTINCT case_id FROM case_events").fetchall()]
            rows, history = cases.get_many(connection, ids), events.of_cases(connection, ids)
            found = events.verify(connection)
            assert not self.head or events.has_hash(connection, self.head)
            assert consistency.inconsistent_cases(connection) == ()
        assert found.is_sound
        assert found.events == self.written == sum(map(len, history.values()))
        self.head, self.rows = found.head, {case.case_id: case for case in rows}
        for case in rows:
            told = history[case.case_id]
            assert case == state.derive(case, told, self.settings.desk, self.settings.zone)
            _was_allowed(told)
            self._clocks_run_forwards(case, told)

    def _clocks_run_forwards(self, case: Case, told: tuple[Event, ...]) -> None:
        desk_ = self.settings.desk
        time = WorkingTime(desk_.calendars, self.settings.zone)
        for clock in sla.clocks(told, getattr(desk_.service, case.level), desk_.service.warn_at, time):
            shown = [sla.elapsed(clock, self.now + timedelta(hours=hours), time) for hours in (0, 1, 24, 500)]
            assert shown == sorted(shown)
            assert shown[0] >= timedelta()


def _was_allowed(told: tuple[Event, ...]) -> None:
    """Every move of the history, at the time it was made, was one that is listed."""
    for at, event in enumerate(told):
        if event.kind == "stage":
            assert event.stage is not None
            assert event.stage in stages.NEXT[stages.stage_after(told[:at])], (event, effective(told[:at]))
