"""`escucha import`: posts from a file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.settings.loading import Settings
    from monitor.sources.files.source import Layout

_EXAMPLES = 5


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines, Parquet or XLSX.")],
    network: Annotated[str, typer.Option(help="Where the posts come from: x, reddit, facebook, ...")],
    brand: Annotated[
        str | None, typer.Option(help="All posts are about this brand; without it, the brands' queries decide.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="ROLE=COLUMN where the guess is wrong: text, id, author, posted_at, thread, ..."),
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="Zone of times without an offset; else the settings'.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show five parsed rows and store nothing.")] = False,
) -> None:
    """Reads posts from FILE into the database; what is there already is left as it is."""
    from monitor.collect import files as collect_files
    from monitor.collect import matching
    from monitor.settings.loading import zone_named
    from monitor.sources.files import source

    network = _named(network)
    settings = common.current_settings()
    zone = zone_named(time_zone) if time_zone else settings.zone
    layout = source.survey(file, network=network, time_zone=zone, columns=_columns(column or []))
    for line in layout.describe():
        common.out.print(common.plain(line))
    if dry_run:
        _show_examples(settings, layout)
        return
    chosen = matching.as_told(brand) if brand is not None else matching.by_queries(settings.brands)
    with common.progress_bars() as progress:
        run = collect_files.import_file(settings, layout, chosen, progress)
    saved = run.saved
    common.out.print(
        f"read {run.asked:,} · stored {saved.stored:,} · duplicates {saved.duplicates:,} · rejected {saved.rejected:,}"
    )
    if saved.rejected:
        common.out.print(
            f"The rejects are in the database, table rejects, run {run.run_id}; the dashboard's Health shows them."
        )
    common.out.print("Next: escucha run (classifies what is pending and opens cases)")


def _named(network: str) -> str:
    """The network's name as it is stored: X, x and " x" are one network."""
    name = network.strip().lower()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise typer.BadParameter(f"--network {network!r}: write a name such as x, reddit, app_store")
    return name


def _columns(said: list[str]) -> dict[str, str]:
    columns = {}
    for one in said:
        role, equals, name = one.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"--column {one}: write ROLE=COLUMN, such as text=comentario")
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
            common.out.print(common.plain(f"— {post.place}: rejected: {error}"))
            continue
        posted = mention.posted_at.astimezone(settings.zone)
        common.out.print(
            common.plain(f"— {post.place}: {mention.post_id} · {mention.author or '?'} · {posted:%Y-%m-%d %H:%M %Z}")
        )
        common.out.print(common.plain(f"  {mention.text}"))
    common.out.print("Nothing was stored. Next: the same command without --dry-run")
