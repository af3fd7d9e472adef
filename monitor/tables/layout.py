"""What is known about a file of posts before it is read: its form, its columns, how its times are written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, Literal, TypeAlias

FormatKind: TypeAlias = Literal["separated", "jsonl", "json", "parquet", "parquet threads", "spreadsheet", "html"]
Quoting: TypeAlias = Literal["doubled", "escaped", "none"]
NumberedRow: TypeAlias = tuple[int, int | None, Mapping[str, Any]]
"""Number of the row (from 0, without the header), line it begins on if that is known, and column -> value."""

FAULT = ""
"""The key of a row that cannot be read, under which it says why; no column has an empty name."""


@dataclass(slots=True)
class ReadProgress:
    """How many bytes of the file have been read so far, and characters of its rows; a reader keeps them up to date."""

    bytes: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is read. `header`: the columns as its file names them, in this sheet's order."""

    name: str
    leading: int
    """Rows above its header."""
    header: tuple[str, ...]
    first: int = 0
    """The number of its first row."""


PART = "part of the file"
"""Under which a row says in which part it stands, where that tells who wrote it, or what its ids are ids of."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A sheet, or a table below another, from the row with the number `first` on."""

    first: int
    name: str
    header: tuple[str, ...] = ()
    """What the columns are called in its rows; empty: as in the others."""


@dataclass(frozen=True, slots=True)
class ListPath:
    """Keys of lists, each in the objects of the one before, of which the last holds posts.

    `own`: keys of lists in the posts that hold the brand's answers.
    """

    keys: tuple[str, ...]
    own: tuple[str, ...] = ()

    def is_in(self, value: Mapping[str, Any]) -> bool:
        """Whether an object has posts there."""
        return any(True for _ in self.objects(value))

    def objects(self, value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The objects that stand there in an object."""
        held = [dict(value)]
        for key in self.keys:
            lists = (one[key] for one in held if isinstance(one.get(key), list))
            held = [one for part in lists for one in part if isinstance(one, dict)]
        yield from held


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How the file is written. `header` holds the names of the columns, made unique and never empty."""

    kind: FormatKind
    header: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ","
    quoting: Quoting = "doubled"
    named: bool = True
    """Whether the first row names the columns."""
    leading: int = 0
    """Lines above the header (titles, blank ones, `sep=;`); of a spreadsheet its rows."""
    around: tuple[str, ...] = ()
    """What the file calls the list of its objects (`window.YTD.tweets`), and in what each stands (`envelope.tweet`)."""
    path: ListPath | None = None
    """Where the posts of a known form of JSON stand, if not where those of others do."""
    titles: tuple[str, ...] = ()
    """What stands above the header, or beside the list of a JSON page, as far as it may say how to read the rows."""
    declared: bool = False
    """Whether the first line is `sep=;`, which spreadsheets do not show."""
    surplus: int = 0
    """Empty fields that every line has behind those of the columns."""
    escapes: bool = False
    r"""Whether cells hold \n, \t and \\ for line breaks, tabs and the sign itself, as databases write them."""
    sheets: tuple[Sheet, ...] = ()
    """The sheets, or tables of HTML, that are read: all with the same header."""
    chosen: bool = False
    """Whether a person named the sheet: the others are not even unpacked."""
    packed: str = ""
    """The name of the table in an archive, '' for a file that is none."""
    is_unusual: bool = False
    """Whether the posts of a JSON object are in a list whose name says nothing."""
    counts_anew: bool = False
    """Whether ids in JSON are those of posts only together with the chat, or topic, that holds them."""
    comments_anew: bool = False
    """Whether ids of comments in posts are theirs only together with their post's."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Columns of comments in posts, each with the posts' own column of the same role."""
    answers: tuple[str, ...] = ()
    """Keys of lists in JSON that are called answers, of whomever."""
    asked_lists: tuple[str, ...] = ()
    """Those of them whose rows say in which list they stood, for they may be the brand's."""
    notes: tuple[str, ...] = ()
    """What a person should know of the form: sheets that are not read."""
    skipped: tuple[tuple[int, int], ...] = ()
    """Rows that are not read, from one number up to another: of further tables below the first."""
    parts: tuple[FilePart, ...] = ()
    """The parts, where rows say in which they stand; none: they do not."""

    @property
    def sheet(self) -> str:
        """The first sheet that is read, '' where there is none."""
        return self.sheets[0].name if self.sheets else ""

    @property
    def header_row(self) -> int | None:
        """The line, or row of the sheet, that names the columns, from 1; None where none does."""
        return self.leading + 1 if self.named and self.kind in ("separated", "spreadsheet", "html") else None


@dataclass(frozen=True, slots=True)
class FormOptions:
    """What a person says of a file's form; None: it is found out.

    `header_row` counts from 1 as a spreadsheet or an editor does; 0: no row names the columns.
    """

    sheet: str | Sequence[str] | None = None
    header_row: int | None = None
    separator: str | None = None
    encoding: str | None = None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that a person named, none where nobody did."""
        return (self.sheet,) if isinstance(self.sheet, str) else tuple(self.sheet or ())


NO_OPTIONS = FormOptions()
"""All is found out."""


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
        lines = [f"{self.path.name}: {_describe_format(self.form)}", "columns: " + ", ".join(used)]
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


SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MOST_NAMES = 20
_QUOTING = {"doubled": "quotes doubled", "escaped": "quotes escaped by \\", "none": "no quoting"}


def _describe_format(form: FileFormat) -> str:
    if form.kind in ("parquet", "parquet threads"):
        return "Parquet"
    if form.kind == "spreadsheet":
        return f"spreadsheet, {'sheet' if len(form.sheets) == 1 else 'sheets'} {quoted(_names(form))}"
    if form.kind == "html":
        return f"HTML, {', '.join(_names(form))}, {form.encoding}"
    if form.kind != "separated":
        return f"{'JSON lines' if form.kind == 'jsonl' else 'JSON'}, {form.encoding}"
    named = "" if form.named else ", first row is a post, columns are numbered"
    if form.named and form.leading > form.declared:
        named = f", columns named in line {form.header_row}"
    separator = SEPARATORS.get(form.separator, form.separator)
    return f"separated by {separator}, {_QUOTING[form.quoting]}, {form.encoding}{named}"


def _names(form: FileFormat) -> list[str]:
    return [sheet.name for sheet in form.sheets]


def quoted(names: Iterable[str]) -> str:
    """Names for a sentence: `"Facebook", "Instagram"`, at most twenty."""
    listed = list(names)
    more = f" and {len(listed) - _MOST_NAMES} more" if len(listed) > _MOST_NAMES else ""
    return ", ".join(f'"{name[:60]}"' for name in listed[:_MOST_NAMES]) + more
