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
        (
            "the database was in use by another process for longer than 30 s (/d/e.duckdb, held by python (process 12 "
            "on box) since 2026-11-29 20:00 UTC); try again, or raise store.busy_timeout",
            "otro proceso ha usado la base de datos más de 30 s (/d/e.duckdb, la tiene python (proceso 12 en box) "
            "desde 2026-11-29 20:00 UTC); vuelve a intentarlo o sube store.busy_timeout",
        ),
        (
            "nothing has run to its end since 10:00 CET, though a pass is due every 15 minutes; whoever kept the "
            "schedules is gone. Next: escucha serve",
            "nada ha llegado a su fin desde 10:00 CET, y debería haber una pasada cada 15 minutos; quien llevaba los "
            "horarios ya no está. Siguiente: escucha serve",
        ),
        (
            "Next: escucha run (classifies the new posts and opens cases); to try now: escucha resume --network x",
            "Siguiente: escucha run (clasifica las publicaciones nuevas y abre casos); para intentarlo ya: escucha "
            "resume --network x",
        ),
        (
            "classified 12,345. Next: escucha run (opens cases)",
            "clasificadas 12.345. Siguiente: escucha run (abre casos)",
        ),
        (
            "exports.only_links: no network 'zz'; there are: x, bluesky",
            "exports.only_links: no hay ninguna red 'zz'; las hay: x, bluesky",
        ),
        ("language: Input should be 'es' or 'en'", "language: debe ser 'es' o 'en'"),
        (
            "a.parquet is larger inside than a file may be (more than 2,000 bytes); export it again",
            "a.parquet es por dentro más grande de lo que se admite (más de 2000 bytes); expórtalo otra vez",
        ),
        ("12 of 1,000 requests · 5 reads", "12 de 1000 peticiones · 5 lecturas"),
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
