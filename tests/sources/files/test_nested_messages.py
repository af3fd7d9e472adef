"""Messages inside the post, ticket or conversation that they answer: whose they are, which thread, what is no post."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.models.posts import OWN_REPLY
from monitor.sources.files.source import Layout, inspect
from tests.sources.files.read_mentions import accepted_mentions

COMPLAINT, ANSWER, AGAIN = "La caldera no enciende desde el lunes", "Le llamamos hoy y lo vemos", "Nadie me ha llamado"
DAY = "2026-03-0{}T10:00:00Z"


def look(folder: Path, value: Any) -> Layout:
    path = folder / "desk.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))


def told(layout: Layout) -> list[tuple[str, bool, str]]:
    return [(mention.text, mention.author == OWN_REPLY, mention.thread_id) for mention in accepted_mentions(layout)]


def person(kind: str, person_id: str) -> dict[str, str]:
    return {"type": kind, "id": person_id, "name": f"Nombre de {person_id}"}


def conversation(number: int, kind: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    source = {"type": "conversation", "id": "s1", "body": f"<p>{COMPLAINT}</p>", "author": person(kind, f"u{number}")}
    held = {"type": "conversation_part.list", "conversation_parts": parts}
    return {"type": "conversation", "id": f"90{number}", "created_at": 1_772_440_000 + number, "source": source} | {
        "conversation_parts": held
    }


def part(number: int, kind: str, body: str | None, part_type: str = "comment") -> dict[str, Any]:
    at = 1_772_450_000 + number
    return {"id": f"p{number}", "part_type": part_type, "body": body, "created_at": at, "author": person(kind, kind)}


@pytest.mark.parametrize("as_page", [True, False])
def test_a_conversation_of_intercom_is_its_messages(tmp_path: Path, as_page: bool) -> None:
    parts = [
        part(1, "admin", f"<p>{ANSWER}</p>"),
        part(2, "user", f"<p>{AGAIN}</p>"),
        part(3, "admin", None, "assignment"),
        part(4, "admin", "<p>Cliente pesado</p>", "note"),
    ]
    first = conversation(1, "user", parts)
    value = {"type": "conversation.list", "conversations": [first, conversation(2, "lead", [])]} if as_page else first
    right = [(COMPLAINT, False, "901"), (ANSWER, True, "901"), (AGAIN, False, "901")]
    layout = look(tmp_path, value)
    assert layout.questions == ()
    assert told(layout) == right + [(COMPLAINT, False, "902")] * as_page


def said(number: int, author: int, body: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "author_id": author, "body": body, "created_at": DAY.format(number), "public": True, **more}


def ticket(comments: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Zendesk's, asked by 70."""
    words = {"id": 300, "requester_id": 70, "subject": "Caldera", "description": COMPLAINT}
    return {**words, "created_at": DAY.format(1), "comments": comments, **more}


COMMENTS = [said(1, 70, COMPLAINT), said(2, 80, ANSWER), said(3, 90, AGAIN), said(4, 80, "No paga nunca", public=False)]
ROLES = [{"id": 70, "role": "end-user", "name": "Ana"}, {"id": 80, "role": "agent", "name": "Eva"}]
ROLES += [{"id": 90, "role": "end-user", "name": "Luis"}]
TOLD = [(COMPLAINT, False, "300"), (ANSWER, True, "300"), (AGAIN, False, "300")]


@pytest.mark.parametrize(
    "value",
    [
        {"tickets": [ticket(COMMENTS)], "users": ROLES},
        [ticket(COMMENTS, requester=ROLES[0], assignee=ROLES[1], collaborator=[ROLES[2]])],
        {"tickets": [ticket([*COMMENTS[:2], COMMENTS[3], said(3, 70, AGAIN)], assignee_id=80)]},
        {"tickets": [ticket([*COMMENTS[:2], COMMENTS[3], said(3, 70, AGAIN)], submitter_id=80)]},
    ],
)
def test_the_desk_of_a_ticket_is_told_by_roles_and_by_who_asked(tmp_path: Path, value: Any) -> None:
    """Who is in copy is a customer too."""
    layout = look(tmp_path, value)
    assert (layout.questions, sorted(told(layout))) == ((), sorted(TOLD))
    assert accepted_mentions(layout)[0].author_id == "70"


