"""Every export that the catalogue knows: a sample as the tool writes it, read with the right values."""

import csv
import io
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import RejectedPost, UnexpectedAnswer
from monitor.exporters import words
from monitor.models.exports import COLUMNS
from monitor.models.languages import LANGUAGES, LanguageCode
from monitor.models.posts import OWN_REPLY, Mention
from monitor.sources.files import catalogue, source
from monitor.sources.files.source import Layout
from monitor.tables.layout import ROLES

SAMPLES = Path(__file__).parent / "exports"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((SAMPLES / "expected.toml").read_text("utf-8"))
REFUSED = {entry.id for entry in catalogue.entries() if entry.instead}
READ_AT = datetime(2026, 6, 1, tzinfo=UTC)


def sample_of(entry_id: str) -> Path:
    [path] = SAMPLES.glob(f"*/{entry_id}.*")
    return path


def look(path: Path, network: str) -> Layout:
    return source.inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"))


def mentions(layout: Layout) -> Iterator[Mention | None]:
    """The mention of each row, None for a row that is rejected, and the brand's answers behind them."""
    for page in source.read(layout.path, layout, received_at=READ_AT):
        for post in page.posts:
            try:
                mention = source.to_mention(post, layout)
            except RejectedPost:
                yield None
                continue
            yield mention
            yield from source.own_replies(post, mention, layout)


def value(mention: Mention, name: str) -> Any:
    found = getattr(mention, name)
    return found.isoformat().replace("+00:00", "Z") if name == "posted_at" else found


@pytest.mark.parametrize("entry_id", sorted(EXPECTED))
def test_a_sample_is_known_and_read(entry_id: str) -> None:
    right = EXPECTED[entry_id]
    layout = look(SAMPLES / right["file"], right["network"])
    assert layout.entry == entry_id
    assert layout.questions == ()
    found = list(mentions(layout))
    kept = [mention for mention in found if mention is not None]
    posts = [mention for mention in kept if not mention.post_id.endswith(":reply")]
    first = {name: value(posts[0], name) for name in right["first"]}
    assert first == right["first"]
    assert len(posts) == right["mentions"]
    assert len(found) - len(kept) == right.get("rejected", 0)
    assert sum(mention.author == OWN_REPLY for mention in kept) == right.get("own", 0)
    ids = [mention.post_id for mention in kept]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("entry_id", sorted(REFUSED))
def test_what_holds_no_posts_is_refused_with_the_way_to_go(entry_id: str) -> None:
    with pytest.raises(UnexpectedAnswer) as raised:
        look(sample_of(entry_id), "x")
    assert catalogue.entry_named(entry_id).instead in str(raised.value)


def test_every_entry_has_a_sample_and_says_what_people_need() -> None:
    ids = {entry.id for entry in catalogue.entries()}
    assert ids == set(EXPECTED) | REFUSED
    for entry in catalogue.entries():
        assert sample_of(entry.id).is_file()
        assert all((entry.name, entry.how, entry.how_es, entry.source, entry.keys)), entry.id
        assert set(entry.columns) <= set(ROLES), entry.id
        assert entry.instead or {"text", "posted_at"} <= set(entry.columns), entry.id


CSV_SAMPLES = sorted(entry_id for entry_id, right in EXPECTED.items() if right["file"].endswith(".csv"))


def table(entry_id: str) -> tuple[list[str], list[list[str]]]:
    layout = look(sample_of(entry_id), EXPECTED[entry_id]["network"])
    rows = [post.raw for page in source.read(layout.path, layout, received_at=READ_AT) for post in page.posts]
    return list(layout.form.header), [[str(row.get(name) or "") for name in layout.form.header] for row in rows]


