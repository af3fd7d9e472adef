import ast
import re
from pathlib import Path

import pytest

import dashboard
from dashboard import i18n
from tests.dashboard.i18n.placeholders import places

FOLDER = Path(dashboard.__file__).parent
MODULES = sorted(path for path in FOLDER.rglob("*.py"))
# Streamlit's functions whose first argument is read by people.
SHOWN = {
    "button", "caption", "checkbox", "download_button", "error", "header", "info", "link_button", "markdown", "metric",
    "popover", "radio", "segmented_control", "selectbox", "subheader", "success", "text", "text_area", "text_input",
    "title", "toast", "warning", "write", "choice",
}  # fmt: skip


def test_both_languages_have_the_same_messages() -> None:
    assert i18n.catalogue("es").keys() == i18n.catalogue("en").keys()


def test_a_message_has_the_same_places_in_both_languages() -> None:
    spanish, english = i18n.catalogue("es"), i18n.catalogue("en")
    assert {key: places(words) for key, words in spanish.items()} == {key: places(english[key]) for key in spanish}


def test_every_message_is_used_and_every_key_exists() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    used = set(re.findall(r"[\"']([a-z]+\.[a-z_]+)[\"']", code))
    keys = set(re.findall(r"\bt\(\s*f?[\"']([a-z]+\.[a-z_]+)[\"'][,)]", code))
    assert keys <= i18n.catalogue("es").keys()
    built = tuple(re.findall(r"f?[\"']([a-z]+\.[a-z_]*)(?:\{|[\"'] \+)", code))
    spare = {key for key in i18n.catalogue("es") if key not in used and not key.endswith("_one")}
    described = {key for key in spare if key.startswith(built) or re.match(r"(trouble|column|widgets)\.", key)}
    assert spare == described


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_page_holds_words_of_its_own(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in SHOWN
            and ast.unparse(node.func.value) != "logger"  # what is logged is on no page
            and node.args
        ):
            first = node.args[0]
            assert not (isinstance(first, ast.Constant) and isinstance(first.value, str)), ast.unparse(node)
            assert not isinstance(first, ast.JoinedStr), ast.unparse(node)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_nothing_reads_markdown_or_runs_scripts(path: Path) -> None:
    code = path.read_text(encoding="utf-8")
    assert not re.search(r"st\.(markdown|write)\b|unsafe_allow", code)


def test_numbers_are_written_as_the_language_does() -> None:
    assert i18n.translate("es", "cases.count", n=1234) == "1234 casos"
    assert i18n.translate("es", "cases.count", n=12345) == "12.345 casos"
    assert i18n.translate("en", "cases.count", n=1234) == "1,234 cases"
    assert i18n.translate("es", "cases.count", n=1) == "1 caso"