@pytest.mark.parametrize("form", ["plain_body", "text_body", "bodyText"])
def test_words_in_several_forms_beside_a_ticket_in_one_are_the_tickets_too(tmp_path: Path, form: str) -> None:
    """The comment that repeats the ticket is one post with it, whichever of its forms the file writes."""
    comments = [{**one, form: one["body"], "html_body": f"<p>{one['body']}</p>"} for one in COMMENTS]
    layout = look(tmp_path, {"tickets": [ticket(comments), ticket([], id=301)], "users": ROLES})
    assert (layout.questions, told(layout)) == ((), [*TOLD, (COMPLAINT, False, "301")])
    only = [{key: value for key, value in one.items() if key != "body"} for one in comments]
    layout = look(tmp_path, {"tickets": [ticket(only), ticket([], id=301)], "users": ROLES})
    assert (layout.questions, told(layout)) == ((), [*TOLD, (COMPLAINT, False, "301")])


def test_the_first_comment_that_says_what_its_ticket_says_is_no_second_post(tmp_path: Path) -> None:
    """Desks write it a moment after the ticket; the same words later are said again."""
    first, again = ({**COMMENTS[0], "created_at": f"2026-03-01T{clock}Z"} for clock in ("10:00:02", "19:00:00"))
    layout = look(tmp_path, {"tickets": [ticket([first, COMMENTS[1], {**again, "id": 5}])], "users": ROLES})
    assert told(layout) == [(COMPLAINT, False, "300"), (ANSWER, True, "300"), (COMPLAINT, False, "300")]


def test_who_is_not_the_requester_and_has_no_role_is_asked_about(tmp_path: Path) -> None:
    value = {"tickets": [ticket([said(1, 70, COMPLAINT), said(2, 80, ANSWER), said(3, 90, AGAIN)])]}
    [question] = look(tmp_path, value).questions
    assert [candidate for candidate, _ in question.candidates] == ["author_id=80,90", "author_id=80", "author_id=90"]
    layout = inspect(
        tmp_path / "desk.json", network="forum", time_zone=ZoneInfo("Europe/Madrid"), columns={"own": "author_id=80"}
    )
    assert (layout.questions, told(layout)) == ((), TOLD)
    assert [mention.author_id for mention in accepted_mentions(layout)] == ["70", "80", "90"]


def test_of_the_comments_of_one_ticket_the_first_is_of_who_asked(tmp_path: Path) -> None:
    known = look(tmp_path, {"comments": COMMENTS, "users": ROLES})
    assert [(text, is_ours) for text, is_ours, _ in told(known)] == [found[:2] for found in TOLD]
    [question] = look(tmp_path, {"comments": COMMENTS[:3]}).questions
    assert question.role == "own"


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"note": one}])
def test_a_ticket_that_freshdesk_exports_is_its_messages(tmp_path: Path, wrap: Any) -> None:
    def note(number: int, body: str, **more: bool) -> dict[str, Any]:
        return wrap({"id": number, "body": body, "user_id": 9, "created_at": DAY.format(number), **more})  # type: ignore[no-any-return]

    notes = [note(2, ANSWER, incoming=False, private=False), note(3, "No paga", incoming=False, private=True)]
    notes.append(note(4, AGAIN, incoming=True, private=False))
    held = {"id": 300, "requester_id": 70, "responder_id": 9, "subject": "Caldera", "description": COMPLAINT}
    layout = look(tmp_path, [{"helpdesk_ticket": {**held, "created_at": DAY.format(1), "notes": notes}}])
    assert (layout.questions, told(layout)) == ((), TOLD)


