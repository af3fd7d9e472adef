"""Cases of people who are not there, and those that nobody gets: told on the pages, and handed on at a click."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.dashboard.pages import open_page, page_text

TEAM = '\n[desk]\nassign = "round_robin"\npeople = [{name = "Marta", capacity = 0}, {name = "Luis", capacity = 2}]\n'


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Marta has two cases and is away; Luis has room for two; the customer of case 1 wrote again."""
    monkeypatch.setenv("TZ", "UTC")
    before, now = desk_store.configured(tmp_path, monkeypatch), datetime.now(UTC)
    posts = [desk_store.post(before, name, "No llega el pedido", now, author=name) for name in ("uno", "dos")]
    desk_store.open_cases(before, posts, now)
    for case_id in (1, 2):
        done = desk.take(before, case_id, version=1, actor="Marta", now=now)
        desk.mark_sent(before, case_id, "Hola, ya va.", "", version=done.case.version, actor="Marta", now=now)
    again = {"author": "uno", "thread_id": "uno", "in_reply_to": "uno", "p_complaint": 0.4}
    desk_store.open_cases(before, [desk_store.post(before, "uno2", "¿hay novedades?", now, **again)], now)
    with (tmp_path / "escucha.toml").open("a", encoding="utf-8") as toml:
        toml.write(TEAM)
    return loading.load()


def owners(settings: Settings) -> list[str]:
    with store.connect(settings.store, read_only=True) as connection:
        return [case.owner for case in cases.get_many(connection, range(10))]


def test_a_click_hands_all_cases_of_somebody_who_is_away_to_the_rule_and_it_can_be_undone(away: Settings) -> None:
    app = open_page("cases", view="absent")
    assert "2 casos abiertos son de Marta, que no está. En 1 el cliente espera respuesta." in page_text(app)
    assert "De ausentes · 2" in app.button_group(key="cases-view").options
    app.button(key="absent-0-share").click().run()
    assert not app.exception
    assert owners(away) == ["Luis", "Luis"]
    app.button(key="undo-last").click().run()
    assert owners(away) == ["Marta", "Marta"]


def test_cases_that_somebody_else_handed_on_meanwhile_are_told_as_unchanged(away: Settings) -> None:
    app = open_page("cases", view="absent")
    desk.share_cases(away, "Marta", actor="Luis", now=datetime.now(UTC))
    app.button(key="absent-0-share").click().run()
    assert [toast.value for toast in app.toast] == [
        "No se ha cambiado nada: otra persona lo hizo antes o ya estaba así."
    ]


def test_a_person_gets_all_of_them(away: Settings) -> None:
    app = open_page("health")
    app.selectbox(key="absent-0-to").set_value("Luis").run()
    app.button(key="absent-0-give").click().run()
    assert not app.exception
    assert owners(away) == ["Luis", "Luis"]
    assert "Marta" not in page_text(open_page("health"))


def test_a_full_team_is_told_on_inbox_and_health_in_numbers(away: Settings) -> None:
    now = datetime.now(UTC)
    posts = [desk_store.post(away, f"n{name}", "No llega", now, author=f"n{name}") for name in range(5)]
    desk_store.open_cases(away, posts, now)
    for page in ("inbox", "health"):
        assert "3 casos sin responsable: nadie tiene hueco (2 casos abiertos para 2 plazas)" in page_text(
            open_page(page)
        )


def test_the_owner_sees_whose_turn_it_is_and_who_spoke_last(away: Settings) -> None:
    text = page_text(open_page("cases", person="Marta", view="mine"))
    assert text.count("Te toca") == 1
    assert text.count("última palabra: del cliente") == text.count("última palabra: nuestra") == 1
    links = [link.proto.label for link in open_page("cases", person="Marta").get("page_link")]
    assert "1 cliente tuyo ha vuelto a escribir" in links
    assert "2 casos de personas ausentes" in links
    others = page_text(open_page("cases", person="Luis", view="turn"))
    assert others.count("Escribió de nuevo") == 1