@pytest.mark.parametrize("entry_id", CSV_SAMPLES)
def test_columns_in_another_order_and_spelling_with_more_between_them_are_known(entry_id: str, tmp_path: Path) -> None:
    header, rows = table(entry_id)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([*(name.upper().replace("_", " ") for name in reversed(header)), "Notas del equipo"])
    writer.writerows([*reversed(row), "mirar esto con calma antes del lunes que viene"] for row in rows)
    path = tmp_path / "shuffled.csv"
    path.write_text(written.getvalue(), encoding="utf-8")
    right = EXPECTED[entry_id]
    layout = look(path, right["network"])
    assert layout.entry == entry_id
    first = next(mention for mention in mentions(layout) if mention is not None)
    assert {name: value(first, name) for name in right["first"] if name != "post_id"} == {
        name: found for name, found in right["first"].items() if name != "post_id"
    }


@pytest.mark.parametrize(
    ("spanish", "entry_id"),
    [
        (("#", "Título", "Grupo", "Propietario", "Cliente", "Creado el"), "zammad_tickets"),
        (("Número de ticket", "Fecha de creación", "Asunto", "De", "Correo del remitente"), "osticket"),
        (("Fecha", "Autor", "Reseña", "Respuesta de la empresa", "Fecha de respuesta"), "review_sites"),
        (("Plataforma", "Fecha de creación", "Nombre del autor", "Mensaje"), "emplifi"),
        (("Código", "Marca", "Etapa", "Texto", "Gravedad"), "escucha_cases"),
        (("Store code", "Business name", "Address line 1", "Primary phone"), "google_business_locations"),
    ],
)
def test_translated_headers_are_known(spanish: tuple[str, ...], entry_id: str) -> None:
    entry = catalogue.match(spanish)
    assert entry is not None
    assert entry.id == entry_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_escucha_writes_is_known_by_its_headings_in_every_language(language: LanguageCode) -> None:
    told = words.catalogue(language)
    cases = [told[f"column.{name}"] for name in COLUMNS]
    rejects = [told[f"reject.{name}"].format(zone="Europe/Madrid") for name in ("reason", "place", "network", "raw")]
    assert [entry.id for entry in map(catalogue.match, (COLUMNS, cases, rejects)) if entry] == [
        "escucha_cases",
        "escucha_cases",
        "escucha_rejects",
    ]


@pytest.mark.parametrize(
    "header",
    [
        ("id", "text", "author", "created_at"),
        ("fecha", "usuario", "texto", "id"),
        ("id", "created_at", "username", "content"),
        ("tweet_id", "airline", "name", "retweet_count", "text", "tweet_created", "tweet_location", "user_timezone"),
        ("id", "bank", "author", "created_at", "text"),
        ("id", "message", "date", "from"),
        ("title", "url", "date"),
    ],
)
def test_a_plain_table_is_no_known_export(header: tuple[str, ...]) -> None:
    assert catalogue.match(header) is None


def test_the_whole_text_is_taken_where_a_row_has_it_beside_a_cut_one(tmp_path: Path) -> None:
    user = '"user": {"id_str": "31", "screen_name": "rosav"}, "created_at": "Tue Feb 03 08:15:00 +0000 2026"'
    whole = "Norvia me cobra el envío dos veces, no contesta al teléfono y la tienda dice que no es cosa suya"
    path = tmp_path / "stream.jsonl"
    path.write_text(
        f'{{"id_str": "1", "text": "{whole[:40]}…", "truncated": true, "extended_tweet": {{"full_text": "{whole}"}}, '
        f'{user}}}\n{{"id_str": "2", "text": "Norvia no contesta", "truncated": false, {user}}}\n',
        encoding="utf-8",
    )
    layout = look(path, "x")
    assert layout.entry == "twarc1"
    assert [mention.text for mention in mentions(layout) if mention] == [whole, "Norvia no contesta"]


def test_a_zone_that_a_person_names_comes_before_that_of_the_tool() -> None:
    layout = source.inspect(
        sample_of("trustpilot"), network="trustpilot", time_zone=ZoneInfo("America/Bogota"), zone_is_named=True
    )
    mention = next(mention for mention in mentions(layout) if mention)
    assert value(mention, "posted_at") == "2026-02-03T13:15:00Z"