@pytest.mark.parametrize("key", ["messages", "emails", "hilo", "threads"])
def test_a_conversation_that_says_nothing_itself_is_its_messages(tmp_path: Path, key: str) -> None:
    def chat(number: int) -> dict[str, Any]:
        messages = [
            {"sender": f"ana{number}", "created_at": DAY.format(1), "text": f"{COMPLAINT} {number}", "from_me": False},
            {"sender": "Equipo", "created_at": DAY.format(2), "text": f"{ANSWER} {number}", "from_me": True},
        ]
        return {"id": f"c{number}", "created_at": DAY.format(1), "subject": "Una caldera", key: messages}

    right = [
        found
        for one in (1, 2)
        for found in ((f"{COMPLAINT} {one}", False, f"c{one}"), (f"{ANSWER} {one}", True, f"c{one}"))
    ]
    assert told(look(tmp_path, [chat(1), chat(2)])) == right


def test_messages_of_a_page_are_in_the_conversation_that_holds_them(tmp_path: Path) -> None:
    messages = [
        {"id": f"m{number}", "created_at": DAY.format(number), "body": text, "direction": direction}
        for number, text, direction in ((1, COMPLAINT, "in"), (2, ANSWER, "out"))
    ]
    assert told(look(tmp_path, {"id": 44, "messages": messages})) == [(COMPLAINT, False, "44"), (ANSWER, True, "44")]


@pytest.mark.parametrize("key", ["owner_replies", "managementResponses", "respuestas_empresa", "brand_answers"])
def test_answers_below_a_key_of_the_business_are_ours(tmp_path: Path, key: str) -> None:
    posts = [
        {"id": f"r{number}", "user": f"ana{number}", "date": DAY.format(number), "text": COMPLAINT}
        | {key: [{"id": f"z{number}", "user": "Equipo Sol", "date": DAY.format(number + 1), "text": ANSWER}]}
        for number in (1, 2)
    ]
    right = [(COMPLAINT, False, "r1"), (ANSWER, True, "r1"), (COMPLAINT, False, "r2"), (ANSWER, True, "r2")]
    assert told(look(tmp_path, posts)) == right


def test_interactions_are_the_companys_or_the_customers_by_their_type(tmp_path: Path) -> None:
    held = [
        {"id": "i1", "type": "ANSWER", "message": ANSWER, "created": DAY.format(2)},
        {"id": "i2", "type": "REPLY", "message": AGAIN, "created": DAY.format(3)},
    ]
    complaint = {"id": "q1", "title": "Caldera", "description": COMPLAINT, "created": DAY.format(1)}
    layout = look(tmp_path, {"data": [{**complaint, "user": {"name": "Joana"}, "interactions": held}]})
    assert told(layout) == [(COMPLAINT, False, "q1"), (ANSWER, True, "q1"), (AGAIN, False, "q1")]


def test_comments_of_a_video_are_answered_by_its_uploader(tmp_path: Path) -> None:
    def comment(own_id: str, parent: str, text: str, is_ours: bool) -> dict[str, Any]:
        who = {"author": f"@{own_id[:2]}", "author_id": f"UC{is_ours}", "author_is_uploader": is_ours}
        return {"id": own_id, "parent": parent, "text": text, **who, "timestamp": 1_772_440_000}

    comments = [comment("c1", "root", COMPLAINT, False), comment("c1.r", "c1", ANSWER, True)]
    comments += [comment("c2", "root", AGAIN, False)]
    layout = look(tmp_path, {"id": "v1", "title": "Anuncio", "comments": comments})
    assert told(layout) == [(COMPLAINT, False, "c1"), (ANSWER, True, "c1"), (AGAIN, False, "c2")]


