"""`escucha evaluate`: how right the classifier is on labelled posts of one's own, and what thresholds to choose."""

import json as encoding
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from rich.table import Table

    from monitor.classify.evaluation import Choice, Evaluation, Labelled, Outcome, Share
    from monitor.classify.model import Model
    from monitor.cli.classifier.labelled import LeftOut, Row
    from monitor.settings.loading import Policy

_CHUNK = 4_096  # rows scored at a time
_ENOUGH = 200  # complaints from which on a chosen threshold is worth having: its precision is then known to about 5 %


def evaluate(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines, Parquet or XLSX: texts and labels.")],
    text_column: Annotated[str | None, typer.Option(help="The column of the texts; else found by its name.")] = None,
    complaint_column: Annotated[str | None, typer.Option(help="The column that says yes or no.")] = None,
    sentiment_column: Annotated[str | None, typer.Option(help="Negative, neutral or positive.")] = None,
    language_column: Annotated[str | None, typer.Option(help="Codes such as es; else found from the text.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Measures the classifier on labelled posts of FILE: how right it is, and what thresholds to choose.

    Nothing is stored and no text is shown. Labels may be yes/no, sí/no, 1/0, negative/neutral/positive, neg/neu/pos.
    """
    from monitor.classify import evaluation, model
    from monitor.cli.classifier import labelled
    from monitor.pipeline import classify

    settings = common.current_settings()
    left_out = labelled.LeftOut()
    columns = (text_column, complaint_column, sentiment_column, language_column)
    named = dict(zip(("text", "complaint", "sentiment", "language"), columns, strict=True))
    rows = labelled.read(file, named, left_out)
    classifier = classify.active(settings)
    posts = list(_scored(classifier, rows))
    found = evaluation.evaluate(posts, model.points(classifier), settings.policy)
    if json:
        told = {"model": classifier.version, "rows": len(posts), "left_out": left_out.reasons, **asdict(found)}
        typer.echo(encoding.dumps(told, ensure_ascii=False))
        return
    common.out.print(f"{len(posts):,} posts of {common.plain(str(file))}, read by {classifier.version}")
    _tell_left_out(left_out)
    _tell(found, settings.policy)


def _scored(classifier: "Model", rows: "Iterator[Row]") -> "Iterator[Labelled]":
    from monitor.classify.evaluation import Labelled
    from monitor.classify.text import language

    with common.progress_bars() as progress:
        done = 0
        while chunk := list(islice(rows, _CHUNK)):
            scores = classifier.scores([row.text for row in chunk])
            for row, one in zip(chunk, scores, strict=True):
                yield Labelled(one, row.language or language(row.text), row.complaint, row.sentiment)
            done += len(chunk)
            progress("evaluate", done, done)


def _tell_left_out(left_out: "LeftOut") -> None:
    for reason, count in left_out.reasons.items():
        places = left_out.places[reason]
        more = ", …" if count > len(places) else ""
        common.out.print(f"[yellow]left out {count:,}[/]: {reason} ({', '.join(places)}{more})")


def _tell(found: "Evaluation", policy: "Policy") -> None:
    from monitor.classify.evaluation import HEADS

    if not found.outcomes:
        common.out.print("Next: label some posts (columns text, complaint, sentiment), then escucha evaluate FILE")
        return
    for head, names in HEADS.items():
        outcomes = [one for one in found.outcomes if one.head == head]
        if outcomes:
            common.out.print()
            common.out.print(_figures(outcomes, names))
            common.out.print(_confusions(outcomes, names))
            common.out.print(_reliability(outcomes[0]))
    if found.choices:
        common.out.print()
        common.out.print(_thresholds(found.choices))
    _advise(found.choices, policy)


def _table(title: str, header: Sequence[str]) -> "Table":
    """An empty table: names to the left, numbers to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, name in enumerate(header):
        table.add_column(name, justify="right" if number else "left")
    return table


def _figures(outcomes: "Sequence[Outcome]", names: Sequence[str]) -> "Table":
    own = ["precision", "recall", "F1"] if len(names) == 2 else [f"F1 {name}" for name in names]
    table = _table(
        f"{outcomes[0].head}, the likelier answer taken",
        ("language", "posts", *own, "macro F1", "macro rec.", "ECE", "by chance"),
    )
    for one in outcomes:
        cells = (one.precision[1], one.recall[1], one.f1[1]) if len(names) == 2 else one.f1
        rest = (one.macro_f1, one.macro_recall, one.ece, one.chance)
        table.add_row(one.language or "all", f"{one.rows:,}", *(f"{cell:.3f}" for cell in (*cells, *rest)))
    return table


def _confusions(outcomes: "Sequence[Outcome]", names: Sequence[str]) -> "Table":
    table = _table("which were taken for what (posts)", ("language", "label", *(f"→ {name}" for name in names)))
    for one in outcomes:
        for name, counts in zip(names, one.confusion, strict=True):
            table.add_row(one.language or "all", name, *(f"{count:,}" for count in counts))
    return table


def _reliability(outcome: "Outcome") -> "Table":
    said = "of a complaint" if outcome.head == "complaint" else "of the sentiment given"
    table = _table(f"are the probabilities {said} true?", ("said", "posts", "came true"))
    for one in outcome.reliability:
        table.add_row(f"{one.expected:.0%}", f"{one.rows:,}", f"{one.happened:.0%}")
    return table


def _thresholds(choices: "Sequence[Choice]") -> "Table":
    table = _table(
        "thresholds (right: share, and the 95 % interval it may lie in)",
        ("language", "threshold", "at", "posts", "right", "complaints found"),
    )
    for one in choices:
        language = one.language or "all"
        table.add_row(language, "case, in force", *_cells(one.flagged), f"{one.recall:.0%}")
        if one.better_flagged is not None:
            table.add_row("", "case, by your posts", *_cells(one.better_flagged), f"{one.better_recall or 0:.0%}")
        table.add_row("", "put aside, in force", *_cells(one.put_aside), "")
        if one.better_put_aside is not None:
            table.add_row("", "put aside, by your posts", *_cells(one.better_put_aside), "")
    return table


def _cells(share: "Share") -> tuple[str, str, str]:
    right = f"{share.right:.0%} ({share.low:.0%}-{share.high:.0%})" if share.rows else "-"
    return f"{share.threshold:.2f}", f"{share.rows:,}", right


def _advise(choices: "Sequence[Choice]", policy: "Policy") -> None:
    """Last of all: what to write into the settings, or what to label first."""
    if not choices:
        common.out.print("Next: label whether posts are complaints too; thresholds are chosen by that")
        return
    every = choices[0]
    if every.better_flagged is None or every.better_put_aside is None:
        common.out.print(
            f"[yellow]{every.rows:,} posts with {every.complaints:,} complaints do not tell at which thresholds "
            f"{policy.complaint_precision:.0%} and {policy.other_precision:.0%} would be right.[/]"
        )
        common.out.print("Next: label more posts, taken at random, then escucha evaluate FILE")
        return
    if min(every.complaints, every.rows - every.complaints) < _ENOUGH:
        common.out.print(
            f"[yellow]Only {every.complaints:,} of {every.rows:,} posts are complaints: "
            f"take the thresholds as a hint until there are {_ENOUGH} of either kind.[/]"
        )
    common.out.print(
        f"For {policy.complaint_precision:.0%} right among cases and {policy.other_precision:.0%} among posts put "
        f"aside, as the settings ask, in all languages:\n\n"
        f"    \\[policy]\n    complaint_at = {every.better_flagged.threshold:.2f}\n"
        f"    unsure_at = {every.better_put_aside.threshold:.2f}\n"
    )
    common.out.print("Next: write these lines into escucha.toml if your posts were taken at random; escucha run")
