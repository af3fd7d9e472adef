"""`escucha import`: posts from a file."""

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import common
from monitor.cli.failures import objects
from monitor.cli.files import form, network_name, options
from monitor.cli.files import preview as previews

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.collect.matching import Matcher
    from monitor.runs import Run
    from monitor.settings.loading import Settings
    from monitor.sources.files.source import Layout

_EXAMPLES = 5


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines, Parquet or XLSX.")],
    network: options.NetworkOption,
    brand: options.BrandOption = None,
    column: options.ColumnOption = None,
    time_zone: options.TimeZoneOption = None,
    date_order: options.DateOrderOption = None,
    sheet: form.SheetOption = None,
    header_row: form.HeaderRowOption = None,
    separator: form.SeparatorOption = None,
    encoding: form.EncodingOption = None,
    accept_guesses: options.AcceptOption = False,
    dry_run: options.DryRunOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Imports posts from FILE into the database; posts that are stored already are skipped."""
    from monitor.settings.zones import zone_named
    from monitor.tables.file_format import FormOptions

    network = network_name.written(network)
    if as_json and not dry_run:
        raise typer.BadParameter("--json goes with --dry-run")
    settings = common.current_settings()
    network_name.check(settings, network)
    matcher = _matcher(settings, brand)
    zone = zone_named(time_zone) if time_zone else settings.zone
    named = {
        "columns": _columns(column or []),
        "zone_is_named": time_zone is not None,
        "date_order": date_order,
        "options": FormOptions(sheet, header_row, separator, encoding),
    }

    def look() -> "Layout":
        return _layout(settings, file, network, zone, accept_guesses, named)

    if as_json:
        _print_object(settings, look, matcher)
    else:
        _show_or_import(settings, look(), matcher, by_queries=brand is None, dry_run=dry_run)


def _show_or_import(
    settings: "Settings", layout: "Layout", matcher: "Matcher", *, by_queries: bool, dry_run: bool
) -> None:
    """Says how the file is read, and imports it, or with `dry_run` shows what would be stored."""
    for line in layout.describe():
        common.print_wrapped(common.tell(line))
    for line in network_name.unknown(layout.network):
        common.print_warning(line)
    _ask(layout)
    if dry_run:
        _show_examples(settings, layout, matcher, by_queries)
    else:
        _import(settings, layout, matcher, by_queries)


def _layout(
    settings: "Settings", file: Path, network: str, zone: "ZoneInfo", accept_guesses: bool, named: Mapping[str, Any]
) -> "Layout":
    """How the file is read, as far as it is known; with guesses where a person said to go on with them."""
    from monitor.collect.known import own_columns
    from monitor.sources.files import asking, source

    columns = dict(named["columns"])
    has_no_author = columns.get("author") == asking.NOBODY and bool(columns.pop("author"))
    layout = source.inspect(file, network=network, time_zone=zone, **{**named, "columns": columns})
    layout = asking.without_author(layout) if has_no_author else own_columns.with_own_column(settings, layout, columns)
    return asking.accepted(layout) if accept_guesses else layout


def _ask(layout: "Layout") -> None:
    """Raises UnexpectedAnswer, with what to type, when there is something to say first."""
    from monitor.sources.files import asking

    if layout.questions:
        raise asking.unanswered(layout)


def _matcher(settings: "Settings", brand: str | None) -> "Matcher":
    """Raises BadParameter for a brand that is none of the settings'. Without any brand there, any name is a brand."""
    from monitor.collect import matching

    if brand is None:
        return matching.by_queries(settings.brands)
    names = {one.name.casefold(): one.name for one in settings.brands}
    if names and brand.casefold() not in names:
        near = difflib.get_close_matches(brand.casefold(), names, 1)
        others = f"did you mean {names[near[0]]}?" if near else f"name one of: {', '.join(names.values())}"
        raise typer.BadParameter(f"there is no brand {brand}; {others}")
    return matching.by_brand(names.get(brand.casefold(), brand))


def _import(settings: "Settings", layout: "Layout", matcher: "Matcher", by_queries: bool) -> None:
    from monitor.collect import files as collect_files

    with common.progress_bars() as progress:
        run = collect_files.import_file(settings, layout, matcher, progress)
    _print_counts(run)
    _print_unmatched(settings, run, by_queries)
    common.stdout.print("Next: escucha run (classifies pending posts and opens cases)")


