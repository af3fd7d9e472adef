"""Questions and answers by anybody, as Quora and forums hold them: the answer is the post, the question its context.

Shops hold the same columns: there the question is a customer's, and the answer the shop's own.
"""

from collections.abc import Sequence

from monitor.sources.files import looks
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.words import words
from monitor.tables.columns import bare_name

_QUESTION = word_set("question questions pregunta preguntas pergunta perguntas asked")
_ANSWER = word_set("answer answers answered answerer respuesta respuestas resposta respostas respondido")
_BODIES = word_set("text texto body content contenido conteudo title titulo de la da the")
_VOTES = word_set("upvotes upvote upvotecount upvotescount downvotes answerupvotes answerscore acceptedanswer")
_NETWORKS = word_set("quora stackoverflow stackexchange stack_overflow stack_exchange zhihu")
_AUTHOR = word_set("author user username by answerer name autor usuario por nombre")
_TIME = word_set("date time created timestamp at on fecha data el em")
_ADDRESS = word_set("url link enlace")
_MANY, _HALF, _HANDLES = 0.9, 0.5, 2 / 3


def texts(
    found: Sequence[str], is_sure: bool, header: Sequence[str], evidence: Evidence, network: str
) -> tuple[list[str], bool]:
    """The columns that may be the text, and whether it is sure, where `found` has a question first: maybe its answer.

    One question with several answers is a forum's, as is one with votes; a network of questions has no others.
    """
    answer = next((column for column in header if _is_body(column, _ANSWER) and _has_text(column, evidence)), None)
    if not found or answer is None or not _is_body(found[0], _QUESTION):
        return list(found), is_sure
    is_repeated = _share_of_different(found[0], evidence) < _MANY <= _share_of_different(answer, evidence)
    has_votes = any(bare_name(column) in _VOTES for column in header)
    if network in _NETWORKS or (is_repeated and has_votes):
        return [answer], True
    if is_repeated or has_votes or any(_is_of(column, _ANSWER, _AUTHOR) for column in header):
        return [answer, *found], False
    return list(found), is_sure


def of_answers(header: Sequence[str], text: str, evidence: Evidence) -> dict[str, str]:
    """Role -> column of the answers' own time, author and address, where they are the text; and the question's id."""
    if not _is_answer(text, header):
        return {}
    found = {"thread": _first(header, _QUESTION, frozenset(("id",)), evidence)}
    found["id"] = _first(header, _ANSWER, frozenset(("id",)), evidence)
    found["posted_at"] = _first(header, _ANSWER, _TIME, evidence)
    found["permalink"] = _first(header, _ANSWER, _ADDRESS, evidence)
    author = _first(header, _ANSWER, _AUTHOR, evidence)
    are_handles = author is not None and evidence.share(author, looks.is_handle) >= _HANDLES
    found["author" if are_handles else "author_name"] = author
    return {role: column for role, column in found.items() if column is not None}


def without_questions(header: Sequence[str], text: str) -> list[str]:
    """The columns without those of the question (who asked, when), where the answers are the text."""
    is_answer = _is_answer(text, header)
    return [column for column in header if not (is_answer and set(words(column)) & _QUESTION)]


def _is_answer(text: str, header: Sequence[str]) -> bool:
    return _is_body(text, _ANSWER) and any(_is_body(column, _QUESTION) for column in header)


def _is_body(column: str, kind: frozenset[str]) -> bool:
    names = set(words(column))
    return bool(names & kind) and names <= kind | _BODIES


def _is_of(column: str, kind: frozenset[str], what: frozenset[str]) -> bool:
    """Whether a name says both: `answer_author`, `Respondido por`."""
    names = set(words(column))
    return bool(names & kind) and (bool(names & what) or names <= {"answerer"}) and names <= kind | what | _BODIES


def _first(header: Sequence[str], kind: frozenset[str], what: frozenset[str], evidence: Evidence) -> str | None:
    return next((column for column in header if _is_of(column, kind, what) and evidence.values(column)), None)


def _has_text(column: str, evidence: Evidence) -> bool:
    return evidence.share(column, looks.is_free_text) >= _HALF


def _share_of_different(column: str, evidence: Evidence) -> float:
    values = evidence.values(column)
    return len(set(values)) / max(1, len(values))
