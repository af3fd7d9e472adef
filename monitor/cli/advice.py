"""What `escucha doctor` says of things that work and yet need a person: terms, the drop folder, short credentials."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import networks
from monitor.cli import common
from monitor.errors import SettingsError
from monitor.masking import masks

if TYPE_CHECKING:
    from pydantic import BaseModel

    from monitor.classify.model import Model
    from monitor.settings.loading import Settings

_MOST_TOLD = 5  # faults of the drop folder
_CARD = "MODEL_CARD.md"  # beside the weights, whoever made them


def weights_terms() -> str:
    """Whose terms hold for the weights that are in force. Raises ModelError where there are none."""
    from monitor.classify import selection

    classifier = selection.select(common.current_settings().classifier)
    parts = [classifier]
    if isinstance(classifier, selection.CombinedModel):
        parts = [classifier.sentiment, classifier.complaint]
    return " · ".join(dict.fromkeys(map(_terms, parts)))


def _terms(classifier: "Model") -> str:
    from monitor.classify import model

    if not isinstance(classifier, model.Classifier):
        return f"{classifier.version}: its own model card says for whom"
    shipped = model.describe(classifier.folder)
    card = classifier.folder / _CARD
    place = f"its model card: {card}" if card.is_file() else f"no {_CARD} in {classifier.folder}"
    words = f"{shipped.heads.version} ({shipped.variant}): {shipped.licence} ({place})"
    if shipped.licence == model.RESEARCH_ONLY:
        words += ". For commercial use: name another model in [classifier]"
    return words


def drop_folder() -> str:
    """Whether what is dropped will be read. Raises SettingsError with what will not be."""
    from monitor.sources.files.source import list_drop_folder

    folder = common.current_settings().networks.files.folder
    if folder is None:
        return "none is set: [networks.files] folder names one"
    files = list_drop_folder(folder)
    if faults := [file.fault for file in files if file.fault]:
        more = f"; and {len(faults) - _MOST_TOLD:,} more" if len(faults) > _MOST_TOLD else ""
        raise SettingsError("; ".join(faults[:_MOST_TOLD]) + more)
    return "\n".join([f"{folder}: {len(files):,} {common.plural(len(files), 'file')}", *_odd_folders(folder)])


def _odd_folders(folder: Path) -> Iterator[str]:
    from monitor.tables.text import without_surrogates

    known = sorted(networks.modules())
    for child in sorted(folder.iterdir()):
        name = child.name.lower()
        if child.is_dir() and name not in known and not name.startswith((".", "~")):
            near = difflib.get_close_matches(name, known, 1)
            meant = f"did you mean {near[0]}?" if near else f"the networks that Escucha knows are {', '.join(known)}"
            folder_name = without_surrogates(child.name)
            yield f"what lies in {folder_name} is stored as posts of a network of that name ({meant})"


def credentials() -> str:
    """How many credentials are set. Raises SettingsError for those that are too short to be masked in messages."""
    found = list(_secrets(common.current_settings(), ""))
    if short := [name for name, secret in found if len(secret) < masks.SHORTEST]:
        raise SettingsError(
            f"{', '.join(short)}: shorter than {masks.SHORTEST} characters, so that messages cannot hide it without "
            "hiding words; take a longer one"
        )
    folder = "; .env is a folder here and not read" if Path(".env").is_dir() else ""
    return f"{len(found)} set, hidden in all messages and logs{folder}"


def shared_secret() -> str:
    """Whether what one machine signs, survey links and cookies, holds on the others. Raises SettingsError if not."""
    from monitor.surveys import links

    settings = common.current_settings()
    if settings.desk.secret.get_secret_value():
        return "ESCUCHA_DESK__SECRET is set; it has to be the same on all machines"
    if settings.store.is_server:
        raise SettingsError(
            "none that the machines share: set ESCUCHA_DESK__SECRET on each, to the same, or links of surveys and "
            "cookies of one hold on no other"
        )
    return f"{links.secret_file(settings)}, made when it is needed: enough for one machine"


def _secrets(section: "BaseModel", prefix: str) -> Iterator[tuple[str, str]]:
    from pydantic import BaseModel, SecretStr

    for name, value in section:
        if isinstance(value, SecretStr) and value.get_secret_value():
            yield f"{prefix}{name}", value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from _secrets(value, f"{prefix}{name}.")


def desk_preset() -> str:
    """What the desk's preset is, and where own settings, templates and the address ask less than it does."""
    from monitor.settings import presets

    settings = common.current_settings()
    if not settings.desk.preset:
        return "none is set: [desk] preset names one"
    less = (
        f"{key} = {_toml(value)} asks less than the preset, which says {_toml(wanted)}"
        for key, (value, wanted) in presets.looser(settings.desk.preset, settings.desk).items()
    )
    lines = [f"{settings.desk.preset} (docs/ley-10-2025.md says what it sets; ask your lawyer)", *less]
    if not settings.desk.survey.url:
        lines.append("links to records lead to this computer: set desk.survey.url to where customers reach the page")
    return "\n".join([*lines, *_template_lines(settings)])


def _template_lines(settings: "Settings") -> Iterator[str]:
    """First answers that do not say the code, and languages of customers in which there is no template."""
    from monitor.answers import drafts

    found = drafts.all_templates(settings)
    for template in found:
        if template.step == "first_contact" and "{code}" not in template.text:
            name = f"{template.id} ({template.language})"
            yield f"the template {name} does not say the tracking code: put code in braces into it"
    expected = settings.expected_languages([brand.name for brand in settings.brands])
    for code in (code for code in expected if code not in drafts.languages(found)):
        yield f"there is no answer template in {code}, which customers write in: add it to desk.templates"


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
