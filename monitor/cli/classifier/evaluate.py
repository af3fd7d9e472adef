"""`escucha evaluate`: how right the classifier is on labelled posts of one's own, and what thresholds to choose."""

import json as encoding
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.classify.evaluation import Evaluation
    from monitor.classify.model import Model
    from monitor.classify.threshold_choices import LabelledPost
    from monitor.cli.classifier.labelled import LabelledRow, SkippedRows
    from monitor.settings.loading import Settings

_CHUNK = 4_096  # rows scored at a time


def evaluate(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSON lines, Parquet or XLSX with texts and labels.")],
    text_column: Annotated[str | None, typer.Option(help="Column of the texts. Default: found by its name.")] = None,
    complaint_column: Annotated[
        str | None, typer.Option(help="Column that says whether it is a complaint: yes or no.")
    ] = None,
    sentiment_column: Annotated[
        str | None, typer.Option(help="Column of the sentiment: negative, neutral or positive.")
    ] = None,
    about_column: Annotated[
        str | None, typer.Option(help="Column that says whether it is about a company at all: yes or no.")
    ] = None,
    category_column: Annotated[
        str | None, typer.Option(help="Column of the category of a complaint, as the desk calls it.")
    ] = None,
    language_column: Annotated[
        str | None, typer.Option(help="Column of the language, such as es. Default: found from the text.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Measures the classifier on labelled posts of FILE: how right it is, and which thresholds fit them.

    Nothing is stored and no text is shown. Labels may be yes/no, sí/no, 1/0, negative/neutral/positive, neg/neu/pos.
    """
    from monitor.classify import evaluation, model
    from monitor.cli.classifier import labelled
    from monitor.pipeline import classify

    settings = common.current_settings()
    skipped = labelled.SkippedRows()
    columns_by_role = {
        "text": text_column,
        "complaint": complaint_column,
        "sentiment": sentiment_column,
        "about": about_column,
        "category": category_column,
        "language": language_column,
    }
    rows = labelled.read(file, columns_by_role, skipped, settings.desk.categories)
    classifier = classify.active_model(settings)
    posts = list(_score_rows(classifier, rows, settings))
    measurement = evaluation.evaluate(posts, model.operating_points(classifier), settings.policy)
    if json:
        answer = {"model": classifier.version, "rows": len(posts), "left_out": skipped.reasons, **asdict(measurement)}
        typer.echo(encoding.dumps(answer, ensure_ascii=False))
        return
    common.stdout.print(f"{len(posts):,} posts of {common.escape(str(file))}, scored by {classifier.version}")
    _print_skipped(skipped)
    if any(post.about is not None and post.scores.p_about is None for post in posts):
        words = f"{classifier.version} does not say what is about a company: that column is not measured"
        common.stdout.print(f"[yellow]{common.tell(words)}[/]")
    _print_evaluation(measurement, settings)


def _score_rows(classifier: "Model", rows: "Iterator[LabelledRow]", settings: "Settings") -> "Iterator[LabelledPost]":
    from monitor.classify.threshold_choices import LabelledPost
    from monitor.pipeline import verdicts

    judge = verdicts.judge(settings, classifier)
    with common.progress_bars() as progress:
        done = 0
        while chunk := list(islice(rows, _CHUNK)):
            for row, verdict in zip(chunk, judge.verdicts([row.text for row in chunk]), strict=True):
                filed, filed_by, _ = judge.category(row.text, verdict.scores) if row.category else ("", "", ())
                yield LabelledPost(
                    verdict.scores,
                    row.language or verdict.language,
                    row.complaint,
                    row.sentiment,
                    row.about,
                    verdict.names_us,
                    row.category,
                    filed,
                    filed_by,
                )
            done += len(chunk)
            progress("evaluate", done, done)


def _print_skipped(skipped: "SkippedRows") -> None:
    for reason, count in skipped.reasons.items():
        places = [common.tell(place) for place in skipped.places[reason]]
        ellipsis = ", …" if count > len(places) else ""
        common.stdout.print(
            f"[yellow]{common.tell(f'left out {count:,}')}[/]: {common.tell(reason)} ({', '.join(places)}{ellipsis})"
        )


def _print_evaluation(measurement: "Evaluation", settings: "Settings") -> None:
    from monitor.classify.evaluation import HEADS
    from monitor.cli.classifier import advised, in_words, measured

    if not measurement.outcomes and measurement.category is None:
        common.stdout.print("Next: label some posts (columns text, complaint, sentiment), then escucha evaluate FILE")
        return
    for head, names in HEADS.items():
        if outcomes := [outcome for outcome in measurement.outcomes if outcome.head == head]:
            measured.print_head(outcomes, names)
    if measurement.category is not None:
        measured.print_categories(measurement.category, settings)
    if joint := [outcome for outcome in measurement.outcomes if not outcome.language]:
        in_words.print_meanings(joint)
    advised.print_thresholds(measurement, settings.policy)
