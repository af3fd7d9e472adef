"""The survey page over real HTTP: what it shows, stores, refuses and keeps to itself."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from monitor import store
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.cases import events, surveys
from monitor.surveys import answers
from monitor.surveys import links as surveys_links
from tests.desk.closed_cases import closed_case
from tests.surveys.served_page import ask, serving

FORM = {"satisfaction": "5", "recommend": "9", "comment": "Todo bien"}


@pytest.fixture
def moment() -> datetime:
    return now() - timedelta(minutes=5)


@pytest.fixture
def path(settings: Settings, moment: datetime) -> str:
    """The path of the link to the survey of a case."""
    link = answers.ask(settings, closed_case(settings, moment), actor="Ana", now=moment)
    return "/s/" + link.rpartition("/")[2]


@pytest.fixture
def port(settings: Settings) -> Iterator[int]:
    with serving(settings) as found:
        yield found


def stored(settings: Settings) -> surveys.Survey:
    with store.connect(settings.store, read_only=True) as connection:
        found = surveys.get(connection, 1)
    assert found is not None
    return found


def test_it_asks_in_the_language_of_the_case_and_names_the_brand_only(port: int, path: str) -> None:
    page = ask(port, path, **{"Accept-Language": "en"})
    assert page.status == 200
    assert '<html lang="es">' in page.text
    assert "¿Qué tal te hemos atendido?" in page.text
    assert "Norvia" in page.text
    assert not re.search(r"ESC-|cobraron|@ana|<script|<img|https?://", page.text)


def test_it_switches_to_the_other_language(port: int, path: str) -> None:
    assert "How did we do?" in ask(port, path + "?lang=en").text
    assert "¿Qué tal te hemos atendido?" in ask(port, path + "?lang=<b>").text


def test_every_question_has_a_name_and_a_label(port: int, path: str) -> None:
    page = ask(port, path).text
    assert page.count("<fieldset") == page.count("</fieldset>") == 3
    assert len(re.findall(r'<label><input type="radio" name="satisfaction" value="\d" required', page)) == 5
    assert len(re.findall(r'<label><input type="radio" name="recommend" value="\d+"', page)) == 11
    assert '<label class="ask" for="comment">' in page


def test_an_answer_is_stored_and_thanked_for(settings: Settings, port: int, path: str) -> None:
    sent = ask(port, path, FORM)
    assert (sent.status, sent.headers["location"]) == (303, "?lang=es")
    found = stored(settings)
    assert (found.satisfaction, found.recommend, found.comment, found.source) == (5, 9, "Todo bien", "page")
    assert "¡Gracias!" in ask(port, path).text
    assert "<form" not in ask(port, path).text


def test_a_second_answer_is_refused_politely(settings: Settings, port: int, path: str) -> None:
    ask(port, path, FORM)
    again = ask(port, path, FORM | {"satisfaction": "1"})
    assert again.status == 409
    assert "Ya teníamos tu respuesta" in again.text
    assert stored(settings).satisfaction == 5


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"recommend": "3", "comment": "mi <b>texto</b>"}, "Nos falta tu respuesta"),
        ({"satisfaction": "9", "comment": "mi <b>texto</b>"}, "No hemos entendido"),
        ({"satisfaction": "٣", "comment": "mi <b>texto</b>"}, "No hemos entendido"),
        ({"satisfaction": "3", "recommend": "11", "comment": "mi <b>texto</b>"}, "No hemos entendido"),
    ],
)
def test_an_answer_that_is_none_comes_back_as_typed(
    settings: Settings, port: int, path: str, form: dict[str, str], says: str
) -> None:
    page = ask(port, path, form)
    assert page.status == 422
    assert says in page.text
    assert "mi &lt;b&gt;texto&lt;/b&gt;" in page.text
    assert stored(settings).answered_at is None


def test_forged_unknown_expired_and_foreign_addresses_look_the_same(
    settings: Settings, port: int, path: str, moment: datetime
) -> None:
    unknown = "/s/" + surveys_links.token(settings, 999)
    with store.connect(settings.store) as connection:
        surveys.extend(connection, 1, moment)  # expired
    pages = [ask(port, one) for one in (path, unknown, path[:-2], "/s/x", "/s/" + "x" * 3_000, "/", "/admin", "/s/a/b")]
    assert {page.status for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert {ask(port, one, FORM).status for one in (path, unknown, "/s/x")} == {404}
    assert stored(settings).answered_at is None


def test_no_answer_names_the_host_that_a_visitor_names(port: int, path: str) -> None:
    page = ask(port, path + "/", Host="evil.example")
    assert (page.status, "evil" in page.text + str(page.headers)) == (200, False)
    sent = ask(port, path + "/", FORM, Host="evil.example")
    assert (sent.status, sent.headers["location"]) == (303, "?lang=es")


def test_every_answer_keeps_the_page_to_itself(port: int, path: str) -> None:
    for one in (ask(port, path), ask(port, "/s/x"), ask(port, path, FORM)):
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["x-content-type-options"] == "nosniff"
        policy = one.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy.split("; "), "no other page shows it in a frame"
        assert one.headers["x-frame-options"] == "DENY", "nor in a browser that knows nothing of policies"


def test_a_body_that_is_too_long_is_not_read(settings: Settings, port: int, path: str) -> None:
    page = ask(port, path, FORM | {"comment": "x" * 40_000})
    assert page.status == 413
    assert "demasiado largo" in page.text
    assert stored(settings).answered_at is None


def test_hostile_forms_are_told_or_cleaned(settings: Settings, port: int, path: str) -> None:
    assert ask(port, path, b"\xff\xfe\x00%zz&=&&;").status == 422
    assert ask(port, path, b"&".join(b"a=1" for _ in range(500))).status == 413
    ask(port, path, FORM | {"comment": "a\x00b\u0007c\x1b[2J" + "ñ" * 3_000})
    found = stored(settings)
    assert found.comment.startswith("abc[2Jñ")
    assert len(found.comment) == 2_000


def test_twenty_answers_at_once_are_all_kept(settings: Settings, moment: datetime) -> None:
    ids = [closed_case(settings, moment - timedelta(minutes=n)) for n in range(4)]
    links = [answers.ask(settings, case_id, actor="Ana", now=moment) for case_id in ids]
    paths = ["/s/" + link.rpartition("/")[2] for link in links] * 5
    with serving(settings) as port, ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda one: ask(port, one, FORM).status, paths))
    assert sorted(statuses) == [303] * 4 + [409] * 16
    with store.connect(settings.store, read_only=True) as connection:
        history = events.of_cases(connection, ids)
        assert events.verify(connection).is_sound
    answered = [event for told in history.values() for event in told if event.field == "answered"]
    assert len(answered) == 4


def test_while_the_store_is_busy_nothing_typed_is_lost(settings: Settings, path: str) -> None:
    hasty = settings.model_copy(update={"store": settings.store.model_copy(update={"busy_timeout": 0.2})})
    with serving(hasty) as port:
        with store.connect(settings.store):
            busy = ask(port, path, FORM)
        assert busy.status == 503
        assert busy.headers["retry-after"] == "10"
        assert "Todo bien</textarea>" in busy.text
        assert 'value="5" required checked' in busy.text
        assert ask(port, path, FORM).status == 303


@pytest.mark.duckdb_file("readers of a server wait for nobody")
def test_a_file_that_is_written_to_is_no_page_to_read(settings: Settings, path: str) -> None:
    hasty = settings.model_copy(update={"store": settings.store.model_copy(update={"busy_timeout": 0.2})})
    with serving(hasty) as port, store.connect(settings.store):
        assert ask(port, path).status == 503


def test_an_address_that_asks_too_often_waits(settings: Settings, path: str) -> None:
    with serving(settings, per_minute=3) as port:
        statuses = [ask(port, path).status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_the_log_holds_no_token(port: int, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(port, path)
        ask(port, path, FORM)
    assert "GET 200" in caplog.text
    assert "POST 303" in caplog.text
    assert path.removeprefix("/s/") not in caplog.text


def test_strangers_do_not_wash_the_log_away(settings: Settings, path: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each request was a line: a night of them turned all files of the log over, and what they told was gone."""
    with caplog.at_level(logging.INFO, "monitor"), serving(settings, per_minute=5) as port:
        assert ask(port, path).status == 200
        assert {ask(port, "/s/guessed").status for _ in range(20)} == {404, 429}
    guarded = [record.getMessage() for record in caplog.records if record.name == "monitor.surveys.guard"]
    assert guarded == ["GET 200", "requests refused"]


def test_without_a_database_there_is_no_page(settings: Settings) -> None:
    token = surveys_links.token(settings, 1)
    with serving(settings) as port:
        assert ask(port, f"/s/{token}").status == 404
    assert not store.exists(settings.store)
