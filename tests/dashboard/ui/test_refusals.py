"""What may not be done is told in the language of whoever clicked."""

import ast
import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import monitor
from dashboard import i18n
from dashboard.ui import refusals
from monitor import desk
from monitor.customers.rows import Fault
from monitor.errors import EscuchaError, Refusal, UnfitFile
from monitor.models.languages import LANGUAGES
from monitor.settings.loading import Settings
from tests import desk_store
from tests.dashboard.i18n.placeholders import places
from tests.dashboard.pages import open_page

FOLDER = Path(monitor.__file__).parent
CLASSES = {"Refusal", "UnfitFile", "AnsweredAlready", "NotPermitted", "LoginRefused", "SettingsConflict"}


def modules() -> list[tuple[str, ast.Module]]:
    """The modules that refuse something, by their paths."""
    sources = ((path.relative_to(FOLDER), path.read_text(encoding="utf-8")) for path in sorted(FOLDER.rglob("*.py")))
    imports = re.compile(r"from monitor\.errors import .*\b(Refusal|UnfitFile|NotPermitted)\b")
    return [(str(path), ast.parse(code)) for path, code in sources if str(path) == "errors.py" or imports.search(code)]


MODULES = modules()
CALLS = [
    (f"{path}:{node.lineno}", node)
    for path, module in MODULES
    for node in ast.walk(module)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES
]


def told_as(place: str, call: ast.Call) -> str:
    """Under which key the pages tell it: the login's own pages what is about a login."""
    key = ast.literal_eval(call.args[0])
    of_login = f"login.{key}"
    return of_login if place.startswith("login/") and of_login in i18n.catalogue("en") else f"refused.{key}"


@pytest.mark.parametrize(("place", "call"), CALLS, ids=[place for place, _ in CALLS])
def test_a_refusal_is_said_with_its_values_in_english_and_on_the_pages(place: str, call: ast.Call) -> None:
    sentence = ast.literal_eval(call.args[1])
    values = {str(keyword.arg) for keyword in call.keywords}
    assert {name for _, name, _, _ in string.Formatter().parse(sentence) if name} <= values
    for language in LANGUAGES:
        assert places(i18n.catalogue(language)[told_as(place, call)]) <= values


def test_every_sentence_on_a_refusal_is_one_that_the_library_makes() -> None:
    keys = {told_as(place, call) for place, call in CALLS}
    keys.add("refused.no_name")  # the pages' own: they ask who acts
    told = {key for key in i18n.catalogue("es") if key.startswith("refused.")}
    assert told == {key for key in keys if not key.startswith("login.")}


def test_every_kind_of_refusal_is_looked_at() -> None:
    classes = [node for _, module in MODULES for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    kinds = {kind.name for kind in classes if CLASSES & {ast.unparse(base) for base in kind.bases}}
    assert kinds | {"Refusal"} == CLASSES


def test_the_values_of_a_refusal_are_told_by_what_the_pages_call_them() -> None:
    def told(error: EscuchaError) -> str:
        return refusals.describe(error)

    moved = Refusal("no_move", "{code} is {stage}, not {to}", code="ESC-1", stage="received", to="closed")
    assert told(moved) == "ESC-1 está en «Recibido»; de ahí no puede pasar a «Cerrado»"
    assert str(moved) == "ESC-1 is received, not closed"
    assert told(Refusal("no_case", "there is no case {case}", case=2)) == "no hay ningún caso ESC-000002-1"
    hostile = Refusal("no_filter", "{name}", name="a\u202eb\x00{c}")
    assert told(hostile) == "ya no hay ningún filtro llamado «ab{c}»"
    bad = UnfitFile("file_bad", "{file}: {fault}", file="c.csv", fault=Fault(3, "no_id", "Cliente"))
    assert told(bad).endswith("Fila 3: falta el ID en Cliente; añádelo")
    assert str(bad) == "c.csv: row 3: there is no id in Cliente: give the customer one"
    assert told(EscuchaError("as it is")) == "as it is"


@pytest.fixture
def two(config: Settings) -> Settings:
    """Two cases, of ana's and of luis's."""
    now = datetime.now(UTC)
    sentences = [
        desk_store.post(config, "a0", "no abre", now - timedelta(hours=3)),
        desk_store.post(config, "b0", "sigue sin abrir", now - timedelta(hours=2), author="luis"),
    ]
    desk_store.open_cases(config, sentences, now)
    return config


def told_after(app: AppTest, key: str) -> str:
    app.button(key=key).click().run()
    assert not app.exception
    return "\n".join(str(toast.value) for toast in app.toast)


def test_a_note_without_words_is_refused_in_spanish(two: Settings) -> None:
    assert told_after(open_page("case", case="1"), "note-save-1") == "No se ha podido guardar: la nota está vacía"


def test_a_merge_that_cannot_be_names_the_stage_as_the_page_does(two: Settings) -> None:
    desk.move_case(two, 1, "dismissed", version=1, actor="Luis", now=datetime.now(UTC), reason="not_a_complaint")
    app = open_page("case", case="1")
    app.text_input(key="merge-code-1").set_value("ESC-000002-1").run()
    assert "está en «Descartado» y ESC-000002-1 sigue abierto" in told_after(app, "merge-now-1")


def test_a_code_that_is_none_is_refused_without_markdown(two: Settings) -> None:
    app = open_page("case", case="1")
    app.text_input(key="merge-code-1").set_value("**no**").run()
    message = told_after(app, "merge-now-1")
    assert message.startswith("No se ha podido guardar: «\\*\\*no\\*\\*» no es un código de caso")
