"""The networks there are: the packages of `monitor.sources` with a module `source`, by name."""

import pkgutil
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from monitor import sources
from monitor.errors import SettingsError
from monitor.sources.base import Module

_NOT_OVER_HTTP = {"files"}


def networks() -> list[str]:
    """Names of the networks that can be read, in alphabetical order."""
    packages = {module.name for module in pkgutil.iter_modules(sources.__path__) if module.ispkg}
    return sorted(name for name in packages - _NOT_OVER_HTTP if find_spec(f"{sources.__name__}.{name}.source"))


def module(network: str) -> Module:
    """The source that reads this network. Raises SettingsError naming those there are."""
    if network not in networks():
        raise SettingsError(f"no network {network!r}; there are: {', '.join(networks())}")
    return cast(Module, import_module(f"{sources.__name__}.{network}.source"))
