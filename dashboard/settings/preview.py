"""What changed queries would find among the posts of last week, as soon as they are typed."""

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import cards, escaping, tables
from monitor import store
from monitor.errors import StoreError
from monitor.settings.loading import Settings
from monitor.settings_editing.preview import BrandPreview, preview

_KEPT = "settings-preview"


def draw(before: Settings, after: Settings) -> None:
    """Draws it for each brand whose queries change; nothing where there are no posts to ask."""
    queries = {brand.name: brand.queries for brand in before.brands}
    if {brand.name: brand.queries for brand in after.brands} == queries or not store.exists(before.store):
        return
    try:
        found = _found(before, after)
    except StoreError:
        tables.status_line(t("settings.preview_busy"), warn=False)
        return
    changed = {brand.name for brand in after.brands if brand.queries != queries.get(brand.name)}
    for one in found:
        if one.brand in changed:
            tables.status_line(_words(one), warn=bool(one.lost))


def _found(before: Settings, after: Settings) -> list[BrandPreview]:
    """As it was the last time where nothing else was typed since."""
    key = repr([[(brand.name, brand.queries) for brand in side.brands] for side in (before, after)])
    kept: tuple[str, list[BrandPreview]] | None = st.session_state.get(_KEPT)
    if kept is None or kept[0] != key:
        with session.read_connection() as connection:
            kept = (key, preview(connection, before, after, now=session.now()))
        st.session_state[_KEPT] = kept
    return kept[1]


def _words(one: BrandPreview) -> str:
    about = t("settings.about") if one.is_estimate else ""
    words = t("settings.matching", brand=cards.brand_name(one.brand), n=one.matching, lost=one.lost, more=one.gained)
    more = t("settings.may_find_more") if one.may_find_more else ""
    return " ".join(filter(None, (escaping.clean(words), about, more)))
