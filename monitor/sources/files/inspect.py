"""Looking at a file before it is read: `inspect` says how it is laid out, and what a person has to say first."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from monitor import networks
from monitor.errors import UnexpectedAnswer
from monitor.sources.files import asking, catalogue, evidence, named, parts, prose, speakers, texts
from monitor.sources.files import columns as column_finder
from monitor.sources.files.ids import identity
from monitor.sources.files.others import addressed, answer_rows, asked_speakers, nested, related, stacked
from monitor.sources.files.times import clocks, timing
from monitor.sources.files.times.ordering import DateOrder
from monitor.tables import access, detect
from monitor.tables.columns import columns_hint
from monitor.tables.file_format import NO_OPTIONS, PART, FileFormat, FilePart, FormOptions
from monitor.tables.forms.naming import has_numbered
from monitor.tables.forms.threads import comments_count_anew, linked, unresolved
from monitor.tables.layout import Layout
from monitor.tables.rows import size

logger = logging.getLogger(__name__)

_THREADED = ("json", "jsonl", "parquet threads")
"""Kinds of files whose posts may hold comments."""
_START = "scraped_at"
"""What a person calls the column from which "3 days ago" counts."""
_NONE: Mapping[str, str] = MappingProxyType({})


def inspect(
    path: Path,
    *,
    network: str,
    time_zone: ZoneInfo,
    columns: Mapping[str, str] = _NONE,
    zone_is_named: bool = False,
    date_order: DateOrder | None = None,
    options: FormOptions = NO_OPTIONS,
) -> Layout:
    """How the file is laid out. `columns` names columns by hand, {"text": "Mensaje"}, by fields of `PostColumns`.

    `time_zone` is where times without offset were written, and `zone_is_named` whether a person said so; `date_order`
    is what a person said of dates like 03/04/2020; `network` whose posts they are: the ids of "x" tell times; `options`
    says of the file's form what is not to be found out.
    What two columns may be is among the layout's questions, the likeliest taken for now: whoever imports asks first.
    Raises UnexpectedAnswer, saying what to do, when the file cannot be read, a named column does not exist or cannot be
    read, or no column holds the text or the time. Reads at most the first 2,000,000 rows.
    """
    file_format, found, below = _looked_at(path, network, options)
    entry = _known_export(path, file_format, columns)
    named_own, start = columns.get(asked_speakers.ROLE), columns.get(_START)
    columns = {role: columns[role] for role in columns if role not in (asked_speakers.ROLE, _START)}
    if start and start not in file_format.header:
        hint = columns_hint(file_format.header)
        raise UnexpectedAnswer(f"{path.name} has no column {start}: --column scraped_at=NAME{hint}")
    known = entry.columns_in(file_format.header) if entry else None
    taken = {*columns.values(), *(known or {}).values()}
    speaking = _speakers(path, file_format, found, entry, taken, named_own)
    others = speaking.columns() - taken - ({*speakers.persons_among(speaking, found)} if named_own else set())
    header = [column for column in file_format.header if column not in others and column != PART]
    with _header_row_named(file_format):
        posts = column_finder.find_columns(path.name, header, found, columns, network, known)
    with access.reading(path):
        post_columns = linked(posts.columns, file_format.header)
        layout = Layout(path, network, size(path, file_format), file_format, post_columns, time_zone)
    layout = replace(layout, questions=posts.questions, surnames=posts.surnames)
    if entry:
        layout = catalogue.with_entry(layout, entry, zone_is_named=zone_is_named)
    layout = replace(layout, scraped_at=start or layout.scraped_at)
    layout = addressed.with_desk(speakers.with_speakers(layout, speaking, found), found, named_own)
    layout = _with_writers(answer_rows.with_answer_rows(layout, found, named_own))
    layout = _with_ids(_with_words(layout, found, columns), found, below, columns)

    def with_times(layout: Layout) -> Layout:
        return timing.with_times(layout, found.rows, zone_is_named=zone_is_named, date_order=date_order)

    with _header_row_named(file_format):
        try:
            return _by_ids(layout, with_times) or with_times(layout)
        except UnexpectedAnswer:
            named.check_times(layout, found)
            raise


def _known_export(path: Path, form: FileFormat, columns: Mapping[str, str]) -> catalogue.KnownExport | None:
    """The entry that knows the file. Raises UnexpectedAnswer, saying what to do, for one that holds no posts."""
    entry = catalogue.match_form(form, form.header)
    if entry and entry.instead and "text" not in columns:
        raise UnexpectedAnswer(f"{path.name} is no file of posts ({entry.name}): {entry.instead}")
    return entry if entry and "text" in entry.columns_in(form.header) else None


def _speakers(
    path: Path,
    form: FileFormat,
    found: evidence.Evidence,
    entry: catalogue.KnownExport | None,
    taken: set[str],
    named_own: str | None,
) -> speakers.FileSpeakers:
    """Who speaks in the rows, by columns that hold nothing else (`taken`) and by the titles of the file's parts."""
    own, private, events = entry.marks_in(form.header) if entry else (None, None, None)
    names = (*form.header, PART) if form.parts else form.header
    speaking = speakers.find_speakers(
        path.name, names, found, own=own, private=private, events=events, named=named_own, taken=taken
    )
    return parts.with_titles(speaking, form, found, named_own)


