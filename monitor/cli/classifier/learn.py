"""`escucha learn` and `escucha versions`."""

from collections.abc import Iterator
from math import isnan
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common, usage
from monitor.cli.acting import actor, recorded

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.pipeline.learn import LearningOutcome, OwnThresholds, UsableVersions
    from monitor.pipeline.study import HeadStudy
    from monitor.store.posts.model_versions import HeadFigures

_MISFITS = "Learned versions that belong to another model and cannot be used with this one: {}."
versions = typer.Typer(
    cls=usage.Commands, help="Lists the versions learned from corrections, and chooses the active one."
)


def learn(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the result without changing anything.")] = False,
) -> None:
    """Learns from corrections and from cases taken or dismissed; a new version is used only if it is better."""
    from monitor.pipeline import learn as pipeline_learn

    settings = common.current_settings()
    with common.progress_bars() as progress:
        outcome = pipeline_learn.learn(settings, progress, dry_run=dry_run, actor=actor.name(), origin=recorded.ORIGIN)
    for head, study in outcome.heads.items():
        common.stdout.print(f"[bold]{common.tell(head)}[/]: {common.tell(_head_report(study))}")
    for language, own in outcome.thresholds.items():
        common.stdout.print(f"[bold]{common.tell('thresholds')}[/]: {common.tell(_own_thresholds(language, own))}")
    for language, missing in outcome.missing.items():
        words = f"{language}: {missing:,} more judged texts are needed for thresholds of its own"
        common.stdout.print(f"[bold]{common.tell('thresholds')}[/]: {common.tell(words)}")
    common.stdout.print(_closing_line(outcome, dry_run))
    if misfits := pipeline_learn.usable_versions(settings).misfits:
        common.stdout.print(_MISFITS.format(misfits))


def _head_report(study: "HeadStudy") -> str:
    learned = study.learned
    if learned is None:
        return f"{study.texts} different judged texts; at least {study.missing} more are needed, with different labels"
    verdicts = {
        "better": "better on the corrections, and no worse on the reference set"
        if learned.reference
        else "better on the corrections",
        "not better": "not clearly better: this part of the classifier stays as it is",
        "forgets": "worse on the reference set: this part of the classifier stays as it is",
    }
    before, after = learned.before, learned.after
    lines = [
        f"{study.texts} different judged texts, by cross-validation: macro F1 {before.macro_f1:.3f} → "
        f"{after.macro_f1:.3f}, log loss {before.log_loss:.3f} → {after.log_loss:.3f}"
    ]
    comparisons = (
        f"{language} F1 {heads.shipped.macro_f1:.3f} → {heads.learned.macro_f1:.3f}, "
        f"log loss {heads.shipped.log_loss:.3f} → {heads.learned.log_loss:.3f}"
        for language, heads in learned.reference.items()
    )
    if learned.reference:
        lines.append(f"  reference set: {' · '.join(comparisons)}")
    return "\n".join([*lines, f"  {verdicts[learned.verdict]}"])


def _own_thresholds(language: str, own: "OwnThresholds") -> str:
    """What a language's thresholds by the team's own decisions are, and what they rest on."""
    before, after = own.before, own.after
    missed = f" (targets not reached: {', '.join(after.missed)})" if after.missed else ""
    return (
        f"{language or 'others'}: case from {before.complaint_at:.2f} → {after.complaint_at:.2f}, review from "
        f"{before.unsure_at:.2f} → {after.unsure_at:.2f}, by {own.origin.decisions:,} judged texts of your own, "
        f"{own.origin.drawn:,} of the random sample{missed}"
    )


def _closing_line(outcome: "LearningOutcome", dry_run: bool) -> str:
    if not outcome.news:
        return f"No new corrections since {outcome.before} was learned. Next: correct more posts in the dashboard"
    if not outcome.better:
        return f"{outcome.before} stays active. Next: correct more posts in the dashboard, then escucha learn"
    if dry_run:
        return f"{outcome.before} stays active. Next: escucha learn (makes the new version the active one)"
    return (
        f"{outcome.version} is active for new posts; classified posts stay as they are. "
        "Next: escucha classify --again (reclassifies them), or escucha versions"
    )


@versions.callback(invoke_without_command=True)
def list_versions(context: typer.Context) -> None:
    """Lists the versions: what each was learned from, and how good it was then, before → after."""
    from monitor.pipeline import learn as pipeline_learn

    if context.invoked_subcommand is not None:
        return
    settings = common.current_settings()
    catalog = pipeline_learn.usable_versions(settings)
    for line in _version_lines(catalog, settings.zone):
        common.stdout.print(line)
    if catalog.misfits:
        common.stdout.print(_MISFITS.format(catalog.misfits))
    common.stdout.print("Next: escucha versions use VERSION, or escucha learn")


def _version_lines(catalog: "UsableVersions", zone: "ZoneInfo") -> Iterator[str]:
    for version in catalog.versions:
        state = "active" if version.version == catalog.current else "" if catalog.fits(version) else "other model"
        corrections = f"{version.corrections:,} {common.plural(version.corrections, 'correction')}"
        origin = f"made {common.format_time(version.made_at, zone)} from {corrections}"
        yield f"{common.tell(state):<12} {common.escape(version.version)}  {common.tell(origin)}"
        for head, figures in version.figures.items():
            part = common.tell(head) if figures.learned else f"{common.tell(head)} ({common.tell('unchanged')})"
            yield f"{'':<12}   {part}: {_metrics_line(figures)}"
        for language, own in version.thresholds.items():
            origin = f"{language or 'others'}, by {own.decisions:,} judged texts, {own.drawn:,} of the random sample"
            yield f"{'':<12}   {common.tell('thresholds')}: {common.tell(origin)}"
    shipped = catalog.shipped.version
    state = common.tell("active") if shipped == catalog.current else ""
    yield f"{state:<12} {common.escape(shipped)}  {common.tell('shipped with Escucha')}"


def _metrics_line(figures: "HeadFigures") -> str:
    pairs = {
        "F1": figures.f1,
        "log loss": figures.log_loss,
        "reference F1": figures.reference_f1,
        "reference log loss": figures.reference_log_loss,
    }
    return ", ".join(
        f"{common.tell(name)} {common.decimal(f'{before:.3f} → {after:.3f}')}"
        for name, (before, after) in pairs.items()
        if not isnan(before)
    )


@versions.command("use")
def use(
    version: Annotated[str, typer.Argument(help="Name of a version, as escucha versions lists it.")],
) -> None:
    """Makes a version the active one: goes back, or forward, to it."""
    from monitor.pipeline import learn as pipeline_learn

    pipeline_learn.use(common.current_settings(), version, actor=actor.name(), origin=recorded.ORIGIN)
    common.stdout.print(
        f"{common.escape(version)} is active for new posts. Next: escucha classify --again (reclassifies old posts)"
    )
