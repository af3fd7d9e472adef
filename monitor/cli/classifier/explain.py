"""`escucha explain`."""

from typing import Annotated

import typer

from monitor.cli import common


def explain(
    text: Annotated[str, typer.Argument(help="The text of a post.")],
    words: Annotated[int, typer.Option(help="How many words to show, the heaviest first.", min=1)] = 12,
) -> None:
    """Shows which words of a text make a complaint more likely, and which less."""
    from monitor.classify import explain as word_weights
    from monitor.pipeline import classify

    explanation = word_weights.explain(classify.active_model(common.current_settings()), text)
    heaviest = sorted(explanation.words, key=lambda word: -abs(word.weight))
    common.stdout.print(
        f"probability of a complaint {explanation.p_complaint:.2f}; words that raise (+) and lower (-) it:"
    )
    for word in heaviest[:words]:
        common.stdout.print(common.plain(f"{common.decimal(f'{word.weight:+6.2f}')}  {text[word.start : word.end]}"))
