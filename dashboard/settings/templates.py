"""Answer templates: Escucha's, and the team's own in their place or beside them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.i18n import t
from dashboard.settings import shown, template_actions
from dashboard.ui import choices, escaping, labels
from monitor.answers import drafts
from monitor.answers.templates import NAMES, STEPS, Template
from monitor.settings_editing import own_templates
from monitor.settings_editing.file import barred
from monitor.settings_editing.own_templates import OwnTemplate

_NEW = ""


def show() -> None:
    """Draws the part."""
    settings = shown.current().settings
    all_of_them = drafts.all_templates(settings)
    left, right = st.columns([1, 3])
    with left:
        language = choices.select(
            t("settings.template_language"), drafts.languages(all_of_them), key="template-language",
            format_func=lambda code: labels.value("language", code), disabled=shown.is_unsaved(),
        )  # fmt: skip
    with right:
        template = _choose([template for template in all_of_them if template.language == language])
    own = own_templates.find(settings, language, template.id if template else _NEW)
    _form(language, template, own)


def _choose(templates: Sequence[Template]) -> Template | None:
    by_id = {template.id: template for template in sorted(templates, key=lambda one: (one.category, one.step))}
    if st.session_state.get("template-id") not in (*by_id, _NEW):
        st.session_state.pop("template-id", None)
    template_id = choices.select(
        t("settings.template"), [*by_id, _NEW], key="template-id", disabled=shown.is_unsaved(),
        format_func=lambda one: _name(by_id[one]) if one else t("settings.new_template"),
    )  # fmt: skip
    return by_id.get(template_id)


def _name(template: Template) -> str:
    return f"{labels.category(template.category)} · {_step(template.step)} ({escaping.clean(template.id)})"


def _step(step: str) -> str:
    return t(f"answering.step_{step}")


def _form(language: str, template: Template | None, own: OwnTemplate) -> None:
    key = f"set-{language}-{template.id if template else _NEW}-{own.version[:12]}"
    typed = _identity(template, key)
    looks: dict[str, Any] = {"disabled": barred(own.path) is not None, "on_change": shown.note_typed}
    text = st.text_area(
        t("settings.f_text"), template.text if template else "", height=220, max_chars=20_000, key=f"{key}-text",
        help=escaping.escape_markdown(t("settings.h_text", names=", ".join(f"{{{name}}}" for name in NAMES))), **looks,
    )  # fmt: skip
    held = list(own.content.get("checklist", _own_checks(template)))
    checks = st.text_area(
        t("settings.f_checklist"), "\n".join(held), key=f"{key}-checks", help=t("settings.h_checklist"), **looks
    ).splitlines()
    typed |= {"text": text, "checklist": [check.strip() for check in checks if check.strip()]}
    before = {"text": template.text if template else "", "checklist": held}
    is_changed = any(typed[name] != before[name] for name in before)
    if not is_changed:
        shown.note_nothing_typed()
    st.caption(t("settings.template_own" if own.content else "settings.template_bundled"))
    _buttons(language, typed, own, is_changed=is_changed)


def _identity(template: Template | None, key: str) -> dict[str, object]:
    """What a template is for; of one that is there it stays."""
    if template is not None:
        return {"id": template.id, "category": template.category, "step": template.step}
    categories = [category.name for category in shown.current().settings.desk.categories]
    columns = st.columns(3)
    with columns[0]:
        template_id = st.text_input(t("settings.f_template_id"), max_chars=80, key=f"{key}-id")
    with columns[1]:
        category = st.selectbox(t("settings.f_category"), categories, format_func=labels.category, key=f"{key}-cat")
    with columns[2]:
        step = st.selectbox(t("settings.f_step"), STEPS, format_func=_step, key=f"{key}-step")
    return {"id": template_id.strip(), "category": category, "step": step}


def _own_checks(template: Template | None) -> tuple[str, ...]:
    """The checks that a template of Escucha's has beside those of its step."""
    if template is None:
        return ()
    of_step = drafts.words(template.language).get("checklists", {}).get(template.step, ())
    return template.checklist[len(of_step) :]


def _buttons(language: str, typed: dict[str, object], own: OwnTemplate, *, is_changed: bool) -> None:
    may_save = is_changed and bool(typed["id"]) and bool(str(typed["text"]).strip())
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("settings.save"), type="primary", disabled=not may_save, key="settings-save"):
            template_actions.save(language, typed, own)
            st.rerun()
        if is_changed:
            st.button(t("settings.discard"), key="settings-discard", on_click=shown.discard)
            st.text(t("settings.unsaved"))
        elif own.content:
            st.button(
                t("settings.take_out"), icon=":material/delete:", key="take-out-template", type="tertiary",
                on_click=template_actions.remove, args=(language, str(typed["id"]), own.version),
            )  # fmt: skip
        before = template_actions.before_last(language, str(typed["id"]))
        if before is not None and not is_changed:
            st.button(
                t("settings.undo"), icon=":material/undo:", key="settings-undo-template",
                on_click=template_actions.undo, args=(language, str(typed["id"]), before, own.version),
            )  # fmt: skip
