"""Given names that are surely names, as data: `given_names.toml`."""

import tomllib
from functools import cache
from importlib.resources import files

from monitor.text.folding import fold


@cache
def given_names() -> frozenset[str]:
    """Common names of the languages our users write in, folded; none that is also a word to complain with."""
    lists: dict[str, list[str]] = tomllib.loads(
        (files("monitor.text") / "given_names.toml").read_text(encoding="utf-8")
    )
    return frozenset(fold(name) for names in lists.values() for name in names)
