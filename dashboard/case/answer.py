"""Answers: templates to copy, what to make sure of, and marking as sent. No answer is ever posted from here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from dashboard import session
from dashboard.case import addressees
from dashboard.case import answer_actions as actions
from dashboard.i18n import NAMES, t
from dashboard.queries.cases import CasePage
from dashboard.ui import cards, choices, escaping, formatting, labels
from monitor import networks
from monitor.answers import drafts, templates
from monitor.answers.templates import STEPS, ProtocolStep, Template
from monitor.cases import stages
from monitor.errors import SettingsError
from monitor.models.cases import Case
from monitor.models.posts import Stage

# What a person decides with more than an answer.
_NOT_BY_ANSWER = ("closed", "dismissed", "reopened")


def draw(page: CasePage, now: datetime) -> None:
    """Draws the template, its text, the checklist and the mark."""
    if page.case.merged_into is not None:
        return
    st.subheader(t("answering.title"))
    st.caption(t("answering.by_hand"))
    _late_answers(page, now)
    template, step, prefix = _template(page.case)
    if template is None:
        return
    text_key = _text(page.case, template, prefix, now)
    text = str(st.session_state.get(text_key) or "")
    if st.session_state.get(f"{text_key}-short") and text == st.session_state.get(f"{text_key}-filled"):
        st.caption(t("answering.short", network=cards.network_name(page.case.network)))
    _length(text, page.case)
    _checks(template, prefix)
    st.caption(t("answering.copy"))
    with st.container(key="copy"):
        st.code(text.strip(), language=None, wrap_lines=True)
    _open(page)
    is_clear = addressees.draw(page.case, f"{prefix}-to")
    ready = is_clear and bool(text.strip()) and not templates.has_gap(text)
    _mark_button(page.case, template, step, prefix, text_key, ready=ready)


def _late_answers(page: CasePage, now: datetime) -> None:
    late = now - timedelta(hours=session.load_settings().desk.unseen_hours)
    for answer in page.answers:
        if answer.mention_id is None and answer.sent_at < late and page.case.channel == "network":
            words = t("answering.unseen_late", when=formatting.relative_time(answer.sent_at, now), who=answer.sent_by)
            st.html(f'<p class="state warn">{escaping.escape(words)}</p>')


def _template(case: Case) -> tuple[Template | None, ProtocolStep, str]:
    """The template chosen, its step, and what the keys of this round begin with."""
    prefix = actions.key_prefix(case.case_id)
    current, case = case, _offered_for(case, prefix)
    own_and_bundled = _templates()
    with st.container(horizontal=True):
        step = choices.select(
            t("answering.step"),
            STEPS,
            initial=drafts.step_for(case),
            key=f"{prefix}-{case.stage}-step",
            persist_state="session",
            format_func=lambda step: t(f"answering.step_{step}"),
            width=235,
        )
        _category(current)
        languages = drafts.languages(template for template in own_and_bundled if template.step == step)
        language = st.segmented_control(
            t("answering.language"),
            languages,
            default=drafts.language_of(case, languages, session.load_settings().language),
            required=True,
            key=f"{prefix}-{case.language}-{'-'.join(languages)}-language",
            persist_state="session",
            format_func=lambda code: NAMES.get(code) or labels.value("language", code),
            width="content",
        )
    _other_language(case, languages)
    candidates = drafts.templates_for(own_and_bundled, str(language), case.category, step, case.cue)
    return _choose_template(candidates, f"{prefix}-{step}-{case.category}-{case.cue}-{language}"), step, prefix


def _other_language(case: Case, offered: Sequence[str]) -> None:
    """Says that no template is in the customer's language, where the desk's preset asks for it."""
    if session.load_settings().desk.preset and case.language not in ("", "und", *offered):
        words = t("answering.other_language", spoken=labels.value("language", case.language))
        st.html(f'<p class="state warn">{escaping.escape(words)}</p>')


def _category(case: Case) -> None:
    """The case's category, by which templates are offered: another one is another one of the case."""
    own = (category.name for category in session.load_settings().desk.categories)
    key = f"category-of-{case.case_id}"
    st.session_state[key] = case.category
    st.selectbox(
        t("answering.category"),
        list(dict.fromkeys((case.category, *own))),
        key=key,
        format_func=labels.category,
        on_change=actions.set_category,
        args=(case, key),
        help=t("answering.category_help"),
        width=190,
    )


def _offered_for(case: Case, prefix: str) -> Case:
    """The case whose template is offered: as it is now, or as it was when the person began to write other words."""
    text_key = actions.text_key(case.case_id)
    as_filled = st.session_state.get(f"{text_key}-filled")
    if st.session_state.get(text_key, as_filled) == as_filled:
        st.session_state[f"{prefix}-case"] = case
    case_offered: Case = st.session_state[f"{prefix}-case"]
    return case_offered


