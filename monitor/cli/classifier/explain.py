"""`escucha explain`."""

from typing import Annotated

import typer

from monitor.cli import common


def explain(
    text: Annotated[str, typer.Argument(help="The text of a post.")],
    words: Annotated[int, typer.Option(help="How many words to show, the heaviest first.", min=1)] = 12,
) -> None:
    """Says which words of a text speak for a complaint, and which against."""
    from monitor.classify import explain as explaining
    from monitor.pipeline import classify

    found = explaining.explain(classify.active(common.current_settings()), text)
    heaviest = sorted(found.words, key=lambda word: -abs(word.weight))
    common.out.print(f"probability of a complaint {found.p_complaint:.2f}; for it (+) and against it (-) speak:")
    for word in heaviest[:words]:
        common.out.print(f"{word.weight:+6.2f}  {common.plain(text[word.start : word.end])}")
