"""Rows that call themselves answers, and columns of verdicts: never taken for customers' words in silence."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.collect.known.own_columns import with_own_column
from monitor.models.posts import OWN_REPLY
from monitor.settings.loading import Settings
from monitor.sources.files.source import Layout, inspect
from monitor.tables.layout import ReplyColumns
from tests.sources.files.read_mentions import accepted_mentions

POSTS = ("La caldera no enciende desde el lunes", "Nadie me ha llamado todavía")
LABELLED = "No.,Fecha,Usuario,Comentario\n" + "".join(
    f"{number},0{number}/03/2026 10:00,ana{number},{text}\n,1{number}/03/2026 9:00,NoCo,Respuesta: Hola {number}\n"
    for number, text in enumerate(POSTS, 1)
)
MARKED = "ID,Fecha,Autor,Texto\n" + "".join(
    f"Q{number}00,0{number}/03/2026 10:00,ana{number},{text}\n↳ Respuesta,1{number}/03/2026 9:00,NoCo,Hola {number}\n"
    for number, text in enumerate(POSTS, 1)
)


def look(folder: Path, written: str, **columns: str) -> Layout:
    path = folder / "posts.csv"
    path.write_text(written, encoding="utf-8")
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"), columns=columns)


@pytest.mark.parametrize(("written", "rows"), [(LABELLED, "Usuario=NoCo"), (MARKED, "ID=↳ Respuesta")])
def test_rows_that_call_themselves_answers_are_asked_about(tmp_path: Path, written: str, rows: str) -> None:
    [question] = look(tmp_path, written).questions
    assert (question.role, [candidate for candidate, _ in question.candidates]) == ("own", [rows, "none"])
    layout = look(tmp_path, written, own=rows)
    found = [(mention.text, mention.author == OWN_REPLY) for mention in accepted_mentions(layout)]
    assert [text for text, is_ours in found if not is_ours] == [*POSTS]
    assert len(found) == 4
    ids = [mention.post_id for mention in accepted_mentions(layout)]
    assert len(set(ids)) == 4


def test_answers_that_an_own_account_wrote_are_not_asked_about(settings: Settings, tmp_path: Path) -> None:
    own = next(iter(settings.own_accounts))
    layout = with_own_column(settings, look(tmp_path, LABELLED.replace("NoCo", own)))
    assert layout.questions == ()


def test_answers_that_everybody_labels_are_a_forums(tmp_path: Path) -> None:
    assert look(tmp_path, LABELLED.replace("NoCo", "ana1")).questions == ()


def test_a_column_of_verdicts_is_not_taken_for_the_words_of_a_complaint(tmp_path: Path) -> None:
    rows = "".join(
        f"{1 + number % 28:02}/03/2026,Norvia,{('Resolvida', 'Não Resolvida')[number % 2]}\n" for number in range(40)
    )
    [question] = look(tmp_path, f"Data,Nome Fantasia,Avaliação Reclamação\n{rows}").questions
    assert question.role == "text"


def test_dates_with_dots_tell_a_column_of_times(tmp_path: Path) -> None:
    rows = "".join(f"{day}.03.2026;Das Paket kam offen an Nummer {day}\n" for day in (14, 15, 16))
    [question] = look(tmp_path, f"Wann war das;Text\n{rows}").questions
    assert question.candidates[0][0] == "Wann war das"


@pytest.mark.parametrize("name", ["Owner", "Agente", "Staff"])
def test_a_flag_named_after_the_brand_alone_is_asked_about(tmp_path: Path, name: str) -> None:
    """As chats of WhatsApp desks have it: a customer's rows say no."""
    rows = "".join(
        f"c{number},2026-03-0{number}T10:00Z,false,{text}\nc{number},2026-03-0{number}T10:05Z,true,Hola {number}\n"
        for number, text in enumerate(POSTS, 1)
    )
    [question] = look(tmp_path, f"Conversation ID,Created,{name},Text\n{rows}").questions
    assert [candidate for candidate, _ in question.candidates] == [f"{name}=true", "none"]


def test_a_public_reply_in_an_object_is_the_brands(tmp_path: Path) -> None:
    """As Yelp's API has it."""
    user, at = {"id": "u1", "name": "Rosa V."}, "2026-03-01 10:00:00"
    answer = {"text": "Hola Rosa, te llamamos", "time_created": "2026-03-02 10:00:00", "business_user": {"name": "Eva"}}
    review = {"id": "xAG4O7l", "text": POSTS[0], "time_created": at, "user": user, "public_reply": answer}
    path = tmp_path / "yelp.json"
    path.write_text(json.dumps({"reviews": [review, {**review, "id": "yBH5P8m", "text": POSTS[1]}]}), encoding="utf-8")
    layout = inspect(path, network="yelp", time_zone=ZoneInfo("Europe/Madrid"))
    assert layout.reply == ReplyColumns(
        "public_reply.text", "public_reply.time_created", "public_reply.business_user.name"
    )
