"""The credentials of networks, as the program may have them: set, never read back; and tried."""

import logging
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr, ValidationError

from monitor import audit
from monitor.access import Permission, permitted
from monitor.collect import probe as collect_probe
from monitor.errors import EscuchaError, SettingsError, StoreError
from monitor.masking import masks
from monitor.models.audit import NewEntry
from monitor.settings import variables
from monitor.settings.loading import Settings
from monitor.settings.network import NetworkSettings
from monitor.settings.text_files import ENV_FILE
from monitor.settings_editing import env_file

logger = logging.getLogger(__name__)

LONGEST_SILENCE: Final = 5.0
"""Seconds without an answer that a person waits for a network, where the settings do not say less."""
_LONGEST = 10_000  # characters of a credential: a file that is too large would stop everything that reads it


@dataclass(frozen=True, slots=True)
class SecretState:
    """Whether a credential is set. `outranked_by`: the variable of the environment that says it, whatever else does."""

    field: str
    is_set: bool
    outranked_by: str = ""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Whether a network answered, and who we are there; else what is missing and where to get it.

    `message` is English and without credentials; `monitor.i18n.tell` says it in other languages.
    """

    ok: bool
    message: str


@permitted(Permission.SETTINGS)
def secrets_of(settings: Settings, network: str, *, actor: str) -> tuple[SecretState, ...]:  # noqa: ARG001 (is checked)
    """The credentials that a network knows. Raises SettingsError for a network there is not."""
    section = _section(settings, network)
    return tuple(
        SecretState(field, bool(getattr(section, field).get_secret_value()), _outranked_by(network, field))
        for field in _secret_fields(section)
    )


@permitted(Permission.SETTINGS)
def set_secret(
    settings: Settings, network: str, field: str, value: str, *, actor: str, now: datetime, origin: str = ""
) -> Path:
    """Keeps a credential in `.env` of the working directory, where whatever runs there finds it; '' takes it out there.

    A network that had no settings is collected from then on. Returns the file. Raises SettingsError for what is no
    credential, what the network's settings refuse, what the environment outranks, and where it cannot be written;
    StoreError where it cannot be told in the audit log: nothing is changed then.
    """
    section, key = _section(settings, network), f"networks.{network}.{field}"
    if len(value) > _LONGEST:
        raise SettingsError(f"{key}: no credential has more than {_LONGEST:,} characters; copy it again")
    masks.know(value)
    if field not in _secret_fields(section):
        known = ", ".join(_secret_fields(section)) or "none"
        raise SettingsError(f"{key} is no credential; of {network} there are: {known}")
    if place := _outranked_by(network, field):
        raise SettingsError(f"{key}: {place} says it, which outranks what is set here; change it there, or remove it")
    secret = _checked(section, key, field, value)
    was, became = ("set" if part else "" for part in (getattr(section, field).get_secret_value(), secret))
    entry = NewEntry("settings", actor, origin, "setting", "", key, was, became)
    path = ENV_FILE.absolute()
    try:
        env_file.change(path, _variable(network, field), secret, lambda: audit.record(settings, entry, now=now))
    except SettingsError:
        audit.record(settings, replace(entry, outcome="failed"), now=now)
        raise
    logger.info("credential set", extra={"network": network})
    return path


@permitted(Permission.SETTINGS)
def probe(settings: Settings, network: str, *, actor: str) -> ProbeResult:  # noqa: ARG001 (is checked)
    """Calls the network once, as `escucha doctor --network` does, for a person who waits for the answer.

    Raises StoreError where the request cannot be counted.
    """
    try:
        return ProbeResult(True, masks.mask(collect_probe.probe(_impatient(settings, network), network)))
    except StoreError:
        raise
    except (EscuchaError, OSError, ImportError) as error:
        logger.warning("network does not answer", extra={"network": network, "reason": type(error).__name__})
        return ProbeResult(False, masks.mask(str(error)))


def _section(settings: Settings, network: str) -> NetworkSettings:
    try:
        return settings.networks.of(network)
    except KeyError:
        raise SettingsError(f"there is no network {network[:60]!r}") from None


def _secret_fields(section: NetworkSettings) -> tuple[str, ...]:
    return tuple(name for name, value in section if isinstance(value, SecretStr))


def _variable(network: str, field: str) -> str:
    return f"{variables.PREFIX}NETWORKS__{network}__{field}".upper()


def _outranked_by(network: str, field: str) -> str:
    variable = variables.at(variables.of_environment(os.environ), ("networks", network, field))
    return variable.place if variable else ""


def _checked(section: NetworkSettings, key: str, field: str, value: str) -> str:
    """The credential as the settings have it. Raises SettingsError, without it, for one that they refuse."""
    given = {name: getattr(section, name) for name in section.model_fields_set}
    try:
        checked = type(section).model_validate({**given, field: value})
    except ValidationError as error:
        raise SettingsError(f"{key}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None
    secret: str = getattr(checked, field).get_secret_value()
    if 0 < len(secret) < masks.SHORTEST:
        raise SettingsError(
            f"{key}: shorter than {masks.SHORTEST} characters, so that messages cannot hide it without hiding words; "
            "take a longer one"
        )
    return secret


def _impatient(settings: Settings, network: str) -> Settings:
    section = _section(settings, network)
    quick = section.model_copy(update={"timeout": min(section.timeout, LONGEST_SILENCE)})
    return settings.model_copy(update={"networks": settings.networks.model_copy(update={network: quick})})
