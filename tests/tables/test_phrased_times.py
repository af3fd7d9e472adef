"""Dates inside the phrases that shops write around them."""

from datetime import UTC, datetime

import pytest

from monitor.tables import times


@pytest.mark.parametrize(
    "written",
    [
        "Reviewed in Spain on March 14, 2026",
        "Reviewed in the United Arab Emirates on March 14, 2026",
        "Reviewed in the United States 🇺🇸 on Saturday, March 14, 2026",
        "Reseñado en México el 14 de marzo de 2026",
        "Calificado en los Estados Unidos el 14 de marzo de 2026",
        "Avaliado no Brasil em 14 de março de 2026",
        "Avaliado nos Estados Unidos em 14 de março de 2026",
        "Commenté en France le 14 mars 2026",
        "Évalué au Royaume-Uni le 14 mars 2026",
        "Recensito in Italia il 14 marzo 2026",
        "Recensione in Italia del 14 marzo 2026",
        "Rezension aus Deutschland vom 14. März 2026",
        "Bewertet in den Vereinigten Staaten am 14. März 2026",
        "Beoordeeld in Nederland op 14 maart 2026",
        "Ressenyat a Espanya el 14 de març de 2026",
        "Reviewed: March 14, 2026",
        "Comentado el: 14 de marzo de 2026",
        "Written March 14, 2026",
        "Publicado el 14/03/2026",
    ],
)
def test_a_phrase_around_a_date_is_no_part_of_it(written: str) -> None:
    assert times.to_utc(written, UTC) == datetime(2026, 3, 14, tzinfo=UTC)
    assert times.is_whole_day(written)


@pytest.mark.parametrize("written", ["Publicado hace 3 días", "posted 3 days ago"])
def test_a_phrase_may_stand_around_a_span(written: str) -> None:
    now = datetime(2026, 3, 17, tzinfo=UTC)
    assert times.time_format(written) == times.RELATIVE
    assert times.to_utc(written, UTC, collected_at=now) == datetime(2026, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize("written", ["Reviewed in Spain", "Written in 2026 by nobody", "Posted room 12 in 2026"])
def test_a_phrase_without_a_date_is_no_time(written: str) -> None:
    assert times.time_format(written) == ""
