"""The networks there are: the modules of `monitor.sources`, by name."""

import pkgutil
from importlib import import_module
from typing import cast

from monitor import sources
from monitor.errors import SettingsError
from monitor.sources._source import Module

_NOT_OVER_HTTP = {"files"}


def networks() -> list[str]:
    """Names of the networks that can be read, in alphabetical order."""
    found = (one.name for one in pkgutil.iter_modules(sources.__path__) if not one.ispkg)
    return sorted(name for name in found if not name.startswith("_") and name not in _NOT_OVER_HTTP)


def module(network: str) -> Module:
    """The source that reads this network. Raises SettingsError naming those there are."""
    if network not in networks():
        raise SettingsError(f"no network {network!r}; there are: {', '.join(networks())}")
    return cast(Module, import_module(f"monitor.sources.{network}"))
