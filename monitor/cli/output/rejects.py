"""`escucha rejects`."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common
from monitor.cli.acting import recorded
from monitor.cli.output import targets

if TYPE_CHECKING:
    from monitor.models.rejects import KeptReject
    from monitor.settings.loading import Settings
    from monitor.store.posts.rejects import RejectScope

_SHOWN = 20  # rejects on the terminal
_LONGEST = 300  # characters of a row there
_CHUNK = 1_000  # rejects read under one hold of the database's lock
_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9a-f]{4})+)")  # letters of JSON that is kept in ASCII


def rejects(
    csv: Annotated[Path | None, typer.Option(help="CSV file to write, with all of them.", show_default=False)] = None,
    network: Annotated[str | None, typer.Option(help="Only of this network.")] = None,
    run: Annotated[int | None, typer.Option(help="Only of this run, by its number.")] = None,
) -> None:
    """Lists posts that could not be read: why, where each stood, and the row as it came; the newest first.

    Rows are posts of people: personal data. Those deleted on their network, and of exports.only_links, are left out.
    """
    from monitor.store.posts.rejects import RejectScope

    settings = common.current_settings()
    target = targets.target(csv, settings, endings=(".csv",)) if csv is not None else None
    scope = RejectScope(network.strip().lower() if network else None, run)
    counts = _counts(settings, scope)
    total = sum(counts.values())
    for reason, count in counts.items():
        common.stdout.print(f"{common.figure(count):>7}  {common.told(reason)}")
    if target is not None:
        recorded.record(settings, "export", "posts", total, "csv")
        _write(settings, scope, target)
    elif total:
        _show(settings, scope, total)
    else:
        common.stdout.print("No post was rejected.")


def _write(settings: "Settings", scope: "RejectScope", target: Path) -> None:
    from monitor.exporters import reject_table

    told = (
        replace(reject, reason=common.tell(reject.reason), place=common.tell(reject.place))
        for reject in _rejects(settings, scope)
    )
    count = reject_table.write(told, target, language=settings.language, zone=settings.zone)
    common.stdout.print(f"wrote {count:,} rejected {common.plural(count, 'row')} to {common.escape(str(target))}")
    common.print_language(settings.language)
    _warn()
    common.stdout.print("Next: correct the rows in the file they came from, then escucha import FILE --network NAME")


def _show(settings: "Settings", scope: "RejectScope", total: int) -> None:
    for reject in islice(_rejects(settings, scope), _SHOWN):
        common.stdout.print(f"— {common.told(reject.place)}: {common.told(reject.reason)}", soft_wrap=True)
        raw = " ".join(reject.raw.split())
        common.stdout.print(common.plain(f"  {raw[:_LONGEST]}{'…' if len(raw) > _LONGEST else ''}"), soft_wrap=True)
    if total > _SHOWN:
        common.stdout.print(f"... and {total - _SHOWN:,} more; all of them, whole: escucha rejects --csv FILE")
    _warn()
    common.stdout.print("Next: escucha rejects --csv FILE")


def _warn() -> None:
    common.stdout.print(
        "[yellow]![/] these rows are posts of people, personal data: give them only to who corrects them, and delete "
        "them after that",
        soft_wrap=True,
    )


def _counts(settings: "Settings", scope: "RejectScope") -> dict[str, int]:
    from monitor import store
    from monitor.store.posts import rejects as kept

    if not store.exists(settings.store):
        return {}
    with store.connect(settings.store, read_only=True) as connection:
        return dict(kept.reasons(connection, scope))


def _rejects(settings: "Settings", scope: "RejectScope") -> "Iterator[KeptReject]":
    from monitor import store
    from monitor.store.posts import rejects as kept

    if not store.exists(settings.store):
        return
    with store.connect(settings.store, read_only=True) as connection:
        wanted: Sequence[str] = kept.keys(connection, scope)
    for start in range(0, len(wanted), _CHUNK):
        with store.connect(settings.store, read_only=True) as connection:
            chunk = kept.listed(connection, wanted[start : start + _CHUNK], settings.exports.only_links)
        yield from (replace(reject, raw=as_written(reject.raw)) for reject in chunk)


def as_written(raw: str) -> str:
    """The row with its letters, not their numbers: Nº, técnico. What cannot be seen stays a number."""
    return _ESCAPED.sub(lambda match: match[1] + _letters(match[2]), raw)


def _letters(escapes: str) -> str:
    letters = str(json.loads(f'"{escapes}"'))
    return letters if letters.isprintable() else escapes
