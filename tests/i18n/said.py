"""What the library says to people in English: sentences of its source, and help texts, as the catalogues name them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import monitor

ROOT = Path(monitor.__file__).parent
# What never comes to the terminal: what the dashboard alone asks for, pages, figures, and words that are looked for.
OTHER_ROOMS = ("bundled", "desk", "i18n", "reporting", "store/cases", "store/metrics", "text", "training")
_SENTENCE = re.compile(r"[a-z]{2,}[,;:.)]? [(]?[a-z]{2,}")
_SQL = re.compile(r"\bcoalesce\(|\b(SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|AND|OR|CASE|CREATE|ORDER BY|JOIN)\b")
_COLUMNS = re.compile(r"\s*[\w.]+(, [\w.]+)+,?\s*")
_LITTLE_WORDS = {"a", "are", "by", "has", "is", "it", "its", "not", "or", "that", "the", "they", "was", "with"}
_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
_FOR_MACHINES = {"execute", "executemany", "compile", "split", "fullmatch", "match"}
_BEGINNING = re.compile(r"(?:\[[a-z ]+\]\S+\[/\] ?)?")


def nameless(template: str) -> str:
    """The template with `{}` for each value, however the value is named."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:  # no template, but braces by themselves
        return template.strip()
    return "".join(literal + ("" if name is None else "{}") for literal, name, *_ in parts).strip()


def sentences() -> Iterator[tuple[str, str]]:
    """Each sentence of the source that somebody may read, a line at a time, with its place (`cli/run.py:57`)."""
    for file in sorted(ROOT.rglob("*.py")):
        place = file.relative_to(ROOT).as_posix()
        if not place.startswith(OTHER_ROOMS):
            for number, template in _templates(ast.parse(file.read_text(encoding="utf-8"))):
                for line in template.split("\n"):
                    words = _BEGINNING.sub("", line.strip(), count=1)
                    if _is_sentence(words):
                        yield f"{place}:{number}", words


def _is_sentence(words: str) -> bool:
    plain = words.replace("{}", "x")
    if not _SENTENCE.search(plain) or _SQL.search(words) or _COLUMNS.fullmatch(words):
        return False
    parts = plain.split()
    is_word_list = len(parts) > 2 and plain.replace(" ", "").isalpha() and plain.islower()
    return not is_word_list or bool(_LITTLE_WORDS.intersection(parts))


def _templates(tree: ast.Module) -> Iterator[tuple[int, str]]:
    passed_over = set(_not_said(tree))
    for node in ast.walk(tree):
        if id(node) not in passed_over:
            if isinstance(node, ast.JoinedStr):
                yield node.lineno, _blank(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value


def _blank(text: ast.JoinedStr) -> str:
    parts = (str(part.value) if isinstance(part, ast.Constant) else None for part in text.values)
    return "".join("{}" if part is None else part.replace("{", "{{").replace("}", "}}") for part in parts)


def _not_said(tree: ast.Module) -> Iterator[int]:
    """Docstrings, log calls, SQL and patterns, what is compared, and the parts of an f-string by themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in node.values)
        elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            yield id(node.format_spec)
        elif _is_for_machines(node):
            yield from map(id, ast.walk(node))


def _is_for_machines(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare | ast.Subscript):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in ("description", "help")
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner: Any = getattr(node.func.value, "id", None)
    return (owner == "logger" and node.func.attr in _LOG_METHODS) or node.func.attr in _FOR_MACHINES
