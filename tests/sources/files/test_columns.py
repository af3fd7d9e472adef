"""Which column holds what: names in three languages, then evidence from the whole file; rivals are asked about."""

import json
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import UnexpectedAnswer
from monitor.sources.files import asking, words
from monitor.sources.files.source import inspect
from tests.sources.files.tables_of_texts import ANSWERS, COMPLAINTS, DAYS, LATER, OTHERS, asked, look


@pytest.mark.parametrize(
    "name",
    [
        "Texto de la reseña", "review_text", "Comment Body", "commentText", "Mensaje del cliente", "Conteúdo",
        "Mensagem", "texto da avaliação", "Reclamação", "CONTENIDO", "Texto completo", "Consumer complaint narrative",
        "Opinión", "Pregunta",
    ],
)  # fmt: skip
def test_names_of_texts_in_three_languages(tmp_path: Path, name: str) -> None:
    places = ["Plaza Mayor", "Calle de la Luna 4", "Tienda del centro"]
    layout = look(tmp_path, {"id": list("123"), "fecha": DAYS, "otra cosa": places, name: COMPLAINTS})
    assert (layout.columns.text, layout.questions) == (name, ())


@pytest.mark.parametrize(
    "name",
    [
        "Fecha del comentario", "reviewDate", "Comment created at", "Data", "Criado em", "Publicado em",
        "Date received", "Timestamp (UTC)", "Fecha (GMT-5)", "Date (MM/DD/YYYY)", "Data de criação", "publish_date",
        "Publicado (UTC+2)", "reviewed_at", "Enviado",
    ],
)  # fmt: skip
def test_names_of_times_in_three_languages(tmp_path: Path, name: str) -> None:
    layout = look(tmp_path, {"id": list("123"), "actualizado": LATER, name: DAYS, "texto": COMPLAINTS})
    assert (layout.columns.posted_at, layout.questions) == (name, ())


@pytest.mark.parametrize(
    "name",
    [
        "Developer Reply Text", "Respuesta de la empresa", "respuesta_texto", "ownerResponse.text", "Resposta",
        "Company answer", "reply", "Contestación", "bio", "user.rawDescription", "user.description", "Biografía",
        "author_bio", "Título", "Review Title", "reviewtitle", "Asunto", "Subject", "Issue", "Motivo", "Assunto",
        "url", "permalink", "Enlace", "Management Response", "Comentario de la empresa", "Nota interna",
        "Mensaje del agente", "quotedTweet.rawContent", "Titular", "developerreplytext", "RESPUESTA", "Réponse",
        "Texto da resposta", "agent_message", "signature",
    ],
)  # fmt: skip
def test_what_its_name_says_is_no_text_is_none(tmp_path: Path, name: str) -> None:
    assert words.is_no_text(name)
    with pytest.raises(UnexpectedAnswer, match="--column text=NAME"):
        look(tmp_path, {"id": list("123"), "fecha": DAYS, name: ANSWERS})
    layout = look(tmp_path, {"id": list("123"), "fecha": DAYS, name: ANSWERS, "comentario": COMPLAINTS})
    assert (layout.columns.text, layout.questions) == ("comentario", ())


@pytest.mark.parametrize(
    "name",
    [
        "scraped_at", "fecha_extraccion", "Collected", "Respondido el", "retrieved_on", "importado", "retrieval_date",
        "fetched", "data da coleta", "Obtenido el", "access_date", "snapshot date", "fecha de corte", "pulled_at",
        "load_date", "harvest date",
    ],
)  # fmt: skip
def test_when_a_tool_or_a_business_was_there_is_never_when_a_post_was_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="holds the time"):
        look(tmp_path, {"id": list("123"), name: LATER, "texto": COMPLAINTS})
    assert look(tmp_path, {name: LATER, "fecha": DAYS, "texto": COMPLAINTS}).columns.posted_at == "fecha"


