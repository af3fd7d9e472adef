"""Who or what says a case's category."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.settings.loading import Settings
from tests import desk_store
from tests.dashboard.pages import open_page, page_text

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("text", "learned", "language", "reason"),
    [
        ("Me COBRARON una comisión que no es mía", "", "es", "las palabras «cobraron, comisión»"),
        ("Otra vez lo mismo con vosotros", "billing", "es", "el clasificador: se parece a otras quejas así"),
        ("Same thing again, really", "billing", "en", "the classifier: it is like other complaints of this kind"),
        ("Otra vez lo mismo con vosotros", "", "es", "nada: ni sus palabras ni el clasificador la dicen"),
        ("Same thing again, really", "", "en", "nothing: neither its words nor the classifier tell"),
        ("Cambiaron el contrato sin avisar", "", "es", "las palabras «contrato, sin, avisar»"),
        ("They changed the fine print again", "", "en", "the words “fine, print”"),
        ("Otra vez lo mismo con vosotros", "policy", "es", "el clasificador: se parece a otras quejas así"),
    ],
)
def test_a_case_says_what_filed_it(config: Settings, text: str, learned: str, language: str, reason: str) -> None:
    opened(config, text, learned)
    assert reason in page_text(open_page("case", case="1", lang=language))


@pytest.mark.parametrize(
    ("language", "facts", "why"),
    [
        ("es", "Ficha · Condiciones · Grave", "menciona una denuncia o una autoridad"),
        ("en", "Details · Terms · Serious", "mentions legal action or a regulator"),
    ],
)
def test_a_case_says_its_category_its_severity_and_what_that_speaks_of(
    config: Settings, language: str, facts: str, why: str
) -> None:
    opened(config, "Cambiaron el contrato sin avisar: mi abogada ya tiene el caso", "")
    page = open_page("case", case="1", lang=language)
    assert facts in [part.label for part in page.expander]
    assert why in page_text(page)


def test_a_category_that_a_person_gave_is_theirs(config: Settings) -> None:
    opened(config, "Me cobraron dos veces", "")
    desk.edit(config, 1, {"category": "digital"}, version=1, actor="Ana", now=NOW)
    assert "Categoría por: <b>Ana</b>" in page_text(open_page("case", case="1"))


def opened(settings: Settings, text: str, learned: str) -> None:
    """A case of one complaint, which the classifier finds likeliest about that category."""
    mention_id = desk_store.post(settings, "1", text, NOW - timedelta(hours=1), p_complaint=0.95)
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE classifications SET category = ?", [learned])
    desk_store.open_cases(settings, [mention_id], NOW)
