"""The inbox worked card by card and several at once, with undo; and the handling part of the case page."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor import desk, store
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store
from tests.dashboard.pages import open_page, page_text, speak

UNDO = "undo-last"


@pytest.fixture
def morning(config: Settings) -> list[int]:
    """Three complaints with a case each, 1 to 3 in the order of these posts; the second is assigned to Ana."""
    return three_cases(config)


@desk_store.filled_once
def three_cases(config: Settings) -> list[int]:
    now = datetime.now(UTC)
    ids = [
        desk_store.post(config, f"p{n}", f"Sigo esperando, número {n}", now - timedelta(hours=n), author=f"cliente{n}")
        for n in (3, 2, 1)
    ]
    desk_store.open_cases(config, ids, now)
    desk.edit(config, 2, {"owner": "Ana"}, version=1, actor="Luis", now=now)
    return ids


def case(config: Settings, case_id: int = 1) -> Case:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, case_id)


def keys(app: object, prefix: str) -> list[str]:
    return [button.key for button in app.button if str(button.key).startswith(prefix)]  # type: ignore[attr-defined]


def test_the_last_action_has_an_undo_with_its_name(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    assert keys(app, UNDO) == []
    app.button(key="take-1").click().run()
    assert "Deshacer: Caso ESC" in app.button(key=UNDO).label
    app.button(key=UNDO).click().run()
    assert not app.exception
    assert (case(config).owner, case(config).stage) == ("", "received")
    assert "take-1" in keys(app, "take-")
    assert keys(app, UNDO) == []


def test_an_action_leads_to_its_case_which_has_left_the_inbox(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    app.button(key="take-1").click().run()
    assert "Ir al caso" in [link.proto.label for link in app.get("page_link")]


@pytest.mark.parametrize(
    ("stage", "words"), [("acknowledged", "acuse enviado"), ("assessed", "evaluado"), ("answered", "respondido")]
)
def test_undo_says_what_it_takes_back(config: Settings, morning: list[int], stage: str, words: str) -> None:
    order = ("acknowledged", "assessed", "answered")
    for earlier in order[: order.index(stage)]:
        desk.move_case(config, 1, earlier, version=case(config).version, actor="Ana", now=datetime.now(UTC))  # type: ignore[arg-type]
    app = open_page("case", case="1")
    app.button(key=f"move-1-{stage}").click().run()
    assert words in app.button(key=UNDO).label
    app.button(key=UNDO).click().run()
    assert words in app.toast[0].value


def test_a_post_that_was_dismissed_by_mistake_comes_back(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    app.button(key=f"dismiss-{morning[0]}").click().run()
    assert case(config).stage == "dismissed"
    app.button(key=UNDO).click().run()
    assert case(config).stage == "received"
    assert f"dismiss-{morning[0]}" in keys(app, "dismiss-")


def test_an_undo_after_somebody_else_acted_says_who_and_what(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    app.button(key="take-1").click().run()
    desk.edit(config, 1, {"severity": "serious"}, version=case(config).version, actor="Luis", now=datetime.now(UTC))
    app.button(key=UNDO).click().run()
    assert "Luis cambió ESC" in app.toast[0].value
    assert "Grave" in app.toast[0].value
    assert (case(config).stage, case(config).taken_at is None) == ("received", False)
    assert keys(app, UNDO) == []


def test_two_people_at_one_card_do_not_share_the_case(config: Settings, morning: list[int]) -> None:
    ana, luis = open_page("inbox"), open_page("inbox")
    ana.text_input(key="actor").set_value("Ana").run()
    luis.text_input(key="actor").set_value("Luis").run()
    ana.button(key="take-1").click().run()
    luis.button(key=f"dismiss-{morning[0]}").click().run()
    assert "Ana cambió ESC" in luis.toast[0].value
    assert (case(config).owner, case(config).stage) == ("Ana", "received")


def test_next_leaves_the_first_card_for_later(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    first = keys(app, "take-")[0]
    app.button(key="inbox-next").click().run()
    assert first not in keys(app, "take-")
    app.button(key="inbox-previous").click().run()
    assert keys(app, "take-")[0] == first


def test_after_the_last_card_comes_the_one_before_it(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    app.button(key="inbox-next").click().run()
    app.button(key="inbox-next").click().run()
    (last,) = keys(app, "take-")
    app.button(key=last).click().run()
    assert not app.exception
    assert len(keys(app, "take-")) == 1


def test_ticked_cards_are_taken_together_and_given_back_together(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    app.text_input(key="actor").set_value("Eva").run()
    for case_id in (1, 3):
        app.button(key=f"tick-case-{case_id}").click().run()
    app.button(key="take-ticked").click().run()
    assert "2 casos asignados a ti" in app.toast[0].value
    assert [case(config, case_id).owner for case_id in (1, 2, 3)] == ["Eva", "Ana", "Eva"]
    app.button(key=UNDO).click().run()
    assert [case(config, case_id).owner for case_id in (1, 2, 3)] == ["", "Ana", ""]


def test_ticked_cards_are_no_complaint_together(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    app.button(key="tick-all").click().run()
    app.button(key="dismiss-ticked").click().run()
    assert not app.exception
    assert {case(config, case_id).stage for case_id in (1, 2, 3)} == {"dismissed"}
    app.button(key=UNDO).click().run()
    assert {case(config, case_id).stage for case_id in (1, 2, 3)} == {"received"}


def test_one_that_somebody_took_does_not_keep_the_others_back(config: Settings, morning: list[int]) -> None:
    app = open_page("inbox")
    app.button(key="tick-all").click().run()
    desk.take(config, 3, version=1, actor="Luis", now=datetime.now(UTC))
    app.button(key="take-ticked").click().run()
    assert any("ESC" in toast.value and "Sin cambios" in toast.value for toast in app.toast)
    assert case(config, 3).owner == "Luis"
    assert case(config, 1).owner == case(config, 2).owner != "Luis"


@pytest.mark.parametrize(("scope", "buttons"), [("mine", {"take-2"}), ("unassigned", {"take-1", "take-3"})])
def test_the_inbox_is_narrowed_by_whose_it_is(
    config: Settings, morning: list[int], scope: str, buttons: set[str]
) -> None:
    assert set(keys(open_page("inbox", person="Ana", scope=scope), "take-")) == buttons


def test_a_case_is_closed_with_the_customers_word(config: Settings, morning: list[int]) -> None:
    now = datetime.now(UTC)
    for stage in ("acknowledged", "assessed", "answered"):
        desk.move_case(config, 1, stage, version=case(config).version, actor="Ana", now=now)
    app = open_page("case", case="1")
    assert app.button(key="move-1-closed").disabled
    app.radio(key="agreement-1").set_value("agreed").run()
    app.text_area(key="note-1").set_value("le parece bien")
    app.button(key="move-1-closed").click().run()
    assert not app.exception
    assert (case(config).stage, case(config).agreement) == ("closed", "agreed")
    assert "Cerrado · cliente: Está de acuerdo" in page_text(app)


def test_a_case_is_dismissed_with_a_reason(config: Settings, morning: list[int]) -> None:
    app = open_page("case", case="1")
    app.radio(key="reason-1").set_value("spam").run()
    app.button(key="move-1-dismissed").click().run()
    assert case(config).stage == "dismissed"
    assert "Descartado: Es spam" in page_text(app)


def test_a_case_is_given_to_somebody_and_freed(config: Settings, morning: list[int]) -> None:
    app = open_page("case", case="1")
    app.selectbox(key="owner-1").set_value(app.text_input(key="actor").value).run()
    app.button(key="assign-1").click().run()
    assert case(config).owner == app.text_input(key="actor").value
    assert "Asignado a ti" in page_text(app)
    app.button(key="free-1").click().run()
    assert case(config).owner == ""


def test_notes_and_contacts_are_kept_and_struck_out_when_taken_back(config: Settings, morning: list[int]) -> None:
    app = open_page("case", case="1")
    app.text_area(key="words-1").set_value("@Luis, <b>mira</b>")
    app.button(key="note-save-1").click().run()
    assert "@Luis, &lt;b&gt;mira" in page_text(app)
    assert app.text_area(key="words-1").value == ""
    app.text_area(key="contact-words-1").set_value("le explico el retraso")
    app.button(key="contact-save-1").click().run()
    assert "Llamada al cliente" in page_text(app)
    app.button(key=UNDO).click().run()
    assert "<s>Llamada al cliente</s>" in page_text(app)
    assert "Deshecho: Llamada al cliente" in page_text(app)
    app.button(key=UNDO).click().run()
    assert "<s>Nota</s>" in page_text(app)


def test_the_clocks_are_stopped_and_started(config: Settings, morning: list[int]) -> None:
    assert open_page("case", case="1").button(key="rest-1").disabled, "nobody has answered yet"
    desk.log_contact(config, 1, "phone", "out", "¿Qué pedido es?", actor="Ana", now=datetime.now(UTC))
    app = open_page("case", case="1")
    app.button(key="rest-1").click().run()
    assert case(config).paused_at is not None
    app.button(key="rest-1").click().run()
    assert case(config).paused_at is None


def test_what_was_typed_survives_a_stage_that_somebody_else_changed(config: Settings, morning: list[int]) -> None:
    app = open_page("case", case="1")
    app.text_area(key="words-1").set_value("a medias")
    app.text_area(key="contact-words-1").set_value("también")
    app.text_area(key="note-1").set_value("mi nota").run()
    desk.move_case(config, 1, "dismissed", version=1, actor="Luis", now=datetime.now(UTC), reason="spam")
    app.button(key="move-1-acknowledged").click().run()
    assert "Luis cambió ESC" in app.toast[0].value
    assert "Es spam" in app.toast[0].value
    texts = [app.text_area(key=f"{name}-1").value for name in ("words", "contact-words", "note")]
    assert texts == ["a medias", "también", "mi nota"]


def test_a_post_that_joined_a_case_by_mistake_leaves_it_again(config: Settings) -> None:
    now = datetime.now(UTC)
    first = desk_store.post(config, "p1", "No llega el pedido", now - timedelta(hours=2))
    desk_store.open_cases(config, [first], now - timedelta(hours=1))
    joining = desk_store.post(config, "p2", "¿Siempre es así?", now, thread_id="p1", p_complaint=0.5)
    app = open_page("inbox", queue="unsure")
    app.button(key=f"open-{joining}-0").click().run()
    assert case(config).contacts == 2
    app.button(key=UNDO).click().run()
    assert not app.exception
    assert case(config).contacts == 1


@pytest.mark.parametrize(
    ("language", "stage", "event"),
    [
        ("es", "Recibido", "Se hace cargo del caso, que sale de la bandeja de entrada"),
        ("en", "Received", "Took charge of the case, which left the inbox"),
    ],
)
def test_a_taken_case_leaves_the_inbox_and_its_page_says_that_nothing_was_acknowledged(
    config: Settings, morning: list[int], monkeypatch: pytest.MonkeyPatch, language: str, stage: str, event: str
) -> None:
    speak(monkeypatch, language)
    app = open_page("inbox", lang=language)
    app.button(key="take-1").click().run()
    assert not app.exception
    assert "take-1" not in keys(app, "take-")
    assert len(keys(app, "take-")) == 2
    page = open_page("case", lang=language, case="1")
    assert f">{stage}<" in page_text(page)
    assert event in page_text(page)
    assert keys(page, "take-") == []
    page.button(key="move-1-acknowledged").click().run()
    assert case(config).stage == "acknowledged"


def test_a_case_that_was_given_says_by_whom_to_its_owner(config: Settings, morning: list[int]) -> None:
    assert "Te lo asignó Luis" in page_text(open_page("inbox", person="Ana", scope="mine"))
    others = page_text(open_page("inbox", person="Eva"))
    assert "Te lo asignó" not in others
    taken = desk.take(config, 1, version=1, actor="Ana", now=datetime.now(UTC)).case
    desk.edit(config, 1, {"owner": "Marta"}, version=taken.version, actor="Ana", now=datetime.now(UTC))
    mine = open_page("inbox", person="Marta", scope="mine")
    assert keys(mine, "take-") == ["take-1"]
    assert "Te lo asignó Ana" in page_text(mine)


@pytest.mark.parametrize(("language", "words"), [("es", "Sacar de la bandeja"), ("en", "Take out of the inbox")])
def test_who_was_given_a_case_takes_it_from_its_page_too(
    config: Settings, morning: list[int], monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    speak(monkeypatch, language)
    inbox = open_page("inbox", person="Ana", lang=language)
    assert "take-2" in keys(inbox, "take-"), "given by Luis, Ana has not taken it"
    page = open_page("case", person="Ana", lang=language, case="2")
    assert page.button(key="take-2").label == words
    page.button(key="take-2").click().run()
    assert not page.exception
    assert (case(config, 2).owner, case(config, 2).stage) == ("Ana", "received")
    assert "take-2" not in keys(open_page("inbox", person="Ana", lang=language), "take-")


def test_a_taken_case_that_goes_to_somebody_else_is_in_the_inbox_again(config: Settings, morning: list[int]) -> None:
    taken = desk.take(config, 1, version=1, actor="Ana", now=datetime.now(UTC)).case
    desk.edit(config, 1, {"owner": "Luis"}, version=taken.version, actor="Ana", now=datetime.now(UTC))
    assert "take-1" in keys(open_page("inbox"), "take-")
    desk.edit(config, 1, {"owner": ""}, version=taken.version + 1, actor="Ana", now=datetime.now(UTC))
    assert "take-1" in keys(open_page("inbox"), "take-")


@pytest.mark.parametrize(
    ("language", "words"), [("es", "Una publicación no es queja"), ("en", "A post is no complaint")]
)
def test_somebody_elses_word_on_a_post_of_the_case_is_told_before_the_case_is_taken(
    config: Settings, language: str, words: str
) -> None:
    now = datetime.now(UTC)
    posts = [
        desk_store.post(config, name, "Sigo esperando", now - timedelta(hours=hours), thread_id="t")
        for name, hours in (("p1", 2), ("p2", 1))
    ]
    desk_store.open_cases(config, posts, now)
    app = open_page("inbox", person="Marta", lang=language)
    desk.dismiss_mention(config, posts[1], actor="Íñigo", now=datetime.now(UTC))
    app.button(key="take-1").click().run()
    assert not app.exception
    assert "Íñigo" in app.toast[0].value
    assert words in app.toast[0].value
    assert case(config).owner == ""
    assert words in page_text(open_page("case", case="1", lang=language))