def _templates() -> Sequence[Template]:
    try:
        return drafts.all_templates(session.load_settings())
    except SettingsError as error:
        st.error(escaping.escape_markdown(str(error)))
        return drafts.bundled_templates()


def _choose_template(candidates: Sequence[Template], key: str) -> Template | None:
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    return st.selectbox(
        t("answering.template"),
        candidates,
        key=f"{key}-template",
        format_func=lambda template: _template_name(template, candidates),
        persist_state="session",
    )


def _template_name(template: Template, candidates: Sequence[Template]) -> str:
    """What the template is for; its id besides where others are for the same."""
    danger = template.category == drafts.DANGER_CATEGORY
    name = t("answering.danger") if danger else labels.category(template.category)
    others = sum(other.category == template.category for other in candidates) - 1
    return f"{name} · {escaping.clean(template.id)}" if others else name


def _text(case: Case, template: Template, prefix: str, now: datetime) -> str:
    """Draws the text and returns its key: filled once, then the person's."""
    key = f"{prefix}-{template.language}-{template.id}-text"
    if key not in st.session_state:
        settings = session.load_settings()
        values = drafts.placeholder_values(case, settings, template.language, session.person(), now)
        filled = drafts.fill_within(template.text, values, networks.profile(case.network))
        st.session_state[f"{key}-short"] = filled != templates.fill(template.text, values)
        st.session_state[key] = st.session_state[f"{key}-filled"] = filled
    st.session_state[f"{prefix}-written"] = key
    st.text_area(t("answering.text"), key=key, height=150, max_chars=10_000, persist_state="session")
    return key


def _length(text: str, case: Case) -> None:
    profile = networks.profile(case.network)
    length, limit = profile.answer_length(text.strip()), profile.answer_limit
    if limit is None:
        st.caption(t("answering.length_free", n=length))
    elif length <= limit:
        st.caption(t("answering.length", n=length, limit=limit))
    else:
        network = cards.network_name(case.network)
        words = t("answering.too_long", n=length, limit=limit, over=length - limit, network=network)
        st.html(f'<p class="state warn">{escaping.escape(words)}</p>')
    if templates.has_gap(text):
        st.html(f'<p class="state warn">{escaping.escape(t("answering.gaps"))}</p>')


def _open(page: CasePage) -> None:
    """The latest post of the case, to be answered there."""
    links = [
        (address, row.network)
        for row in page.conversation
        if row.mention_id in page.members and (address := escaping.web_address(row.permalink)) is not None
    ]
    if links:
        address, network = links[-1]
        host = escaping.foreign_host(address, network)
        label = f"{t('answering.open')} · {escaping.escape_markdown(host)}" if host else t("answering.open")
        st.link_button(label, address, icon=":material/open_in_new:")
    else:
        st.caption(t("answering.no_post"))


def _checks(template: Template, prefix: str) -> None:
    st.html(f'<p class="plain"><b>{escaping.escape(t("answering.checks"))}</b></p>')
    with st.container(key="checks", gap="xxsmall"):
        for at, check in enumerate(template.checklist):
            st.checkbox(escaping.escape_markdown(check), key=f"{prefix}-{template.language}-{template.id}-check-{at}")


def _stage_with(case: Case, step: ProtocolStep) -> Stage | None:
    """The stage that a case usually goes to with an answer of that step; whatever the first one says acknowledges."""
    if case.stage == "received":
        return "acknowledged"
    usual: dict[ProtocolStep, Stage] = {
        "conclusion": "answered",
        "first_contact": "acknowledged",
        "rapport": "acknowledged",
    }
    return usual.get(step)


def _mark_button(
    case: Case, template: Template, step: ProtocolStep, prefix: str, text_key: str, *, ready: bool
) -> None:
    following = [stage for stage in stages.NEXT[case.stage] if stage not in _NOT_BY_ANSWER]
    options = ["", *following]
    key = f"{prefix}-{step}-{case.stage}-stage"
    usual_stage = _stage_with(case, step)
    if step == "conclusion" and case.stage in ("received", "acknowledged"):
        st.caption(t("answering.answered_later", answered=t("stage.answered")))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if following:
            choices.select(
                t("answering.then"),
                options,
                initial=usual_stage if usual_stage in following else "",
                key=key,
                format_func=lambda stage: t(f"stage.{stage}") if stage else t("answering.stay"),
                width=280,
            )
        st.button(
            t("answering.mark"),
            type="primary",
            icon=":material/mark_email_read:",
            key=f"mark-sent-{case.case_id}",
            help=t("answering.mark_help"),
            disabled=not ready,
            on_click=actions.mark_sent,
            args=(case, template.id, text_key, key, f"{prefix}-to"),
        )
