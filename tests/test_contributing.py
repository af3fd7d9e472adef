"""CONTRIBUTING is true: its paths and terms are there, and a new network needs no more than it says."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import monitor
from monitor import networks

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GLOSSARY = re.findall(r"^\| ([^|]+) \| [^|]+ \| (`monitor[^|]+) \|$", TEXT, re.MULTILINE)
NEW_NETWORK = """
from monitor.networks import NetworkProfile
from monitor.settings.network import NetworkSettings

PROFILE = NetworkProfile("Murmur", aliases=("mm",), answer_limit=99)


class MurmurSettings(NetworkSettings):
    rooms: tuple[str, ...] = ()


SETTINGS = MurmurSettings
"""
NEW_SOURCE = """
from datetime import UTC, datetime

from monitor.models.listings import Listing, ReceivedPage
from monitor.models.posts import Mention, Post
from monitor.sources.murmur.network import MurmurSettings


def listings(brand, settings):
    rooms = settings.networks.of("murmur", MurmurSettings).rooms
    return [Listing("murmur", "room", room, brand.name) for room in rooms]


def connect(settings, meter):
    return Connection()


class Connection:
    def fetch(self, listing, request):
        posts = () if request.cursor else (Post("murmur", {"id": "1"}, "room"),)
        return ReceivedPage(posts)

    def probe(self):
        return "anna"


def to_mention(post):
    return Mention("murmur", "1", "Norvia no llega", datetime(2026, 3, 1, tzinfo=UTC), "1", post.raw, "ana")
"""
USE = """
from monitor import networks, store
from monitor.collect import collector
from monitor.settings import loading
settings = loading.load()
done = collector.collect(settings, "murmur")
assert done.saved.stored == 1, done
rooms = settings.networks.of("murmur").rooms
print(networks.profile("mm").display_name, rooms, collector.configured_networks(settings))
"""


def test_every_path_it_names_is_there() -> None:
    paths = re.findall(r"`((?:monitor|dashboard|flows|tests|docs)/[^`<>*\s]*|[\w.]+\.(?:md|toml))`", TEXT)
    assert len(paths) > 40
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("term", "places"), GLOSSARY, ids=[term for term, _ in GLOSSARY])
def test_what_the_glossary_names_exists(term: str, places: str) -> None:
    for place in re.findall(r"`([\w.]+)`", places):
        parent, _, name = place.rpartition(".")
        assert name[0].islower() or hasattr(import_module(parent), name), f"{term}: {place}"
        import_module(place if name[0].islower() else parent)


def test_the_glossary_is_there() -> None:
    assert len(GLOSSARY) > 25


@pytest.mark.parametrize("network", networks.modules())
def test_a_network_has_the_files_that_are_listed(network: str) -> None:
    places = re.findall(r"^\d\. ((?:`[^`]+`(?: and )?)+)", TEXT.partition("## Adding a network")[2], re.MULTILINE)
    for path in re.findall(r"`([^`]+)`", " ".join(places[:6])):
        assert (ROOT / path.replace("<network>", network)).exists(), path
    example = tomllib.loads(
        re.sub(r"^# ([\w.]+ = )", r"\1", (ROOT / "escucha.example.toml").read_text(encoding="utf-8"), flags=re.M)
    )
    assert network in example["networks"]


def test_no_other_code_names_a_network() -> None:
    names = set(networks.modules()) - {"files"}
    found = set()
    for path in [
        *(ROOT / "monitor").rglob("*.py"),
        *(ROOT / "dashboard").rglob("*.py"),
        *(ROOT / "flows").rglob("*.py"),
    ]:
        if path.relative_to(ROOT).parts[:2] != ("monitor", "sources"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            found |= {(str(path.relative_to(ROOT)), word) for word in words & names}
    assert found == {("monitor/cli/query.py", "x")}, "a default of `escucha query test`, nothing else"


def test_a_new_network_needs_only_its_own_package(tmp_path: Path) -> None:
    copytree(ROOT / "monitor", tmp_path / "monitor", ignore=ignore_patterns("__pycache__", "bundled"))
    package = tmp_path / "monitor" / "sources" / "murmur"
    package.mkdir()
    for name, code in (("__init__", '"""Murmur."""'), ("network", NEW_NETWORK), ("source", NEW_SOURCE)):
        (package / f"{name}.py").write_text(code, encoding="utf-8")
    (tmp_path / "escucha.toml").write_text(
        '[[brands]]\nname = "Norvia"\nqueries = ["norvia"]\n[networks.murmur]\nrooms = ["lobby"]\n', encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "Murmur ('lobby',) ['murmur']\n", done.stderr


def test_the_version_has_its_section_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(monitor.__version__)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)
