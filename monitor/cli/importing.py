"""`escucha import`: posts from a file."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.runs import Run
    from monitor.settings.loading import Settings
    from monitor.sources.files.source import Layout

_EXAMPLES = 5


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines, Parquet or XLSX.")],
    network: Annotated[str, typer.Option(help="Network the posts come from: x, reddit, facebook, ...")],
    brand: Annotated[
        str | None, typer.Option(help="Assign all posts to this brand. Default: the brands' queries decide.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="ROLE=COLUMN where the guess is wrong, repeatable; roles: text, id, author, posted_at, thread, ..."
        ),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Time zone of times without an offset. Default: time_zone of the settings.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the columns and five rows as they would be stored, and store nothing."),
    ] = False,
) -> None:
    """Imports posts from FILE into the database; posts that are stored already are skipped."""
    from monitor.collect import files as collect_files
    from monitor.collect import matching
    from monitor.settings.zones import zone_named
    from monitor.sources.files import source

    network = _network_name(network)
    settings = common.current_settings()
    zone = zone_named(time_zone) if time_zone else settings.zone
    layout = source.inspect(file, network=network, time_zone=zone, columns=_columns(column or []))
    for line in layout.describe():
        common.stdout.print(common.escape(line))
    for line in _unknown_network(network):
        common.stdout.print(f"[yellow]![/] {common.escape(line)}")
    if dry_run:
        _show_examples(settings, layout)
        return
    brand_matcher = matching.by_brand(brand) if brand is not None else matching.by_queries(settings.brands)
    with common.progress_bars() as progress:
        run = collect_files.import_file(settings, layout, brand_matcher, progress)
    _print_counts(run)
    _print_unmatched(settings, run)
    common.stdout.print("Next: escucha run (classifies pending posts and opens cases)")


def _print_counts(run: "Run") -> None:
    saved = run.saved
    common.stdout.print(
        f"read {run.received:,} · stored {saved.stored:,} · duplicates {saved.duplicates:,} · "
        f"rejected {saved.rejected:,}"
    )
    if saved.rejected:
        common.stdout.print(
            f"Rejected rows are kept with their reason: run {run.run_id} on the page Health (escucha dashboard)."
        )


def _print_unmatched(settings: "Settings", run: "Run") -> None:
    """How many of the posts no query found, and what to do about them; nothing while no brand is set up."""
    from monitor import store
    from monitor.store.posts import unmatched

    if not settings.brands:
        return
    with store.connect(settings.store, read_only=True) as connection:
        count = unmatched.of_run(connection, run.run_id)
    if count:
        posts = common.plural(count, "post")
        common.stdout.print(
            f"[yellow]![/] {count:,} {posts} of no brand: in no brand's figures and without a case, unless they answer "
            "a post of its own accounts. If they are about one, import the file again with --brand NAME or a wider "
            "query; complaints among them wait in the dashboard, Inbox, brand (no brand).",
            soft_wrap=True,
        )


def _network_name(network: str) -> str:
    """The network's name as it is stored: X, x and " x" are one network. Raises BadParameter."""
    name = network.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise typer.BadParameter(f"--network {network!r}: write a name such as x, reddit, app_store")
    return name


def _unknown_network(network: str) -> Iterator[str]:
    """That nobody knows a network of this name, and which one may be meant; its posts are stored all the same."""
    from monitor import networks

    names = networks.names_in_files()
    if network not in names:
        near = difflib.get_close_matches(network, names, 1)
        hint = f" (did you mean {names[near[0]]}?)" if near else ": its posts are stored under that name"
        yield f"no known network is called {network}{hint}"


def _columns(assignments: list[str]) -> dict[str, str]:
    columns = {}
    for assignment in assignments:
        role, equals, name = assignment.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"--column {assignment}: write ROLE=COLUMN, such as text=comentario")
        columns[role] = name
    return columns


def _show_examples(settings: "Settings", layout: "Layout") -> None:
    from itertools import islice

    from monitor.errors import RejectedPost
    from monitor.runs import now
    from monitor.sources.files import source

    pages = source.read(layout.path, layout, received_at=now(), page_size=_EXAMPLES)
    for post in islice((post for page in pages for post in page.posts), _EXAMPLES):
        try:
            mention = source.to_mention(post, layout)
        except RejectedPost as error:
            common.stdout.print(common.escape(f"— {post.place}: rejected: {error}"))
            continue
        posted = common.format_time(mention.posted_at, settings.zone)
        common.stdout.print(common.escape(f"— {post.place}: {mention.post_id} · {mention.author or '?'} · {posted}"))
        common.stdout.print(common.escape(f"  {mention.text}"))
    common.stdout.print("Nothing was stored. Next: the same command without --dry-run")
