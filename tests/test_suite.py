"""What holds for the tests themselves: no test module leans on another, and no test has a deadline of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# In an import as in the text of a program that a test starts.
OPENS_A_STORE = re.compile(r"\b(monitor\.store|tests\.desk_store|tests\.cli)\b")
TEST_MODULE = re.compile(r"\btests\.(\w+\.)*test_\w+")


def syntax_tree(file: Path) -> ast.Module:
    """A module of the tests, parsed."""
    return ast.parse(file.read_text(encoding="utf-8"))


def mentioned_modules(tree: ast.Module) -> Iterator[str]:
    """Dotted names of all that is imported, `from a import b` as a.b, and every text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Every module of the tests by its path."""
    return {str(file.relative_to(TESTS)): syntax_tree(file) for file in sorted(TESTS.rglob("*.py"))}


def test_no_module_takes_anything_from_a_test_module(trees: dict[str, ast.Module]) -> None:
    """What tests share stands in a conftest.py or a module named for what it holds."""
    taken = {path: list(filter(TEST_MODULE.search, mentioned_modules(tree))) for path, tree in trees.items()}
    assert {path: names for path, names in taken.items() if names} == {}


def test_only_the_profile_says_how_long_an_example_may_take(trees: dict[str, ast.Module]) -> None:
    keywords = {
        path: [node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "deadline"]
        for path, tree in trees.items()
    }
    assert [path for path, deadlines in keywords.items() if deadlines] == ["conftest.py"]


def test_what_is_left_out_on_postgresql_opens_no_store(trees: dict[str, ast.Module]) -> None:
    makefile = (TESTS.parent / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    named = re.search(r"^STORELESS := (.+)$", makefile, re.M)
    assert named
    folders = {Path(path).relative_to("tests") for path in named[1].split()} - {Path("store/postgres")}
    assert all((TESTS / folder).is_dir() for folder in folders)
    left_out = {path: tree for path, tree in trees.items() if folders & set(Path(path).parents)}
    found = {path: list(filter(OPENS_A_STORE.search, mentioned_modules(tree))) for path, tree in left_out.items()}
    assert {path: names for path, names in found.items() if names} == {}
