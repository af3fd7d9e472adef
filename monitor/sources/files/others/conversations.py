"""Columns that tell the conversation of a message, by the words of their names: `conv_id`, `Session ID`, `chat`."""

from collections.abc import Collection, Sequence

from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.words import words
from monitor.tables.columns import bare_name

_CONVERSATIONS = word_set(
    "conv convo conversation conversations conversacion conversaciones conversa thread threads hilo chat dialog "
    "dialogue dialogo"
)
_OTHERS = word_set("session sesion sessao ticket tickets case caso radicado")
"""They may number something else: a collector's session, a case of many people."""
_TOPICS = word_set("topic tid tema topico")
"""What forums call a thread; elsewhere what a post is about."""
_OF_FORUMS = word_set("forum foro board poster postid posttext postername postusername topictitle replies")
_KEYS = word_set("id ids key clave jid sid number numero num no nr guid uuid code codigo ref de del da do of la el the")
_LONGEST, _MOST_ROWS = 100, 50
"""Characters of what names a conversation; rows that one has on average, above which it is something else."""


def thread_in(header: Sequence[str], taken: Collection[str], evidence: Evidence) -> str | None:
    """The column that tells conversations: some of its values are those of several rows, as ids are."""
    found = [column for column in header if column not in taken and _rank(column) and _repeats(column, evidence)]
    return min(found, key=_rank, default=None) or _topic_in(header, taken, evidence)


def _topic_in(header: Sequence[str], taken: Collection[str], evidence: Evidence) -> str | None:
    """The ids of topics, in a file of a forum."""
    if not any(bare_name(column) in _OF_FORUMS or set(words(column)) & _OF_FORUMS for column in header):
        return None
    found = (column for column in header if column not in taken and _is_of_topic(column))
    return next((column for column in found if evidence.values(column)), None)


def _is_of_topic(column: str) -> bool:
    names = set(words(column))
    return bare_name(column) == "tid" or ("id" in names and bool(names & _TOPICS) and names <= _TOPICS | _KEYS)


def _rank(column: str) -> int:
    """1 for a name that says conversation, 2 for one that may; 0: it says something else."""
    names = set(words(column))
    if not names <= _CONVERSATIONS | _OTHERS | _KEYS:
        return 0
    return 1 if names & _CONVERSATIONS else 2 * bool(names & _OTHERS)


def _repeats(column: str, evidence: Evidence) -> bool:
    values = evidence.values(column)
    different = len(set(values))
    if not different < len(values) or any(len(value) > _LONGEST for value in values):
        return False
    return _rank(column) == 1 or (different > 1 and len(values) <= _MOST_ROWS * different)
