"""The monthly perception report: well formed, escaped, honest, in both languages, with the numbers of the metrics."""

import re
import string
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor import desk, reporting, store
from monitor.cli import app
from monitor.errors import HandOverPermanent
from monitor.models.cases import Case
from monitor.models.languages import LanguageCode
from monitor.reporting.words import Voice, catalogue
from monitor.settings.desk import Category, Desk
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.metrics import flow
from monitor.store.metrics.scope import MetricsScope
from tests import desk_store
from tests.conftest import NOW
from tests.reporting.html_pages import parsed, words

FEBRUARY = date(2026, 2, 1)
LATER = NOW - timedelta(days=9)  # in February
HOSTILE = '<script>alert(1)</script> & "comillas" \'</table>'


@pytest.fixture
def heard(settings: Settings) -> Settings:
    """Three complaints of February, one of an author twice, one lost; a category, a cause and an action with HTML."""
    desk_store.post(settings, "p1", "Llevo un mes esperando el abono de Norvia", LATER, author="ana_secreta")
    desk_store.post(settings, "p2", "Gracias", LATER, author="luis", p_complaint=0.01, p_negative=0.1)
    changes = settings.desk.model_copy(
        update={"categories": (Category(name="hostil", es=HOSTILE, en=HOSTILE), Category(name="other"))}
    )
    settings = settings.model_copy(update={"desk": changes})
    with store.connect(settings.store) as connection:
        cases.insert(
            connection,
            [
                Case(
                    case_id, f"K-{case_id}", "Norvia", "x", f"p{case_id}", "ana_secreta", "es", "received", LATER,
                    "escucha", LATER, LATER, LATER, 1, category="hostil", root_cause=HOSTILE,
                    lost_reason="price" if case_id == 1 else None,
                )
                for case_id in (1, 2, 3)
            ],
        )  # fmt: skip
    action = desk.plan_action(settings, HOSTILE, HOSTILE, actor="ana", now=LATER)
    desk.finish_action(settings, action.action_id, actor="ana", now=LATER)
    return settings


def made(settings: Settings, language: LanguageCode = "es", month: date = FEBRUARY, brand: str | None = None) -> str:
    return reporting.perception(settings, month, language, now=NOW, brand=brand)


@pytest.mark.parametrize("language", ["es", "en"])
def test_it_is_one_file_that_needs_nothing_else(heard: Settings, language: LanguageCode) -> None:
    html = made(heard, language)
    tree = parsed(html)
    assert html.lstrip().startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in html
    assert not tree.names & {"script", "link", "img", "iframe", "a"}
    assert not re.search(r"https?://|url\(|@import|src=|href=", html)
    assert "@page" in html


@pytest.mark.parametrize("language", ["es", "en"])
def test_names_that_people_gave_do_nothing(heard: Settings, language: LanguageCode) -> None:
    html = made(heard, language)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4  # category, root cause, title and cause of the action
    assert HOSTILE in words(html)


@pytest.mark.parametrize("language", ["es", "en"])
def test_neither_posts_nor_people_are_in_it(heard: Settings, language: LanguageCode) -> None:
    html = made(heard, language)
    assert "ana_secreta" not in html
    assert "abono" not in html


def test_its_numbers_are_those_of_the_metrics(heard: Settings) -> None:
    with store.connect(heard.store, read_only=True) as connection:
        scope = MetricsScope(FEBRUARY, date(2026, 2, 28), heard.zone)
        volume = flow.volume(connection, scope, NOW)
    text = words(made(heard, "en"))
    assert (volume.opened, volume.heard, volume.mentions) == (3, 3, 2)
    assert "cases opened, 3; closed, 0; dismissed, 0; reopened, 0." in text
    assert "2 mentions posted in the month." in text
    assert "Complaint rate 150.0% of the mentions: 3 complaints posted on networks" in text
    assert "Tasa de quejas 150,0 % de las menciones: 3 quejas publicadas en redes" in words(made(heard))
    assert "1 of 1 known person complained twice or more in the month (3 complaints)." in text
    assert "1 customer known to be lost." in text


