"""What the documents promise is there."""

import re
import tomllib
from pathlib import Path

import pytest

from monitor.cli import app
from monitor.collect import collector
from monitor.settings import loading
from monitor.settings.networks import Networks

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.es.md")


def example() -> dict[str, object]:
    """The example settings, with the keys that are commented out."""
    text = (ROOT / "escucha.example.toml").read_text(encoding="utf-8")
    return tomllib.loads(re.sub(r"^# ([\w.]+ = )", r"\1", text, flags=re.MULTILINE))


def keys(table: dict[str, object], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, value in table.items():
        found |= keys(value, f"{prefix}{name}.") if isinstance(value, dict) and value else {prefix + name}
    return found


def test_the_example_has_every_setting_and_loads(tmp_path: Path) -> None:
    assert keys(example()) == set(loading.describe())
    loaded = loading.load(ROOT / "escucha.example.toml")
    assert loaded.policy == loading.Policy()
    assert loaded.networks == Networks()
    assert collector.configured_networks(loaded) == [], "a network is read though nobody set it up"


def test_the_example_has_every_key_of_a_brand() -> None:
    brands = example()["brands"]
    assert isinstance(brands, list)
    assert set(brands[0]) == set(loading.Brand.model_fields)


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_names_every_command_network_and_exporter(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for command in (one.name for one in app.registered_commands):
        assert f"escucha {command}" in text, command
    for folder in ("sources", "exporters"):
        for module in (ROOT / "monitor" / folder).glob("[a-z]*.py"):
            assert f"### {module.stem}" in text


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md"])
def test_links_and_pictures_are_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("http") or (ROOT / target).exists(), target
