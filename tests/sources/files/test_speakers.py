"""Rows that the brand wrote itself, by a column that says who speaks; notes; questions."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import RejectedPost, UnexpectedAnswer
from monitor.models.posts import OWN_REPLY, Mention
from monitor.runs import now
from monitor.sources.files import asking
from monitor.sources.files.source import Layout, inspect, read, to_mention
from tests.sources.files.read_mentions import mentions

TEXTS = ["La caldera no enciende desde el lunes", "Le llamamos hoy y lo vemos con usted", "Dos meses facturados"]
PEOPLE = ["rosa", "norvia", "pepe"]


def look(
    folder: Path, header: str, cells: list[str], people: list[str] | None = None, own: str | None = None
) -> Layout:
    """The layout of three messages with one more column."""
    rows = [
        f"{number};2026-03-0{number + 1} 10:00;{person};{text};{cell}"
        for number, (person, text, cell) in enumerate(zip(people or PEOPLE, TEXTS, cells, strict=True))
    ]
    path = folder / "chat.csv"
    path.write_text("\n".join([f"id;fecha;usuario;texto;{header}", *rows]), encoding="utf-8")
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"), columns={"own": own} if own else {})


def authors(layout: Layout) -> list[str | None]:
    return [mention.author for mention in mentions(layout)]


@pytest.mark.parametrize(
    ("header", "customer", "brand"),
    [
        ("direction", "inbound", "outbound"), ("Dirección", "Entrante", "Saliente"), ("Message direction", "IN", "OUT"),
        ("Tipo", "Cliente", "Agente"), ("from_brand", "false", "true"), ("is_brand", "0", "1"),
        ("Sentido", "Entrada", "Saída"),
        ("Is Company Reply", "No", "Yes"), ("es respuesta de la marca", "no", "sí"), ("es_agente", "0", "1"),
        ("role", "user", "assistant"), ("author_role", "end-user", "agent"), ("sender_type", "contact", "user"),
        ("message_type", "incoming", "outgoing"), ("inbound", "True", "False"), ("isOwner", "false", "true"),
        ("Remitente tipo", "cliente", "asesor"), ("is_staff", "f", "t"), ("Origen", "Usuario", "Empresa"),
        ("author.type", "user", "admin"), ("fromMe", "false", "true"), ("emisor", "cliente", "ejecutivo"),
        ("message_side", "customer", "brand"), ("in_out", "I", "O"), ("Entrada/Salida", "E", "S"),
        ("author_is_uploader", "false", "true"), ("message_type", "incoming", "template"),
    ],
)  # fmt: skip
def test_a_column_that_says_who_speaks_tells_the_own_rows(
    tmp_path: Path, header: str, customer: str, brand: str
) -> None:
    layout = look(tmp_path, header, [customer, brand, customer])
    assert layout.questions == ()
    assert f"rows with {header} = {brand}" in " ".join(layout.notes)
    assert authors(layout) == ["rosa", OWN_REPLY, "pepe"]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Tipo", ["Queja", "Reclamo", "Queja"]), ("Dirección", ["Calle Mayor 1", "Plaza 2", "Plaza 2"]),
        ("role", ["Enfermera", "Piloto", "Piloto"]), ("source", ["Customer portal", "Support email", "Web"]),
        ("is_business_account", ["true", "false", "false"]), ("is_verified_owner", ["no", "yes", "no"]),
        ("author.type", ["user", "lead", "user"]), ("País", ["us", "in", "us"]),
        ("Tipo de cliente", ["contact", "vip", "vip"]),
        ("es_cliente", ["sí", "no", "sí"]), ("is_bot", ["0", "1", "0"]), ("direction", ["inbound"] * 3),
    ],
)  # fmt: skip
def test_other_columns_make_nobody_the_brand(tmp_path: Path, header: str, cells: list[str]) -> None:
    layout = look(tmp_path, header, cells)
    assert (layout.own, layout.questions) == (None, ())
    assert authors(layout) == PEOPLE


def test_values_nobody_knows_are_asked_about_and_can_be_said(tmp_path: Path) -> None:
    layout = look(tmp_path, "Direction", ["R", "S", "R"])
    [question] = layout.questions
    assert [name for name, _ in question.candidates] == ["none", "Direction=R", "Direction=S"]
    assert "--column own=Direction=S" in str(asking.unanswered(layout))
    assert "if your brand wrote none of these rows: --column own=none" in str(asking.unanswered(layout))
    said = look(tmp_path, "Direction", ["R", "S", "R"], own="Direction=S")
    assert said.questions == ()
    assert authors(said) == ["rosa", OWN_REPLY, "pepe"]
    assert authors(look(tmp_path, "Direction", ["R", "S", "R"], own="none")) == PEOPLE
    with pytest.raises(UnexpectedAnswer, match="no row of chat.csv has z in Direction"):
        look(tmp_path, "Direction", ["R", "S", "R"], own="Direction=Z")
    with pytest.raises(UnexpectedAnswer, match="--column own=NAME=VALUE"):
        look(tmp_path, "Direction", ["R", "S", "R"], own="Quien=S")


@pytest.mark.parametrize(
    ("header", "customer", "brand"),
    [
        ("status", "received", "sent"), ("Bandeja", "entrada", "salida"), ("Quien habla", "cliente", "asesora"),
        ("emisor", "cliente", "mesa 2"), ("rol", "usuario", "nivel 1"),
    ],
)  # fmt: skip
def test_values_that_may_say_who_speaks_are_asked_about(tmp_path: Path, header: str, customer: str, brand: str) -> None:
    [question] = look(tmp_path, header, [customer, brand, customer]).questions
    assert question.role == "own"
    assert f"{header}={brand}" in [name for name, _ in question.candidates]


def test_a_user_is_of_the_desk_beside_contacts_alone(tmp_path: Path) -> None:
    assert authors(look(tmp_path, "sender_type", ["contact", "user", "contact"])) == ["rosa", OWN_REPLY, "pepe"]
    assert authors(look(tmp_path, "sender_type", ["visitor", "operator", "user"])) == ["rosa", OWN_REPLY, "pepe"]
    [question] = look(tmp_path, "sender_type", ["contact", "user", "agent"]).questions
    assert question.role == "own"


def test_the_way_a_message_went_is_believed_before_who_sent_it(tmp_path: Path) -> None:
    cells = ["incoming;Contact", "outgoing;User", "template;AgentBot"]
    layout = look(tmp_path, "message_type;sender_type", cells, people=["rosa", "sonia", "robot"])
    assert layout.questions == ()
    assert authors(layout) == ["rosa", OWN_REPLY, OWN_REPLY]


def test_one_value_that_may_be_the_brands_is_told(tmp_path: Path) -> None:
    layout = look(tmp_path, "Post type", ["review", "page reply", "review"])
    assert layout.own is None
    assert "--column own=Post type=page reply" in " ".join(layout.notes)


def test_an_answer_that_bears_its_customers_name_is_not_the_customers(tmp_path: Path) -> None:
    layout = look(tmp_path, "direction", ["in", "out", "in"], people=["rosa", "rosa", "pepe"])
    answer = mentions(layout)[1]
    assert (answer.author, answer.author_name, answer.author_id) == (OWN_REPLY, None, None)


def test_the_brands_private_notes_are_no_posts_and_a_customers_private_message_is(tmp_path: Path) -> None:
    layout = look(tmp_path, "direction;private", ["in;true", "out;true", "in;false"])
    posts = [post for page in read(layout.path, layout, received_at=now()) for post in page.posts]
    assert [to_mention(post, layout).author for post in (posts[0], posts[2])] == ["rosa", "pepe"]
    with pytest.raises(RejectedPost, match="a note of the desk"):
        to_mention(posts[1], layout)
    assert look(tmp_path, "internal", ["no", "yes", "no"]).private is not None
    told = look(tmp_path, "private", ["no", "yes", "no"])
    assert told.private is None
    assert "rows with private = yes are taken as posts" in " ".join(told.notes)


@pytest.mark.parametrize(
    "brand", ["Respuesta de la marca", "Company reply", "Respuesta del agente", "Resposta da empresa"]
)
def test_a_kind_that_says_that_the_brand_answers_tells_the_own_rows(tmp_path: Path, brand: str) -> None:
    layout = look(tmp_path, "Tipo", ["Comentario", brand, "Comentario"])
    assert layout.questions == ()
    assert authors(layout) == ["rosa", OWN_REPLY, "pepe"]
    assert f"rows with Tipo = {brand}" in " ".join(layout.notes)


@pytest.mark.parametrize("column", ["public;audit_id", "is_public;ticket_id", "public;plain_body"])
def test_what_is_not_public_among_the_comments_of_a_desk_is_a_note(tmp_path: Path, column: str) -> None:
    layout = look(tmp_path, column, ["true;8", "false;8", "true;8"])
    posts = [post for page in read(layout.path, layout, received_at=now()) for post in page.posts]
    assert [to_mention(post, layout).text for post in (posts[0], posts[2])] == [TEXTS[0], TEXTS[2]]
    with pytest.raises(RejectedPost, match="a note of the desk"):
        to_mention(posts[1], layout)


HOOTSUITE = "Message ID;Conversation ID;Created at;{mark};Contact Primary Identifier;Contact Profile ID;Content\n"


def hootsuite(folder: Path, mark: str, values: tuple[str, str]) -> Layout:
    rows = [
        f"m{number};c1;2026-03-0{number + 1}T10:00:00Z;{values[number % 2]};rosa;5;{text}"
        for number, text in enumerate(TEXTS)
    ]
    path = folder / "inbox.csv"
    path.write_text(HOOTSUITE.format(mark=mark) + "\n".join(rows), encoding="utf-8")
    return inspect(path, network="facebook", time_zone=ZoneInfo("Europe/Madrid"))


def test_the_values_of_a_known_mark_are_understood_or_asked_about(tmp_path: Path) -> None:
    for mark, values in (("Direction", ("INCOMING", "OUTGOING")), ("Sender Type", ("Contact", "Brand"))):
        layout = hootsuite(tmp_path, mark, values)
        assert (layout.entry, layout.questions) == ("hootsuite_inbox", ())
        assert [(mention.author, mention.author_id) for mention in mentions(layout)][:2] == [
            ("rosa", "5"),
            (OWN_REPLY, None),
        ]
    layout = hootsuite(tmp_path, "Direction", ("MO", "MT"))
    assert [question.role for question in layout.questions] == ["own"]


def test_answers_beside_posts_in_an_unknown_file_are_named(tmp_path: Path) -> None:
    layout = look(tmp_path, "Respuesta de la empresa", ["Le llamamos hoy mismo", "Sentimos lo ocurrido", ""])
    assert "Respuesta de la empresa seems to hold your answers" in " ".join(layout.notes)


def sorted_out(layout: Layout) -> tuple[list[Mention], list[str]]:
    """What is taken, and why the others are not."""
    kept, reasons = [], []
    for page in read(layout.path, layout, received_at=now()):
        for post in page.posts:
            try:
                kept.append(to_mention(post, layout))
            except RejectedPost as error:
                reasons.append(str(error))
    return kept, reasons


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Type", ["Visitor message", "Agent message", "System message"]), ("sender_type", ["user", "agent", "system"]),
        ("Emisor", ["cliente", "asesor", "sistema"]), ("subtype", ["", "", "channel_join"]),
        ("kind", ["guest", "bot", "Mensaje del sistema"]),
    ],
)  # fmt: skip
def test_what_a_chat_writes_itself_is_nobodys(tmp_path: Path, header: str, cells: list[str]) -> None:
    layout = look(tmp_path, header, cells)
    kept, reasons = sorted_out(layout)
    assert [mention.author == OWN_REPLY for mention in kept] == [False, header != "subtype"]
    assert reasons == ["an event of the chat, no post"]
    assert f"not taken: 1 rows with {header} = {cells[-1]}" in " ".join(layout.notes)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("message_type", ["comment", "activity"]), ("Tipo", ["Comentario", "Evento"]), ("type", ["public", "system"]),
        ("type", ["comment", "bot note"]), ("event_type", ["message", "private note"]),
    ],
)  # fmt: skip
def test_a_kind_beside_who_speaks_tells_what_is_no_post(tmp_path: Path, header: str, cells: list[str]) -> None:
    """Who wrote it does not: a tool writes under the desk's name, and under nobody's."""
    path = tmp_path / "chat.csv"
    path.write_text(
        f"id;created_at;content;sender_type;{header}\n"
        f"1;2026-03-01 10:00;La caldera no enciende desde el lunes;contact;{cells[0]}\n"
        f"2;2026-03-01 11:00;Le llamamos hoy y lo vemos;user;{cells[0]}\n"
        f"3;2026-03-01 12:00;La conversación la resolvió Eva;;{cells[1]}\n"
        f"4;2026-03-01 12:01;La conversación la resolvió Eva;user;{cells[1]}\n",
        encoding="utf-8",
    )
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    kept, reasons = sorted_out(layout)
    assert [mention.author == OWN_REPLY for mention in kept] == [False, True]
    assert (len(reasons), layout.questions) == (2, ())


@pytest.mark.parametrize("cells", [["Sistema", "Cobro", "Trato"], ["Service", "System", "Left"]])
def test_complaints_about_a_system_are_no_events(tmp_path: Path, cells: list[str]) -> None:
    kept, reasons = sorted_out(look(tmp_path, "Tipo", cells))
    assert (len(kept), reasons) == (3, [])


@pytest.mark.parametrize(
    ("author", "text", "is_event"),
    [
        ("", "Rosa Gil joined using this group's invite link", True),
        ("", "Pepe se unió al grupo mediante un enlace", True),
        ("RosaBot", "Pepe Vila saiu do grupo", True), ("Pepe", "Pepe has left the channel", True),
        ("", "Los mensajes y las llamadas están cifrados de extremo a extremo. Toca para saber más.", True),
        ("pepe", "Norvia has left the chat", False),
        ("", "Norvia me cobró y salió mal la entrega del grupo de envíos", False),
        ("ana", "Ana lleva dos meses sin luz y nadie ha entrado en el chat de Norvia a contestar", False),
    ],
)  # fmt: skip
def test_lines_of_who_joined_are_events_where_no_person_wrote_them(
    tmp_path: Path, author: str, text: str, is_event: bool
) -> None:
    path = tmp_path / "chat.csv"
    rows = [
        f"2026-03-01 10:00;{author};{text}",
        f"2026-03-02 10:00;luis;{TEXTS[0]}",
        f"2026-03-03 10:00;eva;{TEXTS[2]}",
    ]
    path.write_text("\n".join(["fecha;usuario;texto", *rows]), encoding="utf-8")
    kept, _ = sorted_out(inspect(path, network="whatsapp", time_zone=ZoneInfo("Europe/Madrid")))
    assert len(kept) == 3 - is_event


def test_a_name_that_the_brands_rows_have_of_whom_they_were_written_to_is_not_theirs(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    rows = ["direction;contact;fecha;texto"]
    for number, side in enumerate(("in", "out", "in", "out")):
        rows.append(
            f"{side};{('Rosa Gil', 'Pepe Sol')[number // 2]};2026-03-0{number + 1} 10:00;Mensaje {number} largo"
        )
    path.write_text("\n".join(rows), encoding="utf-8")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    assert [mention.author_name for mention in mentions(layout)] == ["Rosa Gil", None, "Pepe Sol", None]
