"""Importing customers from a file, with the same findings as the command line."""

import streamlit as st

from dashboard.customers import actions
from dashboard.i18n import language, t
from dashboard.ui import cards, escaping, refusals
from monitor.customers.importing import CustomerImport
from monitor.i18n import tell
from monitor.store.customers.customers import Conflict

_FILE, _MOST = "customers-file", 50


def draw(*, expanded: bool) -> None:
    """Draws the uploader, its buttons, and what the last import did."""
    report: tuple[CustomerImport, bool] | None = st.session_state.get(actions.IMPORTED)
    with st.expander(t("customers.import"), expanded=expanded or report is not None, icon=":material/upload_file:"):
        st.caption(t("customers.import_help"))
        uploaded = st.file_uploader(
            t("customers.file"), type=["csv", "tsv", "txt", "xlsx", "xls", "ods", "parquet"], key=_FILE
        )
        with st.container(horizontal=True):
            for dry_run in (False, True):
                st.button(
                    t("customers.try") if dry_run else t("customers.import_now"),
                    type="secondary" if dry_run else "primary",
                    key=f"customers-import-{dry_run}",
                    disabled=uploaded is None,
                    on_click=actions.import_file,
                    args=(_FILE,),
                    kwargs={"dry_run": dry_run},
                )
        if report:
            _report(*report)


def _report(imported: CustomerImport, dry_run: bool) -> None:
    st.html(f'<p class="plain"><b>{escaping.escape(t("customers.dry" if dry_run else "customers.done"))}</b></p>')
    lines = [
        t(
            "customers.counts",
            rows=imported.rows,
            new=imported.new,
            changed=imported.changed,
            same=imported.unchanged,
            bad=len(imported.faults),
        ),
        t("customers.followed", linked=imported.linked, suggested=imported.suggested, cases=imported.cases),
    ]
    if imported.columns.ignored:
        lines.append(t("customers.ignored", columns=", ".join(imported.columns.ignored)[:400]))
    if imported.columns.personal:
        lines.append(t("customers.personal", columns=", ".join(imported.columns.personal)[:400]))
    lines += [tell(language(), note) for note in imported.columns.notes]
    lines += [_conflict(conflict) for conflict in imported.conflicts[:_MOST]]
    lines += [refusals.describe_fault(row_fault) for row_fault in imported.faults[:_MOST]]
    if (not_shown := len(imported.faults) + len(imported.conflicts) - 2 * _MOST) > 0 or len(imported.faults) > _MOST:
        lines.append(t("customers.more", n=max(not_shown, len(imported.faults) - _MOST)))
    st.html("".join(f'<p class="plain">{escaping.escape(line)}</p>' for line in lines))


def _conflict(conflict: Conflict) -> str:
    key = "customers.held" if conflict.held_by else "customers.conflict"
    return t(
        key,
        handle=f"{cards.author(conflict.handle)} · {cards.network_name(conflict.network)}",
        customers=", ".join(map(escaping.clean, conflict.customers)),
        holder=escaping.clean(conflict.held_by),
    )
