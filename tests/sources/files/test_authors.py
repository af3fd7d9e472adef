"""Who wrote a post: by words for persons, beside what an entry knows; never the page, the place or the product."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.runs import now
from monitor.sources.files.source import Layout, inspect, read, to_mention

TEXTS = (
    "La caldera no enciende desde el lunes",
    "Me han facturado dos meses a la vez",
    "Nadie coge el teléfono de la tienda",
    "El paquete llegó roto por tercera vez",
    "Quiero que me devuelvan el dinero ya",
    "La aplicación se cierra sola al pagar",
)
PEOPLE = ("rosa", "pepe_77", "lola.m", "juan", "eva", "nico")


def look(folder: Path, columns: dict[str, tuple[str, ...]], network: str = "forum") -> Layout:
    path = folder / "posts.csv"
    rows = [tuple(columns), *zip(*columns.values(), strict=True)]
    path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    return inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"))


def days(suffix: str = " 10:00") -> tuple[str, ...]:
    return tuple(f"2026-03-1{number}{suffix}" for number in range(len(TEXTS)))


@pytest.mark.parametrize(
    "name",
    [
        "account.acct", "owner.username", "user.login", "from.username", "Posted by", "Escrito por", "Enviado por",
        "Peticionario", "Quejoso", "Reclamante", "Huésped", "Apodo", "Nombre y apellidos", "Nombre y apellido",
        "Person Name", "Comprador", "Remitente", "Twitter handle", "Nombre de perfil", "Hóspede", "by",
    ],
)  # fmt: skip
def test_words_for_persons_name_authors(tmp_path: Path, name: str) -> None:
    layout = look(tmp_path, {"fecha": days(), name: PEOPLE, "texto": TEXTS})
    assert name in (layout.columns.author, layout.columns.author_name)
    assert layout.questions == ()


@pytest.mark.parametrize("name", ["agente", "Atendido por", "Assigned to", "Respondido por", "Creado por"])
def test_the_people_of_the_business_are_no_authors_and_that_nobody_is_named_is_told(tmp_path: Path, name: str) -> None:
    layout = look(tmp_path, {"fecha": days(), name: PEOPLE, "texto": TEXTS})
    assert (layout.columns.author, layout.columns.author_name) == (None, None)
    assert "no column says who wrote the posts" in " ".join(layout.describe())


@pytest.mark.parametrize("name", ["cuenta", "account", "name", "nombre", "perfil", "página"])
def test_one_page_or_place_in_all_rows_is_nobody(tmp_path: Path, name: str) -> None:
    layout = look(tmp_path, {"fecha": days(), name: ("Norvia Centro",) * len(TEXTS), "texto": TEXTS})
    assert (layout.columns.author, layout.columns.author_name) == (None, None)
    assert "no column says who wrote the posts" in " ".join(layout.describe())


def test_a_products_name_is_not_the_reviewers(tmp_path: Path) -> None:
    products = ("Tableta", "Tableta", "Radio", "Radio", "Reloj", "Lámpara")
    layout = look(
        tmp_path, {"name": products, "reviews.date": days(), "reviews.text": TEXTS, "reviews.username": PEOPLE}
    )
    assert (layout.columns.author, layout.columns.author_name) == ("reviews.username", None)


def test_a_few_names_beside_handles_leave_the_column(tmp_path: Path) -> None:
    people = ("rosa", "Agente Norvia", "lola.m", "juan", "Equipo Norvia", "nico")
    assert look(tmp_path, {"fecha": days(), "user": people, "texto": TEXTS}).columns.author == "user"


def test_what_an_entry_does_not_find_is_looked_for_by_name(tmp_path: Path) -> None:
    layout = look(
        tmp_path,
        {
            "tweet_id": tuple(f"20329000000000000{number:02}" for number in range(len(TEXTS))),
            "text": TEXTS,
            "created_at": tuple(f"2026-03-1{number}T10:00:00.000Z" for number in range(len(TEXTS))),
            "conversation_id": tuple(f"20329000000000000{number:02}" for number in range(len(TEXTS))),
            "author_id": tuple(f"90{number}" for number in range(len(TEXTS))),
            "public_metrics.like_count": tuple("012345"),
            "user_username": PEOPLE,
        },
        network="x",
    )
    assert (layout.columns.id, layout.columns.author) == ("tweet_id", "user_username")


def test_a_name_that_an_entry_does_not_know_is_found_and_its_time_stays(tmp_path: Path) -> None:
    layout = look(
        tmp_path,
        {
            "Opinión": TEXTS,
            "Respuesta": ("Lo sentimos",) * len(TEXTS),
            "Fecha": days(""),
            "Nombre": PEOPLE,
            "Fecha de respuesta": days(""),
        },
        network="app_store",
    )
    assert layout.columns.posted_at == "Fecha"
    assert "Nombre" in (layout.columns.author, layout.columns.author_name)


def look_into(folder: Path, posts: str) -> Layout:
    path = folder / "posts.json"
    path.write_text(posts, encoding="utf-8")
    return inspect(path, network="instagram", time_zone=ZoneInfo("Europe/Madrid"))


def test_a_handle_with_its_server_is_no_rival_of_the_one_without(tmp_path: Path) -> None:
    posts = ", ".join(
        f'{{"id": "11{number}", "created_at": "2026-03-1{number}T10:00:00Z", "content": "{text}", '
        f'"account": {{"acct": "{person}@ejemplo.social", "username": "{person}"}}}}'
        for number, (person, text) in enumerate(zip(PEOPLE, TEXTS, strict=True))
    )
    layout = look_into(tmp_path, f"[{posts}]")
    assert (layout.columns.author, layout.questions) == ("account.acct", ())


def test_answers_inside_comments_are_rows_with_authors_and_those_of_a_survey_are_not(tmp_path: Path) -> None:
    answer = '{"id": 91, "created_at": 1773399600, "text": "Te leemos, Rosa", "owner": {"username": "norvia"}}'
    comments = (
        f'[{{"id": 81, "created_at": 1773396000, "text": "{TEXTS[0]}", "owner": {{"username": "rosa"}}, '
        f'"answers": [{answer}]}}, {{"id": 82, "created_at": 1773396900, "text": "{TEXTS[1]}", '
        '"owner": {"username": "pepe"}, "answers": []}]'
    )
    layout = look_into(tmp_path, comments)
    posts = [post for page in read(layout.path, layout, received_at=now()) for post in page.posts]
    mentions = [to_mention(post, layout) for post in posts]
    assert [(post.post_id, post.author, post.in_reply_to) for post in mentions] == [
        ("81", "rosa", None),
        ("91", "norvia", "81"),
        ("82", "pepe", None),
    ]
    survey = (
        f'[{{"id": 1, "created_at": 1773396000, "text": "{TEXTS[0]}", "answers": [{{"id": 7, "text": "Muy mal"}}]}}]'
    )
    layout = look_into(tmp_path, survey)
    assert sum(len(page.posts) for page in read(layout.path, layout, received_at=now())) == 1


def test_an_author_deep_in_objects_is_found_with_name(tmp_path: Path) -> None:
    people = [{"screen_name": who, "name": who.title(), "description": "De Lugo"} for who in PEOPLE]
    rows = [
        {
            "id": day[-8:-6],
            "created_at": day,
            "full_text": text,
            "data": {"user": {"result": {"core": {"legacy": one}}}},
        }
        for day, text, one in zip(days(" 10:00"), TEXTS, people, strict=True)
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    layout = inspect(tmp_path / "a.json", network="x", time_zone=ZoneInfo("Europe/Madrid"))
    deep = "data.user.result.core.legacy."
    assert (layout.columns.author, layout.columns.author_name) == (f"{deep}screen_name", f"{deep}name")


def test_the_id_beside_a_handle_is_the_posts_where_the_object_is_the_post(tmp_path: Path) -> None:
    layout = look(tmp_path, {"r.id": PEOPLE, "r.date": days(), "r.text": TEXTS, "r.username": PEOPLE})
    assert layout.columns.author_id is None


@pytest.mark.parametrize("name", ["source.author.name", "attributes.author-name", "data.item.claimant.name"])
def test_a_persons_name_in_objects_is_found_whatever_they_are_called(tmp_path: Path, name: str) -> None:
    people = [f"{who.title()} Ruiz" for who in PEOPLE]
    assert look(tmp_path, {"fecha": days(), name: tuple(people), "texto": TEXTS}).columns.author_name == name


def test_the_0_of_guests_is_no_author(tmp_path: Path) -> None:
    columns = {"fecha": days(), "author": ("0",) * 6, "author_name": PEOPLE, "texto": TEXTS}
    layout = look(tmp_path, columns)
    (page,) = read(layout.path, layout, received_at=now())
    assert [to_mention(post, layout).author for post in page.posts] == [None] * 6
    assert to_mention(page.posts[0], layout).author_name == "rosa"


@pytest.mark.parametrize("told", [True, False])
def test_a_profile_in_words_is_nobody(tmp_path: Path, *, told: bool) -> None:
    people = ("Madre de tres y fan del teatro", "Pinta acuarelas los domingos por la tarde", "Ana de la Fuente Gil")
    names = ("eva", "Inés de los Ríos y Vega", "ana lópez gil marín")
    path = tmp_path / "posts.csv"
    lines = [
        f"2026-03-1{day} 10:00,{one},No llega el pedido {day}" for day, one in enumerate(people if told else names)
    ]
    path.write_text("\n".join(["Fecha,Perfil,Comentario", *lines]), encoding="utf-8")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    assert (layout.columns.author or layout.columns.author_name) == (None if told else "Perfil")
    assert any("no column says who wrote" in note for note in layout.notes) == told


def test_descriptions_beside_names_alone_are_told(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,description,date\nIris Paz,Cocinera y madre de dos,2026-03-11\n", encoding="utf-8")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    assert "description is taken for what was posted" in " ".join(layout.notes)


@pytest.mark.parametrize("column", ["From", "De", "Remitente", "author", "Cliente"])
@pytest.mark.parametrize("form", ["{} <{}>", '""{}"" <{}>', "{1} ({0})"])
def test_of_a_mailbox_the_address_is_the_author_and_the_name_the_name(tmp_path: Path, column: str, form: str) -> None:
    people = [("Rosa Gil", "rosa@example.org"), ("Pepe Sol", "pepe.s@example.org")] * 3
    written = tuple(f'"{form.format(*one)}"' for one in people)
    layout = look(tmp_path, {"fecha": days(), column: written, "Para": ("sac@example.net",) * 6, "texto": TEXTS})
    page = next(iter(read(layout.path, layout, received_at=now())))
    found = [to_mention(post, layout) for post in page.posts]
    assert [(mention.author_name, mention.author) for mention in found] == people


GIVEN, SURNAMES = ("Rosa", "Pepe", "Lola", "Juan", "Eva", "Nico"), ("Gil", "Sol", "Paz", "Mar", "Río", "Sanz")


@pytest.mark.parametrize(
    ("given", "surname"),
    [
        ("Nombre", "Apellido"), ("Nombre", "Apellidos"), ("First Name", "Last Name"), ("firstName", "lastName"),
        ("first_name", "last_name"), ("Nome", "Sobrenome"), ("author.firstName", "author.lastName"),
        ("Nombre del cliente", "Apellidos del cliente"), ("Name", "Surname"), ("firstname", "surname"),
        ("Nombre", "Primer apellido"), ("Customer First Name", "Customer Last Name"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_first", [True, False])
def test_a_given_name_is_joined_with_the_surname_beside_it(
    tmp_path: Path, given: str, surname: str, is_first: bool
) -> None:
    names = [(given, GIVEN), (surname, SURNAMES)]
    columns = {"fecha": days(), **dict(names if is_first else names[::-1]), "texto": TEXTS}
    layout = look(tmp_path, columns)
    assert layout.questions == ()
    assert f"author_name = {given} + {surname}" in " ".join(layout.describe())
    assert people_of(layout) == [(None, f"{one} {other}") for one, other in zip(GIVEN, SURNAMES, strict=True)]


def test_two_surnames_stand_behind_the_given_name_and_a_handle_is_the_author(tmp_path: Path) -> None:
    more = {"Nombre": GIVEN, "Apellido 1": SURNAMES, "Apellido 2": SURNAMES[::-1], "usuario": PEOPLE}
    assert people_of(look(tmp_path, {"fecha": days(), **more, "texto": TEXTS}))[0] == ("rosa", "Rosa Gil Sanz")


def test_whole_names_are_taken_where_a_column_holds_them(tmp_path: Path) -> None:
    whole = tuple(f"{one} {other} Luz" for one, other in zip(GIVEN, SURNAMES, strict=True))
    more = {"Nombre completo": whole, "Nombre": GIVEN, "Apellidos": SURNAMES}
    assert people_of(look(tmp_path, {"fecha": days(), **more, "texto": TEXTS}))[0] == (None, "Rosa Gil Luz")
    more["Cliente"] = more.pop("Nombre completo")
    assert people_of(look(tmp_path, {"fecha": days(), **more, "texto": TEXTS}))[0] == (None, "Rosa Gil Luz")
    more["Cliente"] = ("",) * len(TEXTS)
    assert people_of(look(tmp_path, {"fecha": days(), **more, "texto": TEXTS}))[0] == (None, "Rosa Gil")


def people_of(layout: Layout) -> list[tuple[str | None, str | None]]:
    page = next(iter(read(layout.path, layout, received_at=now())))
    return [(mention.author, mention.author_name) for post in page.posts for mention in [to_mention(post, layout)]]
