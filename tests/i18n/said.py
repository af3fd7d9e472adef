"""What the library says to people in English: sentences of the source, and help texts, as the catalogues name them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import monitor

ROOT = Path(monitor.__file__).parent
# What is no message to a person at the terminal: words that are looked for, SQL, programs, pages, and what only
# `python -m monitor.training` says.
OTHER_ROOMS = ("training", "bundled", "reporting", "store/metrics", "i18n", "text")
_SENTENCE = re.compile(r"[a-z]{2,}[,;:.)]? [(]?[a-z]{2,}")
_SQL = re.compile(r"\b(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|AND|OR|CASE|CREATE|ORDER BY|JOIN)\b")
_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
_BEGINNING = re.compile(r"\s*(?:\[[a-z ]+\]\S+\[/\] ?)?")


def places_left_blank(template: str) -> str:
    """The template with `{}` for each value, however the value is named; spaces around it cut, as when it is told."""
    parts = (
        literal.replace("{", "{{").replace("}", "}}") + ("" if name is None else "{}")
        for literal, name, *_ in Formatter().parse(template)
    )
    return "".join(parts)


def sentences() -> Iterator[tuple[str, str]]:
    """Each sentence of the source that somebody may read, a line at a time, with its place (`cli/run.py:57`)."""
    for file in sorted(ROOT.rglob("*.py")):
        place = file.relative_to(ROOT).as_posix()
        if not place.startswith(OTHER_ROOMS):
            for number, template in _templates(ast.parse(file.read_text(encoding="utf-8"))):
                for line in template.split("\n"):
                    words = line[_BEGINNING.match(line).end() :]  # type: ignore[union-attr]
                    if _SENTENCE.search(words.replace("{}", "x")) and not _SQL.search(words):
                        yield f"{place}:{number}", words


def _templates(tree: ast.Module) -> Iterator[tuple[int, str]]:
    passed_over = set(_not_said(tree))
    for node in ast.walk(tree):
        if id(node) not in passed_over:
            if isinstance(node, ast.JoinedStr):
                yield node.lineno, _blank(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value


def _blank(text: ast.JoinedStr) -> str:
    return "".join(
        str(part.value).replace("{", "{{").replace("}", "}}") if isinstance(part, ast.Constant) else "{}"
        for part in text.values
    )


def _not_said(tree: ast.Module) -> Iterator[int]:
    """Docstrings, log calls, SQL and patterns, descriptions of settings, and the parts of an f-string by themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in node.values)
        elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            yield id(node.format_spec)
        elif (isinstance(node, ast.keyword) and node.arg in ("description", "help")) or _is_for_machines(node):
            yield from map(id, ast.walk(node))


def _is_for_machines(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    called = node.func
    owner: Any = getattr(called.value, "id", None)
    return (owner == "logger" and called.attr in _LOG_METHODS) or called.attr in ("execute", "executemany", "compile")
