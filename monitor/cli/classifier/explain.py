"""`escucha explain`."""

from typing import Annotated

import typer

from monitor.cli import common


def explain(
    text: Annotated[str, typer.Argument(help="The text of a post.")],
    words: Annotated[int, typer.Option(help="How many words to show, the heaviest first.", min=1)] = 12,
) -> None:
    """Shows which words of a text make a complaint more likely, and which less; and if it is about a company at all."""
    from monitor.classify import explain as word_weights
    from monitor.pipeline import classify
    from monitor.text.folding import names_account

    settings = common.current_settings()
    explanation = word_weights.explain(classify.active_model(settings), text)
    if explanation.p_about is not None:
        is_named = names_account(text, settings.own_accounts)
        common.stdout.print(_about(explanation.p_about, 0.0 if is_named else settings.policy.about_at))
    heaviest = sorted(explanation.words, key=lambda word: -abs(word.weight))
    common.stdout.print(
        f"probability of a complaint {explanation.p_complaint:.2f}; words that raise (+) and lower (-) it:"
    )
    for word in heaviest[:words]:
        common.stdout.print(common.plain(f"{common.decimal(f'{word.weight:+6.2f}')}  {text[word.start : word.end]}"))


def _about(p_about: float, about_at: float) -> str:
    told = f"probability that it is about a company {p_about:.2f}"
    if p_about >= about_at:
        return told
    return f"{told}, below policy.about_at {about_at:.2f}: put aside, unless it answers or names one of your accounts"
