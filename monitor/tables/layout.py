"""What is known about a file of posts before it is read: its form, its columns, how its times are written."""

import re
from dataclasses import dataclass, field, fields, replace
from datetime import tzinfo
from pathlib import Path

from monitor.tables.file_format import FileFormat, describe_format


@dataclass(frozen=True, slots=True)
class PostColumns:
    """Which column holds what; None: no column does. The names of the fields are those of `--column`."""

    id: str | None = None
    text: str | None = None
    author: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    posted_at: str | None = None
    time_of_day: str | None = None
    """The clock, where `posted_at` holds the date only."""
    am_pm: str | None = None
    """Which half of the day, where the clock does not say it."""
    permalink: str | None = None
    thread: str | None = None
    in_reply_to: str | None = None
    language: str | None = None
    is_repost: str | None = None
    likes: str | None = None
    replies: str | None = None
    reposts: str | None = None


ROLES: tuple[str, ...] = tuple(column.name for column in fields(PostColumns))
"""What `--column` can name."""


@dataclass(frozen=True, slots=True)
class ReplyColumns:
    """Which column holds the brand's answer to the post of the same row, when it was written, and who wrote it."""

    text: str
    posted_at: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class LaterColumns:
    """Which columns hold what was written later in the conversation of a row's post: by its author, or by the brand."""

    text: str
    posted_at: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class MarkedRows:
    """Rows with one of these values (folded) in `column`; None: all of them.

    Rows with one of `others` (folded) in the column `author` are none of them: other companies' answers. `customers`
    are values (folded) that say who else wrote the rows.
    """

    column: str | None = None
    values: frozenset[str] = frozenset()
    author: str | None = None
    others: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What a person has to say before a file is imported, because two answers fit.

    `role` is what it is about ("text", "date_order"); `candidates` are what may be meant, each with up to three example
    values; `option` is what to type ("--column text=NAME").
    """

    role: str
    candidates: tuple[tuple[str, tuple[str, ...]], ...]
    option: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one file. `size` is in bytes; `notes` are the lines a person should see before an import."""

    path: Path
    network: str
    size: int
    form: FileFormat
    columns: PostColumns
    time_zone: tzinfo
    """Where times without offset were written."""
    day_first: bool | None = None
    """Whether 03/04/2020 is in April; None: no date that was looked at is written so, and one that is, is rejected."""
    swapped_dates: bool = False
    """A spreadsheet has turned day and month round in the cells that it made dates of."""
    year_first: bool = False
    """26-03-13 is in 2026."""
    rounded_ids: bool = False
    """A spreadsheet has rounded the ids to 15 digits: they no longer tell posts apart."""
    times_from_ids: bool = False
    """No column holds the time, but X's ids do."""
    notes: tuple[str, ...] = field(default=())
    questions: tuple[OpenQuestion, ...] = ()
    """What has to be answered before an import."""
    zone_column: str | None = None
    """Holds the zone of each row's time."""
    scraped_at: str | None = None
    """Holds when the row was collected: what "3 days ago" counts from."""
    entry: str | None = None
    """The entry of the catalogue that knows this export."""
    html: bool = False
    """The texts are HTML."""
    bbcode: bool = False
    """The texts have marks of forums in brackets, `[b]` and `[quote]`."""
    quotes: bool = False
    """The texts are mails that quote those they answer."""
    texts: tuple[str, ...] = ()
    """Columns of the text where rows differ in which they fill, the best first; empty: that of `columns` alone."""
    title: str | None = None
    """Column of the title that is the first of a post's words, as Reddit's are."""
    rounded_columns: frozenset[str] = frozenset()
    """Columns of ids that a spreadsheet has rounded."""
    surnames: tuple[str, ...] = ()
    """Columns of what stands behind the author's name, which by itself is the given one."""
    changing: frozenset[str] = frozenset()
    """Columns whose values change while a post stays the same: an id that is made up leaves them out."""
    reply: ReplyColumns | None = None
    """Where the brand's own answers stand in the rows."""
    later: tuple[LaterColumns, ...] = ()
    """Where what was written later stands in the rows, in the order in which it was."""
    own: MarkedRows | None = None
    """Which rows the brand wrote itself, whatever its accounts are called."""
    own_names_customer: bool = False
    """The columns of the author name the customer in rows of ours too: whom they were written to."""
    own_parts: frozenset[str] = frozenset()
    """Names, folded, of the parts of the file that the brand wrote itself."""
    private: MarkedRows | None = None
    """Which rows nobody outside has read: notes of a desk. They are no posts."""
    events: tuple[MarkedRows, ...] = ()
    """Which rows the chat wrote itself, such as who joined. They are no posts."""
    links_answered: bool = False
    """The addresses are those of the posts that are answered, but where one names the row's author."""
    shared_author_ids: frozenset[str] = frozenset()
    """Ids of authors that several share, as guests do."""
    tool_ids: bool = False
    """The ids are those of the tool that wrote the file: the network's own, in a post's address, come first."""
    own_answers: str | None = None
    """Column that says which post the brand's rows in a part of their own answer: of the ids, where they have none."""
    own_ids_anew: bool = False
    """The ids of those rows are those of other posts in other parts."""
    ids_within: str | None = None
    """Column that says what the ids count within, and those of what is answered: they are ids only together with it."""
    id_in: re.Pattern[str] | None = None
    """What of the id's column is the id (its first group); None: all of it."""

    def with_note(self, note: str) -> "Layout":
        """The same, with one more line for a person."""
        return replace(self, notes=(*self.notes, note))

    def describe(self) -> list[str]:
        """What was guessed, line by line, fit to show to a person."""
        names = {self.columns.author_name: " + ".join((self.columns.author_name or "", *self.surnames))}
        used = [f"{role} = {names.get(column, column)}" for role, column in self.used_columns()]
        used_columns = {*(column for _, column in self.used_columns()), *self._beside()}
        unused = [column for column in self.form.header if column not in used_columns]
        lines = [f"{self.path.name}: {describe_format(self.form)}", "columns: " + ", ".join(used)]
        if unused:
            lines.append("kept with the post, not interpreted: " + ", ".join(unused))
        return [*lines, *self.form.notes, *self.notes]

    def _beside(self) -> tuple[str | None, ...]:
        """Columns that are read though no role has them."""
        answer = (self.reply.text, self.reply.posted_at, self.reply.author) if self.reply else ()
        later = tuple(column for one in self.later for column in (one.text, one.posted_at))
        marks = tuple(mark.column for mark in (self.own, self.private, *self.events) if mark)
        return (self.zone_column, self.scraped_at, *answer, *later, *marks, *self.surnames)

    def used_columns(self) -> list[tuple[str, str]]:
        """Role and column, for the roles that have one; those that a question is about have none yet."""
        asked = {question.role for question in self.questions}
        pairs = [(role, getattr(self.columns, role)) for role in ROLES if role not in asked]
        return [(role, column) for role, column in pairs if column]
