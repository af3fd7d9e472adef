"""`escucha learn` and `escucha versions`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.pipeline.learn import Known, Outcome
    from monitor.pipeline.study import Studied
    from monitor.store.posts.model_versions import HeadFigures

_MISFITS = "Versions learned from another model, which do not fit this one: {}."
versions = typer.Typer(help="List what was learned from corrections, and choose what classifies.")


def learn(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it; change nothing.")] = False,
) -> None:
    """Learns from people's corrections, and uses what it learned if that is better and nothing old is forgotten."""
    from monitor.pipeline import learn as pipeline_learn

    settings = common.current_settings()
    with common.progress_bars() as progress:
        outcome = pipeline_learn.learn(settings, progress, dry_run=dry_run)
    for head, one in outcome.heads.items():
        common.out.print(f"[bold]{head}[/]: {_told(one)}")
    common.out.print(_closing(outcome, dry_run))
    if misfits := pipeline_learn.known(settings).misfits:
        common.out.print(_MISFITS.format(misfits))


def _told(one: "Studied") -> str:
    if one.learned is None:
        return f"{one.texts} different corrected texts; at least {one.missing} more are needed, of both kinds"
    found, kept = one.learned, one.figures
    verdicts = {
        "better": "better, and nothing old is forgotten",
        "not better": "not clearly better; it stays as it was",
        "forgets": "the reference set gets worse; it stays as it was",
    }
    before, after = found.before, found.after
    lines = [
        f"{one.texts} different corrected texts, by cross-validation: macro F1 {before.macro_f1:.3f} → "
        f"{after.macro_f1:.3f}, log loss {before.log_loss:.3f} → {after.log_loss:.3f}"
    ]
    if kept:
        told = (
            f"{language} F1 {two.shipped.macro_f1:.3f} → {two.learned.macro_f1:.3f}, "
            f"log loss {two.shipped.log_loss:.3f} → {two.learned.log_loss:.3f}"
            for language, two in found.reference.items()
        )
        lines.append(f"  reference set: {' · '.join(told)}")
    return "\n".join([*lines, f"  {verdicts[found.verdict]}"])


def _closing(outcome: "Outcome", dry_run: bool) -> str:
    if not outcome.news:
        return f"No correction since {outcome.before} was learned. Next: correct more posts in the dashboard"
    if not outcome.better:
        return f"{outcome.before} stays in force. Next: correct more posts in the dashboard, then escucha learn"
    if dry_run:
        return f"{outcome.before} stays in force. Next: escucha learn (makes it the version in force)"
    return (
        f"{outcome.version} is in force for posts to come; what is classified stays as it is. "
        "Next: escucha classify --again (old posts too), or escucha versions"
    )


@versions.callback(invoke_without_command=True)
def list_versions(context: typer.Context) -> None:
    """Lists the versions: what each was learned from, and how good it was then, before → after."""
    from monitor.pipeline import learn as pipeline_learn

    if context.invoked_subcommand is not None:
        return
    found = pipeline_learn.known(common.current_settings())
    for line in _lines(found):
        common.out.print(line)
    if found.misfits:
        common.out.print(_MISFITS.format(found.misfits))
    common.out.print("Next: escucha versions use VERSION, or escucha learn")


def _lines(found: "Known") -> Iterator[str]:
    for one in found.versions:
        state = "in force" if one.version == found.current else "" if found.fits(one) else "does not fit"
        made = f"made {one.made_at:%Y-%m-%d %H:%M}Z from {one.corrections:,} corrections"
        yield f"{state:<12} {common.plain(one.version)}  {made}"
        for head, two in one.figures.items():
            yield f"{'':<12}   {head if two.learned else f'{head} (kept as it was)'}: {_figures(two)}"
    shipped = found.shipped.version
    yield f"{'in force' if shipped == found.current else '':<12} {common.plain(shipped)}  shipped"


def _figures(one: "HeadFigures") -> str:
    named = {
        "F1": one.f1,
        "log loss": one.log_loss,
        "reference F1": one.reference_f1,
        "reference log loss": one.reference_log_loss,
    }
    return ", ".join(f"{name} {before:.3f} → {after:.3f}" for name, (before, after) in named.items())


@versions.command("use")
def use(
    version: Annotated[str, typer.Argument(help="A name from the list; the shipped one too.")],
) -> None:
    """Goes back, or forward, to a version."""
    from monitor.pipeline import learn as pipeline_learn

    pipeline_learn.use(common.current_settings(), version)
    common.out.print(
        f"{common.plain(version)} is in force for posts to come. Next: escucha classify --again (old posts too)"
    )
