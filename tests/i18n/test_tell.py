"""Messages told in another language: found by the words around their values, whole or joined."""

import pytest

from monitor import i18n


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("Shows the version.", "Muestra la versión."),
        ("No such command 'imprt'.", "No hay ningún comando 'imprt'."),
        ("  Missing argument 'file'.", "  Falta el argumento 'file'."),
        ("[yellow]![/] Missing argument 'file'.", "[yellow]![/] Falta el argumento 'file'."),
        ("Missing argument 'file'.\nNo such command 'x'.", "Falta el argumento 'file'.\nNo hay ningún comando 'x'."),
        ("restore: Missing argument 'file'.", "restore: Falta el argumento 'file'."),
        ("Shows the version.; Writes a report.", "Muestra la versión.; Escribe un informe."),
    ],
)
def test_a_message_is_told_with_its_values(english: str, spanish: str) -> None:
    assert i18n.tell("es", english) == spanish
    assert i18n.tell("en", english) == english


def test_what_no_catalogue_knows_stays_as_it_is() -> None:
    assert i18n.tell("es", "[red]El pedido no ha llegado: {nada}[/]") == "[red]El pedido no ha llegado: {nada}[/]"
    assert i18n.tell("es", "") == ""


def test_a_value_that_is_a_word_of_ours_stays_as_somebody_wrote_it() -> None:
    assert i18n.tell("es", "No such command 'Options'.") == "No hay ningún comando 'Options'."
    assert i18n.tell("es", "No such option: --{x}") == "No hay ninguna opción --{x}"
