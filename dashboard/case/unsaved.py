"""Words typed on a case that was merged into another meanwhile, or is gone: its forms are gone, the words are not."""

import streamlit as st

from dashboard import session
from dashboard.case import unsaved_actions as actions
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import escaping
from monitor.cases import codes


def draw(page: CasePage) -> None:
    """Draws them to be copied, with the way to the case that took this one in, until they are dismissed.

    Comes before the forms, which have them back where the cases were parted again.
    """
    home = page.case.merged_into
    if home is None:
        actions.restore(page.case.case_id)
        return
    _card(page.case.case_id, home)


def draw_lost(case_id: int) -> None:
    """Draws them of a case that is not there any more: its opening was undone, or a backup was restored."""
    _card(case_id, None)


def _card(case_id: int, home: int | None) -> None:
    """`home` is the case that took this one in; None where there is none."""
    drafts = actions.unsaved_texts(case_id)
    if not drafts:
        return
    words = t("unsaved.help", code=codes.format_code(home)) if home else t("unsaved.help_lost")
    with st.container(border=True, key=f"card-unsaved-{case_id}"):
        st.html(f'<p class="plain"><b>{escaping.escape(t("unsaved.title"))}</b></p>')
        st.html(f'<p class="state warn">{escaping.escape(words)}</p>')
        with st.container(key="copy"):
            for draft in drafts:
                st.caption(t(f"unsaved.{draft.kind}"))
                st.code(escaping.clean(draft.text), language=None, wrap_lines=True)
        with st.container(horizontal=True, vertical_alignment="center"):
            if home:
                st.page_link(
                    session.page("case"),
                    label=escaping.escape_markdown(codes.format_code(home)),
                    icon=":material/arrow_forward:",
                    query_params={"case": str(home)},
                )
            st.button(
                t("unsaved.dismiss"), icon=":material/close:", key=f"dismiss-unsaved-{case_id}",
                on_click=actions.dismiss, args=(case_id,),
            )  # fmt: skip