def _with_words(layout: Layout, found: evidence.Evidence, columns: Mapping[str, str]) -> Layout:
    """The layout with how its texts are written, and what stands for one where a row has none; `columns`: as named."""
    layout = texts.with_quotes(texts.with_markup(layout, found.rows), found.rows)
    if "text" in columns:
        return layout
    return prose.with_doubt(texts.with_titles(texts.with_originals(layout, found.rows), found.rows))


def _with_ids(
    layout: Layout, found: evidence.Evidence, below: Sequence[FilePart], columns: Mapping[str, str]
) -> Layout:
    """The layout with its clock, and which ids tell its posts apart and join them."""
    named.check(layout, found, columns)
    layout = clocks.with_clock(layout, found)
    layout, found = parts.with_scopes(related.with_related(layout, found.rows), found, below)
    layout = identity.with_ids(layout, found.rows, columns)
    return nested.with_unread(related.with_links(layout, found.rows), found.rows)


@contextmanager
def _header_row_named(form: FileFormat) -> Iterator[None]:
    """Adds what names the header to an error about a file some of whose columns have no name."""
    try:
        yield
    except UnexpectedAnswer as error:
        if not has_numbered(form.header):
            raise
        raise UnexpectedAnswer(f"{error}; {asking.HEADER_ROW}") from None


def _with_writers(layout: Layout) -> Layout:
    """The layout, with a note where nothing says who wrote the posts: nor which are of the brand's own accounts."""
    columns, asked = layout.columns, {question.role for question in layout.questions}
    if columns.author or columns.author_name or "author" in asked or (layout.own and layout.own.column is None):
        return layout
    if columns.permalink and networks.profile(layout.network).post_ids:
        return layout  # an address of X names the author
    return layout.with_note(
        "no column says who wrote the posts: they are nobody's, and those of your own accounts are not known; "
        "--column author=NAME names one"
    )


def _by_ids(layout: Layout, with_times: Callable[[Layout], Layout]) -> Layout | None:
    """The layout with the times that ids tell, where it would be asked which column holds them; None: they do not."""
    others = tuple(question for question in layout.questions if question.role != "posted_at")
    if len(others) == len(layout.questions):
        return None
    columns = replace(layout.columns, posted_at=None, time_of_day=None, am_pm=None)
    try:
        return with_times(replace(layout, columns=columns, questions=others))
    except UnexpectedAnswer:
        return None


def _looked_at(
    path: Path, network: str, options: FormOptions
) -> tuple[FileFormat, evidence.Evidence, Sequence[FilePart]]:
    """The file's form with its header, its rows, and the tables below the first with the same columns.

    Raises UnexpectedAnswer when it holds none that can be read.
    """
    file_format = detect.detect_format(path, replace(column_finder.FINDER, paths=catalogue.paths()), options)
    tables = stacked.StackedTables(file_format, column_finder.FINDER)
    found = evidence.look(path, file_format, tables.leaves_out)
    file_format = tables.in_form()
    if file_format.kind in _THREADED and comments_count_anew(found.rows):
        file_format = replace(file_format, comments_anew=True)
        found = evidence.look(path, file_format)
        if found.is_all and (lost := unresolved(found.rows)):
            note = f"comments that answer one that is not in the file, kept below their post: {lost:,}"
            file_format = replace(file_format, notes=(*file_format.notes, note))
    if not found.count:
        raise detect.no_rows_error(path, file_format.header)
    if not found.rows:
        raise UnexpectedAnswer(f"{path.name}: no row can be read, the first: {found.first_fault}; export it as CSV")
    if found.faults:
        context = {"network": network, "path_name": path.name, "rejects": found.faults}
        logger.warning("rows cannot be read", extra=context)
    if found.totals:
        note = f"rows that only add up others, no posts: {found.totals:,}"
        file_format = replace(file_format, notes=(*file_format.notes, note))
    if file_format.kind in _THREADED:
        file_format, found = parts.with_asked_lists(path, file_format, found)
        header = found.names() if file_format.kind != "parquet threads" else file_format.header
        file_format = replace(file_format, header=header)
    else:
        file_format, found = parts.with_titled(path, file_format, found, tables.parts)
    if not found.is_whole:
        note = f"only the first {evidence.MOST_ROWS:,} rows were looked at to tell the columns; all are imported"
        file_format = replace(file_format, notes=(*file_format.notes, note))
    return file_format, found, tables.parts
