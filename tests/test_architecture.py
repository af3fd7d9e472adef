"""The house: who may import whom, one name for one thing, and what a new network or destination touches."""

import ast
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from monitor import networks
from monitor.logs.formats import FIELDS

ROOT = Path(__file__).parent.parent
PACKAGES = ("monitor", "flows", "dashboard")
FOUND_BY_NAME = ("monitor.sources", "monitor.exporters")
SHARED = {"base", "http", "html", "fields", "spelling", "registry", "meta", "files", "http_limits", "stream_limits"}
"""Modules of `monitor.sources` that are no network of their own; `files` is asked for by name by whoever has a file."""
WRITES_A_FILE = {
    "monitor.cli.output.audit", "monitor.cli.output.export", "monitor.cli.output.rejects", "monitor.cli.output.report",
    "monitor.cli.privacy.keeping", "dashboard.audit.page", "dashboard.cases.download", "dashboard.metrics.report",
}  # fmt: skip
"""Where a person asked for a file: they name what writes it themselves."""
PLANTED = {
    "monitor/collect/journal.py": "from monitor.pipeline import main_line",
    "monitor/desk/triage.py": "from monitor.training import card",
    "dashboard/queries/cases.py": "from dashboard.cases import page",
}


def modules(*folders: str) -> list[Path]:
    """Every module of packages."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module's path and its tree."""
    for path in modules(*folders):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom."""
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the packages in a folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_walls_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", PLANTED)
def test_a_forbidden_import_is_refused(file: str, tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("bundled", "__pycache__", "*.npz")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / file).open("a", encoding="utf-8") as planted:
        planted.write(f"\n{PLANTED[file]}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert f"{file.removesuffix('.py').replace('/', '.')} -> " in done.stdout


def test_no_network_knows_another(graph: grimp.ImportGraph) -> None:
    for network in networks.modules():
        for other in networks.modules().keys() - {network}:
            chain = graph.find_shortest_chain(
                f"monitor.sources.{network}", f"monitor.sources.{other}", as_packages=True
            )
            assert chain is None, chain


@pytest.mark.parametrize("package", FOUND_BY_NAME)
def test_a_network_or_destination_is_found_by_its_name_alone(graph: grimp.ImportGraph, package: str) -> None:
    shared = SHARED if package == "monitor.sources" else {"base", "registry", "words"}
    for module in graph.modules:
        if module.startswith(f"{package}.") and module.split(".")[2] not in shared:
            foreign = {one for one in graph.find_modules_that_directly_import(module) if not one.startswith(package)}
            assert foreign <= WRITES_A_FILE, f"{module} is imported by {foreign}"


def test_there_are_few_loose_modules_and_no_crowded_folder() -> None:
    folders: dict[Path, int] = defaultdict(int)
    for path in modules(*PACKAGES):
        folders[path.parent] += path.name != "__init__.py"
    assert folders[ROOT / "monitor"] <= 6
    assert {folder: count for folder, count in folders.items() if count > 20} == {}


def test_no_type_name_is_defined_twice() -> None:
    places: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees(*PACKAGES):
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].add(path)
            elif isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation):
                places[ast.unparse(node.target)].add(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_a_module_of_a_package_is_not_named_after_it() -> None:
    """`sources/x/client.py`, not `sources/_x_client.py`."""
    names = {path.stem for path in modules("monitor/sources")}
    assert not [name for name in names if name.startswith("_") and name != "__init__"]


def test_sql_that_writes_is_only_in_the_store() -> None:
    writes = ("INSERT INTO", "DELETE FROM", "UPDATE ", "CREATE TABLE")
    for path, tree in trees(*PACKAGES):
        if not path.startswith("monitor/store/"):
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            assert not [text for text in texts if isinstance(text, str) and text.lstrip().startswith(writes)], path


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of a module's logger, with its place."""
    methods = {f"logger.{name}" for name in ("debug", "info", "warning", "error", "exception", "log")}
    for path, tree in trees(*PACKAGES):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in methods:
                yield f"{path}:{node.lineno}", node


def test_what_is_logged_is_a_fixed_sentence_and_values_under_known_names() -> None:
    """So that no post, handle or secret gets into the log: see monitor/logs/formats.py."""
    faults = []
    for place, call in log_calls():
        message = call.args[1 if ast.unparse(call.func).endswith(".log") else 0]
        keys = [
            key.value
            for keyword in call.keywords
            if keyword.arg == "extra"
            for node in ast.walk(keyword.value)
            if isinstance(node, ast.Dict)
            for key in node.keys
            if isinstance(key, ast.Constant)
        ]
        if not isinstance(message, ast.Constant) or set(keys) - set(FIELDS):
            faults.append(f"{place}: {ast.unparse(message)} {sorted(set(keys) - set(FIELDS))}")
    assert faults == []


def test_every_flow_is_short() -> None:
    for path in modules("flows"):
        if path.name not in ("__init__.py", "__main__.py", "steps.py", "logs.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 40, path


def test_every_module_begins_with_what_it_is() -> None:
    for path, tree in trees(*PACKAGES):
        assert ast.get_docstring(tree), path
    assert not [path for path in modules(*PACKAGES) if re.search(r"\b(TODO|FIXME)\b", path.read_text(encoding="utf-8"))]
