"""Exports that are shuffled, renamed and spoilt: the brand's answers, biographies and titles are nobody's words.

Headers are those of real tools and of people. A column that is not the post's holds CANARY; where the columns are
renamed until none tells what it holds, somebody has to be asked.
"""

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.collect.ingest import IngestSpec, parse
from monitor.collect.matching import by_queries
from monitor.models.posts import OWN_REPLY
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.sources.files import source
from monitor.tables.columns import bare_name
from tests.slow.fuzz.inputs import fuzz, mutated

pytestmark = pytest.mark.slow
CANARY = "CANARIO"
_TEXTS = (
    "Me han cobrado dos veces y nadie contesta",
    "El paquete de Norvia llegó roto",
    "Todo perfecto, gracias",
    "no va",
)
_NAMES = {
    "id": ("id", "Review Id", "status_id", "ID del mensaje", "commentId", "Identificador", "n"),
    "text": ("text", "Review Text", "Review Content", "Comentario", "mensaje", "full_text", "Reseña", "comment", "body",
             "Avaliação", "Comentário do cliente", "Opinión", "Message", "tweet", "contenido", "review_body"),
    "posted_at": ("created_at", "Fecha", "Date", "Review Created (UTC)", "Publicado", "Data da avaliação", "timestamp"),
    "author": ("author", "Usuario", "screen_name", "Nombre del cliente", "Reviewer", "Handle", "usuário", "from"),
}  # fmt: skip
_NOT_TEXT = {
    "reply": ("Developer Reply Text", "Company Reply", "Respuesta de la empresa", "Respuesta del propietario", "reply",
              "Owner response", "Resposta da empresa", "businessResponse", "respuesta", "Management response",
              "Official Reply", "Contestación de la marca", "response_text", "reply_content", "Seller response",
              "Resposta", "Réplica de la tienda", "Company public response"),
    "biography": ("bio", "Biografía", "user_description", "author.description", "Profile description", "Acerca de",
                  "about", "user.rawDescription", "Biografia", "perfil_descripcion", "Author Bio",
                  "SenderProfileDescription"),
    "title": ("Title", "Título", "Review Title", "Asunto", "subject", "headline", "Título da avaliação", "postTitle",
              "Titular", "Encabezado"),
}  # fmt: skip
_OTHERS = {bare_name(name) for names in _NOT_TEXT.values() for name in names}
_CANARIES = {
    "reply": f"Hola, sentimos mucho lo ocurrido. Escríbenos por privado y lo miramos con calma, gracias. {CANARY}",
    "biography": f"Periodista, madre de dos, amante del café y de los viajes largos. Opiniones mías. {CANARY}",
    "title": f"Una experiencia muy mala de principio a fin {CANARY}",
}


def _table(chance: random.Random) -> tuple[list[str], list[list[str]]]:
    """A header and its rows, in any order of columns, some of them empty at first."""
    names = {
        role: chance.choice(options) for role, options in _NAMES.items() if role != "author" or chance.random() < 0.8
    }
    kinds = [kind for kind in _NOT_TEXT if chance.random() < 0.7]
    header = [*names.values(), *(chance.choice(_NOT_TEXT[kind]) for kind in kinds)]
    empty_until = chance.choice((0, 0, 3, 250))
    rows = []
    for number in range(chance.choice((3, 8, 300))):
        text = "" if number < empty_until and chance.random() < 0.9 else chance.choice(_TEXTS)
        cells = {
            "id": f"r{number}",
            "text": text,
            "posted_at": f"2026-03-{number % 28 + 1:02} 10:00",
            "author": f"p{number}",
        }
        rows.append([*(cells[role] for role in names), *(_CANARIES[kind] for kind in kinds)])
    if chance.random() < 0.2:
        header = [chance.choice(("a", "campo", "x", "col")) + str(place) for place in range(len(header))]
    order = chance.sample(range(len(header)), len(header))
    return [_respelt(chance, header[place]) for place in order], [[row[place] for place in order] for row in rows]


def _respelt(chance: random.Random, name: str) -> str:
    ways: tuple[Callable[[str], str], ...] = (str, str, str.upper, str.title, lambda text: text.replace(" ", "_"))
    return chance.choice(ways)(name)


def _written(chance: random.Random, header: list[str], rows: list[list[str]]) -> tuple[str, bytes]:
    if chance.random() < 0.3 and len(set(header)) == len(header):
        records = [dict(zip(header, row, strict=True)) for row in rows]
        text = json.dumps(records) if chance.random() < 0.5 else "\n".join(map(json.dumps, records))
        return "json", text.encode()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=chance.choice(",;\t|"), lineterminator=chance.choice(("\n", "\r\n")))
    writer.writerows([header, *rows])
    return "csv", text.getvalue().encode(chance.choice(("utf-8", "utf-8-sig", "utf-16", "cp1252")), "replace")


def _read_one(settings: Settings, folder: Path) -> Callable[[random.Random], object]:
    def act(chance: random.Random) -> None:
        header, rows = _table(chance)
        suffix, content = _written(chance, header, rows)
        is_spoilt = chance.random() < 0.4
        path = folder / f"{chance.random()}.{suffix}"
        path.write_bytes(mutated(chance, content, most=2) if is_spoilt else content)
        try:
            texts = _texts_of_customers(settings, path)
            # what is spoilt may hold two cells in one
            assert is_spoilt or not any(CANARY in text for text in texts), (header, texts[0])
        finally:
            path.unlink()

    return act


def _texts_of_customers(settings: Settings, path: Path) -> list[str]:
    """What an import would store as words of customers: nothing, where it would ask first."""
    layout = source.inspect(path, network="tienda", time_zone=settings.zone)
    assert bare_name(layout.columns.text or "") not in _OTHERS, layout.columns
    if layout.questions:
        return []
    spec = IngestSpec(lambda post: source.to_mention(post, layout), by_queries(settings.brands))
    pages = source.read(path, layout, received_at=now())
    mentions = [match.mention for page in pages for match in parse(page.posts, spec).mentions]
    return [mention.text for mention in mentions if mention.author != OWN_REPLY]


def test_what_is_not_the_posts_text_is_never_taken_for_it(settings: Settings, tmp_path: Path) -> None:
    fuzz(20_000, _read_one(settings, tmp_path))
