"""What the documents promise is there."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.cli import app
from monitor.collect import collector
from monitor.exporters import registry as exporters
from monitor.settings import loading
from monitor.settings.classifier import Policy
from monitor.settings.networks import Networks
from monitor.sources import registry as sources

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.es.md")
DOCUMENTS = sorted(
    path.relative_to(ROOT)
    for path in (*(ROOT / readme for readme in (*READMES, "CONTRIBUTING.md")), *(ROOT / "docs").rglob("*.md"))
)
PLACEHOLDERS = {
    "CARPETA": "FOLDER",
    "ARCHIVO": "FILE", "SALIDA": "OUT", "FECHA": "DATE", "VERSIÓN": "VERSION", "TEXTO": "TEXT", "NOMBRE": "NAME",
    "--brand M": "--brand B", "publicaciones.csv": "posts.csv", "clientes.xlsx": "customers.xlsx",
    "DIRECCIÓN": "ADDRESS",
    "respuestas.csv": "responses.csv", "informe.html": "report.html", "--language es": "--language en",
    "/ruta/a/escucha": "/path/to/escucha",
    "plantillas": "templates", "org/nombre": "org/name", "carpeta": "folder", "red": "network", "texto": "text",
    "queja": "complaint", "sentimiento": "sentiment", "categoría": "category",
    "-#etiqueta": "-#tag", "-@cuenta": "-@handle", "PALABRA": "WORD", "-palabra": "-word", "-#palabra": "-#word",
}  # fmt: skip
"""What a user fills in, by its name in the Spanish README."""


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
    assert loaded.policy == Policy()
    assert loaded.networks == Networks()
    assert collector.configured_networks(loaded) == [], "a network is read though nobody set it up"


def test_the_example_has_every_key_of_a_brand() -> None:
    brands = example()["brands"]
    assert isinstance(brands, list)
    assert set(brands[0]) == set(loading.Brand.model_fields)


@pytest.mark.parametrize(
    ("readme", "terms"), [("README.md", "non-commercial use"), ("README.es.md", "uso no comercial")]
)
def test_a_readme_begins_with_for_whom_the_weights_are(readme: str, terms: str) -> None:
    beginning = " ".join((ROOT / readme).read_text(encoding="utf-8").split("\n## ")[0].split())
    assert terms in beginning
    assert "(monitor/bundled/MODEL_CARD.md)" in beginning


def part(readme: str, heading: str) -> str:
    """The words under a heading of a README, on one line."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return " ".join(text.partition(f"\n### {heading}\n")[2].partition("\n#")[0].split())


@pytest.mark.parametrize(
    ("readme", "words"),
    [
        ("README.md", ("since November 2025 they need Reddit's approval", "*Without keys:*", "as feeds into")),
        (
            "README.es.md",
            ("desde noviembre de 2025 necesitan la aprobación de Reddit", "*Sin claves:*", "como fuentes"),
        ),
    ],
)
def test_reddits_keys_and_what_to_do_without_them_are_told(readme: str, words: tuple[str, ...]) -> None:
    told = part(readme, "reddit")
    assert [said for said in (*words, "`escucha import FILE --network reddit`") if said not in told] == []


@pytest.mark.parametrize(
    ("readme", "words"),
    [("README.md", "those to older threads are not"), ("README.es.md", "respuestas a hilos más antiguos no")],
)
def test_what_is_not_read_of_youtube_is_told(readme: str, words: str) -> None:
    assert words in part(readme, "youtube")


def test_who_installs_the_package_is_told_that_the_weights_have_terms_of_their_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "Code: MIT; bundled weights: terms of their own, see the model card" in project["description"]
    assert "monitor/bundled/MODEL_CARD.md" in project["license-files"]
    assert project["license"] == "MIT", "of the code"


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_names_every_command_network_and_exporter(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for command in (one.name for one in app.registered_commands):
        assert f"escucha {command}" in text, command
    for name in ("files", *sources.networks(), *exporters.destinations()):
        assert f"\n### {name}\n" in text, name


@pytest.mark.parametrize("readme", READMES)
def test_the_prose_of_a_readme_has_lines_of_140_characters_at_most(readme: str) -> None:
    lines = (ROOT / readme).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 140 and not line.startswith("|")] == []


