"""`escucha export cases`."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import common
from monitor.cli.acting import actor, recorded
from monitor.cli.output import options, selections, targets
from monitor.errors import HandOverPermanent, SettingsError

if TYPE_CHECKING:
    from monitor.exporters.words import CaseWords
    from monitor.models.exports import CaseRow, CaseSelection
    from monitor.settings.loading import Settings


def cases(
    to: options.ToOption,
    new: options.NewOption = False,
    separator: options.ListSeparatorOption = ",",
    only_links: options.OnlyLinksOption = None,
    machine: options.MachineOption = None,
    selection: options.SelectionOption = None,
    since: options.SinceOption = None,
    until: options.UntilOption = None,
    brand: options.BrandsOption = None,
    network: options.NetworksOption = None,
    stage: options.StageOption = None,
    owner: options.OwnerOption = None,
    category: options.CategoryOption = None,
    column: options.ColumnsOption = None,
    overwrite: options.OverwriteOption = False,
) -> None:
    """Exports cases with permalink, text, scores, labels and history. An earlier export is replaced whole."""
    from monitor.exporters import files
    from monitor.pipeline.selections import selected
    from monitor.runs import now

    settings = common.current_settings()
    files.format_of(to)
    target = targets.target(to, settings)
    _check_only_links(settings, only_links or (), new=new)
    parts = {"since": since, "until": until, "brands": brand, "networks": network, "stages": stage, "owners": owner}
    chosen = selections.select(settings, selection, {**parts, "categories": category, "columns": column})
    shaped = _shaped(settings, chosen.columns, separator, machine=machine, new=new)
    wanted = selected(chosen, settings.zone, now())
    if new:
        actor.require_handing_over()
        _export_new(settings, shaped, target, wanted)
    else:
        _check_replaces_export(target, overwrite=overwrite)
        _export_all(shaped, target, wanted, only_links or ())
    _print_words(shaped, target, is_chosen=machine is not None)
    common.stdout.print("Next: escucha status")


def _shaped(
    settings: "Settings", columns: tuple[str, ...], separator: str, *, machine: bool | None, new: bool
) -> "Settings":
    """The settings with the form that was asked for; a hand-over (`new`) has that of the settings where nothing was."""
    exports = settings.exports
    table = exports.table if machine is None and new else "codes" if machine else "words"
    form = {"separator": separator, "columns": columns or (exports.columns if new else ()), "table": table}
    return settings.model_copy(update={"exports": exports.model_copy(update=form)})


def _print_words(settings: "Settings", target: Path, *, is_chosen: bool) -> None:
    """Whether a table is in codes that nobody asked for, or in words of another language than the terminal speaks."""
    from monitor.exporters import files
    from monitor.exporters.words import FOR_PEOPLE

    if files.format_of(target) not in FOR_PEOPLE:
        return
    if settings.exports.table == "words":
        common.print_language(settings.language)
    elif not is_chosen:
        common.stdout.print('the table is in codes, for programs; in words: --people, or exports.table = "words"')


def _check_replaces_export(target: Path, *, overwrite: bool) -> None:
    """Raises HandOverPermanent for a file that is there and is somebody else's."""
    from monitor.exporters import earlier

    if target.exists() and not overwrite and not earlier.is_export(target):
        raise HandOverPermanent(
            f"cannot write {target}: it is there and is no export of cases; "
            "name another file, or replace it with --overwrite"
        )


def _check_only_links(settings: "Settings", only_links: Sequence[str], *, new: bool) -> None:
    """Raises SettingsError for a network that is none: a name that is mistyped would give the texts away."""
    from monitor.sources import registry

    for name in only_links:
        registry.module(name)
    if new and set(only_links) - set(settings.exports.only_links):
        raise SettingsError(
            "with --new, name the network in only_links of [exports] in escucha.toml, not as an option: "
            "an interrupted export is finished by the settings"
        )


def _export_all(settings: "Settings", target: Path, wanted: "CaseSelection", only_links: Sequence[str]) -> None:
    from monitor import store
    from monitor.exporters import files
    from monitor.pipeline import hand_over
    from monitor.store.cases import exports

    words = files.words_for(settings, str(target))
    with store.connect(settings.store, read_only=True) as connection:
        ids = exports.case_ids(connection, wanted)
    recorded.record(settings, "export", "cases", len(ids), files.format_of(target))
    count = _write(settings, target, hand_over.case_rows(settings, ids, only_links, words), words)
    name = common.escape(str(target))
    if count:
        common.stdout.print(f"wrote {count:,} {common.plural(count, 'case')} to {name}")
    else:
        common.stdout.print(f"no case fits; wrote a table without rows to {name}")


def _write(settings: "Settings", target: Path, rows: "Iterable[CaseRow]", words: "CaseWords | None") -> int:
    """Writes the file, in the form that the settings have by now. Returns how many cases."""
    from monitor.exporters import files

    receipt = files.write(
        rows,
        target,
        zone=settings.zone,
        separator=settings.exports.separator,
        columns=settings.exports.columns,
        words=words,
        group_readable=_is_group_readable(target, settings),
    )
    return int(receipt.rpartition(", ")[2].partition(" ")[0])


def _export_new(settings: "Settings", shaped: "Settings", target: Path, wanted: "CaseSelection") -> None:
    """`shaped`: with the form that was asked for; what was interrupted has the form of the settings."""
    from monitor.exporters import files
    from monitor.pipeline import hand_over

    count, faults = hand_over.finish_promised(settings)
    if count:
        common.stdout.print(
            f"finished an interrupted export first: {count:,} {common.plural(count, 'case')}, in the file it was for"
        )
    new_count, name = hand_over.new_case_count(settings, wanted), common.escape(str(target))
    if new_count and target.exists():
        waiting = "case waits" if new_count == 1 else "cases wait"
        raise HandOverPermanent(
            f"{target} exists already, and {new_count:,} new {waiting}; nothing was exported. "
            "Next: name another file with --to"
        )
    if new_count:
        recorded.record(settings, "export", "cases", new_count, files.format_of(target))
        count = hand_over.export_new(shaped, "files", str(target), wanted)
        common.stdout.print(f"wrote {count:,} new {common.plural(count, 'case')} to {name}")
    elif target.exists():
        common.stdout.print(f"no new cases; {name} stays as it is")
    else:
        _write(shaped, target, (), files.words_for(shaped, str(target)))
        common.stdout.print(f"no new cases; wrote an empty table to {name}")
    if faults:
        raise faults[0]


def _is_group_readable(target: Path, settings: "Settings") -> bool:
    """Whether the group of the exports' folder may read this file: what lies in it is handed over."""
    exports = settings.exports
    is_inside = exports.folder is not None and target.resolve().is_relative_to(exports.folder.resolve())
    return exports.group_readable and is_inside
