"""Messages in lists inside a post that are not taken apart: told by the key, never left out in silence."""

from collections.abc import Sequence

from monitor.sources.files.ids.repeated import RowValues
from monitor.tables.file_format import quoted
from monitor.tables.forms.desks import holds_messages
from monitor.tables.layout import Layout


def with_unread(layout: Layout, sample: Sequence[RowValues]) -> Layout:
    """The layout with a note on the keys whose lists of messages stay inside their posts."""
    found = quoted(dict.fromkeys(key for row in sample for key, value in row.items() if holds_messages(value)))
    if not found:
        return layout
    return layout.with_note(f"messages in {found} are not read: they are kept with the post that holds them")
