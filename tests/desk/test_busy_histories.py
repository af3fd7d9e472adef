"""The same desk with what a network and a disk do to it: edits, floods, renames, late posts and replies, restores.

No event is lost, no clock runs backwards or is laundered: without a word of ours, an end or a taking back, nobody waits
for less long than before, and what came too late stays counted.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings as trying
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from monitor import desk, store
from monitor.cases import sla
from monitor.errors import EscuchaError
from monitor.models.cases import Case, Event, effective
from monitor.settings.desk import Campaigns
from monitor.settings.desk import Desk as DeskSettings
from monitor.settings.loading import Brand
from monitor.store.cases import cases, events
from tests import desk_store, store_copies
from tests.desk_machine import Desk

_CASES = st.integers(1, 2)
_LATE = st.sampled_from([0, 5, 90, 700, 5_000])
_WORDS = st.sampled_from(
    ("No llega el pedido", "No llega el pedido.", "Me han cobrado dos veces", "Ha explotado y estamos en el hospital",
     "Gracias, ya está resuelto", "Sigue todo igual que ayer y nadie llama")
)  # fmt: skip
_COPIES = 4
_LESSENS = ("undone", "merged", "absorbed", "parted", "reread", "waiting", "resumed")


class BusyDesk(Desk):
    """Two customers who rename themselves, edit and write late; own replies; merges; backups and restores."""

    def prepare(self) -> None:
        self.settings = self.settings.model_copy(
            update={
                "brands": (Brand(name=desk_store.BRAND, queries=("norvia",), own_accounts=("norvia_ayuda",)),),
                "desk": DeskSettings(campaigns=Campaigns(authors=_COPIES)),
            }
        )
        self.copies, self.replies = 0, 0
        self.handles = {case_id: {f"cliente{case_id}"} for case_id in (1, 2)}
        self.backed_up: tuple[int, dict[int, Case]] | None = None
        self.highest_id, self.restored_ids, self.stale = 0, set[int](), dict[int, Case]()
        self.before = dict[int, tuple[Case, tuple[Event, ...]]]()

    def _place(self, mention_ids: list[int]) -> None:
        desk_store.place(self.settings, mention_ids, self.now)
        self._count()

    def _count(self) -> None:
        with store.connect(self.settings.store, read_only=True) as connection:
            self.written = events.verify(connection).events

    @rule(case_id=_CASES, late=_LATE, words=_WORDS)
    def write_late(self, case_id: int, late: int, words: str) -> None:
        """The customer wrote long before it is collected; the wait counts from then, or from our last word since."""
        self.posts += 1
        wrote = self.now - timedelta(minutes=late)
        mention_id = desk_store.post(
            self.settings, f"p{self.posts}", words, wrote, thread_id=f"t{case_id}", author=f"cliente{case_id}"
        )
        before = self._histories()
        self._place([mention_id])
        for home, history in self._histories().items():
            for event in history[len(before.get(home, ())) :]:
                if event.kind == "post" and event.mention_id == mention_id:
                    settled = sla.settled_at(before[home])
                    assert wrote <= event.at <= max(wrote, settled or wrote, before[home][0].at)

    @rule(data=st.data(), words=_WORDS)
    def edit_post(self, data: st.DataObject, words: str) -> None:
        """A post of a customer has other words; its case tells of it, wherever it is."""
        number = data.draw(st.integers(1, self.posts))
        before = sum(event.kind == "edited" for history in self._histories().values() for event in history)
        changed = desk_store.edit(self.settings, f"p{number}", words, self.now)
        self._place([desk_store.mention_id(self.settings, f"p{number}")])
        after = sum(event.kind == "edited" for history in self._histories().values() for event in history)
        assert after >= before + changed

    @rule(copies=st.integers(1, _COPIES + 1))
    def flood(self, copies: int) -> None:
        """Many accounts send the same."""
        ids = []
        for _ in range(copies):
            self.copies += 1
            name = f"copia{self.copies}"
            words = "Norvia nos miente a todos, devolved el dinero que habéis cobrado de más este verano"
            ids.append(desk_store.post(self.settings, name, words, self.now, author=name))
        self._place(ids)

    @rule(case_id=_CASES, late=_LATE)
    def write_renamed(self, case_id: int, late: int) -> None:
        """The customer has another handle now, and the same account."""
        self.posts += 1
        wrote = self.now - timedelta(minutes=late)
        facts = {"author": f"renombrado{self.posts}", "author_id": f"id{case_id}"}
        self.handles[case_id].add(facts["author"])
        mention_id = desk_store.post(
            self.settings, f"p{self.posts}", "Sigue sin llegar", wrote, thread_id=f"t{case_id}", **facts
        )
        self._place([mention_id])

    @rule(case_id=_CASES, late=_LATE)
    def reply(self, case_id: int, late: int) -> None:
        """A reply of ours to the customer is collected."""
        self.replies += 1
        wrote = self.now - timedelta(minutes=late)
        facts = {"author": "norvia_ayuda", "thread_id": f"t{case_id}", "in_reply_to": f"p{case_id}"}
        words = f"Hola, @cliente{case_id}: ya sabemos qué ha pasado con tu pedido número {self.replies}"
        mention_id = desk_store.post(self.settings, f"r{self.replies}", words, wrote, p_complaint=0.0, **facts)
        waited = self._waiting()
        theirs = {case.code for case in self.rows.values() if case.author in self.handles[case_id]}
        self._place([mention_id])
        for home, waits in self._waiting().items():
            assert set(waited.get(home, {})) - theirs <= set(waits)

    @rule(case_id=_CASES)
    def merge(self, case_id: int) -> None:
        versions = {one: self.rows[one].version for one in (1, 2)}
        self._do(
            lambda: desk.merge(self.settings, case_id, [3 - case_id], versions=versions, actor="eva", now=self.now)
        )

    @rule(case_id=_CASES)
    def undo_merge(self, case_id: int) -> None:
        self._do(lambda: desk.undo_merge(self.settings, case_id, actor="eva", now=self.now))

    @rule(case_id=_CASES, to=_CASES)
    def answer_one(self, case_id: int, to: int) -> None:
        """An answer says to whom it is; whoever else waits goes on waiting."""
        case, code = self.rows[case_id], self.rows[to].code
        waited = self._waiting().get(case_id, {})
        act = {"version": case.version, "actor": "eva", "now": self.now, "to": [code]}
        before = self.written
        self._do(lambda: desk.mark_sent(self.settings, case_id, "Ya lo miramos", "", **act))  # type: ignore[arg-type]
        if self.written > before:
            left = self._waiting().get(case_id, {})
            sent = next(event for event in reversed(self._histories()[case_id]) if event.kind == "sent")
            # One that was seen in the thread before the customer wrote again, and is marked only now, ends no wait.
            still_waits = sent.at < waited.get(code, sent.at)
            assert left == {one: since for one, since in waited.items() if one != code or still_waits}

    @rule()
    def back_up(self) -> None:
        self.put_back = store_copies.back_up(self.settings.store, Path(self.folder.name) / "copia.duckdb")
        self.backed_up = self.written, dict(self.rows)

    @precondition(lambda self: self.backed_up is not None)
    @rule()
    def restore(self) -> None:
        """What the backup holds is there again, and no number of what is lost is given out another time."""
        self.stale = dict(self.rows)
        with store.connect(self.settings.store, read_only=True) as connection:
            self.highest_id = max(self.highest_id, events.last_id(connection))
        self.put_back()
        assert self.backed_up is not None
        self.written, rows = self.backed_up
        self.head, self.before = "", {}
        with store.connect(self.settings.store, read_only=True) as connection:
            found = {case.case_id: case for case in cases.get_many(connection, rows)}
        same = {"version": 0}
        assert {one: replace(case, **same) for one, case in found.items()} == {  # type: ignore[arg-type]
            one: replace(case, **same)
            for one, case in rows.items()  # type: ignore[arg-type]
        }
        self.restored_ids = {event.event_id for history in self._histories().values() for event in history}
        with store.connect(self.settings.store, read_only=True) as connection:
            row = connection.execute("SELECT count(*) FROM mentions WHERE post_id LIKE 'p%'").fetchall()[0]
        self.posts = int(row[0])

    @precondition(lambda self: bool(self.stale))
    @rule(case_id=_CASES)
    def act_on_what_was_restored(self, case_id: int) -> None:
        """An open tab from before the restore changes nothing, unless it shows what is there."""
        seen, here = self.stale[case_id], self.rows[case_id]
        if here.version == seen.version:
            return
        with pytest.raises(EscuchaError):
            desk.edit(self.settings, case_id, {"tags": "de antes"}, version=seen.version, actor="luis", now=self.now)

    @invariant()
    def nothing_is_laundered(self) -> None:
        histories = self._histories()
        for case_id, history in histories.items():
            case = self.rows[case_id]
            if case_id in self.before:
                _is_no_better(*self.before[case_id], case, history)
            self.before[case_id] = case, history
        ids = {event.event_id for history in histories.values() for event in history}
        assert min(ids - self.restored_ids, default=self.highest_id + 1) > self.highest_id

    def _histories(self) -> dict[int, tuple[Event, ...]]:
        with store.connect(self.settings.store, read_only=True) as connection:
            rows = connection.execute("SELECT case_id FROM cases ORDER BY case_id").fetchall()
            return events.of_cases(connection, [row[0] for row in rows])

    def _waiting(self) -> dict[int, dict[str, datetime]]:
        return {case_id: sla.waiting(history) for case_id, history in self._histories().items()}


def _is_no_better(before: Case, known: tuple[Event, ...], after: Case, history: tuple[Event, ...]) -> None:
    """Without a word of ours, an end, or something taken back, the customer waits as long, and late stays late."""
    assert history[: len(known)] == known
    news = history[len(known) :]
    if any(event.kind in _LESSENS or event.stage or sla.is_answer(event) for event in news):
        return
    if (
        any((event.kind, event.became) == ("edited", "thanks") for event in news)
        or after.merged_into != before.merged_into
    ):
        return
    assert after.next_breaches >= before.next_breaches
    assert after.resolve_breaches >= before.resolve_breaches
    if before.asked_at is not None:
        assert after.asked_at is not None
        assert after.asked_at <= before.asked_at
    assert set(effective(known)) <= set(effective(history))


@pytest.mark.parametrize("examples", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_no_sequence_of_what_happens_to_a_desk_breaks_a_history(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, examples: int
) -> None:
    monkeypatch.chdir(tmp_path)
    run_state_machine_as_test(BusyDesk, settings=trying(max_examples=examples, stateful_step_count=25))
