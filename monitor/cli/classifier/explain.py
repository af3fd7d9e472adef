"""`escucha explain`."""

import json as encoding
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.classify.explain import Explanation, WeightedWord
    from monitor.models.posts import Match
    from monitor.pipeline.verdicts import Verdict
    from monitor.settings.loading import Settings


def explain(
    text: Annotated[str, typer.Argument(help="The text of a post.")],
    words: Annotated[int, typer.Option(help="How many words to show, the heaviest first.", min=1)] = 12,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Says what would become of a post: a case, left to people or put aside; why, and by which words."""
    from monitor.classify import explain as word_weights
    from monitor.classify.text import prepare
    from monitor.cli.classifier import verdict
    from monitor.collect import matching
    from monitor.errors import EscuchaError
    from monitor.pipeline import classify, verdicts
    from monitor.runs import now

    if not prepare(text):
        raise EscuchaError('there is no text to explain. Next: escucha explain "TEXT", with the words of a post')
    settings = common.current_settings()
    classifier = classify.active_model(settings)
    explanation = word_weights.explain(classifier, text)
    (found,) = verdicts.judge(settings, classifier).verdicts([text])
    matches = matching.of_text(settings.brands, text, now())
    heaviest = sorted(explanation.words, key=lambda word: -abs(word.weight))[:words]
    if json:
        told = [{"word": text[word.start : word.end], "weight": round(word.weight, 6)} for word in heaviest]
        answer = verdict.values(found, classifier.version) | verdict.query_values(matches, settings) | {"words": told}
        typer.echo(encoding.dumps(answer, ensure_ascii=False))
        return
    _print(found, matches, classifier.version, settings)
    _print_words(text, explanation, heaviest)


def _print(found: "Verdict", matches: "Sequence[Match]", version: str, settings: "Settings") -> None:
    from rich.table import Table

    from monitor.cli.classifier import verdict

    rows = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for name, words in verdict.lines(found, matches, version, settings):
        rows.add_row(common.escape(name), common.escape(words))
    common.stdout.print(rows, soft_wrap=False)


def _print_words(text: str, explanation: "Explanation", heaviest: "Sequence[WeightedWord]") -> None:
    common.stdout.print(
        f"probability of a complaint {explanation.p_complaint:.2f}; words that raise (+) and lower (-) it:"
    )
    for word in heaviest:
        common.stdout.print(common.plain(f"{common.decimal(f'{word.weight:+6.2f}')}  {text[word.start : word.end]}"))