def _print_counts(run: "Run") -> None:
    saved = run.saved
    common.stdout.print(
        f"read {run.received:,} · stored {saved.stored:,} · duplicates {saved.duplicates:,} · "
        f"rejected {saved.rejected:,}"
    )
    if saved.own_replies:
        common.stdout.print(f"among them {saved.own_replies:,} answers of your own that stood beside posts")
    _print_renumbered(saved.renumbered if saved.stored else 0)
    if saved.rejected:
        common.stdout.print(f"Rejected rows are kept with their reason: escucha rejects --run {run.run_id}")


def _print_renumbered(count: int) -> None:
    if count:
        common.print_warning(
            f"{count:,} {common.plural(count, 'row')} had the id of a post that says something else: kept under an id "
            "of their own"
        )


def _print_unmatched(settings: "Settings", run: "Run", by_queries: bool) -> None:
    """How many of the posts no query found, and what to do about them; nothing while no brand is set up."""
    from monitor import store
    from monitor.settings.own import own_handles
    from monitor.store.posts import unmatched

    if not settings.brands:
        if by_queries and run.saved.stored:
            common.print_no_brands()
        return
    with store.connect(settings.store, read_only=True) as connection:
        found = unmatched.count(connection, own_handles(settings), run.run_id)
        by_brand = unmatched.matched_of_run(connection, run.run_id)
    if by_queries:
        of_others = run.saved.stored - run.saved.own_replies - (found.own - found.answers)
        _print_matched(by_brand, found.others, of_others)
    if found.others:
        count, posts = found.others, common.plural(found.others, "post")
        common.print_warning(
            f"{count:,} {posts} of no brand: in no brand's figures and without a case, unless they answer a post of "
            "its own accounts. If they are about one, import the file again with --brand NAME or a wider query; "
            "complaints among them wait in the dashboard, Inbox, brand (no brand)."
        )


def _print_matched(by_brand: Mapping[str, int], unmatched: int, total: int) -> None:
    """How many posts a brand's queries found, of all that are new but its own that none found."""
    if total:
        count = total - unmatched
        brands = ", ".join(f"{name} {posts:,}" for name, posts in sorted(by_brand.items()))
        told = f" ({brands})" if brands else ""
        verb = "matches" if count == 1 else "match"
        common.stdout.print(common.escape(f"{count:,} of {total:,} {verb} a query{told}"))


def _columns(assignments: list[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for assignment in assignments:
        role, equals, name = assignment.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"--column {assignment}: write ROLE=COLUMN, such as text=comentario")
        if columns.get(role, name) != name:
            raise typer.BadParameter(f"--column names two columns for {role}: {columns[role]} and {name}; keep one")
        columns[role] = name
    return columns


def _print_object(settings: "Settings", look: Callable[[], "Layout"], matcher: "Matcher") -> None:
    """The dry run as one object. Raises UnexpectedAnswer when there is something to say first."""
    layout = look()
    preview = None if layout.questions else previews.look_ahead(settings, layout, matcher)
    objects.print_object(previews.as_object(layout, preview))
    _ask(layout)


def _show_examples(settings: "Settings", layout: "Layout", matcher: "Matcher", by_queries: bool) -> None:
    from itertools import islice

    from monitor.errors import RejectedPost
    from monitor.runs import now
    from monitor.sources.files import source

    pages = source.read(layout.path, layout, received_at=now(), page_size=_EXAMPLES)
    for post in islice((post for page in pages for post in page.posts), _EXAMPLES):
        try:
            mention = source.to_mention(post, layout)
        except RejectedPost as error:
            common.stdout.print(common.told(f"— {post.place}: rejected: {error}"))
            continue
        posted = common.format_time(mention.posted_at, settings.zone)
        author = mention.author or "?"
        common.stdout.print(common.plain(f"— {common.tell(post.place)}: {mention.post_id} · {author} · {posted}"))
        common.print_wrapped(mention.text, "  ")
    preview = previews.look_ahead(settings, layout, matcher)
    common.stdout.print(
        f"rows {preview.rows:,} · new {preview.mentions:,} · duplicates {preview.duplicates:,} · "
        f"rejected {preview.rejected:,} · of your own {preview.own:,}"
    )
    _print_renumbered(preview.renumbered if preview.mentions else 0)
    if reject := preview.first_reject:
        common.stdout.print(common.told(f"first rejected: {reject.place}: {reject.reason}"))
    if settings.brands and by_queries:
        _print_matched(preview.matched, preview.unmatched, preview.mentions - preview.own_unmatched)
        if preview.unmatched:
            common.stdout.print("If the others are about a brand: --brand NAME, or a wider query", soft_wrap=True)
    common.stdout.print("Nothing was stored. Next: the same command without --dry-run")
