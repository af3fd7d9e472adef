"""What `escucha evaluate` says of thresholds: what those in force do, which to choose, and what `about_at` does."""

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from monitor.cli import common
from monitor.cli.classifier.measured import empty_table

if TYPE_CHECKING:
    from rich.table import Table

    from monitor.classify.evaluation import Evaluation
    from monitor.classify.threshold_choices import AboutEffect, ThresholdAdvice, ThresholdChoice, ThresholdShare
    from monitor.settings.classifier import Policy

_WIDTH = 11  # of a heading of several words
_ENOUGH = 200  # complaints from which on a chosen threshold is worth having: its precision is then known to about 5 %


def print_thresholds(measurement: "Evaluation", policy: "Policy") -> None:
    """Prints what thresholds do, and what to write into the settings or to label first."""
    if measurement.choices:
        common.stdout.print()
        common.stdout.print(_thresholds(measurement.choices))
    _print_about(measurement.about, policy)
    _advise(measurement, policy)


def _thresholds(choices: "Sequence[ThresholdChoice]") -> "Table":
    table = empty_table(
        "thresholds (right: share and its 95% confidence interval)",
        ("language", "threshold", "at", "posts", "right", _heading("complaints found")),
    )
    for choice in choices:
        language = choice.language or common.tell("all")
        table.add_row(language, common.tell("case, current"), *_cells(choice.flagged), common.percent(choice.recall))
        if choice.better_flagged is not None:
            recall = common.percent(choice.better_recall or 0)
            table.add_row("", common.tell("case, best here"), *_cells(choice.better_flagged), recall)
        table.add_row("", common.tell("no case, current"), *_cells(choice.put_aside), "")
        if choice.better_put_aside is not None:
            table.add_row("", common.tell("no case, best here"), *_cells(choice.better_put_aside), "")
    return table


def _heading(words: str) -> str:
    return "\n".join(wrap(common.tell(words), _WIDTH))


def _cells(share: "ThresholdShare") -> tuple[str, str, str]:
    percent = common.percent
    right = f"{percent(share.right)} ({percent(share.low)}-{percent(share.high)})" if share.rows else "-"
    return common.decimal(f"{share.threshold:.2f}"), common.figure(share.rows), right


def _print_about(effects: "Sequence[AboutEffect]", policy: "Policy") -> None:
    """What is put aside as about no company: how many complaints among it, and what it saves."""
    if not policy.about_at:
        common.stdout.print()
        common.stdout.print("about_at is 0: nothing is put aside as about no company")
    if not effects:
        return
    names = ("put aside", "complaints lost by it", "about no company", "cases of these", "without about_at")
    rows = empty_table(
        f"about_at {policy.about_at:.2f}: what is put aside as about no company",
        ("language", "posts", *map(_heading, names)),
    )
    for effect in effects:
        lost = f"{effect.lost:,} / {effect.complaints:,}" if effect.complaints else "-"
        opened = [effect.off_brand, effect.opened, effect.opened_without]
        cells = [common.figure(count) for count in opened] if effect.off_brand else ["-"] * 3
        language = effect.language or common.tell("all")
        rows.add_row(language, common.figure(effect.rows), common.figure(effect.put_aside), lost, *cells)
    common.stdout.print()
    common.stdout.print(rows)
    overall = effects[0]
    if overall.complaints:
        common.stdout.print(
            f"about_at puts aside {overall.lost:,} of {overall.complaints:,} complaints that would stay without it"
        )
    if overall.off_brand:
        common.stdout.print(
            f"{overall.opened:,} of {overall.off_brand:,} posts labelled as about no company open a case and "
            f"{overall.waiting:,} wait for people; without about_at {overall.opened_without:,} and "
            f"{overall.waiting_without:,}"
        )
    else:
        common.stdout.print("a column about (is it about a company at all: yes or no) tells what about_at saves")


def _advise(measurement: "Evaluation", policy: "Policy") -> None:
    """Prints what to write into the settings, or what to label first."""
    if not measurement.choices:
        common.stdout.print("Next: add a column that says whether posts are complaints; thresholds are chosen by it")
        return
    overall, advice = measurement.choices[0], measurement.advice
    if not advice:
        words = (
            f"{overall.rows:,} posts with {overall.complaints:,} complaints are not enough to find "
            f"thresholds at which {common.percent(policy.complaint_precision)} and "
            f"{common.percent(policy.other_precision)} would be right."
        )
        common.stdout.print(f"[yellow]{common.tell(words)}[/]")
        common.stdout.print("Next: label more posts, chosen at random, then escucha evaluate FILE")
        return
    _print_hints(measurement)
    common.stdout.print(
        f"To have {common.percent(policy.complaint_precision)} of cases and "
        f"{common.percent(policy.other_precision)} of posts without a case right, your targets in the settings:"
    )
    joint_first = sorted(advice, key=lambda one: (one.language != "", -one.rows))
    common.stdout.print(common.plain("".join(_section(one, is_only=len(advice) == 1) for one in joint_first)))
    common.stdout.print(
        "Next: write these lines into escucha.toml if your posts were chosen at random, then escucha run"
    )


def _print_hints(measurement: "Evaluation") -> None:
    """Says which advice rests on few posts of a kind, and which languages got none."""
    for one in measurement.advice:
        if min(one.complaints, one.rows - one.complaints) < _ENOUGH:
            words = (
                f"{one.language or common.tell('other languages')}: only {one.complaints:,} of {one.rows:,} posts are "
                f"complaints: take the thresholds as a hint until there are {_ENOUGH} of either kind."
            )
            common.stdout.print(f"[yellow]{common.tell(words)}[/]")
    if measurement.unadvised:
        counts = ", ".join(f"{language} {count:,}" for language, count in measurement.unadvised.items())
        words = f"too few posts for advice, the thresholds in force stay: {counts}"
        common.stdout.print(f"[yellow]{common.tell(words)}[/]")


def _section(one: "ThresholdAdvice", *, is_only: bool) -> str:
    """The lines for the settings, with what they rest on."""
    rests_on = common.tell(f"{one.rows:,} posts, {one.complaints:,} of them complaints")
    if one.language:
        name = f"policy.by_language.{one.language}"
    else:
        name = "policy"
        rests_on = f"{common.tell('all languages' if is_only else 'all other languages')}: {rests_on}"
    return (
        f"\n    [{name}]  # {rests_on}\n"
        f"    complaint_at = {one.complaint_at:.2f}\n    unsure_at = {one.unsure_at:.2f}\n"
    )
