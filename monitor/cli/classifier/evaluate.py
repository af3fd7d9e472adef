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

    from monitor.classify.evaluation import Evaluation, HeadEvaluation, LabelledPost, ThresholdChoice, ThresholdShare
    from monitor.classify.model import Model
    from monitor.cli.classifier.labelled import LabelledRow, SkippedRows
    from monitor.settings.classifier import Policy
    from monitor.settings.loading import Settings

_CHUNK = 4_096  # rows scored at a time
_ENOUGH = 200  # complaints from which on a chosen threshold is worth having: its precision is then known to about 5 %


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
        "language": language_column,
    }
    rows = labelled.read(file, columns_by_role, skipped)
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
    _print_evaluation(measurement, settings.policy)


def _score_rows(classifier: "Model", rows: "Iterator[LabelledRow]", settings: "Settings") -> "Iterator[LabelledPost]":
    from monitor.classify.evaluation import LabelledPost
    from monitor.classify.text import language

    names = [brand.name for brand in settings.brands]
    expected = settings.expected_languages(names)
    with common.progress_bars() as progress:
        done = 0
        while chunk := list(islice(rows, _CHUNK)):
            scores = classifier.scores([row.text for row in chunk])
            for row, row_scores in zip(chunk, scores, strict=True):
                code = row.language or language(row.text, expected, names)
                yield LabelledPost(row_scores, code, row.complaint, row.sentiment, row.about)
            done += len(chunk)
            progress("evaluate", done, done)


def _print_skipped(skipped: "SkippedRows") -> None:
    for reason, count in skipped.reasons.items():
        places = [common.tell(place) for place in skipped.places[reason]]
        ellipsis = ", …" if count > len(places) else ""
        common.stdout.print(
            f"[yellow]{common.tell(f'left out {count:,}')}[/]: {common.tell(reason)} ({', '.join(places)}{ellipsis})"
        )


def _print_evaluation(measurement: "Evaluation", policy: "Policy") -> None:
    from monitor.classify.evaluation import HEADS

    if not measurement.outcomes:
        common.stdout.print("Next: label some posts (columns text, complaint, sentiment), then escucha evaluate FILE")
        return
    for head, names in HEADS.items():
        outcomes = [outcome for outcome in measurement.outcomes if outcome.head == head]
        if outcomes:
            common.stdout.print()
            common.stdout.print(_metrics(outcomes, names))
            common.stdout.print(_calibrations(outcomes, names))
            common.stdout.print(_confusions(outcomes, names))
            common.stdout.print(_reliability(outcomes[0]))
    if measurement.choices:
        common.stdout.print()
        common.stdout.print(_thresholds(measurement.choices))
    _advise(measurement.choices, policy)


