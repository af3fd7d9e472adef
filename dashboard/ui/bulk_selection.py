"""One action on all cases that are ticked, and the ticks themselves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.i18n import Phrase, t
from dashboard.queries import cases
from dashboard.queries.cases import CaseSnapshot
from dashboard.ui import escaping
from dashboard.ui.outcomes import empty_fields, report_problems
from monitor import desk
from monitor.desk.bulk import AT_ONCE, LIMIT, BulkDone, BulkRefusal, Why
from monitor.models.case_filters import CaseFilters
from monitor.models.posts import Stage
from monitor.runs import Progress

_WHYS: tuple[Why, ...] = ("changed", "unfit", "unchanged")
_NAMED = 8


def ticked_cases() -> dict[int, CaseSnapshot]:
    """The ticked cases, each as the person saw it."""
    seen_by_id: dict[int, CaseSnapshot] = st.session_state.setdefault("ticked", {})
    return seen_by_id


def tick(case_id: int, snapshot: CaseSnapshot, key: str) -> None:
    """The callback of a line's tick, which is in the session under `key`."""
    if st.session_state.get(key) and len(ticked_cases()) < LIMIT:
        ticked_cases()[case_id] = snapshot
    else:
        ticked_cases().pop(case_id, None)


def tick_these(these: Mapping[int, CaseSnapshot]) -> None:
    """Ticks these cases too, as far as the limit allows."""
    for case_id, snapshot in these.items():
        if len(ticked_cases()) < LIMIT:
            ticked_cases()[case_id] = snapshot


def tick_all(filters: CaseFilters) -> None:
    """Ticks all cases that fit the filters, the first of them up to the limit."""
    with report_problems(), session.read_connection() as connection:
        st.session_state["ticked"] = cases.matching_cases(connection, filters, session.viewer(), limit=LIMIT)


def untick() -> None:
    """Ticks nothing."""
    st.session_state["ticked"] = {}


def assign(key: str) -> None:
    """Gives the ticked cases to the person named in the widget of that key; '' takes them from whoever has them."""
    owner = str(st.session_state.get(key) or "")
    what = Phrase("bulk.did_assign", owner=escaping.escape_markdown(owner)) if owner else Phrase("cases.nobody")
    _act(partial(desk.assign_many, owner=owner), what)


def take() -> None:
    """Makes the ticked cases the person's own."""
    _act(desk.take_many, Phrase("bulk.did_take"))


def move(stage: Stage, note_key: str, reason_key: str, agreement_key: str) -> None:
    """Takes the ticked cases to a stage, with what the widgets of these keys say."""
    widgets = st.session_state
    act = partial(
        desk.move_many,
        stage=stage,
        note=str(widgets.get(note_key) or ""),
        reason=widgets.get(reason_key) if stage == "dismissed" else None,
        agreement=widgets.get(agreement_key) if stage == "closed" else None,
    )
    _act(act, Phrase(f"stage.{stage}"), note_key)


def edit(field: str, key: str) -> None:
    """Sets a field of the ticked cases to the value of the widget of that key."""
    value = str(st.session_state.get(key) or "")
    _act(partial(desk.edit_many, fields={field: value}), Phrase(f"field.{field}"))


def tag(add_key: str, remove_key: str) -> None:
    """Adds and takes away the tags in the widgets of these keys."""
    add, remove = (list(st.session_state.get(key) or ()) for key in (add_key, remove_key))
    if _act(partial(desk.tag_many, add=add, remove=remove), Phrase("field.tags")):
        st.session_state[add_key] = st.session_state[remove_key] = []


def note(key: str) -> None:
    """Adds the note in the widget of that key to the ticked cases."""
    _act(partial(desk.note_many, text=str(st.session_state.get(key) or "")), Phrase("event.note"), key)


def _act(act: Callable[..., BulkDone], what: Phrase, *typed_keys: str) -> bool:
    """Does `what` to the ticked cases and tells how it went; whether it came to that.

    Empties the text widgets of `typed_keys` then; an undo puts the words back.
    """
    with report_problems():
        versions = {case_id: case.version for case_id, case in ticked_cases().items()}
        with _progress(len(versions)) as progress:
            settings, actor, now = session.load_settings(), session.actor(), session.now()
            outcome = act(settings, versions, actor=actor, now=now, progress=progress)
        refill = empty_fields(*typed_keys)
        if outcome.done:
            words: dict[str, Any] = {"n": len(outcome.done), "what": what}
            session.add_message("bulk.done", **words)
            session.record_action(
                session.Message("bulk.done", "done", tuple(words.items())), outcome.done, refill=refill
            )
        for why in _WHYS:
            _report_refused(why, [refusal for refusal in outcome.refused if refusal.why == why])
        if not session.has_messages():  # such as cases that are no more
            session.add_message("action.nothing", "problem")
        untick()
        return True
    return False


@contextmanager
def _progress(count: int) -> Iterator[Progress]:
    """Shows how far an action on many cases is, where it takes several steps."""
    bar = st.progress(0.0, t("bulk.working", n=0, total=count)) if count > AT_ONCE else None

    def report(step: str, done: int, total: int) -> None:
        del step
        if bar:
            bar.progress(done / total, t("bulk.working", n=done, total=total))

    yield report
    if bar:
        bar.empty()


def _report_refused(why: Why, refused: Iterable[BulkRefusal]) -> None:
    codes = [escaping.escape_markdown(refusal.code) for refusal in refused]
    if codes:
        first_codes = ", ".join(codes[:_NAMED]) + ("…" if len(codes) > _NAMED else "")
        session.add_message(f"bulk.{why}", "done" if why == "unchanged" else "problem", n=len(codes), codes=first_codes)