def test_it_says_what_it_does_not_know(heard: Settings) -> None:
    with store.connect(heard.store) as connection:
        connection.execute(
            "INSERT INTO gaps VALUES ('reddit', 'q', ?, ?, 'cap', 1, ?)", [LATER, LATER + timedelta(hours=2), LATER]
        )
    text = words(made(heard))
    assert "Pocas quejas no significan clientes satisfechos" in text
    assert "no se envió ninguna encuesta" in text
    assert "1 intervalo en el que no se pudo recoger una red y ya no se podrá: reddit" in text
    assert "27 días sin ninguna mención" in text
    assert "sin casos que medir" in text
    assert "Sin comparación" in text


def test_an_empty_month_says_so(settings: Settings) -> None:
    text = words(made(settings, "es", date(2020, 5, 1)))
    assert "no se recogió ninguna mención" in text
    assert "Pocas quejas" not in text


def test_a_month_under_way_is_marked_and_compared_with_none(heard: Settings) -> None:
    for day in (3, 4):
        desk_store.post(heard, f"m{day}", "Gracias", LATER - timedelta(days=19 + day))  # the first days of February
    text = words(made(heard, month=date(2026, 3, 1)))
    assert "El mes no ha terminado" in text
    assert "Mes anterior" not in text
    assert "Las variaciones" not in text
    assert "Sin comparación" not in text


def test_a_month_is_compared_with_the_one_before_where_that_was_listened_to(heard: Settings) -> None:
    desk_store.post(heard, "before", "Gracias", LATER - timedelta(days=45))  # the first days of January
    assert "Changes are compared with January 2026." in words(made(heard, "en"))
    assert "Variaciones respecto a enero" in words(made(heard))


def test_samples_are_marked(heard: Settings) -> None:
    assert "MUESTRA" not in made(heard)
    desk_store.post(heard, "p9", "Una muestra", LATER, sample=True)
    assert "MUESTRA" in made(heard)


def test_a_brand_has_a_report_of_its_own(heard: Settings) -> None:
    assert "casos abiertos, 3" in words(made(heard, brand="Norvia"))
    assert "casos abiertos" not in words(made(heard, brand="Faro"))


def test_both_languages_say_the_same_things() -> None:
    def places(message: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(message) if name}

    es, en = catalogue("es"), catalogue("en")
    assert es.keys() == en.keys()
    assert {key: places(es[key]) for key in es} == {key: places(en[key]) for key in en}


def test_figures_are_written_as_the_language_does(settings: Settings) -> None:
    es, en = Voice("es", Desk(), settings.zone), Voice("en", Desk(), settings.zone)
    assert [es.number(1234), es.number(12345), es.number(1234.5, 1)] == ["1234", "12.345", "1234,5"]
    assert [en.number(1234), en.percent(0.257), es.percent(0.257, 1)] == ["1,234", "26%", "25,7 %"]
    assert [es.duration(59.2), es.duration(90), es.duration(None)] == ["59 min", "1,5 h", "–"]
    assert [es.change(3, 2), es.change(2, 2), es.change(2, None)] == ["+50 %", "", ""]
    assert [es.month(FEBRUARY), en.day(FEBRUARY)] == ["febrero de 2026", "1 February"]


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "nueva" / "informe.html"
    reporting.write("<p>ñ</p>", target)
    assert target.read_text(encoding="utf-8") == "<p>ñ</p>"
    assert list(target.parent.iterdir()) == [target]
    with pytest.raises(HandOverPermanent, match="cannot write"):
        reporting.write("<p>ñ</p>", target / "dentro.html")


def told(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", "perception", *arguments])
    return result.exit_code, " ".join(f"{result.output} {result.exception or ''}".split())


def test_the_command_writes_the_last_full_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk_store.configured(tmp_path, monkeypatch)
    code, words_ = told("--to", str(tmp_path / "informe.html"))
    assert code == 0
    assert "informe de" in words_
    assert '<html lang="es">' in (tmp_path / "informe.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--to", "informe.pdf"), "must end in .html"),
        (("--to", "a.html", "--month", "octubre"), "write it as 2026-10"),
        (("--to", "a.html", "--month", "2026-13"), "write it as 2026-10"),
        (("--to", "a.html", "--month", "2999-01"), "has not begun"),
        (("--to", "a.html", "--brand", "Nadie"), "name one of: Norvia"),
    ],
)
def test_the_command_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], reason: str
) -> None:
    desk_store.configured(tmp_path, monkeypatch)
    code, words_ = told(*arguments)
    assert code != 0
    assert reason in words_
    assert not Path("a.html").exists()
