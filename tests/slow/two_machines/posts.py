"""What people say on the two networks: few texts, said by many, and what has to come of each post."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from monitor import store
from monitor.models.posts import Decision, Match, MatchedMention, Mention
from monitor.pipeline.classify import classify_pending
from monitor.settings.loading import Brand, Settings, Store
from monitor.store.posts import mentions
from tests.sources.fakes import FakePost, Posts, Reply, Request, Slice, mastodon, x

BRAND = Brand(name="Norvia", queries=("#norvia",))
COMPLAINTS, ANSWERED = 0.1, 0.3
"""Shares: of complaints among the first posts of conversations, and of complaints whose author goes on."""
_FARTHEST = 400  # posts of the network between a complaint and what its author says next
_LATER = datetime.max.replace(tzinfo=UTC)
_HISTORY = timedelta(days=5)  # over which the posts are spread that are there from the beginning
_FIRST_AUTHOR = 2_100_000_000
_WHAT = (
    "el pedido de zapatillas", "la lavadora nueva", "mi factura de octubre", "la aplicación del móvil",
    "el reembolso prometido", "el frigorífico de mi madre", "la línea de casa", "el envío urgente",
    "mi cita con el técnico", "el seguro del viaje", "la tarjeta de regalo", "el sofá de tres plazas",
    "mi suscripción anual", "la garantía del portátil", "el billete de vuelta",
)  # fmt: skip
_WRONG = (
    "no ha llegado y nadie contesta", "llegó rota y no me la cambian", "me la cobraron dos veces y no la devuelven",
    "no funciona desde ayer y el teléfono me cuelga", "lleva tres semanas de retraso y nadie responde",
    "sigue sin solución después de cinco llamadas", "la anularon sin avisar y no me devuelven nada",
    "no aparece en ningún sitio y soporte me ignora", "me la cobran mal cada mes y nadie lo corrige",
    "está averiado y me niegan la reparación",
)  # fmt: skip
_FINE = (
    "ha llegado perfecto y antes de tiempo, muchas gracias", "funciona de maravilla, lo recomiendo a todo el mundo",
    "¿alguien sabe cuándo sale a la venta en Sevilla?", "me ha encantado, enhorabuena a todo el equipo",
    "sale en el periódico de hoy, con una entrevista larga", "se presenta mañana en la feria de Valencia",
    "¿qué color elegiríais, el azul o el verde?", "lo vimos ayer en la tienda del centro y es precioso",
    "cumple diez años y lo celebran con un concierto", "es el tema de mi trabajo de fin de grado",
)  # fmt: skip
_HOW = (
    "", " Así lo cuento.", " Ya es lunes.", " Lo dice también mi vecino.", " Un saludo desde Murcia.", " Queda dicho.",
    " Hoy mismo, a las ocho.", " De verdad.", " Lo escribo desde el tren.", " Buenas tardes a todos.",
)  # fmt: skip


def texts(count: int) -> list[str]:
    """So many different texts of more than 60 characters, which tell their language by themselves; 3,000 at most."""
    said = [
        f"Os cuento lo que pasa con #norvia en mi casa: {what} {outcome}.{how}"
        for how, outcomes, what in product(_HOW, zip(_WRONG, _FINE, strict=True), _WHAT)
        for outcome in outcomes
    ]
    return said[:count]


def decisions_of_one_machine(said: Sequence[str], folder: Path) -> dict[str, Decision]:
    """What a single machine on a file of its own decides on each text, by the classifier that comes with Escucha."""
    settings = Settings(store=Store(url=str(folder / "alone.duckdb")), brands=(BRAND,))
    now = datetime.now(UTC)
    found = [
        MatchedMention(
            Mention("x", str(number), text, now, str(number), {}, author=f"solo{number}"),
            (Match(BRAND.name, "#norvia"),),
        )
        for number, text in enumerate(said, 1)
    ]
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, found, now)
    classify_pending(settings)
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT text, decision FROM mentions JOIN labels USING (mention_id)").fetchall()
    return dict(rows)


def conversations(count: int, decisions: Mapping[str, Decision], seed: int) -> list[FakePost]:
    """So many posts of one network in their order, each conversation with an author of its own. Their times come later.

    Some of those who complain say something more in the same conversation.
    """
    chance = random.Random(seed)
    complaints = [text for text, decision in decisions.items() if decision == "complaint"]
    others = [text for text, decision in decisions.items() if decision != "complaint"]
    answers: dict[int, FakePost] = {}
    posts: list[FakePost] = []
    for number in range(1, count + 1):
        begins = answers.pop(number, None)
        is_complaint = chance.random() < COMPLAINTS
        text = chance.choice(complaints if begins is None and is_complaint else others)
        author = begins.author if begins else f"cliente{_FIRST_AUTHOR + number}"
        post = FakePost(number, text, _LATER, author, reply_to=begins.number if begins else None)
        posts.append(post)
        if begins is None and is_complaint and chance.random() < ANSWERED:
            answers.setdefault(number + chance.randint(1, _FARTHEST), post)
    return posts


@dataclass(slots=True)
class ManyPosts(Posts):
    """Posts in the order of their numbers from 1 on, of which the first `shown` are out. `page` counts all of them."""

    shown: int = 0
    _latest: datetime | None = None

    def publish(self, count: int) -> None:
        """So many more come out, as if written since the last did; the first of all in the days before."""
        now = datetime.now(UTC)
        since = self._latest or now - _HISTORY
        fresh = self.every[self.shown : self.shown + count]
        for place, post in enumerate(fresh, 1):
            post.posted_at = since + (now - since) * (place / len(fresh))
        self._latest = now
        self.shown += len(fresh)

    def by_number(self, number: int) -> FakePost | None:
        return self.every[number - 1]

    def page(self, first: int, size: int) -> Slice:
        begin = max(first, len(self.every) - self.shown)
        end = min(begin + size, len(self.every))
        posts = [self.every[-1 - place] for place in range(begin, end)]
        return Slice(posts, begin, end if end < len(self.every) else None)

    def page_before(self, number: int | None, size: int) -> Slice:
        return self.page(0 if number is None else len(self.every) - number + 1, size)


class ManyOnX(x.Fake):
    """X with an account for each author, and pages as large as X's."""

    page_size = 100

    def answer(self, request: Request, posts: Posts) -> Reply:
        reply = super().answer(request, posts)
        if "includes" in reply.body:
            ids = {post["author_id"] for post in reply.body["data"]}
            reply.body["includes"]["users"] = [
                {"id": name, "name": f"Cliente {name}", "username": f"cliente{name}"} for name in ids
            ]
        return reply

    def _rendered(self, post: FakePost, posts: Posts, version: str = "") -> dict[str, Any]:
        return super()._rendered(post, posts, version) | {"author_id": (post.author or "").removeprefix("cliente")}


class ManyOnMastodon(mastodon.Fake):
    """The same for Mastodon."""

    page_size = 40

    def _status(self, post: FakePost, base: str) -> dict[str, Any]:
        account = {"id": (post.author or "").removeprefix("cliente"), "acct": post.author, "display_name": post.author}
        return super()._status(post, base) | {"account": account | {"username": post.author}}


FAKES = {"x": ManyOnX(), "mastodon": ManyOnMastodon()}