def test_threads_of_one_conversation_are_one_with_whole_names(tmp_path: Path) -> None:
    def thread(number: int, kind: str, body: str, first: str) -> dict[str, Any]:
        writer = {"id": number, "type": kind, "first": first, "last": "Ruiz"}
        return {"id": number, "type": kind, "body": body, "createdAt": DAY.format(number), "createdBy": writer}

    threads = [thread(1, "customer", COMPLAINT, "Rosa"), thread(2, "message", ANSWER, "Sonia")]
    layout = look(tmp_path, {"_embedded": {"threads": [*threads, thread(3, "note", "Pesado", "Sonia")]}})
    assert told(layout) == [(COMPLAINT, False, "1"), (ANSWER, True, "1")]
    assert accepted_mentions(layout)[0].author_name == "Rosa Ruiz"


def test_lists_of_messages_that_are_not_read_are_named(tmp_path: Path) -> None:
    post = {"id": "r1", "user": "ana", "date": DAY.format(1), "text": COMPLAINT}
    layout = look(tmp_path, [{**post, "seguimiento": [{"date": DAY.format(2), "text": ANSWER}]}])
    assert any('messages in "seguimiento" are not read' in note for note in layout.notes)


@pytest.mark.parametrize("key", ["events", "ticket_history", "actividades"])
def test_what_was_done_to_a_post_says_nothing(tmp_path: Path, key: str) -> None:
    done = [{"type": "vista", "date": DAY.format(2), "message": "Lo ha visto Eva", "internal": False}]
    post = {"id": "r1", "user": "ana", "date": DAY.format(1), "text": COMPLAINT}
    layout = look(tmp_path, [{**post, key: done}])
    assert (layout.questions, told(layout)) == ((), [(COMPLAINT, False, "r1")])


def signed(number: int, body: str, author: Any, **more: Any) -> dict[str, Any]:
    return {"author": author, "created": DAY.format(number), "body": body, "public": True, **more}


EVA, ANA = {"name": "Eva Sanz"}, {"name": "Ana Gil"}


@pytest.mark.parametrize(("key", "writer"), [("requester", "author"), ("customer", "user"), ("solicitante", "author")])
@pytest.mark.parametrize(
    ("desk", "customer"),
    [
        (EVA | {"role": "agent"}, ANA | {"role": "end-user"}), (EVA, ANA), ("Eva Sanz", "Ana Gil"),
        (EVA | {"role": "agent"}, ANA),
    ],
)  # fmt: skip
def test_a_ticket_that_names_who_asked_is_theirs_and_its_notes_are_no_posts(
    tmp_path: Path, key: str, writer: str, desk: Any, customer: Any
) -> None:
    messages = [signed(2, ANSWER, desk), signed(3, "No paga nunca", desk, public=False), signed(4, AGAIN, customer)]
    messages = [{writer if name == "author" else name: one for name, one in held.items()} for held in messages]
    more = {"assignee": EVA, "created": DAY.format(1), "description": COMPLAINT}
    value = [{"id": 300, key: ANA, **more, "comments": messages}]
    value.append({"id": 301, key: {"name": "Luis Sol"}, **more, "comments": []})
    layout = look(tmp_path, value)
    assert layout.questions == ()
    assert told(layout) == [
        (COMPLAINT, False, "300"), (ANSWER, True, "300"), (AGAIN, False, "300"), (COMPLAINT, False, "301"),
    ]  # fmt: skip
    by = [mention.author_name or mention.author for mention in accepted_mentions(layout)]
    assert by == ["Ana Gil", "Eva Sanz", "Ana Gil", "Luis Sol"]


def test_posts_and_comments_of_linkedin_are_of_whom_two_keys_name(tmp_path: Path) -> None:
    ana, luis = {"firstName": "Ana", "lastName": "Gil"}, {"firstName": "Luis", "lastName": "Sol"}
    comment = {"commentary": AGAIN, "author": luis, "createdAt": 1_772_450_000_000}
    post = {"commentary": COMPLAINT, "author": ana, "createdAt": 1_772_440_000_000, "comments": [comment]}
    layout = look(tmp_path, [post])
    assert layout.questions == ()
    assert [(mention.author_name, mention.text) for mention in accepted_mentions(layout)] == [
        ("Ana Gil", COMPLAINT), ("Luis Sol", AGAIN),
    ]  # fmt: skip