def slug(heading: str) -> str:
    """The anchor that hosts of repositories give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_and_pictures_are_there(document: Path) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        if target.startswith("http"):
            continue
        linked = (ROOT / document).parent / file if file else ROOT / document
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), target


def in_english(code: str) -> str:
    """A piece of code of the Spanish README with the placeholders of the English one."""
    for spanish, english in PLACEHOLDERS.items():
        code = re.sub(rf"(?<!\w){re.escape(spanish)}(?!\w)", english, code)
    return code


@dataclass(frozen=True, slots=True)
class Section:
    """What a section of a README holds in any language; `links` in order, anchors as the number of their heading."""

    level: int
    code: frozenset[str]
    blocks: tuple[str, ...]
    figures: tuple[str, ...]
    links: tuple[str, ...]


def sections(readme: str) -> list[Section]:
    """The README's sections in order, those of the Spanish one with English placeholders, figures and links."""
    spanish = readme == "README.es.md"
    text = (ROOT / readme).read_text(encoding="utf-8")
    slugs = [slug(title) for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)]
    parts = re.split(r"^(?=#+ )", text, flags=re.MULTILINE)
    return [section(part, slugs, spanish=spanish) for part in parts if part.startswith("#")]


def section(part: str, slugs: list[str], *, spanish: bool) -> Section:
    """One section of a README, its heading included."""
    translate = in_english if spanish else str
    block = r"^```[\s\S]*?^```|(?:^ {4}.*\n)+"
    blocks = re.findall(block, part, re.MULTILINE)
    lines = [re.sub(r"\s+# .*$", "", line).strip() for text in blocks for line in text.splitlines()]
    prose = re.sub(block, "", part, flags=re.MULTILINE)
    code = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose)]
    links = [
        f"heading {slugs.index(link[1:])}" if link.startswith("#") else link.replace(".es.png", ".en.png")
        for link in re.findall(r"\]\(([^)\s]+)\)", prose)
    ]
    bare = re.sub(r"`[^`]+`|\]\([^)]+\)", "", prose)
    return Section(
        level=len(part) - len(part.lstrip("#")),
        code=frozenset(map(translate, code)),
        blocks=tuple(map(translate, lines)),
        figures=tuple(sorted(spanish_figures(bare) if spanish else english_figures(bare))),
        links=tuple("the other" if link in READMES else link for link in links),
    )


def english_figures(text: str) -> list[str]:
    return [figure.replace(",", "") for figure in re.findall(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?", text)]


def spanish_figures(text: str) -> list[str]:
    """Written as the English ones: 0,005 is 0.005, 10 000 is 10000."""
    figures = re.findall(r"\d{1,3}(?:[ \u00a0]\d{3})+|\d+(?:[.,]\d+)?", text)
    return [re.sub(r"[ \u00a0]", "", figure).replace(",", ".") for figure in figures]


def test_both_readmes_have_the_same_headings() -> None:
    english, spanish = (sections(readme) for readme in READMES)
    assert [part.level for part in english] == [part.level for part in spanish]


@pytest.mark.parametrize("what", ["code", "blocks", "figures", "links"])
def test_both_readmes_say_the_same(what: str) -> None:
    """Every command, setting, figure, link and picture stands in the same section of both."""
    english, spanish = (sections(readme) for readme in READMES)
    for at, (one, other) in enumerate(zip(english, spanish, strict=True)):
        assert getattr(one, what) == getattr(other, what), f"section {at}"


def test_the_report_of_the_classifier_ends_with_its_notes() -> None:
    folder = ROOT / "docs/classifier"
    notes = (folder / "notes.md").read_text(encoding="utf-8").strip()
    assert (folder / "report.md").read_text(encoding="utf-8").endswith(f"\n\n{notes}\n")
