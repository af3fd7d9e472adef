"""What a person is asked before a file is imported, and what to type."""

import shlex
from dataclasses import replace

from monitor.errors import UnexpectedAnswer
from monitor.sources.files import words
from monitor.sources.files.vocabulary import time_names
from monitor.tables.forms.naming import has_numbered
from monitor.tables.layout import Layout, OpenQuestion

ABOUT = {
    "text": "the text of the posts",
    "posted_at": "the time of the posts",
    "time_of_day": "the time of day of the posts",
    "author": "who wrote the posts",
    "own": "the rows that your brand wrote itself",
    "date_order": "the order of day and month",
}
"""What a question is about, by its role."""
_DOUBTED = {"text": words.may_be_of_business, "posted_at": time_names.is_no_time, "author": words.is_no_author}
"""What no guess is taken for, by its role: whether a column's name speaks against it."""
NOBODY = "none"
"""What a person types where no column, and no row, is meant."""
_NONE = {
    "own": f"if your brand wrote none of these rows: --column own={NOBODY}",
    "author": f"if no column says who wrote the posts: --column author={NOBODY}",
}
HEADER_ROW = "if another row names the columns, say which: --header-row NUMBER"
"""For a file some of whose columns have no name but a number."""


def option(question: OpenQuestion, candidate: str) -> str:
    """What to type for one of the candidates: `--column "text=Mi columna"` as a shell reads it."""
    before, _, name = question.option.partition(" ")
    return f"{before} {shlex.quote(name.replace('NAME', candidate))}"


def unanswered(layout: Layout) -> UnexpectedAnswer:
    """The error that asks the open questions: what may be meant, examples of each, and what to type."""
    lines = [f"{layout.path.name} was not imported: it can be read in more than one way"]
    for question in layout.questions:
        lines.append(f"{_asked(question)}:")
        for candidate, examples in question.candidates:
            shown = f"   ({' | '.join(examples)})" if examples else ""
            lines.append(f"  {option(question, candidate)}{shown}")
        if none := _NONE.get(question.role):
            lines.append(f"  {none}")
    if has_numbered(layout.form.header):
        lines.append(HEADER_ROW)
    lines.append(f"type one of each behind: {_command(layout)}")
    lines.append("or go on with the first of each: --accept-guesses")
    return UnexpectedAnswer("\n".join(lines))


def unattended(layout: Layout) -> UnexpectedAnswer:
    """The same for a file that nobody stands beside, in one line and without values of it: logs may keep it."""
    asked = "; ".join(
        f"{_asked(question)}: {' or '.join(option(question, candidate) for candidate, _ in question.candidates)}"
        for question in layout.questions
    )
    remedy = f"import it by hand, {_command(layout)}, and take it out of the drop folder"
    return UnexpectedAnswer(f"{layout.path.name} can be read in more than one way ({asked}): {remedy}")


def _command(layout: Layout) -> str:
    return f"escucha import {shlex.quote(layout.path.name)} --network {layout.network}"


def _asked(question: OpenQuestion) -> str:
    about = ABOUT.get(question.role, question.role)
    if len(question.candidates) == 1:
        return f"no name says which column holds {about}; this one may"
    return f"which is it: {about}"


def without_author(layout: Layout) -> Layout:
    """The layout of a file of which a person says that no column tells who wrote its posts."""
    columns = replace(layout.columns, author=None, author_name=None)
    questions = tuple(question for question in layout.questions if question.role != "author")
    return replace(layout, columns=columns, questions=questions)


def accepted(layout: Layout) -> Layout:
    """The layout with its guesses taken, and a note of each.

    Raises UnexpectedAnswer for one whose column is called like the brand's words or the time of something else.
    """
    for question in layout.questions:
        about = ABOUT.get(question.role, question.role)
        if _DOUBTED.get(question.role, lambda _column: False)(question.candidates[0][0]):
            raise UnexpectedAnswer(
                f"--accept-guesses does not take {question.candidates[0][0]} as {about}: its name says that it is "
                f"something else; if it is, type --column {question.role}={question.candidates[0][0]}"
            )
        layout = layout.with_note(f"guessed, as --accept-guesses says: {about} = {question.candidates[0][0]}")
    return replace(layout, questions=())
