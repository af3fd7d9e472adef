"""The destinations there are: the modules of `monitor.exporters` with a function `deliver`, by name."""

import pkgutil
from functools import cache
from importlib import import_module
from typing import cast

from monitor import exporters
from monitor.errors import HandOverPermanent
from monitor.exporters.base import Exporter


@cache
def destinations() -> dict[str, Exporter]:
    """Every destination by its name, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(exporters.__path__))
    modules = {name: import_module(f"{exporters.__name__}.{name}") for name in names if not name.startswith("_")}
    return {name: cast(Exporter, module) for name, module in modules.items() if hasattr(module, "deliver")}


def exporter(destination: str) -> Exporter:
    """The module that delivers there. Raises HandOverPermanent naming those there are."""
    if destination not in destinations():
        raise HandOverPermanent(f"no destination {destination!r}; there are: {', '.join(destinations())}")
    return destinations()[destination]