def _table(title: str, header: Sequence[str]) -> "Table":
    """An empty table: names to the left, numbers to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=common.tell(title), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, name in enumerate(header):
        table.add_column(common.tell(name), justify="right" if number else "left")
    return table


def _metrics(outcomes: "Sequence[HeadEvaluation]", names: Sequence[str]) -> "Table":
    is_binary = len(names) == 2
    columns = ["precision", "recall", "F1"] if is_binary else [f"F1\n{common.tell(name)}" for name in names]
    table = _table(
        f"{outcomes[0].head}: how often the likeliest answer is right",
        ("language", "posts", *columns, "macro F1 (95 %)", common.tell("macro rec.").replace(" ", "\n")),
    )
    for outcome in outcomes:
        cells = (outcome.precision[1], outcome.recall[1], outcome.f1[1]) if is_binary else outcome.f1
        interval = f"{outcome.macro_f1:.3f} ({outcome.macro_f1_low:.2f}-{outcome.macro_f1_high:.2f})"
        table.add_row(
            outcome.language or common.tell("all"),
            common.figure(outcome.rows),
            *(common.decimal(cell) for cell in (*map(_three, cells), interval, _three(outcome.macro_recall))),
        )
    return table


def _calibrations(outcomes: "Sequence[HeadEvaluation]", names: Sequence[str]) -> "Table":
    """Of two answers, how often the second was predicted and was true; of three, the error of the likeliest one too."""
    is_binary = len(names) == 2
    of_all = "ECE", "by chance"
    columns = ("predicted", "actual", *of_all) if is_binary else (*of_all, "top label", "by chance")
    table = _table(f"{outcomes[0].head}: how true its probabilities are", ("language", "posts", *columns))
    for outcome in outcomes:
        errors = _three(outcome.ece), _three(outcome.chance)
        labels = _three(outcome.top_ece), _three(outcome.top_chance)
        shares = f"{outcome.predicted[-1]:.1%}", f"{outcome.actual[-1]:.1%}"
        cells = (*shares, *errors) if is_binary else (*errors, *labels)
        table.add_row(outcome.language or common.tell("all"), common.figure(outcome.rows), *map(common.decimal, cells))
    return table


def _three(figure: float) -> str:
    return f"{figure:.3f}"


def _confusions(outcomes: "Sequence[HeadEvaluation]", names: Sequence[str]) -> "Table":
    table = _table("confusion matrix (posts)", ("language", "label", *(f"→ {common.tell(name)}" for name in names)))
    for outcome in outcomes:
        for name, counts in zip(names, outcome.confusion, strict=True):
            table.add_row(outcome.language or common.tell("all"), common.tell(name), *map(common.figure, counts))
    return table


def _reliability(outcome: "HeadEvaluation") -> "Table":
    event = "company" if outcome.head == "about" else outcome.head
    table = _table(f"calibration: does the probability of the {event} hold?", ("predicted", "posts", "actual"))
    for interval in outcome.reliability:
        table.add_row(f"{interval.expected:.0%}", common.figure(interval.rows), f"{interval.happened:.0%}")
    return table


def _thresholds(choices: "Sequence[ThresholdChoice]") -> "Table":
    table = _table(
        "thresholds (right: share and its 95 % confidence interval)",
        ("language", "threshold", "at", "posts", "right", "complaints found"),
    )
    for choice in choices:
        language = choice.language or common.tell("all")
        table.add_row(language, common.tell("case, current"), *_cells(choice.flagged), f"{choice.recall:.0%}")
        if choice.better_flagged is not None:
            recall = f"{choice.better_recall or 0:.0%}"
            table.add_row("", common.tell("case, best for your posts"), *_cells(choice.better_flagged), recall)
        table.add_row("", common.tell("no case, current"), *_cells(choice.put_aside), "")
        if choice.better_put_aside is not None:
            table.add_row("", common.tell("no case, best for your posts"), *_cells(choice.better_put_aside), "")
    return table


def _cells(share: "ThresholdShare") -> tuple[str, str, str]:
    right = f"{share.right:.0%} ({share.low:.0%}-{share.high:.0%})" if share.rows else "-"
    return common.decimal(f"{share.threshold:.2f}"), common.figure(share.rows), right


def _advise(choices: "Sequence[ThresholdChoice]", policy: "Policy") -> None:
    """Prints what to write into the settings, or what to label first."""
    if not choices:
        common.stdout.print("Next: add a column that says whether posts are complaints; thresholds are chosen by it")
        return
    overall = choices[0]
    if overall.better_flagged is None or overall.better_put_aside is None:
        words = (
            f"{overall.rows:,} posts with {overall.complaints:,} complaints are not enough to find "
            f"thresholds at which {policy.complaint_precision:.0%} and {policy.other_precision:.0%} would be right."
        )
        common.stdout.print(f"[yellow]{common.tell(words)}[/]")
        common.stdout.print("Next: label more posts, chosen at random, then escucha evaluate FILE")
        return
    if min(overall.complaints, overall.rows - overall.complaints) < _ENOUGH:
        words = (
            f"Only {overall.complaints:,} of {overall.rows:,} posts are complaints: "
            f"take the thresholds as a hint until there are {_ENOUGH} of either kind."
        )
        common.stdout.print(f"[yellow]{common.tell(words)}[/]")
    common.stdout.print(
        f"To have {policy.complaint_precision:.0%} of cases and {policy.other_precision:.0%} of posts without a case "
        f"right, your targets in the settings, in all languages:\n\n"
        f"    \\[policy]\n    complaint_at = {overall.better_flagged.threshold:.2f}\n"
        f"    unsure_at = {overall.better_put_aside.threshold:.2f}\n"
    )
    common.stdout.print(
        "Next: write these lines into escucha.toml if your posts were chosen at random, then escucha run"
    )