def test_what_only_its_look_tells_is_asked(tmp_path: Path) -> None:
    layout = look(tmp_path, {"n": list("123"), "dicho": COMPLAINTS, "sobre": OTHERS, "sello": DAYS})
    assert asked(layout) == {"text": ["dicho", "sobre"], "posted_at": ["sello"]}
    text = str(asking.unanswered(layout))
    assert "--column text=dicho   (La caldera no enciende desde el lunes | Me han facturado dos meses | " in text
    assert "--column posted_at=sello" in text
    assert "--accept-guesses" in text
    named = look(tmp_path, {"n": list("123"), "dicho": COMPLAINTS, "sello": DAYS}, text="dicho", posted_at="sello")
    assert named.questions == ()


def test_two_texts_that_say_different_things_are_asked(tmp_path: Path) -> None:
    layout = look(tmp_path, {"fecha": DAYS, "comentario": COMPLAINTS, "mensaje": OTHERS})
    assert asked(layout) == {"text": ["mensaje", "comentario"]}
    accepted = asking.accepted(layout)
    assert (accepted.questions, accepted.columns.text) == ((), "mensaje")
    assert any("guessed" in note for note in accepted.notes)


@pytest.mark.parametrize("shared", ["Comentarios", "Observaciones", "Comments", "Feedback", "Mensaje", "Comentario"])
@pytest.mark.parametrize(
    "told", ["Hechos", "Detalle de la queja", "Motivo de la queja", "Complaint details", "Petición"]
)
def test_a_name_that_desks_give_to_their_notes_too_is_asked_beside_other_sentences(
    tmp_path: Path, shared: str, told: str
) -> None:
    columns = {"fecha": DAYS, "motivo": ["Luz", "Gas", "Agua"], told: COMPLAINTS, shared: OTHERS}
    assert asked(look(tmp_path, columns)) == {"text": [told, shared]}
    assert look(tmp_path, columns, text=told).questions == ()
    places = ["Madrid, España", "Calle de la Luna 4, Lugo", "Ana María del Río"]
    assert look(tmp_path, {"fecha": DAYS, told: places, "cliente": places, shared: COMPLAINTS}).questions == ()


@pytest.mark.parametrize(
    "name",
    ["Comment author", "Message user", "Review status", "comment.author.name", "Fecha del mensaje", "user_status"],
)
def test_whose_comment_it_is_and_what_became_of_it_is_no_text(tmp_path: Path, name: str) -> None:
    layout = look(tmp_path, {"fecha": DAYS, name: ["Ana Gil", "Eva Paz", "Leo Rey"], "Detalle": COMPLAINTS})
    assert asked(layout)["text"] == ["Detalle"]


@pytest.mark.parametrize(
    ("bad", "good", "other"),
    [
        ("What do you dislike about it?", "What do you like best about it?", "What problems is Norvia solving?"),
        ("¿Qué es lo que menos te gusta?", "¿Qué es lo que más te gusta?", "¿Cuál es el motivo de tu puntuación?"),
        ("Pontos negativos", "Pontos positivos", "Pontos do pedido"), ("Cons", "Pros", "Overall"),
        ("¿Qué podríamos mejorar?", "Lo mejor", "¿Con qué tema nos escribe?"),
    ],
)  # fmt: skip
def test_of_what_people_are_asked_what_went_badly_comes_first(tmp_path: Path, bad: str, good: str, other: str) -> None:
    """All of it is shown; praise is never what is guessed."""
    praise = [f"{text}, y todo muy bien y muy rápido" for text in OTHERS]
    layout = look(tmp_path, {"id": list("123"), "fecha": DAYS, good: praise, other: OTHERS, bad: COMPLAINTS})
    [question] = layout.questions
    assert (question.role, question.candidates[0][0]) == ("text", bad)
    assert {name for name, _ in question.candidates} == {bad, good, other}


@pytest.mark.parametrize("subject", ["Subject", "Asunto", "Título"])
def test_a_file_with_subjects_alone_is_refused_with_the_column_that_holds_them(tmp_path: Path, subject: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"--column text={subject} takes a few words of each"):
        look(tmp_path, {"id": list("123"), "fecha": DAYS, "estado": ["open"] * 3, subject: COMPLAINTS})


