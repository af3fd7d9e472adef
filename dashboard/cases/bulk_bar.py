"""What may be done with the ticked cases at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import get_args

import streamlit as st

from dashboard import rights, session
from dashboard.i18n import t
from dashboard.queries.cases import CaseSnapshot
from dashboard.ui import bulk_selection as actions
from dashboard.ui import choices, escaping, labels
from monitor.access import Permission
from monitor.cases import stages
from monitor.desk.bulk import LIMIT
from monitor.models.case_filters import CaseFilters
from monitor.models.cases import SEVERITIES, Agreement, DismissReason
from monitor.models.posts import Stage


def tick(on_page: Mapping[int, CaseSnapshot], total: int, case_filter: CaseFilters) -> None:
    """Draws how many cases there are, how many are ticked, and the means to tick more."""
    ticked = actions.ticked_cases()
    with st.container(key="bulk", horizontal=True, vertical_alignment="center", gap="small", width="content"):
        words = t("bulk.ticked", n=len(ticked), total=total) if ticked else t("cases.count", n=total)
        st.html(f'<b aria-live="polite">{escaping.escape(words)}</b>', width="content")
        if not rights.may(Permission.BULK):
            return
        if not on_page.keys() <= ticked.keys():
            _tick_button("page", t("bulk.page"), actions.tick_these, on_page)
        if ticked and total > len(on_page) and len(ticked) < min(total, LIMIT):
            words = t("bulk.first", n=LIMIT) if total > LIMIT else t("bulk.every", n=total)
            _tick_button("all", words, actions.tick_all, case_filter)
        if ticked:
            st.button(t("bulk.untick"), key="bulk-none", type="tertiary", on_click=actions.untick)


def act() -> None:
    """Draws what may be done with the ticked cases, if there are any."""
    if ticked := actions.ticked_cases():
        with st.container(key="bulk-actions", horizontal=True, vertical_alignment="center", gap="small"):
            _actions({seen.stage for seen in ticked.values()})


def _tick_button(name: str, words: str, act: Callable[..., None], argument: object) -> None:
    st.button(words, key=f"bulk-{name}", type="tertiary", icon=":material/check_box:", on_click=act, args=(argument,))


def _actions(at: set[Stage]) -> None:
    st.button(t("bulk.take"), key="bulk-take", icon=":material/back_hand:", on_click=actions.take)
    _assign_popover()
    _move_popover(at)
    _classify_popover()
    _tag_popover()
    with st.popover(t("bulk.note"), icon=":material/sticky_note_2:", key="bulk-noting"):
        st.text_area(t("bulk.note"), key="bulk-note", max_chars=2_000, placeholder=t("bulk.note_hint"))
        st.button(t("bulk.note_do"), key="bulk-note-do", type="primary", on_click=actions.note, args=("bulk-note",))


def _assign_popover() -> None:
    with st.popover(t("bulk.assign"), icon=":material/person_add:", key="bulk-assigning"):
        owner = choices.person(t("bulk.owner"), "bulk-owner", nobody=True)
        st.button(
            t("bulk.assign_do"),
            key="bulk-assign-do",
            type="primary",
            disabled=owner is None,
            on_click=actions.assign,
            args=("bulk-owner",),
        )


def _move_popover(at: set[Stage]) -> None:
    """Only the stages that every ticked case may go to."""
    common = [stage for stage in stages.NEXT if all(stages.may_move(stage_at, stage) for stage_at in at)]
    with st.popover(t("bulk.move"), icon=":material/arrow_forward:", key="bulk-moving"):
        if not common:
            st.caption(t("bulk.no_common"))
            return
        to = choices.select(t("bulk.stage"), common, format_func=lambda stage: t(f"move.{stage}"), key="bulk-stage")
        if to == "dismissed":
            choices.select(
                t("bulk.reason"),
                get_args(DismissReason),
                format_func=lambda reason: t(f"dismissal.{reason}"),
                key="bulk-reason",
            )
        elif to == "closed":
            choices.select(
                t("bulk.agreement"),
                get_args(Agreement),
                index=None,
                placeholder=t("bulk.agreement_hint"),
                format_func=lambda agreement: t(f"agreement.{agreement}"),
                key="bulk-agreement",
            )
        must_say_why = to == "dismissed" and st.session_state.get("bulk-reason") == "other"
        if must_say_why:
            st.caption(t("handling.why_other"))
        note = st.text_input(t("bulk.move_note"), key="bulk-move-note", max_chars=2_000)
        st.button(
            t("bulk.move_do"),
            key="bulk-move-do",
            type="primary",
            disabled=(to == "closed" and not st.session_state.get("bulk-agreement"))
            or (must_say_why and not note.strip()),
            on_click=actions.move,
            args=(to, "bulk-move-note", "bulk-reason", "bulk-agreement"),
        )


def _classify_popover() -> None:
    categories = [category.name for category in session.load_settings().desk.categories]
    with st.popover(t("bulk.classify"), icon=":material/category:", key="bulk-classifying"):
        _field_setter("category", categories, labels.category)
        _field_setter("severity", SEVERITIES, labels.severity)
        teams = ("", *choices.teams())
        _field_setter("team", teams, lambda team: escaping.clean(team) or t("bulk.no_team"), accepts_new=True)


def _field_setter(
    field: str, options: Sequence[str], name_of: Callable[[str], str], *, accepts_new: bool = False
) -> None:
    key = f"bulk-{field}"
    with st.container(horizontal=True, vertical_alignment="bottom", width=380):
        choices.select(t(f"narrow.{field}"), options, format_func=name_of, key=key, accept_new_options=accepts_new)
        st.button(t("bulk.set"), key=f"{key}-do", on_click=actions.edit, args=(field, key))


def _tag_popover() -> None:
    with st.popover(t("bulk.tags"), icon=":material/sell:", key="bulk-tagging"), st.container(width=380):
        tags = choices.case_options().tags
        keys = ("bulk-tags-add", "bulk-tags-remove")
        hint = t("bulk.tags_hint")
        st.multiselect(t("bulk.tags_add"), tags, key=keys[0], accept_new_options=True, placeholder=hint)
        st.multiselect(t("bulk.tags_remove"), tags, key=keys[1], placeholder=hint)
        st.button(t("bulk.set"), key="bulk-tags-do", type="primary", on_click=actions.tag, args=keys)
