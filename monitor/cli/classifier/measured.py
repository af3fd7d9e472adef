"""Tables of `escucha evaluate` on how right the answers are: metrics, calibration, confusion, categories."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.cli import case_details, common

if TYPE_CHECKING:
    from rich.table import Table

    from monitor.classify.evaluation import CategoryEvaluation, HeadEvaluation
    from monitor.settings.loading import Settings


def print_head(outcomes: "Sequence[HeadEvaluation]", names: Sequence[str]) -> None:
    """Prints all about one head: `outcomes` are those of all languages together, then of each; `names` its answers."""
    common.stdout.print()
    common.stdout.print(_metrics(outcomes, names))
    common.stdout.print(_calibrations(outcomes, names))
    common.stdout.print(_confusions(outcomes, names))
    common.stdout.print(_reliability(outcomes[0]))


def print_categories(found: "CategoryEvaluation", settings: "Settings") -> None:
    """Prints how many posts are filed right, by category, and who or what filed them."""
    percent = common.percent
    share = f"{percent(found.right / found.rows)} ({percent(found.low)}-{percent(found.high)})"
    rows = empty_table("category: what a case would be filed under", ("category", "posts", "found", "filed", "right"))
    for line in found.categories:
        recall = percent(line.right / line.rows) if line.rows else "-"
        precision = percent(line.right / line.filed) if line.filed else "-"
        name = common.escape(case_details.category_name(line.name, settings))
        rows.add_row(name, common.figure(line.rows), recall, common.figure(line.filed), precision)
    common.stdout.print()
    common.stdout.print(rows)
    words = f"{share} of {found.rows:,} posts with a category are filed right; macro F1 {found.macro_f1:.3f}"
    common.stdout.print(words)
    signs = {"words": "by words", "classifier": "by the classifier", "nothing": "by neither (other)"}
    parts = (
        f"{common.tell(signs[sign])} {common.tell(f'{right:,} of {rows:,} right')}"
        for sign, (rows, right) in found.by.items()
    )
    common.stdout.print(common.plain(", ".join(parts)))


def empty_table(title: str, header: Sequence[str]) -> "Table":
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
    table = empty_table(
        f"{outcomes[0].head}: how often the likeliest answer is right",
        ("language", "posts", *columns, "macro F1 (95%)", common.tell("macro rec.").replace(" ", "\n")),
    )
    for outcome in outcomes:
        cells = (outcome.precision[1], outcome.recall[1], outcome.f1[1]) if is_binary else outcome.f1
        interval = f"{outcome.macro_f1:.3f} ({outcome.macro_f1_low:.2f}-{outcome.macro_f1_high:.2f})"
        table.add_row(
            outcome.language or common.tell("all"),
            common.figure(outcome.rows),
            *map(_three, cells),
            common.decimal(interval),
            _three(outcome.macro_recall),
        )
    return table


def _calibrations(outcomes: "Sequence[HeadEvaluation]", names: Sequence[str]) -> "Table":
    """Of two answers, how often the second was predicted and was true; of three, the error of the likeliest one too."""
    is_binary = len(names) == 2
    of_all = "ECE", "by chance"
    columns = ("predicted", "actual", *of_all) if is_binary else (*of_all, "top label", "by chance")
    table = empty_table(f"{outcomes[0].head}: how true its probabilities are", ("language", "posts", *columns))
    for outcome in outcomes:
        errors = _three(outcome.ece), _three(outcome.chance)
        labels = _three(outcome.top_ece), _three(outcome.top_chance)
        shares = common.percent(outcome.predicted[-1], 1), common.percent(outcome.actual[-1], 1)
        cells = (*shares, *errors) if is_binary else (*errors, *labels)
        table.add_row(outcome.language or common.tell("all"), common.figure(outcome.rows), *cells)
    return table


def _three(figure: float) -> str:
    return common.decimal(f"{figure:.3f}")


def _confusions(outcomes: "Sequence[HeadEvaluation]", names: Sequence[str]) -> "Table":
    table = empty_table(
        "confusion matrix (posts)", ("language", "label", *(f"→ {common.tell(name)}" for name in names))
    )
    for outcome in outcomes:
        for name, counts in zip(names, outcome.confusion, strict=True):
            table.add_row(outcome.language or common.tell("all"), common.tell(name), *map(common.figure, counts))
    return table


def _reliability(outcome: "HeadEvaluation") -> "Table":
    event = "company" if outcome.head == "about" else outcome.head
    table = empty_table(f"calibration: does the probability of the {event} hold?", ("predicted", "posts", "actual"))
    for interval in outcome.reliability:
        cells = common.percent(interval.expected), common.figure(interval.rows), common.percent(interval.happened)
        table.add_row(*cells)
    return table
