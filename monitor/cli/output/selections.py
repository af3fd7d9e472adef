"""What `escucha export cases` is told to select: names as people write them, one from the settings, or options."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from monitor.errors import SettingsError

if TYPE_CHECKING:
    from monitor.settings.loading import Settings
    from monitor.settings.selections import SavedSelection

_NEAR = 0.6  # likeness, 0 to 1, from which a name may be the one that was meant


def day(text: str) -> date:
    """A day as an option names it. Raises BadParameter."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(f"{text!r}: write the day as 2026-11-29") from None


def select(settings: "Settings", name: str | None, options: Mapping[str, Any]) -> "SavedSelection":
    """The selection of that name (None: everything) with what the options say in the place of its parts.

    Raises SettingsError for a name that there is none of, with the nearest one.
    """
    from monitor.settings.selections import SavedSelection

    saved = SavedSelection()
    if name is not None:
        kept = settings.exports.selections
        saved = kept[_known("selection", name, {key: key for key in kept})]
    said = {part: value for part, value in options.items() if value}
    if "since" in said or "until" in said:
        saved = saved.model_copy(update={"since": None, "until": None, "days": None})
    known = _names(settings)
    for part, names in said.items():
        if part in known:
            noun = {"categories": "category"}.get(part, part.removesuffix("s"))
            values = known[part]()
            texts = _single(names) if part == "columns" else names  # a name may hold a comma
            said[part] = tuple(dict.fromkeys(_known(noun, text, values) for text in texts))
    selection = saved.model_copy(update=said)
    if selection.since and selection.until and selection.since > selection.until:
        raise SettingsError("--since is after --until: choose an earlier --since")
    return selection


def _single(names: Iterable[str]) -> Iterable[str]:
    """`--column code,text` is two, and so is `--column code --column text`."""
    return (part.strip() for name in names for part in name.split(","))


def _names(settings: "Settings") -> dict[str, Callable[[], dict[str, str]]]:
    """What each part may be called, by the value it stands for; looked up when it is asked for."""
    from monitor import networks

    people = [person.name for person in settings.desk.people]
    categories = [category.name for category in settings.desk.categories]
    brands = [brand.name for brand in settings.brands]
    return {
        "brands": lambda: _own([*brands, *_stored(settings, "brand")]),
        "networks": lambda: {**networks.names_in_files(), **_own(_stored(settings, "network"))},
        "stages": lambda: _labelled("stage", settings),
        "owners": lambda: _own(["", *people, *_stored(settings, "owner")]),
        "categories": lambda: _labelled("category", settings, [*categories, *_stored(settings, "category")]),
        "columns": lambda: _labelled("column", settings),
    }


def _own(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _labelled(section: str, settings: "Settings", values: Sequence[str] = ()) -> dict[str, str]:
    """The values of a section of the words, by themselves and by what they are called in either language."""
    from monitor.exporters.words import catalogue
    from monitor.models.languages import LANGUAGES

    names = _own(values)
    for language in LANGUAGES:
        for key, label in catalogue(language).items():
            of, _, value = key.partition(".")
            if of == section:
                names |= {value: value, label: value}
    if section == "category":
        own = {label: kind.name for kind in settings.desk.categories for label in (kind.es, kind.en) if label}
        names |= own
    return names


def _stored(settings: "Settings", column: Any) -> list[str]:
    from monitor import store
    from monitor.store.cases import exports

    if not store.exists(settings.store):
        return []
    with store.connect(settings.store, read_only=True) as connection:
        return exports.values_of(connection, column)


def _known(noun: str, text: str, names: Mapping[str, str]) -> str:
    """The value of that name, however its letters are written. Raises SettingsError."""
    from monitor.text.folding import fold

    folded = {fold(name): name for name in names}
    if fold(text) in folded:
        return names[folded[fold(text)]]
    near = difflib.get_close_matches(fold(text), folded, 1, _NEAR)
    values = [value for value in dict.fromkeys(names.values()) if value]
    hint = f"did you mean {folded[near[0]]}?" if near else f"there are: {', '.join(values) or 'none yet'}"
    raise SettingsError(f"no {noun} {text!r}; {hint}")