def test_biographies_in_a_file_of_accounts_are_no_posts(tmp_path: Path) -> None:
    accounts = {"screen_name": ["ana", "eva", "leo"], "created_at": DAYS, "followers_count": ["5", "6", "7"]}
    with pytest.raises(UnexpectedAnswer, match="is no file of posts: its rows are accounts"):
        look(tmp_path, {**accounts, "description": COMPLAINTS})
    posts = {**accounts, "description": OTHERS, "text": COMPLAINTS}
    assert (look(tmp_path, posts).columns.text, look(tmp_path, posts).questions) == ("text", ())
    videos = {**accounts, "description": COMPLAINTS, "play_count": ["50", "60", "70"]}
    assert look(tmp_path, videos).columns.text == "description"


@pytest.mark.parametrize(
    "columns",
    [
        {"fecha": DAYS, "mensaje de la tienda": COMPLAINTS, "mensaje sugerido": OTHERS},
        {"fecha de nacimiento": DAYS, "texto": COMPLAINTS},
        {"user_since": DAYS, "texto": COMPLAINTS},
    ],
)
def test_no_guess_is_taken_for_what_names_say_is_another(tmp_path: Path, columns: dict[str, Sequence[str]]) -> None:
    layout = look(tmp_path, columns)
    with pytest.raises(UnexpectedAnswer, match="--accept-guesses does not take"):
        asking.accepted(layout)


def test_two_languages_of_a_text_are_asked(tmp_path: Path) -> None:
    layout = look(tmp_path, {"id": list("123"), "fecha": DAYS, "mensaje_es": COMPLAINTS, "mensaje_en": OTHERS})
    assert asked(layout) == {"text": ["mensaje_es", "mensaje_en"]}
    layout = look(tmp_path, {"id": list("123"), "fecha": DAYS, "comment_en": OTHERS, "comment_ro": COMPLAINTS})
    assert asked(layout) == {"text": ["comment_en", "comment_ro"]}


