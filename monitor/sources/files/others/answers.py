"""The brand's answers that stand beside the posts of a file which no entry knows: stored where a column dates them."""

from dataclasses import replace

from monitor.sources.files import looks, rivals, speaker_words
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
        return layout if layout.reply.posted_at else _dated(layout, layout.reply, evidence)
    used = {column for _, column in layout.used_columns()}
    used |= {column for question in layout.questions for column, _ in question.candidates}
    free = [column for column in layout.form.header if column not in used]
    texts = [one for one in free if speaker_words.is_answer(one) and looks.looks_like_text(one, evidence)]
    reply = _reply(layout, texts, [one for one in free if one not in texts], evidence)
    if reply:
        return _stored(layout, reply)
    for column in texts:
        layout = layout.with_note(f"{column} seems to hold your answers: they are kept with the posts, not stored")
    return layout


def _stored(layout: Layout, reply: ReplyColumns) -> Layout:
    note = f"your answers, stored beside the posts: {reply.text}, written at {reply.posted_at}"
    return replace(layout.with_note(note), reply=reply)


def _dated(layout: Layout, reply: ReplyColumns, evidence: Evidence) -> Layout:
    """The layout with when the answers were written that a known export has, where its entry has no name for that."""
    used = {column for _, column in layout.used_columns()}
    times = _likeliest(_times([one for one in layout.form.header if one not in used], evidence), reply.text, evidence)
    if len(times) == 1:
        return _stored(layout, replace(reply, posted_at=times[0]))
    return layout.with_note(f"answers in {reply.text} are not stored: no column says when they were written")


def _reply(layout: Layout, texts: list[str], others: list[str], evidence: Evidence) -> ReplyColumns | None:
    """The answers with their time; None where there are none, or nothing says whose or when."""
    texts = _one_of_each(texts, evidence)
    found = _times(others, evidence)
    times = _likeliest(found, texts[0], evidence) if texts else []
    if layout.entry or len(texts) != 1 or len(times) != 1 or set(words(layout.columns.text or "")) & _QUESTIONS:
        return None
    if any(speaker_words.is_answer_with(column, _VOTES) for column in layout.form.header):
        return None  # a thread of a forum
    authors = [one for one in others if one not in found and speaker_words.is_answered_by(one)]
    if any(_answer_each_other(one, layout, evidence) for one in authors):
        return None
    return ReplyColumns(texts[0], times[0], next(iter(authors), None))


def _times(columns: list[str], evidence: Evidence) -> list[str]:
    return [one for one in columns if speaker_words.is_answered_at(one) and evidence.share(one, _is_time) >= _HALF]


def _one_of_each(texts: list[str], evidence: Evidence) -> list[str]:
    """The answers without those columns that repeat one in another form."""
    found: list[str] = []
    for column in texts:
        if not any(rivals.are_one(one, column, evidence, rivals.same_text) for one in found):
            found.append(column)
    return found


def _likeliest(times: list[str], answer: str, evidence: Evidence) -> list[str]:
    """Of several times those called as the answer is, not its change; of those that say the same the exact one."""
    called = [one for one in times if speaker_words.answer_words(one) & speaker_words.answer_words(answer)]
    times = called or times
    times = [one for one in times if not speaker_words.is_changed_at(one)] or times
    return rivals.choose(times, evidence, rivals.same_time, rivals.says_more(evidence)) if times else []


def _is_time(value: str) -> bool:
    return looks.is_time(value) and not is_relative(value)


def _answer_each_other(column: str, layout: Layout, evidence: Evidence) -> bool:
    """Whether some of those who answer write posts too."""
    columns = (layout.columns.author, layout.columns.author_name)
    writers = {fold_handle(value) for name in columns if name for value in evidence.values(name)}
    return any(fold_handle(value) in writers for value in evidence.values(column))
