"""One action on all cases that are ticked, and the ticks themselves."""

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

from dashboard import plain, session
from dashboard.actions import problems_told
from dashboard.queries import cases
from dashboard.queries.cases import Seen
from monitor import desk
from monitor.casefilters import CaseFilters
from monitor.desk.bulk import LIMIT, BulkDone, Refused, Why
from monitor.models import Stage

_WHYS: tuple[Why, ...] = ("changed", "unfit", "unchanged")
_NAMED = 8


def ticked() -> dict[int, Seen]:
    """The ticked cases, each as the person saw it."""
    found: dict[int, Seen] = st.session_state.setdefault("ticked", {})
    return found


def tick(case_id: int, seen: Seen, key: str) -> None:
    """The callback of a line's tick, which is in the session under `key`."""
    if st.session_state.get(key) and len(ticked()) < LIMIT:
        ticked()[case_id] = seen
    else:
        ticked().pop(case_id, None)


def tick_these(these: Mapping[int, Seen]) -> None:
    """Ticks these cases too, as far as the limit allows."""
    for case_id, seen in these.items():
        if len(ticked()) < LIMIT:
            ticked()[case_id] = seen


def tick_all(filters: CaseFilters) -> None:
    """Ticks all cases that fit the filters, the first of them up to the limit."""
    with problems_told(), session.reading() as connection:
        st.session_state["ticked"] = cases.fitting(connection, filters, session.look(), limit=LIMIT)


def untick() -> None:
    """Ticks nothing."""
    st.session_state["ticked"] = {}


def assign(key: str) -> None:
    """Gives the ticked cases to the person named in the widget of that key; '' takes them from whoever has them."""
    _act(lambda seen: desk.assign_many(*_who(seen), owner=str(st.session_state.get(key) or ""), **_when()))


def take() -> None:
    """Makes the ticked cases the person's own."""
    _act(lambda seen: desk.take_many(*_who(seen), **_when()))


def move(stage: Stage, note_key: str, reason_key: str, agreement_key: str) -> None:
    """Takes the ticked cases to a stage, with what the widgets of these keys say."""
    kept = st.session_state
    if _act(
        lambda seen: desk.move_many(
            *_who(seen),
            stage=stage,
            note=str(kept.get(note_key) or ""),
            reason=kept.get(reason_key) if stage == "dismissed" else None,
            agreement=kept.get(agreement_key) if stage == "closed" else None,
            **_when(),
        )
    ):
        kept[note_key] = ""


def edit(field: str, key: str) -> None:
    """Sets a field of the ticked cases to the value of the widget of that key."""
    value = str(st.session_state.get(key) or "")
    _act(lambda seen: desk.edit_many(*_who(seen), fields={field: value}, **_when()))


def tag(add_key: str, remove_key: str) -> None:
    """Adds and takes away the tags in the widgets of these keys."""
    add, remove = (list(st.session_state.get(key) or ()) for key in (add_key, remove_key))
    if _act(lambda seen: desk.tag_many(*_who(seen), add=add, remove=remove, **_when())):
        st.session_state[add_key] = st.session_state[remove_key] = []


def note(key: str) -> None:
    """Adds the note in the widget of that key to the ticked cases."""
    text = str(st.session_state.get(key) or "")
    if _act(lambda seen: desk.note_many(*_who(seen), text=text, **_when())):
        st.session_state[key] = ""


def _who(seen: Mapping[int, int]) -> tuple[object, Mapping[int, int]]:
    return session.load_settings(), seen


def _when() -> dict[str, object]:
    return {"actor": session.actor(), "now": session.now()}


def _act(act: Callable[[Mapping[int, int]], BulkDone]) -> bool:
    """Does it to the ticked cases and tells how it went; whether it came to that."""
    with problems_told():
        result = act({case_id: seen.version for case_id, seen in ticked().items()})
        if result.done:
            session.say("bulk.done", n=len(result.done))
            words = session.Message("bulk.done", "done", (("n", len(result.done)),))
            session.remember(words, result.done)
        for why in _WHYS:
            _tell(why, [one for one in result.refused if one.why == why])
        untick()
        return True
    return False


def _tell(why: Why, refused: Iterable[Refused]) -> None:
    codes = [plain.label(one.code) for one in refused]
    if codes:
        named = ", ".join(codes[:_NAMED]) + ("…" if len(codes) > _NAMED else "")
        session.say(f"bulk.{why}", "done" if why == "unchanged" else "problem", n=len(codes), codes=named)
