"""Whose posts the rows of a file are: ours by handle, name and id; nobody's; never the brand's profile in silence."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.known.other_posts import OtherPosts
from monitor.collect.known.own_accounts import OwnAccounts
from monitor.collect.known.own_columns import with_own_column
from monitor.collect.known.stored_posts import PostsOfStore
from monitor.errors import RejectedPost
from monitor.models.posts import OWN_REPLY, Mention
from monitor.runs import now
from monitor.settings.loading import Brand, Settings
from monitor.settings.own import own_handles
from monitor.sources.files.source import Layout, inspect, read
from monitor.text.folding import fold_handle

COMPLAINT, ANSWER = "Me cobraron dos veces el recibo", "Hola, lamentamos lo ocurrido con tu recibo"


@pytest.fixture
def ours(settings: Settings) -> Settings:
    brand = Brand(name="Norvia", queries=("norvia",), own_accounts=("@norvia", "Telefónica Norvia", "channel77"))
    return settings.model_copy(update={"brands": (brand,)})


def layout_of(settings: Settings, path: Path, *rows: str, network: str = "x") -> Layout:
    path.write_text("\n".join(rows), encoding="utf-8")
    return with_own_column(settings, inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid")))


def mentions_of(settings: Settings, layout: Layout) -> list[Mention]:
    stored = PostsOfStore(settings.store, layout.network)
    found = OtherPosts(OwnAccounts(settings), stored, layout, is_dry=True)
    pages = read(layout.path, layout, received_at=now())
    return [
        mention for page in pages for mention in found.settled([(one, found.to_mention(one)) for one in page.posts])
    ]


def authors_of(settings: Settings, path: Path, *rows: str, network: str = "x") -> list[bool]:
    layout = layout_of(settings, path, *rows, network=network)
    return [fold_handle(mention.author) in own_handles(settings) for mention in mentions_of(settings, layout)]


@pytest.mark.parametrize("column", ["Nombre", "Cliente", "Autor", "Remitente", "Persona", "Quien escribe"])
@pytest.mark.parametrize("name", ["Telefónica Norvia", "TELEFONICA  NORVIA", "@Norvia"])
def test_our_reply_is_ours_under_a_shown_name(ours: Settings, tmp_path: Path, column: str, name: str) -> None:
    rows = (
        f"Fecha;{column};Mensaje",
        f"2026-03-13 10:00:00;Ana Pérez;{COMPLAINT}",
        f"2026-03-13 10:20:00;Luis Ruiz;{COMPLAINT} otra vez",
        f"2026-03-13 11:00:00;{name};{ANSWER}",
    )
    assert authors_of(ours, tmp_path / "posts.csv", *rows) == [False, False, True]


def test_a_shown_name_with_our_handles_letters_is_ours(ours: Settings, tmp_path: Path) -> None:
    brand = Brand(name="Norvia", queries=("norvia",), own_accounts=("@norvia_ayuda",))
    settings = ours.model_copy(update={"brands": (brand,)})
    rows = (
        "Fecha;Nombre;Mensaje",
        f"2026-03-13 10:00:00;Ana Pérez;{COMPLAINT}",
        f"2026-03-13 11:00:00;Norvia Ayuda;{ANSWER}",
        f"2026-03-13 12:00:00;norviaayuda;{ANSWER} ya",  # another handle
    )
    assert authors_of(settings, tmp_path / "posts.csv", *rows) == [False, True, False]
    beside = ("Fecha;Usuario;Nombre completo;Mensaje", f"2026-03-13 10:00:00;timo_7;Norvia Ayuda;{ANSWER}")
    assert authors_of(settings, tmp_path / "beside.csv", *beside) == [False]


def test_our_id_is_ours_and_a_name_beside_a_handle_is_not(ours: Settings, tmp_path: Path) -> None:
    rows = (
        "Fecha;Usuario;User ID;Nombre completo;Mensaje",
        f"2026-03-13 10:00:00;ana_p;user1;norvia;{COMPLAINT}",
        f"2026-03-13 11:00:00;atencion_n;channel77;Atención;{ANSWER}",
    )
    assert authors_of(ours, tmp_path / "posts.csv", *rows) == [False, True]


@pytest.mark.parametrize("profile", ["Perfil", "Cuenta", "Account", "Screen Name"])
@pytest.mark.parametrize(
    ("contact", "names"), [("Contacto", ("Ana Pérez", "Luis")), ("Interacción", ("@ana", "@luis"))]
)
def test_the_brands_profile_is_no_author_in_silence(
    ours: Settings, tmp_path: Path, profile: str, contact: str, names: tuple[str, str]
) -> None:
    layout = layout_of(
        ours,
        tmp_path / "posts.csv",
        f"Fecha;{profile};{contact};Texto",
        f"2026-03-13 10:00:00;Telefonica Norvia;{names[0]};{COMPLAINT}",
        f"2026-03-14 10:00:00;Telefonica Norvia;{names[1]};{COMPLAINT} otra vez",
    )
    asked = [[column for column, _ in question.candidates] for question in layout.questions]
    assert asked in ([], [[contact, profile]])
    assert contact in (layout.columns.author, layout.columns.author_name)


def test_a_file_of_own_posts_alone_is_told(ours: Settings, tmp_path: Path) -> None:
    rows = ("Fecha;Usuario;Texto", f"2026-03-13 10:00:00;norvia;{ANSWER}", f"2026-03-14 10:00:00;Norvia;{ANSWER} ya")
    layout = layout_of(ours, tmp_path / "posts.csv", *rows)
    assert not layout.questions
    assert any("every row of Usuario is of an own account" in note for note in layout.notes)


def test_answers_of_other_companies_are_not_ours(ours: Settings, tmp_path: Path) -> None:
    header = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
    when = "Tue Oct 31 22:10:47 +0000 2017"
    asks, answers = f"2,115712,True,{when},my parcel is lost,1,", f",False,{when},Sorry about that,,2"
    others = (header, asks, f"1,ParcelHelp{answers}", f"3,norvia{answers} of yours")
    assert authors_of(ours, tmp_path / "others.csv", *others) == [False, False, True]
    alone = mentions_of(ours, layout_of(ours, tmp_path / "own.csv", header, asks, f"3,norvia{answers}"))
    assert [mention.author for mention in alone] == [None, OWN_REPLY]


def test_of_rows_flagged_as_a_brands_those_of_other_companies_are_not_ours(ours: Settings, tmp_path: Path) -> None:
    marked = (
        "Fecha;Autor;Mensaje;Es marca",
        f"2026-03-13 10:00:00;ana_p;{COMPLAINT};No",
        f"2026-03-13 10:20:00;norvia;{ANSWER};Sí",
        f"2026-03-13 11:00:00;otrafirma;{ANSWER} en Otra Firma;Sí",
        f"2026-03-13 12:00:00;Sonia Paz;{ANSWER} hoy;Sí",
    )
    layout = layout_of(ours, tmp_path / "marked.csv", *marked)
    assert [mention.author == OWN_REPLY for mention in mentions_of(ours, layout)] == [False, True, False, True]
    assert "not your own, though Es marca says so: otrafirma" in " ".join(layout.notes)
    firms = (
        "date;company;user_name;is_company_reply;content",
        f"2026-03-13 10:00:00;Norvia;ana_p;no;{COMPLAINT}",
        f"2026-03-13 10:20:00;Norvia;norvia support;yes;{ANSWER}",
        f"2026-03-14 10:00:00;Otra Firma;luis;no;{COMPLAINT} dos",
        f"2026-03-14 10:20:00;Otra Firma;otra firma care;yes;{ANSWER} dos",
    )
    layout = layout_of(ours, tmp_path / "firms.csv", *firms)
    assert [mention.author == OWN_REPLY for mention in mentions_of(ours, layout)] == [False, True, False, False]


@pytest.mark.parametrize(
    "gone", ["[deleted]", "[removed]", "deleted user", "Usuario eliminado", "Facebook user", "Anónimo", "A Google User"]
)
def test_who_is_gone_is_nobody(ours: Settings, tmp_path: Path, gone: str) -> None:
    rows = (
        "id;created_at;author;body",
        f"l1;2026-03-13 10:00:00;{gone};{COMPLAINT}",
        f"l2;2026-03-13 10:20:00;{gone};La app no abre desde ayer",
        "l3;2026-03-13 11:00:00;ana_p;Llevo una semana sin servicio",
    )
    found = mentions_of(ours, layout_of(ours, tmp_path / "posts.csv", *rows, network="reddit"))
    assert [mention.author or mention.author_name or mention.author_id for mention in found] == [None, None, "ana_p"]


@pytest.mark.parametrize("text", ["[removed]", "[deleted]", "[ Removed by Reddit ]", "[deleted by user]"])
def test_a_text_taken_away_is_no_post(ours: Settings, tmp_path: Path, text: str) -> None:
    rows = ("created_at;author;body", f"2026-03-13 10:00:00;ana_p;{COMPLAINT}", f"2026-03-13 10:20:00;luis;{text}")
    layout = layout_of(ours, tmp_path / "posts.csv", *rows, network="reddit")
    with pytest.raises(RejectedPost, match="it was deleted"):
        mentions_of(ours, layout)


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [("De", "Para"), ("De", "A"), ("Emisor", "Receptor"), ("Remitente", "Destinatario"), ("Origen", "Destino")],
)
@pytest.mark.parametrize("customer", ["ana_p", "Ana Pérez"])
def test_who_sends_is_the_author(ours: Settings, tmp_path: Path, sender: str, recipient: str, customer: str) -> None:
    rows = (
        f"Fecha;{recipient};{sender};Mensaje",
        f"2026-03-13 10:00:00;norvia;{customer};{COMPLAINT}",
        f"2026-03-13 11:00:00;{customer};norvia;{ANSWER}",
    )
    assert authors_of(ours, tmp_path / "posts.csv", *rows) == [False, True]


@pytest.mark.parametrize(("author", "is_asked"), [("norvia", False), ("sonia", True)])
def test_answers_that_an_own_account_gave_need_no_question(
    ours: Settings, tmp_path: Path, author: str, is_asked: bool
) -> None:
    posts = [
        {"id": f"p{day}", "user": f"ana{day}", "date": f"2026-03-1{day} 10:00", "text": f"{COMPLAINT} {day}"}
        | {"replies": [{"user": author, "date": f"2026-03-1{day} 12:00", "text": f"{ANSWER} {day}"}]}
        for day in (1, 2)
    ]
    layout = layout_of(ours, tmp_path / "posts.json", json.dumps(posts))
    assert bool(layout.questions) == is_asked
    authors = [fold_handle(mention.author) in {*own_handles(ours), OWN_REPLY} for mention in mentions_of(ours, layout)]
    assert authors == [False, True, False, True]


@pytest.mark.parametrize(
    ("customer", "brand"),
    [
        ("Ana Pérez <ana@correo.example>", "Telefónica Norvia <sac@example.org>"),
        ("Ana Pérez <ana@correo.example>", '"Equipo de ayuda" <hola@mail.norvia.example>'),
        ("ana@correo.example (Ana Pérez)", "sac@norvia.example (Equipo)"),
        ("ana@correo.example", "hola@norvia.example"),
        ("ana@correo.example", "norvia@gmail.example"),
        ("Ana Pérez", "hola@norvia.example"),
        ("Norvia Pérez <ana@correo.example>", "Norvia <ana.sol@example.org>"),
    ],
)
def test_our_mail_is_ours_by_its_name_or_its_address(ours: Settings, tmp_path: Path, customer: str, brand: str) -> None:
    rows = (
        "From;Date;Body",
        f"{customer};2026-03-13 10:00:00;{COMPLAINT}",
        f"{brand};2026-03-13 11:00:00;{ANSWER}",
        f"{customer};2026-03-13 12:00:00;{COMPLAINT} otra vez",
    )
    assert authors_of(ours, tmp_path / "mail.csv", *rows, network="facebook") == [False, True, False]


def test_a_customer_whose_mail_a_company_of_ours_carries_is_a_customer(settings: Settings, tmp_path: Path) -> None:
    brand = Brand(name="Orange", queries=("orange",), own_accounts=("@orange",))
    settings = settings.model_copy(update={"brands": (brand,)})
    rows = (
        "From;Date;Body",
        f"Ana Pérez <ana.perez@orange.example>;2026-03-13 10:00:00;{COMPLAINT}",
        f"Atención <ayuda@orange.example>;2026-03-13 11:00:00;{ANSWER}",
    )
    assert authors_of(settings, tmp_path / "mail.csv", *rows, network="facebook") == [False, True]


def test_who_is_called_as_we_are_on_another_server_is_another(ours: Settings, tmp_path: Path) -> None:
    rows = (
        "id;account;date;text",
        f"1;norvia@otro.example;2026-03-13 10:00:00;{COMPLAINT}",
        f"2;norvia;2026-03-13 11:00:00;{ANSWER}",
        f"3;ana@otro.example;2026-03-13 12:00:00;{COMPLAINT} otra vez",
    )
    assert authors_of(ours, tmp_path / "toots.csv", *rows, network="mastodon") == [False, True, False]
