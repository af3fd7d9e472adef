"""The brand's answers that stand beside the posts of a file which no entry knows: stored where a column dates them."""

from dataclasses import replace

from monitor.sources.files import looks, speaker_words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.words import words
from monitor.tables.layout import Layout, ReplyColumns
from monitor.tables.times import is_relative
from monitor.text.folding import fold_handle

_HALF = 0.5
_QUESTIONS = word_set("question pregunta pergunta prompt item")
_VOTES = word_set("likes like votes upvotes score megusta curtidas")


def with_answers(layout: Layout, evidence: Evidence) -> Layout:
    """The layout with the columns of the brand's answers, or a note on them where nothing says when they were written.

    Answers of whomever, as threads hold them, are not taken.
    """
    if layout.reply is not None:
        return layout
    used = {column for _, column in layout.used_columns()}
    used |= {column for question in layout.questions for column, _ in question.candidates}
    free = [column for column in layout.form.header if column not in used]
    texts = [one for one in free if speaker_words.is_answer(one) and looks.looks_like_text(one, evidence)]
    reply = _reply(layout, texts, [one for one in free if one not in texts], evidence)
    if reply:
        note = f"your answers, stored beside the posts: {reply.text}, written at {reply.posted_at}"
        return replace(layout.with_note(note), reply=reply)
    for column in texts:
        layout = layout.with_note(f"{column} seems to hold your answers: they are kept with the posts, not stored")
    return layout


def _reply(layout: Layout, texts: list[str], others: list[str], evidence: Evidence) -> ReplyColumns | None:
    """The answers with their time; None where there are none, or nothing says whose or when."""
    times = [one for one in others if speaker_words.is_answered_at(one) and evidence.share(one, _is_time) >= _HALF]
    if layout.entry or len(texts) != 1 or len(times) != 1 or set(words(layout.columns.text or "")) & _QUESTIONS:
        return None
    if any(speaker_words.is_answer_with(column, _VOTES) for column in layout.form.header):
        return None  # a thread of a forum
    authors = [one for one in others if one not in times and speaker_words.is_answered_by(one)]
    if any(_answer_each_other(one, layout, evidence) for one in authors):
        return None
    return ReplyColumns(texts[0], times[0], next(iter(authors), None))


def _is_time(value: str) -> bool:
    return looks.is_time(value) and not is_relative(value)


def _answer_each_other(column: str, layout: Layout, evidence: Evidence) -> bool:
    """Whether some of those who answer write posts too."""
    columns = (layout.columns.author, layout.columns.author_name)
    writers = {fold_handle(value) for name in columns if name for value in evidence.values(name)}
    return any(fold_handle(value) in writers for value in evidence.values(column))
