"""The sources by the name of their network; which networks there are, `monitor.networks` finds."""

from importlib import import_module
from typing import cast

from monitor import networks as packages
from monitor.errors import SettingsError
from monitor.sources.base import Module


def networks() -> list[str]:
    """Names of the networks that can be read, in alphabetical order."""
    return list(packages.modules())


def module(network: str) -> Module:
    """The source that reads this network. Raises SettingsError naming those there are."""
    if network not in networks():
        raise SettingsError(f"no network {network!r}; there are: {', '.join(networks())}")
    return cast(Module, import_module(f"monitor.sources.{network}.source"))
