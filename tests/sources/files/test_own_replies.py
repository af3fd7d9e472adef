"""The brand's answers in a file of reviews: posts of ours in the review's conversation, stored once, no complaints."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.collect import files
from monitor.collect.matching import by_queries
from monitor.models.posts import OWN_REPLY
from monitor.pipeline import main_line
from monitor.runs import Run, no_progress
from monitor.settings.loading import Settings
from monitor.sources.files.source import inspect
from monitor.sources.files.words import words

OF_TIMES = {"date", "data", "updated"}
REVIEWS = (
    "Package Name,App Version Code,Reviewer Language,Device,Review Submit Date and Time,Star Rating,Review Title,"
    "Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,Developer Reply Text,Review Link\n"
    "com.norvia,7,es,a1,2026-03-01T09:00:00Z,1,,Norvia me ha cobrado dos veces el pedido y no me devuelve el dinero,"
    "2026-03-01T19:30:00Z,1772393400000,Sentimos el cobro doble del pedido: escríbanos y lo arreglamos,"
    "https://play.google.com/console/x?reviewId=gp:aa\n"
    "com.norvia,7,es,a2,2026-03-02T09:00:00Z,1,,La aplicación de Norvia se cierra sola y nadie responde,,,,"
    "https://play.google.com/console/x?reviewId=gp:bb\n"
)


def imported(settings: Settings, path: Path) -> Run:
    layout = inspect(path, network="app_store", time_zone=settings.zone)
    return files.import_file(settings, layout, by_queries(settings.brands), no_progress)


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def reviews(tmp_path: Path, text: str = REVIEWS) -> Path:
    path = tmp_path / "reviews_com.norvia_202603.csv"
    path.write_text(text, encoding="utf-16")
    return path


def test_an_answer_is_kept_beside_its_review_and_once(settings: Settings, tmp_path: Path) -> None:
    run = imported(settings, reviews(tmp_path))
    assert (run.received, run.saved.stored, run.saved.own_replies, run.saved.rejected) == (2, 3, 1, 0)
    found = rows(settings, "SELECT post_id, author, thread_id, in_reply_to, posted_at FROM mentions ORDER BY post_id")
    answered_at = datetime(2026, 3, 1, 19, 30, tzinfo=UTC)
    assert found[1] == ("gp:aa:reply", OWN_REPLY, "gp:aa", "gp:aa", answered_at)
    assert [row[0] for row in found] == ["gp:aa", "gp:aa:reply", "gp:bb"]
    again = imported(settings, reviews(tmp_path))
    assert (again.saved.stored, again.saved.duplicates, again.saved.own_replies) == (0, 3, 0)


def test_the_answer_is_told_in_the_case_of_its_review_whoever_the_own_accounts_are(
    settings: Settings, tmp_path: Path
) -> None:
    brand = settings.brands[0].model_copy(update={"own_accounts": ()})
    without = settings.model_copy(update={"brands": (brand,)})
    imported(without, reviews(tmp_path))
    main_line.run(without)
    assert rows(without, "SELECT thread_id, brand FROM cases ORDER BY 1") == [("gp:aa", "Norvia"), ("gp:bb", "Norvia")]
    told = rows(
        without,
        "SELECT m.post_id FROM case_events e JOIN mentions m USING (mention_id) WHERE e.kind = 'reply'",
    )
    assert told == [("gp:aa:reply",)]
    assert rows(without, "SELECT first_answered_at IS NOT NULL FROM cases ORDER BY thread_id") == [(True,), (False,)]


def test_an_answer_at_no_time_is_told_and_its_review_stays(settings: Settings, tmp_path: Path) -> None:
    run = imported(settings, reviews(tmp_path, REVIEWS.replace("2026-03-01T19:30:00Z,", "ayer por la tarde,")))
    assert (run.saved.stored, run.saved.own_replies, run.saved.rejected) == (2, 0, 1)
    [(reason,)] = rows(settings, "SELECT reason FROM rejects")
    assert "its answer is not" in str(reason)


def test_a_review_that_a_file_answers_later_gains_its_answer(settings: Settings, tmp_path: Path) -> None:
    answer = "2026-03-01T19:30:00Z,1772393400000,Sentimos el cobro doble del pedido: escríbanos y lo arreglamos"
    imported(settings, reviews(tmp_path, REVIEWS.replace(answer, ",,")))
    run = imported(settings, reviews(tmp_path))
    assert (run.saved.stored, run.saved.duplicates, run.saved.own_replies) == (1, 2, 1)


def test_answers_without_any_times_are_told_and_not_stored(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "opiniones.csv"
    path.write_text(
        "Fecha;Autor;Opinión;Respuesta del propietario\n"
        "2026-03-01 10:00;Rosa;Norvia me cobra dos veces el envío;Sentimos el cobro, escríbanos\n",
        encoding="utf-8",
    )
    layout = inspect(path, network="tripadvisor", time_zone=settings.zone)
    assert "Respuesta del propietario are not stored" in " ".join(layout.describe())
    run = imported(settings, path)
    assert (run.saved.stored, run.saved.own_replies, run.saved.rejected) == (1, 0, 0)


def test_what_a_desk_wrote_in_its_tickets_is_ours_and_its_notes_are_no_posts(
    settings: Settings, tmp_path: Path
) -> None:
    rows_ = (
        ("1", "Customer", "false", "Norvia me cobra dos veces el envío y nadie contesta"),
        ("2", "Agent", "false", "Sentimos el cobro, se lo devolvemos hoy mismo"),
        ("3", "Agent", "true", "Ojo con este cliente, llama todos los días"),
    )
    articles = [
        f'{{"id": {number}, "ticket_id": 9, "sender": "{sender}", "internal": {internal}, "from": "{sender}", '
        f'"body": "{body}", "content_type": "text/plain", "created_at": "2026-03-01T1{number}:00:00Z"}}'
        for number, sender, internal, body in rows_
    ]
    path = tmp_path / "articles.json"
    path.write_text(f"[{', '.join(articles)}]", encoding="utf-8")
    run = imported(settings, path)
    assert (run.saved.stored, run.saved.rejected) == (2, 1)
    found = rows(
        settings, "SELECT post_id, author IS NOT DISTINCT FROM '(own reply)', thread_id FROM mentions ORDER BY post_id"
    )
    assert found == [("1", False, "9"), ("2", True, "9")]


def test_an_answer_inside_an_object_and_in_html_is_kept_as_words(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "reviews.json"
    path.write_text(
        '[{"name": "accounts/1/locations/2/reviews/r1", "reviewer": {"displayName": "Rosa"}, "starRating": "ONE", '
        '"comment": "Norvia me cobra dos veces el envío", "createTime": "2026-03-01T09:00:00Z", "reviewReply": '
        '{"comment": "<p>Sentimos el cobro,<br>escríbanos</p>", "updateTime": "2026-03-01T19:00:00Z"}}]',
        encoding="utf-8",
    )
    imported(settings, path)
    [(text,)] = rows(settings, "SELECT text FROM mentions WHERE post_id = 'r1:reply'")
    assert text == "Sentimos el cobro,\nescríbanos"
    [(raw,)] = rows(settings, "SELECT raw FROM posts JOIN mentions USING (mention_id) WHERE post_id = 'r1:reply'")
    assert "2026-03-01T19:00:00Z" in str(raw)


def test_a_review_without_an_id_stays_one_post_when_it_is_answered(settings: Settings, tmp_path: Path) -> None:
    header = "Fecha;Autor;Opinión;Respuesta del propietario;Fecha de respuesta"
    table = f"{header}\n2026-03-01 10:00;Rosa;Norvia cobra dos veces;"
    path = tmp_path / "opiniones.csv"
    path.write_text(f"{table};\n", encoding="utf-8")
    imported(settings, path)
    path.write_text(f"{table}Lo devolvemos hoy;2026-03-02 09:00\n", encoding="utf-8")
    run = imported(settings, path)
    assert (run.saved.stored, run.saved.duplicates, run.saved.own_replies) == (1, 1, 1)


@pytest.mark.parametrize(
    ("text", "answer", "answered_at", "answered_by"),
    [
        ("Comentario", "Respuesta de la tienda", "Fecha de la respuesta", "Autor respuesta"),
        ("ReviewText", "ClientResponse", "ClientResponseDate", "ClientResponseDepartment"),
        ("Comentario del cliente", "Comentario de la marca", "Fecha de respuesta", "Contestó"),
        ("Comentário", "Devolutiva", "Data devolutiva", "Respondeu"),
        ("Queja", "Qué se le dijo", "Fecha respuesta", "Respondió"),
        ("review", "Vendor response", "Responded at", "Replied by"), ("review", "Owner reply", "Owner reply date", "x"),
        ("texto", "Contestación", "Fecha contestación", "x"), ("texto", "Réplica", "Fecha réplica", "x"),
        ("texto", "Resposta da empresa", "Data da resposta", "x"),
        ("review", "Merchant response", "Response date", "x"), ("content", "answer_text", "answer_date", "x"),
        ("review", "developer_response", "timestamp_dev_responded", "x"),
        ("text", "reply.message", "reply.publishedDate", "reply.updatedDate"),
        ("snippet", "response.snippet", "response.iso_date", "response.iso_date_of_last_edit"),
        ("Reclamação", "Resposta da empresa", "Data da resposta", "Data da réplica"),
        ("review", "Shop reply", "Reply created at", "Reply updated at"),
    ],
)  # fmt: skip
def test_answers_with_a_date_of_their_own_are_stored_at_it(
    settings: Settings, tmp_path: Path, text: str, answer: str, answered_at: str, answered_by: str
) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(
        f"fecha;usuario;{text};{answer};{answered_at};{answered_by}\n"
        "2026-03-01 10:00;ana;Norvia me cobra dos veces la cuota;Lo revisamos en Norvia, Ana;2026-03-02 11:00;"
        f"{'2026-03-05 12:00' if set(words(answered_by)) & OF_TIMES else 'Sol'}\n"
        "2026-03-01 12:00;luis;Norvia no me coge el teléfono desde ayer;;;\n",
        encoding="utf-8",
    )
    run = imported(settings, path)
    assert (run.received, run.saved.stored, run.saved.own_replies) == (2, 3, 1)
    found = rows(settings, f"SELECT text, posted_at FROM mentions WHERE author = '{OWN_REPLY}'")
    assert found == [("Lo revisamos en Norvia, Ana", datetime(2026, 3, 2, 10, tzinfo=UTC))]


@pytest.mark.parametrize(
    "header",
    ["fecha;usuario;pregunta;respuesta;fecha respuesta", "fecha;usuario;comentario;respuesta;nota",
     "fecha;usuario;comment;reply;reply date;reply author;reply likes"],
)  # fmt: skip
def test_answers_of_whomever_or_of_no_time_are_told_and_not_stored(
    settings: Settings, tmp_path: Path, header: str
) -> None:
    path = tmp_path / "posts.csv"
    cells = "2026-03-02 11:00" if "fecha respuesta" in header or "date" in header else "x"
    more = ";pol;3" if "likes" in header else ""
    row = f"2026-03-01 10:00;ana;¿Por qué Norvia me cobra dos veces?;Porque Norvia lo hace siempre así;{cells}{more}"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    layout = inspect(path, network="forum", time_zone=settings.zone)
    assert layout.reply is None
    assert "seems to hold your answers" in " ".join(layout.notes)
