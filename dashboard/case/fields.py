"""What people say of a case: one form for all that may be set, but for its owner, who has a place of his own."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

import streamlit as st

from dashboard import rights, session
from dashboard.case import field_actions as actions
from dashboard.case import field_queries
from dashboard.case.field_queries import UsedTerms
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import escaping, labels
from monitor.access import Permission
from monitor.cases import cues
from monitor.models.cases import (
    CHANNELS,
    SEVERITIES,
    Case,
    Complainant,
    ComplaintOutcome,
    LostReason,
    Remedy,
    ServiceMode,
    effective,
)


def draw(page: CasePage, now: datetime) -> None:
    """Draws the form, folded under what it says, and in it what can only be read. What was typed outlives a change."""
    del now
    case = page.case
    with session.read_connection() as connection:
        terms = field_queries.used_terms(connection)
    actions.fill(case)
    facts = (t("fields.title"), labels.category(case.category), labels.severity(case.severity))
    title = escaping.escape_markdown(" · ".join(facts))
    with st.expander(title, key=f"fold-fields-{case.case_id}", icon=":material/edit_note:"):
        with (
            st.container(key="pairs-fields"),
            st.form(f"fields-{case.case_id}", border=False, enter_to_submit=False),
        ):
            _main_fields(case, terms)
            with st.expander(t("fields.more")):
                _further_fields(case, terms)
            st.form_submit_button(
                t("fields.save"),
                on_click=actions.save,
                args=(case,),
                icon=":material/save:",
                disabled=not rights.may(Permission.HANDLE_CASES),
            )
        st.html(f'<p class="plain quiet">{_facts(page)}</p>')


def _main_fields(case: Case, terms: UsedTerms) -> None:
    left, right = st.columns(2)
    with left:
        names = [category.name for category in session.load_settings().desk.categories]
        _choose(case, "category", [*names, *([case.category] if case.category not in names else [])])
        _choose(case, "remedy", get_args(Remedy), empty="fields.none")
    with right:
        _choose(case, "severity", SEVERITIES)
        _choose(case, "decision", get_args(ComplaintOutcome), empty="fields.none")
    st.selectbox(
        labels.field("root_cause"),
        _options(terms.root_causes, case.root_cause),
        key=actions.key(case, "root_cause"),
        index=None,
        accept_new_options=True,
        placeholder=t("fields.root_cause_hint"),
        format_func=_line,
    )
    st.multiselect(
        labels.field("tags"),
        _options(terms.tags, *case.tags.split()),
        key=actions.key(case, "tags"),
        accept_new_options=True,
        placeholder=t("fields.tags_hint"),
        format_func=_line,
    )


def _further_fields(case: Case, terms: UsedTerms) -> None:
    left, right = st.columns(2)
    with left:
        _choose(case, "channel", CHANNELS)
        _choose(case, "complainant", get_args(Complainant))
        _choose(case, "lost_reason", get_args(LostReason), empty="fields.not_lost")
        st.selectbox(
            labels.field("team"),
            _options(dict.fromkeys((*_teams(), *terms.teams)), case.team),
            key=actions.key(case, "team"),
            index=None,
            accept_new_options=True,
            placeholder=t("fields.none"),
            format_func=_line,
        )
    with right:
        _choose(case, "service", get_args(ServiceMode))
        _choose(case, "language", _options(labels.LANGUAGES, case.language))
        currency = session.load_settings().desk.currency
        cost = t("fields.cost_label", currency=escaping.escape_markdown(currency))
        st.number_input(cost, min_value=0.0, step=1.0, value=None, key=actions.key(case, "cost"))
        st.toggle(labels.field("internal"), key=actions.key(case, "internal"))


def _choose(case: Case, name: str, values: Sequence[str], empty: str = "") -> None:
    """A choice of a field's values, in words; with `empty`, the key of what is said for none, there may be none."""
    st.selectbox(
        labels.field(name),
        values,
        index=None if empty else 0,
        key=actions.key(case, name),
        placeholder=t(empty) if empty else None,
        format_func=lambda value: labels.value(name, value),
    )


def _options(values: Sequence[str] | dict[str, None], *own: str) -> list[str]:
    return list(dict.fromkeys([*values, *(value for value in own if value)]))


def _teams() -> tuple[str, ...]:
    return tuple(person.team for person in session.load_settings().desk.people if person.team)


def _line(text: str) -> str:
    return " ".join(escaping.clean(text).split())


def _facts(page: CasePage) -> str:
    case = page.case
    facts = [
        (t("fields.filed_by"), _filed_by(page)),
        (t("fields.opened_by"), case.opened_by),
        (t("fields.reopenings"), str(case.reopenings)),
    ]
    if case.agreement:
        facts.insert(0, (t("fields.agreed"), t(f"agreement.{case.agreement}")))
    return " · ".join(f"{escaping.escape(name)}: <b>{escaping.escape(value)}</b>" for name, value in facts)


def _filed_by(page: CasePage) -> str:
    """Who or what says the category: a person, words of the complaint, the classifier, or nothing."""
    held = effective(page.events)
    people = [
        event.actor
        for event in held
        if event.kind == "field" and event.field == "category" and event.mention_id is None
    ]
    if people:
        return people[-1]
    opening_ids = {event.mention_id for event in held if event.kind == "opened"}
    text = next((post.text for post in page.conversation if post.mention_id in opening_ids), "")
    words = cues.telling_words(text, page.case.category, session.load_settings().desk.categories)
    if words:
        return t("fields.filed_by_words", words=", ".join(words))
    return t("fields.filed_by_nothing" if page.case.category == "other" else "fields.filed_by_classifier")
