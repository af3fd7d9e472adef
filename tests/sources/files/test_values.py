"""What single values of a file mean: languages, counts, HTML, and who wrote."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.models.posts import Mention
from monitor.sources.files.people import author_id_of, author_name_of, author_of
from monitor.sources.files.source import inspect, read, to_mention
from monitor.tables.file_format import FileFormat
from monitor.tables.layout import Layout, PostColumns

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BASE = {"id": "1", "fecha": "2026-01-02 10:00", "texto": "La maleta no llega"}


def mentions(path: Path, rows: list[dict[str, str]], network: str = "forum") -> list[Mention]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    layout = inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"))
    return [to_mention(post, layout) for page in read(path, layout, received_at=NOW) for post in page.posts]


def test_languages_by_name_are_codes(tmp_path: Path) -> None:
    names = ["Spanish", "Castellano", "spa", "es_MX", "Inglés", "und", "klingonés"]
    rows = [BASE | {"id": str(number), "idioma": name} for number, name in enumerate(names)]
    found = [one.language for one in mentions(tmp_path / "a.csv", rows)]
    assert found == ["es", "es", "es", "es-mx", "en", None, "klingonés"]


def test_html_bodies_are_plain_text_and_lines_of_plain_bodies_stay(tmp_path: Path) -> None:
    bodies = {
        "<p>Me cobr&oacute; <b>dos</b> veces &amp; nadie</p><p>Ayuda</p>": "Me cobró dos veces & nadie\n\nAyuda",
        'No va<br>desde ayer<br><a href="https://a.example/">foto</a>': "No va\ndesde ayer\nfoto",
        "si 3 < 5 y a<b entonces": "si 3 < 5 y a<b entonces",
        "una\ndos &lt;3": "una\ndos <3",
    }
    rows = [BASE | {"id": str(number), "texto": body} for number, body in enumerate(bodies)]
    assert [one.text for one in mentions(tmp_path / "a.csv", rows)] == list(bodies.values())


def test_a_column_of_plain_texts_keeps_its_signs(tmp_path: Path) -> None:
    plain = ["Norvia <3", "si a<b y c>d", "<nada> de <nada>", "uso <b>negrita</b>"]
    rows = [BASE | {"id": str(number), "texto": plain[number] if number < 4 else "hola"} for number in range(100)]
    assert [one.text for one in mentions(tmp_path / "a.csv", rows)][:4] == plain


def test_of_a_review_that_google_translated_its_own_words_are_kept(tmp_path: Path) -> None:
    written = {
        "(Translated by Google) The bag is late\n\n(Original)\nLa maleta no llega": "La maleta no llega",
        "(Traducido por Google) La maleta\n\n(Original)\nThe bag": "The bag",
        "La maleta no llega\n\n(Translated by Google)\nThe bag is late": "La maleta no llega",
        "(Translated by Google) The bag is late": "(Translated by Google) The bag is late",
    }
    rows = [BASE | {"id": str(number), "texto": text} for number, text in enumerate(written)]
    assert [one.text for one in mentions(tmp_path / "a.csv", rows)] == list(written.values())


def test_a_file_of_stories_with_their_content_holds_more_than_their_titles(tmp_path: Path) -> None:
    story = {"title": "Quejas", "url": "http://n.example/1", "publish_date": "2026-01-02 10:00", "media_name": "El Eco"}
    story |= {"collect_date": "2026-01-03", "author": "ana.r", "content": "La maleta no llega"}
    rows = [story, story | {"url": "http://n.example/2", "content": ""}]
    found = mentions(tmp_path / "a.csv", rows)
    assert [(one.text, one.author, one.author_name) for one in found] == [
        ("La maleta no llega", "ana.r", "El Eco"),
        ("Quejas", "ana.r", "El Eco"),
    ]


PERSON = {"username": "ana_g", "displayname": "Ana Gil", "id": 77}


@pytest.mark.parametrize(
    ("written", "network", "handle"),
    [
        ("@ana_g", "x", "ana_g"),
        ("https://x.com/ana_g", "x", "ana_g"),
        ("https://www.instagram.com/ana_g/?hl=es", "instagram", "ana_g"),
        ("https://www.tiktok.com/@ana_g", "tiktok", "ana_g"),
        ("Ana Gil (@ana_g)", "x", "ana_g"),
        ("Ana Gil", "facebook", "Ana Gil"),
        ("u/ana_g", "reddit", "ana_g"),
        ("/u/ana_g", "reddit", "ana_g"),
        (PERSON, "x", "ana_g"),
        (str(PERSON), "x", "ana_g"),
        ('{"screen_name": "ana_g"}', "x", "ana_g"),
        (float("nan"), "x", None),
        ("nan", "x", None),
        ("{" * 5000, "x", "{" * 5000),
    ],
)
def test_handles_however_they_are_written(written: object, network: str, handle: str | None) -> None:
    assert author_of({"by": written}, PostColumns(author="by"), network, None) == handle


def test_the_address_of_a_post_of_x_names_its_author() -> None:
    addresses = ["https://twitter.com/ana_g/status/17", "https://x.com/i/web/status/17", "https://x.com/i/status/17"]
    assert [author_of({}, PostColumns(), "x", one) for one in addresses] == ["ana_g", None, None]


@pytest.mark.parametrize("written", [PERSON, str(PERSON)])
def test_names_and_ids_inside_objects(written: object) -> None:
    raw: Mapping[str, Any] = {"user": written}
    columns = PostColumns(author_name="user", author_id="user")
    layout = Layout(Path("a.json"), "x", 1, FileFormat("json"), columns, ZoneInfo("UTC"))
    assert (author_name_of(raw, columns), author_id_of(raw, layout)) == ("Ana Gil", "77")


def test_forums_marks_are_no_words_and_quotes_are_anothers(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    quoted = '[quote=""pol""][quote=""eva""]No va la app de Tamarel[/quote]A mí tampoco[/quote]'
    rows = [
        '1,7,2,eva,1770112800,"No va la [b]app[/b] de Tamarel, [url=https://a.example/x]mirad[/url]"',
        f'2,7,2,pol,1770116400,"{quoted} Pues a mí [i:1f2e]sí[/i:1f2e] me va [a ratos]"',
    ]
    path.write_text("\n".join(["post_id,topic_id,forum_id,post_username,post_time,post_text", *rows]), encoding="utf-8")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    posts = [to_mention(post, layout) for page in read(path, layout, received_at=NOW) for post in page.posts]
    assert [post.text for post in posts] == [
        "No va la app de Tamarel, mirad (https://a.example/x)",
        "Pues a mí sí me va [a ratos]",
    ]
    assert {post.thread_id for post in posts} == {"7"}
    assert any("BBCode" in note for note in layout.notes)
