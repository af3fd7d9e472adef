"""A campaign is one line in the lists and one decision on its page; one person is one line with their cases inside."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.models.cases import Case
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import campaigns, cases
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak
from tests.flood import arrive, copy, mention

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def twenty_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many make a campaign."""
    monkeypatch.setenv("ESCUCHA_DESK__CAMPAIGNS__AUTHORS", "20")


@pytest.fixture
def flooded(config: Settings) -> Settings:
    """Forty copies of one text and one complaint."""
    forty_copies(config)
    return config


@desk_store.filled_once
def forty_copies(config: Settings) -> None:
    copies = [mention(f"w{n}", f"vocero{n}", copy(n), NOW - timedelta(minutes=n)) for n in range(40)]
    arrive(config, [*copies, mention("r", "real", "Mi pedido 1000 no ha llegado", NOW - timedelta(hours=1))], NOW)
    main_line.open_cases(config)


def all_cases(config: Settings) -> list[Case]:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get_many(connection, range(1, 100))


def ruling(config: Settings) -> str:
    with store.connect(config.store, read_only=True) as connection:
        text = campaigns.of_incident(connection, 1)
    return text.ruling if text else "none"


@pytest.mark.parametrize(
    ("language", "counted", "waits"),
    [("es", "40 mensajes casi iguales · 40 cuentas", "1 queja pendiente"),
     ("en", "40 nearly equal posts · 40 accounts", "1 complaint waiting")],
)  # fmt: skip
def test_the_lists_show_one_line_for_all(
    flooded: Settings, monkeypatch: pytest.MonkeyPatch, language: str, counted: str, waits: str
) -> None:
    speak(monkeypatch, language)
    inbox, listing = open_page("inbox", lang=language), open_page("cases", lang=language)
    for page in (inbox, listing):
        assert not page.exception
        assert counted in page_text(page)
    assert waits in page_text(inbox)
    assert "ESC-000001" not in page_text(listing)


@pytest.mark.parametrize("act", ["spam", "not_a_complaint"])
def test_it_is_decided_once_and_taken_back(flooded: Settings, act: str) -> None:
    page = open_page("incident", incident="1")
    assert not page.exception
    page.button(key=f"campaign-1-{act}").click().run()
    assert not page.exception
    assert ruling(flooded) == act
    assert {case.stage for case in all_cases(flooded) if case.incident_id} == {"dismissed"}
    page.button(key="undo-last").click().run()
    assert ruling(flooded) == ""
    assert {case.stage for case in all_cases(flooded)} == {"received"}


def test_it_is_real_and_what_was_decided_is_told(flooded: Settings) -> None:
    page = open_page("incident", incident="1")
    page.button(key="campaign-1-spam").click().run()
    assert "Es spam · Eva" in page_text(page)
    page.button(key="campaign-1-real").click().run()
    assert not page.exception
    assert ruling(flooded) == "real"
    assert len(all_cases(flooded)) == 41


def test_one_answer_is_recorded_for_all(flooded: Settings) -> None:
    page = open_page("incident", incident="1")
    page.text_area(key="campaign-answer-1").set_value("Ya está devuelto a todos.")
    page.button(key="campaign-1-answered").click().run()
    assert not page.exception
    assert ruling(flooded) == "answered"
    assert "Ya está devuelto a todos." in page_text(page)


def test_every_post_is_there_found_by_words_and_opens_a_case(flooded: Settings) -> None:
    page = open_page("incident", incident="1")
    assert "40 mensajes" in page_text(page)
    page.text_input(key="campaign-words-1").set_value("@vocero0").run()
    (button,) = [button for button in page.button if str(button.key).startswith("open-copy-")]
    button.click().run()
    assert not page.exception
    assert len(all_cases(flooded)) == 21
    inbox = open_page("inbox")
    assert "2 quejas pendientes" in page_text(inbox)


def test_one_person_is_one_line_with_their_cases_inside_and_merged_in_one_click(config: Settings) -> None:
    texts = ["Mi pedido no llega", "Sigue sin llegar mi pedido", "¿Y mi dinero?", "Contestad"]
    posts = [mention(f"p{n}", "insistente", text, NOW - timedelta(minutes=n)) for n, text in enumerate(texts)]
    arrive(config, [*posts, mention("q", "otra", "No me devuelven el dinero", NOW)], NOW)
    main_line.open_cases(config)
    inbox = open_page("inbox")
    assert not inbox.exception
    assert "5 quejas pendientes de 2 personas" in page_text(inbox)
    assert len([button for button in inbox.button if str(button.key).startswith("take-")]) == 2
    (merge,) = [button for button in inbox.button if str(button.key).startswith("merge-person-")]
    assert merge.label == "Unir en un solo caso (4)"
    merge.click().run()
    assert not inbox.exception
    assert sum(case.merged_into is None for case in all_cases(config)) == 2
    inbox.button(key="undo-last").click().run()
    assert sum(case.merged_into is None for case in all_cases(config)) == 5


def test_the_page_of_a_person_lists_what_they_said(config: Settings) -> None:
    posts = [
        mention(f"p{n}", "Insistente", f"Norvia no responde, van {n}", NOW - timedelta(minutes=n)) for n in range(3)
    ]
    arrive(config, posts, NOW)
    main_line.open_cases(config)
    page = open_page("customers", network="x", author="insistente")
    assert not page.exception
    for words in ("3 casos", "Norvia no responde, van 2", "Norvia"):
        assert words in page_text(page)


def test_a_case_that_somebody_works_on_stays_in_her_list(flooded: Settings) -> None:
    first = all_cases(flooded)[0]
    desk.take(flooded, first.case_id, version=first.version, actor="Eva", now=NOW)
    assert first.code in page_text(open_page("cases")) or any(
        first.code in str(link.proto.label) for link in open_page("cases").get("page_link")
    )


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Íñigo decidió sobre esta campaña"), ("en", "Íñigo decided about this campaign")]
)
def test_somebody_elses_decision_is_told_by_name(
    flooded: Settings, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    speak(monkeypatch, language)
    page = open_page("incident", incident="1", lang=language)
    desk.decide_campaign(flooded, 1, "not_a_complaint", seen="", actor="Íñigo", now=NOW)
    page.button(key="campaign-1-spam").click().run()
    assert not page.exception
    assert words in page.toast[0].value
    assert ("No es queja" if language == "es" else "Not a complaint") in page.toast[0].value
    assert ruling(flooded) == "not_a_complaint"


def test_a_search_shows_the_campaign_only_where_it_says_the_words(flooded: Settings) -> None:
    counted = "40 mensajes casi iguales"
    assert counted not in page_text(open_page("cases", words="pedido 1000"))
    first = copy(0).split()[0]
    assert counted in page_text(open_page("cases", words=first))
