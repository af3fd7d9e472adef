"""The dependency rule of the design, checked on the imports as written."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASE = {"models", "listings", "errors", "settings", "networks", "settings_errors", "query", "query_terms"}
BASE |= {
    "translation",
    "translation_forms",
    "intervals",
    "section",
    "casework",
    "desk_settings",
    "desk_times",
    "__version__",
}
MIDDLE = {"sources", "classify", "cases", "store", "exporters"}


def imports(file: Path) -> Iterator[str]:
    """Dotted names of everything a module imports, `from a import b` as a.b."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def modules(folder: str) -> list[Path]:
    """Every module of a package."""
    return sorted((ROOT / folder).rglob("*.py"))


def part(name: str) -> str:
    """The second name of a dotted one: monitor.store.cases.cases -> store."""
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("file", modules("monitor"), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_imports_only_what_is_below_it(file: Path) -> None:
    own = file.relative_to(ROOT / "monitor").parts[0].removesuffix(".py")
    for name in imports(file):
        top = name.split(".")[0]
        assert top not in {"prefect", "streamlit", "flows", "dashboard"}, f"the library imports {name}"
        if top == "monitor":
            used = part(name)
            if own in BASE:
                assert used in BASE, f"{own} is at the bottom and imports {name}"
            elif own in MIDDLE:
                assert used in BASE | {own}, f"{own} imports {name}"
            else:
                assert used != "cli" or own in {"cli", "__main__"}, f"{own} imports {name}"


@pytest.mark.parametrize(("package", "other"), [("flows", "dashboard"), ("dashboard", "flows")])
def test_flows_and_dashboard_do_not_know_each_other(package: str, other: str) -> None:
    for file in modules(package):
        assert not [name for name in imports(file) if name.split(".")[0] == other], file


def test_sql_that_writes_is_only_in_the_store() -> None:
    writes = ("INSERT INTO", "DELETE FROM", "UPDATE ", "CREATE TABLE")
    for file in modules("monitor") + modules("dashboard") + modules("flows"):
        if "store" not in file.parts:
            texts = [n.value for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Constant)]
            assert not [t for t in texts if isinstance(t, str) and t.lstrip().startswith(writes)], file
