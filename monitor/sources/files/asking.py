"""What a person is asked before a file is imported, and what to type."""

import shlex
from dataclasses import replace

from monitor.errors import UnexpectedAnswer
from monitor.tables.layout import Layout, Question

ABOUT = {
    "text": "the text of the posts",
    "posted_at": "the time of the posts",
    "author": "who wrote the posts",
    "date_order": "the order of day and month",
}
"""What a question is about, by its role."""


def option(question: Question, candidate: str) -> str:
    """What to type for one of the candidates: `--column "text=Mi columna"` as a shell reads it."""
    before, _, name = question.option.partition(" ")
    return f"{before} {shlex.quote(name.replace('NAME', candidate))}"


def unanswered(layout: Layout, *, with_examples: bool = True) -> UnexpectedAnswer:
    """The error that asks the open questions: what may be meant, examples, and what to type for each.

    Without examples where the text may come into a log or a message to others.
    """
    lines = [f"{layout.path.name} was not imported: what stands here can be read in more than one way"]
    for question in layout.questions:
        lines.append(f"{_asked(question)}:")
        for candidate, examples in question.candidates:
            shown = f" ({' | '.join(examples)})" if with_examples and examples else ""
            lines.append(f"  {option(question, candidate)}{shown}")
    lines.append(f"type one of each with: escucha import {shlex.quote(layout.path.name)} --network {layout.network}")
    lines.append("or take the first of each: --accept-guesses")
    return UnexpectedAnswer("\n".join(lines))


def _asked(question: Question) -> str:
    about = ABOUT.get(question.role, question.role)
    if len(question.candidates) == 1:
        return f"no name says which column holds {about}; this one may"
    return f"which is it: {about}"


def accepted(layout: Layout) -> Layout:
    """The layout with its guesses taken, and a note of each."""
    for question in layout.questions:
        about = ABOUT.get(question.role, question.role)
        layout = layout.with_note(f"guessed, as --accept-guesses says: {about} = {question.candidates[0][0]}")
    return replace(layout, questions=())
