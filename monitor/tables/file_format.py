"""How a file of posts is written: its kind, its columns, and what of it is read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_MOST_NAMES = 20
_QUOTING = {"doubled": "quotes doubled", "escaped": "quotes escaped by \\", "none": "no quoting"}


def describe_format(form: FileFormat) -> str:
    """It in words, for a person."""
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
