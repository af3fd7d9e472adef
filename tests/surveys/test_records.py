"""The record that a customer keeps of a case: what is in it, what is not, and what its link refuses."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.errors import EscuchaError
from monitor.law import record_page
from monitor.models.cases import Event, NewEvent
from monitor.runs import now
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from monitor.surveys import answers, records
from tests import desk_store
from tests.desk.closed_cases import move
from tests.reporting.html_pages import parsed
from tests.surveys.served_page import ask, serving

ANSWER = "Hemos abonado el cobro. <b>Disculpa</b> & gracias."


@pytest.fixture
def moment() -> datetime:
    return now() - timedelta(minutes=5)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> Settings:
    """A hostile complaint that was noted, given to somebody and answered."""
    found = desk_store.configured(tmp_path, monkeypatch)
    desk_store.fill(found, moment)
    opened = desk_store.mention_id(found, "p4")
    desk_store.open_cases(found, [opened], moment - timedelta(hours=1))
    desk.add_note(found, 2, "NOTA INTERNA: no ceder", actor="Marta Secreta", now=moment)
    with store.connect(found.store, read_only=True) as connection:
        version = cases.get(connection, 2).version
    desk.edit(
        found, 2, {"owner": "Marta Secreta", "root_cause": "causa interna"}, version=version, actor="J", now=moment
    )
    for stage in ("acknowledged", "assessed"):
        move(found, 2, stage, moment)
    with store.connect(found.store, read_only=True) as connection:
        version = cases.get(connection, 2).version
    desk.mark_sent(found, 2, ANSWER, "", version=version, actor="Ana", now=moment, to_stage="answered")
    return found


@pytest.fixture
def port(config: Settings) -> Iterator[int]:
    with serving(config) as found:
        yield found


def link(settings: Settings, at: datetime, case_id: int = 2) -> str:
    """The path of a new link."""
    done = records.make(settings, case_id, actor="Ana", now=at)
    return "/r/" + records.link(settings, done.events[0]).rpartition("/")[2]


def last_event(settings: Settings, case_id: int = 2) -> Event:
    with store.connect(settings.store, read_only=True) as connection:
        return events.of_cases(connection, [case_id])[case_id][-1]


def test_it_holds_what_was_said_and_nothing_that_only_we_know(config: Settings, port: int, moment: datetime) -> None:
    page = ask(port, link(config, moment))
    assert page.status == 200
    tree = parsed(page.text)
    words = " ".join(" ".join(tree.text).split())
    assert "ESC-000002-1" in words
    assert "no soy negrita" in words
    assert "Hemos abonado el cobro. <b>Disculpa</b> & gracias." in words
    assert tree.names.isdisjoint({"script", "img", "i", "u"})
    for hidden in ("NOTA INTERNA", "Marta", "causa interna", "Ana", "moderate", "tres semanas", "https://"):
        assert hidden not in page.text, hidden


def test_it_is_kept_to_itself(config: Settings, port: int, moment: datetime) -> None:
    page = ask(port, link(config, moment))
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["x-frame-options"] == "DENY"
    assert record_page.style_source() in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_it_speaks_the_customers_language_and_can_be_read_in_the_other(
    config: Settings, port: int, moment: datetime
) -> None:
    path = link(config, moment)
    assert "Constancia de tu reclamación" in ask(port, path, **{"Accept-Language": "en"}).text
    assert "Record of your complaint" in ask(port, path + "?lang=en").text


def test_it_can_be_saved_as_a_file_without_links(config: Settings, port: int, moment: datetime) -> None:
    saved = ask(port, link(config, moment) + "?lang=en&save=1")
    assert saved.headers["content-disposition"] == 'attachment; filename="ESC-000002-1.html"'
    assert "href" not in saved.text
    assert "<style>" in saved.text


def test_what_is_no_link_or_none_any_more_gets_the_same_page(config: Settings, port: int, moment: datetime) -> None:
    path = link(config, moment)
    expired = link(config, moment - timedelta(days=31))
    survey = "/r/" + answers.links.token(config, 1, "x").rpartition("/")[2]
    refused = [
        ask(port, other) for other in (path[:-1], path + "x", "/r/x", expired, survey, path.replace("/r/", "/s/"))
    ]
    assert {page.status for page in refused} == {404}
    assert len({page.text for page in refused}) == 1
    assert "ESC-" not in refused[0].text


def test_a_link_that_is_undone_works_no_longer(config: Settings, port: int, moment: datetime) -> None:
    path = link(config, moment)
    desk.undo(config, {2: [last_event(config).event_id]}, actor="Ana", now=moment)
    assert ask(port, path).status == 404


def test_a_link_of_somebody_who_was_erased_works_no_longer(config: Settings, port: int, moment: datetime) -> None:
    path = link(config, moment)
    with store.connect(config.store) as connection:
        erased = NewEvent(2, "erased")  # type: ignore[arg-type,unused-ignore]
        events.append(connection, [erased], "Ana", moment)
    assert ask(port, path).status == 404


def test_the_event_tells_until_when_and_the_newest_link_is_the_current_one(config: Settings, moment: datetime) -> None:
    link(config, moment)
    first = last_event(config)
    assert (first.kind, records.until(first)) == ("record", moment.replace(microsecond=0) + timedelta(days=30))
    assert records.current([first], moment) == first
    assert records.current([first], moment + timedelta(days=31)) is None


def test_only_reading_is_allowed_and_no_token_is_logged(
    config: Settings, port: int, moment: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = link(config, moment)
    assert ask(port, path, {"satisfaction": "5"}).status == 405
    ask(port, path)
    assert path.rpartition("/")[2] not in caplog.text


def test_a_case_that_is_not_there_has_none(config: Settings, moment: datetime) -> None:
    with pytest.raises(EscuchaError, match="no case"):
        records.make(config, 99, actor="Ana", now=moment)


def test_a_merged_case_tells_each_customer_their_own_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: datetime
) -> None:
    (tmp_path / "other").mkdir()
    found = desk_store.configured(tmp_path / "other", monkeypatch)
    for at, author in enumerate(("luis", "ana"), start=1):
        text = f"Palabras de {author}"
        post = desk_store.post(found, author, text, moment - timedelta(hours=9 - at), author=author)
        desk_store.open_cases(found, [post], moment - timedelta(hours=5))
    desk.mark_sent(found, 1, "Solo para Luis", "", version=1, actor="E", now=moment - timedelta(hours=4))
    desk.merge(found, 2, [1], versions={}, actor="E", now=moment - timedelta(hours=3))
    with store.connect(found.store, read_only=True) as connection:
        version = cases.get(connection, 2).version
    desk.mark_sent(found, 2, "Para Ana sola", "", version=version, actor="E", now=moment, to=["ESC-000002-1"])
    with store.connect(found.store, read_only=True) as connection:
        version = cases.get(connection, 2).version
    desk.mark_sent(
        found, 2, "Para ambos", "", version=version, actor="E", now=moment, to=["ESC-000001-3", "ESC-000002-1"]
    )
    said = {
        case_id: [line.text for line in records.read(found, case_id, actor="Ana").lines if line.text]
        for case_id in (1, 2)
    }
    assert said[1] == ["Palabras de luis", "Solo para Luis", "Para ambos"]
    assert said[2] == ["Palabras de ana", "Para Ana sola", "Para ambos"]


def test_one_that_was_reopened_is_not_answered_again_yet(config: Settings, moment: datetime) -> None:
    assert records.read(config, 2, actor="Ana").answered_at == moment
    for at, stage in enumerate(("closed", "reopened"), start=1):
        move(config, 2, stage, moment + timedelta(minutes=at))  # type: ignore[arg-type]
    found = records.read(config, 2, actor="Ana")
    assert (found.answered_at, found.lines[-1].kind) == (None, "reopened")
    assert "pendiente" in record_page.render(found, config, "es", now=moment)


def test_a_deleted_post_says_so(config: Settings, moment: datetime) -> None:
    with store.connect(config.store) as connection:
        connection.execute("UPDATE mentions SET text = '', deleted_at = ? WHERE post_id = 'p4'", [moment])
    assert records.read(config, 2, actor="Ana").lines[0].text is None
    page = record_page.render(records.read(config, 2, actor="Ana"), config, "es", now=moment)
    assert "su texto ya no se conserva" in page


def test_the_day_by_which_it_has_to_be_answered_is_told(config: Settings, moment: datetime) -> None:
    law = config.model_copy(update={"desk": config.desk.model_copy(update={"answer_days": 15})})
    assert records.read(config, 2, actor="Ana").last_day is None
    assert "15 días laborables desde la recepción" in record_page.render(
        records.read(law, 2, actor="Ana"), law, "es", now=moment
    )
