"""What a chat or a tool writes by itself, who joined, who left: neither a customer's words nor the desk's."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from monitor.sources.files import speaker_words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.tables.layout import Layout, MarkedRows
from monitor.tables.values import value_of
from monitor.text.folding import fold

_KINDS = word_set(
    "channel_join channel_leave channel_topic channel_purpose channel_name channel_archive channel_unarchive "
    "channel_convert_to_private channel_posting_permissions group_join group_leave group_topic group_purpose "
    "group_name group_archive group_unarchive bot_add bot_remove pinned_item unpinned_item reminder_add tombstone "
    "joiner_notification joiner_notification_for_inviter e2e_notification notification_template group_notification "
    "call_log system_message systemmessage system_event systemeventmessage service_message user_joined user_left "
    "member_joined member_left join_group_by_link join_group_by_request guildmemberjoin channelpinnedmessage "
    "recipientadd recipientremove"
) | frozenset(
    ("system message", "system event", "service message", "mensaje del sistema", "mensaje de sistema",
     "evento del sistema", "mensagem do sistema", "mensagem de sistema", "evento do sistema")
)  # fmt: skip
"""Values that say it whatever their column is called: no words for what a complaint is about."""
_WRITERS = frozenset(
    ("", "system", "sistema", "system message", "mensaje del sistema", "mensagem do sistema", "whatsapp", "telegram",
     "service")
)  # fmt: skip
"""Whom tools name as the writer of such lines; as bots do."""
_PLACE = r"(?:group|channel|chat|conversation|room|server|grupo|canal|conversacion|sala|conversa)"
_EVENT = re.compile(
    rf"(?:<@\w+>|.{{1,60}}?) (?:(?:has |have )?(?:joined|left)|(?:was|has been|were) (?:added|removed|invited)|"
    rf"se (?:ha unido|han unido|unio|unieron)|(?:ha |han )?(?:salido|abandonado)|salio|abandono|entro|"
    rf"fue (?:anadid|agregad|eliminad)[oa]|entrou|saiu|foi (?:adicionad|removid)[oa])"
    rf"(?:(?: [\w'<>#|@]+){{0,4}} {_PLACE}(?: (?:via|using|with|mediante|usando|con|com|por|by|through) .{{1,60}})?"
    rf"|(?: [\w']+){{1,4}} (?:invite link|enlace de invitacion|link de convite))[.!]?"
    r"|(?:<@\w+>|\w+(?: \w+)?) (?:(?:has )?joined|(?:has )?left|se (?:ha unido|unio))[.!]?"
)
_ENCRYPTED = re.compile(
    r"(?:messages|los mensajes|as mensagens) .{0,60}(?:end-to-end encrypted|cifrad[oa]s de extremo a extremo|"
    r"criptografia de ponta a ponta)\b.*"
)
_LONGEST, _LONGEST_NOTICE = 160, 400
"""Characters of a line about who joined, and of a tool's notice."""
_MOST_VALUES = 10
"""Different values of a column that are looked at to tell whether it says who speaks."""
NO_POST = "an event of the chat, no post"
"""Why such a row is no post."""


def with_events(layout: Layout, evidence: Evidence) -> Layout:
    """The layout with the columns that say which rows the chat wrote itself, and a note of how many these are."""
    found = (mark for column in layout.form.header if (mark := _mark(column, layout, evidence)))
    marks = (*layout.events, *found)
    layout = replace(layout, events=marks)
    count = sum(is_event(row, layout) for row in evidence.rows)
    if not count:
        return layout
    shown = ", ".join(
        f"{mark.column} = {', '.join(_found(mark.column or '', mark.values, evidence))}" for mark in marks
    )
    looked_at = "" if evidence.is_all else f" of {len(evidence.rows):,} looked at"
    note = (
        f"what the chat wrote itself (who joined or left), no posts, not taken: {count:,} rows{looked_at} with {shown}"
    )
    return layout.with_note(note)


def is_event(raw: Mapping[str, Any], layout: Layout) -> bool:
    """Whether a column says that the chat wrote the row itself."""
    return any((value_of(raw, mark.column) or "").casefold() in mark.values for mark in layout.events)


def tells_event(text: str, author: str | None) -> bool:
    """Whether a text is a chat's own line: written by nobody, by a bot or by whom it names first; or its notice."""
    if len(text) <= _LONGEST_NOTICE and ("encrypted" in text or "cifrad" in text or "criptografia" in text):
        return _ENCRYPTED.fullmatch(fold(text)) is not None
    if len(text) > _LONGEST:
        return False
    writer, is_tool = _writer(author or "")
    if not is_tool and not text.lower().startswith((writer, "<@")):
        return False
    return _EVENT.fullmatch(" ".join(fold(text).split())) is not None


@lru_cache(maxsize=16_384)  # the same people write again
def _writer(author: str) -> tuple[str, bool]:
    """An author's name, folded, and whether it may be a tool's."""
    writer = fold(author)
    return writer, writer in _WRITERS or writer.endswith("bot")


def _mark(column: str, layout: Layout, evidence: Evidence) -> MarkedRows | None:
    """The rows that a column says the chat wrote: by what is one anywhere, or by the system beside who speaks.

    Beside another column that tells who speaks, notes in a column of kinds are no posts either.
    """
    own = layout.own.column if layout.own else None
    of_people = layout.own.values if layout.own and own == column else frozenset[str]()
    of_notes = layout.private.values if layout.private and layout.private.column == column else frozenset[str]()
    sides = speaker_words.sides(column, [*dict.fromkeys(evidence.values(column))][:_MOST_VALUES])
    is_beside = own not in (None, column) and speaker_words.is_of_kinds(column)
    is_of_speakers = bool(of_people) or is_beside or {"own", "customer"} & {*sides.values()}
    kinds = ("event", "note") if is_beside else ("event",)
    systems = {value.casefold() for value, side in sides.items() if side in kinds and is_of_speakers}
    values = (_KINDS | systems) - of_people - of_notes
    return MarkedRows(column, values) if _found(column, values, evidence) else None


def _found(column: str, values: frozenset[str], evidence: Evidence) -> list[str]:
    """Those of these values, folded, that a column holds, as it writes them."""
    return [value for value in dict.fromkeys(evidence.values(column)) if value.casefold() in values]