@pytest.mark.parametrize("holder", ["from", "owner", "account"])
def test_authors_in_objects_of_any_name_are_found(tmp_path: Path, holder: str) -> None:
    path = tmp_path / "posts.jsonl"
    rows = [
        {"id": f"{number}", "text": text, "created_at": day, holder: {"id": f"7{number}", "username": f"ana{number}"}}
        for number, (text, day) in enumerate(zip(COMPLAINTS, DAYS, strict=True))
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    columns = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid")).columns
    assert (columns.author, columns.author_id) == (f"{holder}.username", f"{holder}.id")


def test_a_text_and_its_snippet_are_one_and_the_longer_is_taken(tmp_path: Path) -> None:
    snippets = [f"{text[:15]}…" for text in COMPLAINTS]
    layout = look(tmp_path, {"fecha": DAYS, "text": snippets, "content": COMPLAINTS, "caption": OTHERS})
    assert (layout.columns.text, layout.questions) == ("content", ())


def test_two_times_that_differ_are_asked_and_the_same_one_twice_is_not(tmp_path: Path) -> None:
    assert asked(look(tmp_path, {"created_at": DAYS, "published": LATER, "text": COMPLAINTS})) == {
        "posted_at": ["created_at", "published"]
    }
    epochs = ["1772355600", "1772445600", "1772535600"]
    days = [day[:10] for day in DAYS]
    layout = look(tmp_path, {"date": days, "created_at": DAYS, "timestamp": epochs, "text": COMPLAINTS})
    assert (layout.columns.posted_at, layout.questions) == ("timestamp", ())


@pytest.mark.parametrize(
    ("text", "time", "other", "its_time"),
    [
        ("Review Content", "Review Creation Date", "Comment Content", "Comment Created At"),
        ("Reseña", "Fecha de la reseña", "Comentario", "Fecha del comentario"),
        ("Queja", "Fecha de creación", "Comentario", "Fecha del comentario"),
    ],
)
def test_the_time_of_another_text_is_never_the_posts(
    tmp_path: Path, text: str, time: str, other: str, its_time: str
) -> None:
    """Of the texts a person is asked, and of the times none: each has its own, whichever is the posts'."""
    columns = {"id": list("123"), text: COMPLAINTS, other: ANSWERS, its_time: LATER, time: DAYS}
    layout = look(tmp_path, columns)
    assert (layout.columns.text, layout.columns.posted_at) == (text, time)
    assert [question.role for question in layout.questions] == ["text"]
    without_other = look(tmp_path, {name: cells for name, cells in columns.items() if name not in (other, time)})
    assert (without_other.columns.posted_at, without_other.questions) == (its_time, ())


def test_two_authors_that_differ_are_asked_and_names_beside_handles_are_not(tmp_path: Path) -> None:
    people, brands, names = (
        ["ana", "eva", "leo"],
        ["norvia_es", "norvia_mx", "norvia_pt"],
        ["Ana Gil", "Eva Paz", "Leo Rey"],
    )
    layout = look(tmp_path, {"fecha": DAYS, "texto": COMPLAINTS, "username": people, "author": brands})
    assert asked(layout) == {"author": ["username", "author"]}
    layout = look(tmp_path, {"fecha": DAYS, "texto": COMPLAINTS, "screen_name": people, "author": names})
    assert (layout.columns.author, layout.columns.author_name, layout.questions) == ("screen_name", "author", ())
    layout = look(tmp_path, {"fecha": DAYS, "texto": COMPLAINTS, "usuario": people, "agente": brands, "cuenta": brands})
    assert (layout.columns.author, layout.questions) == ("usuario", ())


def test_texts_far_down_a_file_are_seen(tmp_path: Path) -> None:
    path = tmp_path / "newest_first.csv"
    with path.open("w") as file:
        file.write("id,fecha,motivo de contacto,opinion\n")
        for number in range(30_000):
            text = f"La factura de marzo número {number} viene mal" if number > 25_000 else ""
            file.write(f"{number},2026-03-01 10:00,Problema con una factura de la luz,{text}\n")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    assert (layout.columns.text, layout.questions) == ("opinion", ())


def test_a_named_column_that_cannot_be_read_shows_value_row_and_what_would_do(tmp_path: Path) -> None:
    columns = {"fecha": DAYS, "cuando": ["antes", "luego", "nunca"], "texto": COMPLAINTS, "nada": ["", "", ""]}
    with pytest.raises(UnexpectedAnswer, match=r"'antes' .*row 2.*2026-03-01"):
        look(tmp_path, columns, posted_at="cuando")
    with pytest.raises(UnexpectedAnswer, match=r"cuando .*counts.*'antes' .*row 2.*1\.234"):
        look(tmp_path, columns, likes="cuando")
    with pytest.raises(UnexpectedAnswer, match="empty in every row"):
        look(tmp_path, columns, text="nada")


def test_objects_inside_others_are_columns_too(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    post = {
        "id": "1",
        "created_at": DAYS[0],
        "user": {"username": "ana", "description": ANSWERS[0]},
        "body": COMPLAINTS[0],
    }
    path.write_text(json.dumps(post) + "\n")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    assert (layout.columns.text, layout.columns.author, layout.questions) == ("body", "user.username", ())


def test_ids_of_x_tell_which_time_is_right(tmp_path: Path) -> None:
    ids = [str(1500000000000000001 + (number * 3_600_000 << 22)) for number in range(3)]
    columns = {"id": ids, "created_at": DAYS, "published": LATER, "text": COMPLAINTS}
    layout = look(tmp_path, columns, network="x")
    assert (layout.questions, layout.times_from_ids, layout.columns.posted_at) == ((), True, None)


def test_a_text_that_somebody_worked_over_is_no_rival_of_the_text(tmp_path: Path) -> None:
    worked = ["caldera encender lunes", "facturar dos mes", "nadie coger teléfono"]
    layout = look(tmp_path, {"fecha": DAYS, "clean_text": worked, "text": COMPLAINTS})
    assert (layout.columns.text, layout.questions) == ("text", ())
    assert look(tmp_path, {"fecha": DAYS, "clean_text": worked}).columns.text == "clean_text"


def test_comments_may_be_texts_or_counts(tmp_path: Path) -> None:
    assert (
        look(tmp_path, {"fecha": DAYS, "puntos": list("123"), "Comentarios": COMPLAINTS}).columns.text == "Comentarios"
    )
    layout = look(tmp_path, {"fecha": DAYS, "comentarios": list("123"), "texto": COMPLAINTS})
    assert (layout.columns.text, layout.columns.replies) == ("texto", "comentarios")
    with pytest.raises(UnexpectedAnswer, match="holds the text"):
        look(tmp_path, {"fecha": DAYS, "comentarios": list("123"), "título": COMPLAINTS})


def test_the_name_of_the_place_is_not_that_of_who_wrote(tmp_path: Path) -> None:
    columns = {
        "name": ["Tienda Norvia Centro"] * 30,
        "fecha": DAYS[:1] * 30,
        "texto": [f"Van {n} sin luz" for n in range(30)],
    }
    layout = look(tmp_path, columns)
    assert (layout.columns.author, layout.columns.author_name) == (None, None)


def test_columns_inside_an_object_that_wraps_each_post_are_found(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    user = {"screen_name": "ana", "description": ANSWERS[0], "created_at": "2011-01-01"}
    post = {"text": COMPLAINTS[0], "created_at": DAYS[0], "user": user, "place": {"name": "Leganés"}}
    path.write_text(json.dumps({"kind": "post", "record": post}) + "\n")
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    found = (layout.columns.text, layout.columns.posted_at, layout.columns.author)
    assert (found, layout.questions) == (("record.text", "record.created_at", "record.user.screen_name"), ())


def test_the_id_of_a_comment_comes_before_that_of_its_post(tmp_path: Path) -> None:
    columns = {"post_id": ["9", "9", "9"], "comment_id": list("123"), "fecha": DAYS, "texto": COMPLAINTS}
    assert look(tmp_path, columns).columns.id == "comment_id"


SHORT = ["malo", "no va", "fatal"]
NOTES = [
    "Se llama a la clienta y se le ofrece un bono por las molestias",
    "El cliente pide que se le devuelva el importe de la compra",
    "Se escala al equipo de la tienda para revisar el envío",
]


@pytest.mark.parametrize(
    ("short", "note", "first"),
    [
        ("opinion", "observaciones", "opinion"),
        ("mensaje", "comentarios", "mensaje"),
        ("Verbatim", "descripcion", "descripcion"),
        ("Qué opina", "detalle", "Qué opina"),
        ("texto", "comment", "comment"),
        ("Lo que manifiesta el usuario", "comentarios", "Lo que manifiesta el usuario"),
        ("opinión", "lo hablado", "opinión"),
    ],
)
def test_a_customers_few_words_beside_a_long_note_are_asked_about(
    tmp_path: Path, short: str, note: str, first: str
) -> None:
    layout = look(tmp_path, {"id": list("123"), "fecha": DAYS, short: SHORT, note: NOTES})
    assert asked(layout).keys() == {"text"}
    assert (asked(layout)["text"][0], set(asked(layout)["text"])) == (first, {short, note})


@pytest.mark.parametrize(
    ("short", "note"),
    [("comentario", "nota interna"), ("dice", "gestion"), ("opinion", "respuesta"), ("texto", "producto")],
)
def test_a_customers_few_words_are_taken_where_the_other_says_that_it_is_none(
    tmp_path: Path, short: str, note: str
) -> None:
    others = ["Lámpara de pie azul", "Tostadora doble de acero", "Funda de sofá"] if note == "producto" else NOTES
    layout = look(tmp_path, {"id": list("123"), "fecha": DAYS, short: SHORT, note: others})
    assert (layout.columns.text, layout.questions) == (short, ())


def test_a_few_labels_again_and_again_are_no_customers_words(tmp_path: Path) -> None:
    labels = ["buena", "mala", "regular"] * 10
    texts = [f"{text} {number}" for number, text in enumerate(COMPLAINTS * 10)]
    days = [f"2026-03-{number:02} 10:00:00" for number in range(1, 31)]
    layout = look(tmp_path, {"fecha": days, "opinion": labels, "comentarios": texts})
    assert (layout.columns.text, layout.questions) == ("comentarios", ())


def test_an_executives_remarks_are_no_text(tmp_path: Path) -> None:
    columns = {"id": list("123"), "fecha": DAYS, "Observaciones del ejecutivo": NOTES}
    layout = look(tmp_path, {**columns, "Lo que manifiesta el usuario": COMPLAINTS})
    assert (layout.columns.text, layout.questions) == ("Lo que manifiesta el usuario", ())
