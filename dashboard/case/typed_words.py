"""Words that are being typed on a case, kept by the browser until they are saved.

They outlive F5, a lost connection and a restart of the dashboard, and go once their field is empty, or as its template
filled it. The browser keeps them for itself: they are on no other computer, and in no database.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.case import answer_actions, unsaved_actions

# A page that is opened, or whose server is another one meanwhile, gets back what the browser kept. What a field holds
# is compared a moment later, when the page has been drawn.
_KEEP = """
const SETTLED = 900
const drawn = new WeakMap()
let current
const field = (kind) => document.querySelector(`${current.fields[kind]?.selector} textarea`)
const read = (place) => { try { return JSON.parse(localStorage.getItem(place)) || {} } catch { return {} } }
const write = (place, texts) =>
    Object.keys(texts).length ? localStorage.setItem(place, JSON.stringify(texts)) : localStorage.removeItem(place)
document.addEventListener("input", ({ target }) => {
    const kind = current && Object.keys(current.fields).find((name) => field(name) === target)
    if (kind) write(current.place, { ...read(current.place), [kind]: target.value })
}, true)
export default function ({ data, parentElement, setTriggerValue }) {
    const place = `escucha-typed-${data.store}-${data.case}`
    current = { ...data, place }
    if (data.forget) localStorage.removeItem(place)
    if (drawn.get(parentElement) !== data.session) {
        drawn.set(parentElement, data.session)
        const texts = read(place)
        if (Object.keys(texts).length) return setTriggerValue("texts", texts)
    }
    setTimeout(() => {
        if (current.drawing !== data.drawing) return
        const texts = read(place)
        for (const kind of Object.keys(current.fields)) {
            const area = field(kind)
            if (area && area.value.trim() === current.fields[kind].emptied.trim()) delete texts[kind]
            else if (area) texts[kind] = area.value
        }
        write(place, texts)
    }, SETTLED)
}
"""
_SESSION = "typed-words-session"


def keep(case_id: int) -> None:
    """Lets the browser keep what is typed on the case, and puts back what it kept; to be called after the forms."""
    name = f"typed-words-{case_id}"
    st.components.v2.component("typed-words", js=_KEEP)(
        key=name,
        data={
            "case": case_id,
            "store": blake2b(session.load_settings().store.url.encode(), digest_size=8).hexdigest(),
            "forget": unsaved_actions.are_forgotten(case_id),
            "session": st.session_state.setdefault(_SESSION, uuid4().hex),
            "drawing": uuid4().hex,  # the browser looks again only at what is new
            "fields": _fields(case_id),
        },
        on_texts_change=lambda: _restore(case_id, name),
    )


def _fields(case_id: int) -> Mapping[str, Mapping[str, str]]:
    """Of each kind of words where its field is on the page, and what it holds when nothing was typed."""
    fields = {
        kind: {"selector": f".st-key-{key.format(case_id)}", "emptied": ""} for kind, key in unsaved_actions.FIELDS
    }
    filled = str(st.session_state.get(f"{answer_actions.text_key(case_id)}-filled") or "")
    return fields | {"answer": {"selector": f'[class*="st-key-answer-{case_id}-"]', "emptied": filled}}


def _restore(case_id: int, name: str) -> None:
    texts: Any = getattr(st.session_state.get(name), "texts", None)
    if isinstance(texts, Mapping):
        words = {str(kind): text for kind, text in texts.items() if isinstance(text, str)}
        unsaved_actions.bring_back(case_id, words)
