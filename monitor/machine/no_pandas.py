"""No pandas in a process that does without it: Arrow loads it at its first column, half a second and 50 MB."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Absent:
    """Finds pandas as the module that it then cannot load: to be asked whether there is one does no harm."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        """None for every other module."""
        return ModuleSpec(name, self) if name == "pandas" else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Raises ModuleNotFoundError."""
        raise ModuleNotFoundError(name=spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Never called."""


def do_without_pandas() -> None:
    """From here on pandas cannot be imported; where it is loaded already, nothing changes."""
    sys.meta_path.insert(0, _Absent())
