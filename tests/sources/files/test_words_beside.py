"""Words beside the column of the text: the titles of Reddit's posts, and subjects of rows without a text."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import RejectedPost
from monitor.sources.files.source import Layout, inspect, read, to_mention

NOW = datetime(2026, 8, 1, tzinfo=UTC)


def look(path: Path) -> Layout:
    return inspect(path, network="reddit", time_zone=ZoneInfo("UTC"))


def words(layout: Layout) -> list[str]:
    found = []
    for page in read(layout.path, layout, received_at=NOW):
        for post in page.posts:
            try:
                found.append(to_mention(post, layout).text)
            except RejectedPost as error:
                found.append(str(error))
    return found


@pytest.mark.parametrize(
    ("shown", "original", "translated"),
    [
        ("text", "original_text", "is_translated"), ("review", "review.original", "review_translated"),
        ("snippet", "extracted_snippet.original", "extracted_snippet.translated"),
        ("Comentario", "Texto original", "Traducido"),
    ],
)  # fmt: skip
def test_what_was_written_is_taken_before_its_translation(
    tmp_path: Path, shown: str, original: str, translated: str
) -> None:
    """Files have the original of the rows that were translated alone."""
    path = tmp_path / "reviews.csv"
    path.write_text(
        f"id;created_at;{shown};{original};{translated}\n"
        "1;2026-03-01 10:00;The boiler does not start since Monday;La caldera no enciende desde el lunes;yes\n"
        "2;2026-03-02 10:00;Me han facturado dos meses de más;;\n"
        "3;2026-03-03 10:00;Nobody answers the telephone there;Nadie coge el teléfono ahí;yes\n",
        encoding="utf-8",
    )
    right = ["La caldera no enciende desde el lunes", "Me han facturado dos meses de más", "Nadie coge el teléfono ahí"]
    layout = look(path)
    assert (layout.questions, words(layout)) == ((), right)


def test_titles_are_among_the_words_of_a_dump_of_reddit(tmp_path: Path) -> None:
    below = ["Esperé seis horas en la puerta", "", "[removed]"]
    posts = [
        {"id": f"1ab{n}", "author": "ana", "title": "Cancelan sin avisar", "selftext": text, "created_utc": 1772000000}
        for n, text in enumerate(below)
    ]
    path = tmp_path / "f.ndjson"
    path.write_text("\n".join(map(json.dumps, posts)), encoding="utf-8")
    title = "Cancelan sin avisar"
    assert words(look(path)) == [f"{title}\n\n{below[0]}", title, "no text in column selftext"]


def test_rows_with_a_subject_alone_are_told_with_its_column(tmp_path: Path) -> None:
    rows = [
        "Fecha;Asunto;Descripción;Ciudadano",
        "2026-03-01 10:00;Sin luz desde el lunes;;Ana Gil",
        "2026-03-02 10:00;Cobro doble;Me cobraron dos veces y nadie contesta;Leo Paz",
    ]
    path = tmp_path / "f.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    layout = look(path)
    assert words(layout) == ["no text in column Descripción", "Me cobraron dos veces y nadie contesta"]
    told = "rows without words in Descripción that have some in Asunto, not taken: 1 of those looked at"
    assert f"{told}; --column text=Asunto reads that column instead" in layout.notes
