"""`escucha classify` and `escucha predict`."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor import atomic_files
from monitor.cli import common
from monitor.cli.output import selections, targets

if TYPE_CHECKING:
    from monitor.pipeline.verdicts import TextJudge

_JSON_LINES = (".jsonl", ".ndjson")
_CHUNK = 4_096  # rows scored between two writes


def classify(
    again: Annotated[
        bool, typer.Option("--again", help="Also reclassify what another version of the classifier has classified.")
    ] = False,
    since: Annotated[
        date | None,
        typer.Option(parser=selections.day, metavar="DATE", help="With --again: only posts from this day on."),
    ] = None,
) -> None:
    """Classifies all pending mentions.

    With --again, people's corrections still come first, cases stay, and no post gets a second case.
    """
    from monitor.pipeline import learn, main_line

    settings = common.current_settings()
    if again:
        day = datetime.combine(since, time(), settings.zone) if since else None
        count = learn.queue_again(settings, day)
        mentions = "mention is" if count == 1 else "mentions are"
        common.stdout.print(f"{count:,} {mentions} pending again")
    with common.progress_bars() as progress:
        count = main_line.classify_pending(settings, progress)
    common.stdout.print(f"classified {count:,}. Next: escucha run (opens cases)")


def predict(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines, Parquet or XLSX.")],
    output: Annotated[Path, typer.Option(help="JSON lines file to write: one object per row of FILE, in order.")],
    text_column: Annotated[str | None, typer.Option(help="Column of the texts. Default: found by its name.")] = None,
) -> None:
    """Classifies the texts of FILE into another file; nothing is stored in the database.

    A row without a usable text gets an object with the key error instead of scores.
    """
    from monitor.pipeline import classify as pipeline_classify
    from monitor.pipeline import verdicts

    settings = common.current_settings()
    target = targets.target(output, settings, file, endings=_JSON_LINES)
    texts = _texts(file, text_column)
    judge = verdicts.judge(settings, pipeline_classify.active_model(settings))
    done = faults = 0
    with common.progress_bars() as progress, atomic_files.replacing(target) as lines:
        while chunk := list(islice(texts, _CHUNK)):
            for line in _predictions(judge, chunk):
                faults += "error" in line
                lines.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
            done += len(chunk)
            progress("predict", done, done)
    errors = f", {faults:,} of them with an error" if faults else ""
    rows = f"{done:,} {common.plural(done, 'row')}{errors}"
    common.stdout.print(f"{rows} in {output}. Next: list the complaints: grep '\"complaint\": true' {output}")


def _predictions(judge: "TextJudge", texts: Iterable[str | ValueError]) -> Iterator[dict[str, Any]]:
    from monitor.cli.classifier import verdict

    rows, version = list(texts), judge.model.version
    verdicts = judge.verdicts([row for row in rows if isinstance(row, str)])
    for row in rows:
        if isinstance(row, ValueError):
            yield {"error": str(row), "model": version}
        else:
            yield verdict.values(next(verdicts), version)


def _texts(file: Path, named: str | None) -> Iterator[str | ValueError]:
    """Each row's text, or what is wrong with it. Raises UnexpectedAnswer when the file has no such column.

    Without a name the column is found.
    """
    from monitor.cli.classifier import text_column
    from monitor.errors import UnexpectedAnswer
    from monitor.sources.files.columns import FINDER
    from monitor.tables import detect
    from monitor.tables.file_format import ReadProgress
    from monitor.tables.rows import rows

    form = detect.detect_format(file, FINDER)
    if named and form.header and named not in form.header:
        raise UnexpectedAnswer(
            f"{file} has no column {named!r}; it has {', '.join(form.header)}. Next: add --text-column NAME"
        )
    column = named or text_column.find(file, form)
    if named is None and column != text_column.USUAL:
        common.stderr.print(common.told(f"the texts are those of the column {column}"))
    for note in form.notes:
        common.stderr.print(common.told(note))
    return (text_of(row, column) for _, _, row in rows(file, form, 0, ReadProgress()))


def text_of(row: Mapping[str, Any], column: str) -> str | ValueError:
    """A row's text, or what is wrong with it."""
    from monitor.tables.file_format import FAULT
    from monitor.tables.values import value_of

    if FAULT in row:
        return ValueError(str(row[FAULT]))
    value = row[column] if column in row else value_of(row, column)
    if value is None and column not in row:
        return ValueError(f"no {column!r} in this row")
    return value if isinstance(value, str) else ValueError(f"{column!r} is {'empty' if value is None else 'not text'}")
