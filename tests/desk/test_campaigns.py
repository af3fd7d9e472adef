"""A campaign: many copies of one text are one thing, decided once and for what comes after; nothing of it is lost."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.casework.grouping import group_posts
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.campaigns import Ruling
from monitor.models.cases import Case
from monitor.models.posts import Decision, Mention
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import campaign_posts, campaigns, candidates, cases, events, open_cases
from monitor.store.cases.campaign_posts import is_held
from monitor.store.posts import edits
from monitor.text.copies import author_key
from tests import desk_store
from tests.flood import CAMPAIGN, arrive, classify_pending, copy, mention

NOW = datetime.now(UTC)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ESCUCHA_DESK__CAMPAIGNS__AUTHORS", "20")
    return desk_store.configured(tmp_path, monkeypatch)


def copies(count: int, first: int = 0, **facts: object) -> list[Mention]:
    return [
        mention(f"w{n}", f"vocero{n}", copy(n), NOW - timedelta(minutes=n), **facts)
        for n in range(first, first + count)
    ]


def come(config: Settings, *posts: Mention, decision: Decision = "complaint") -> int:
    """Lets posts go down the last steps of the main line; how many cases were opened."""
    arrive(config, posts, NOW, decision)
    return main_line.open_cases(config)[0]


def all_cases(config: Settings) -> list[Case]:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get_many(connection, range(1, 1_000))


def one_number(config: Settings, sql: str) -> int:
    with store.connect(config.store, read_only=True) as connection:
        return int(connection.execute(sql).fetchall()[0][0])


def held(config: Settings) -> int:
    return one_number(config, "SELECT count(*) FROM campaign_posts WHERE held")


def ruling(config: Settings) -> str:
    with store.connect(config.store, read_only=True) as connection:
        text = campaigns.of_incident(connection, 1)
        assert text is not None
        assert events.verify(connection).is_sound
        return text.ruling


def test_the_first_get_their_cases_and_the_rest_is_counted(config: Settings) -> None:
    assert come(config, *copies(50)) == 19
    assert come(config, *copies(30, 50)) == 0
    assert held(config) == 61
    assert {case.incident_id for case in all_cases(config)} == {1}


def test_what_few_say_is_no_campaign(config: Settings) -> None:
    assert come(config, *copies(19)) == 19
    assert {case.incident_id for case in all_cases(config)} == {None}


def test_one_author_alone_makes_no_campaign_and_has_one_case_for_the_same_words(config: Settings) -> None:
    assert come(config, *(mention(f"t{n}", "insistente", CAMPAIGN, NOW) for n in range(60))) == 1
    assert come(config, *(mention(f"u{n}", "Insistente", CAMPAIGN, NOW) for n in range(5))) == 0
    assert come(config, mention("v", "insistente", f"{CAMPAIGN} pedido 48213", NOW)) == 1
    assert [case.incident_id for case in all_cases(config)] == [None, None]
    assert one_number(config, "SELECT count(*) FROM case_mentions WHERE case_id = 1") == 65


def test_a_reply_where_the_customer_said_the_same_again_is_one(config: Settings) -> None:
    come(config, *(mention(f"t{n}", "insistente", CAMPAIGN, NOW) for n in range(3)))
    later = NOW + timedelta(hours=1)
    facts = {"thread_id": "t2", "in_reply_to": "t2"}
    come(config, mention("r", "norvia_ayuda", "Lo miramos hoy mismo", later, **facts), decision="other")
    assert [case.asked_at for case in all_cases(config)] == [None]


def test_few_accounts_with_many_posts_are_a_campaign(config: Settings) -> None:
    posts = [mention(f"t{n}", f"robot{n % 8}", CAMPAIGN, NOW) for n in range(60)]
    assert come(config, *posts) == 8
    assert {case.incident_id for case in all_cases(config)} == {1}


def test_a_slogan_of_many_accounts_in_the_same_words_is_a_campaign(config: Settings) -> None:
    slogans = ("Boicot a Norvia ya", "BOICOT A NORVIA YA!!! 🔥", "Boicot a N0rvia ya #basta12")
    assert come(config, *(mention(f"s{n}", f"a{n}", slogans[n % 3], NOW) for n in range(60))) < 20
    assert come(config, mention("q", "afectada", "Boicot a Norvia ya, estafada", NOW)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Norvia caída otra vez", "Norvia devuelve el dinero ya", "Sin luz en Getafe, Norvia", "Norvia, mi tarjeta",
        "La app de Norvia falla", "Norvia me ha cobrado doble", "Norvia debe 300 euros",
    ],
)  # fmt: skip
def test_short_complaints_in_the_same_words_keep_their_cases(config: Settings, text: str) -> None:
    assert come(config, *(mention(f"s{n}", f"a{n}", text, NOW) for n in range(30))) == 30


def test_copies_of_months_are_no_campaign(config: Settings) -> None:
    spread = [mention(f"m{n}", f"vocero{n}", CAMPAIGN, NOW - timedelta(days=2 * n)) for n in range(60)]
    assert come(config, *spread) == 60


def test_none_is_gathered_where_the_settings_say_so(config: Settings) -> None:
    desk_settings = config.desk.model_copy(
        update={"campaigns": config.desk.campaigns.model_copy(update={"authors": 0})}
    )
    assert come(config.model_copy(update={"desk": desk_settings}), *copies(40)) == 40


@pytest.mark.parametrize(
    "own",
    [
        "A mí me deben 300 €", "Mi pedido 48213 tampoco llegó", "Quemaduras",
        "Mi madre está en el hospital porque explotó la caldera",
    ],
)  # fmt: skip
def test_a_complaint_that_quotes_the_campaign_has_its_case(config: Settings, own: str) -> None:
    come(config, *copies(30))
    assert come(config, mention("q", "afectada", f"{CAMPAIGN} {own}", NOW)) == 1
    assert all_cases(config)[-1].incident_id is None


def test_who_adds_facts_of_their_own_leaves_the_campaign(config: Settings) -> None:
    come(config, *copies(30))
    first = all_cases(config)[0]
    facts = "A mí me deben 300 € desde mayo"
    assert come(config, mention("f1", first.author, facts, NOW, thread_id=first.thread_id)) == 0
    assert all_cases(config)[0].incident_id is None
    with store.connect(config.store, read_only=True) as connection:
        rows = connection.execute(
            f"SELECT min(post_id) FROM mentions WHERE {is_held('mentions.mention_id')}"
        ).fetchall()
    silent = str(rows[0][0]).removeprefix("w")
    assert come(config, mention("f2", f"vocero{silent}", facts, NOW, thread_id=f"w{silent}")) == 1


def reword(config: Settings, post_id: str, author: str, text: str) -> None:
    with store.connect(config.store) as connection:
        assert edits.update(connection, 1, [mention(post_id, author, text, NOW)], NOW) == 1
        classify_pending(connection, "complaint", NOW)
    main_line.open_cases(config)


ACCIDENT = f"{CAMPAIGN} La plancha explotó y estoy en el hospital con quemaduras"


def test_a_copy_edited_into_an_accident_leaves_the_campaign_before_and_after_the_ruling(config: Settings) -> None:
    come(config, *copies(30))
    first, second = all_cases(config)[:2]
    with store.connect(config.store, read_only=True) as connection:
        posts = dict(connection.execute("SELECT author, post_id FROM mentions").fetchall())
    reword(config, posts[first.author], first.author or "", ACCIDENT)
    outcome = desk.decide_campaign(config, 1, "spam", seen="", actor="Ana", now=NOW)
    assert (len(outcome.done), outcome.left) == (18, 0)
    reword(config, posts[second.author], second.author or "", ACCIDENT)
    found = [(case.stage, case.incident_id, case.severity) for case in all_cases(config)[:2]]
    assert found == [("received", None, "critical"), ("reopened", None, "critical")]
    desk.decide_campaign(config, 1, "not_a_complaint", seen="spam", actor="Ana", now=NOW + timedelta(minutes=1))
    assert [case.stage for case in all_cases(config)[:2]] == ["received", "reopened"]


@pytest.mark.parametrize("ruled", ["spam", "not_a_complaint", "answered"])
def test_a_ruling_leaves_alone_what_is_more_than_a_copy(config: Settings, ruled: Ruling) -> None:
    come(config, mention("own", "vocero0", "Norvia, mi bebé está en el hospital, la plancha explotó", NOW))
    come(config, *copies(30))
    accident, merged, graded, taken, noted = all_cases(config)[:5]
    versions = {accident.case_id: accident.version, merged.case_id: merged.version}
    desk.merge(config, merged.case_id, [accident.case_id], versions=versions, actor="Ana", now=NOW)
    desk.edit(config, graded.case_id, {"severity": "minor"}, version=graded.version, actor="Luis", now=NOW)
    desk.take(config, taken.case_id, version=taken.version, actor="Luis", now=NOW)
    desk.add_note(config, noted.case_id, "Es cliente nuestro", actor="Luis", now=NOW)
    outcome = desk.decide_campaign(
        config, 1, ruled, seen="", actor="Ana", now=NOW + timedelta(minutes=1), answer="Está devuelto."
    )
    assert outcome.left == 4
    stages = [case.stage for case in all_cases(config)]
    assert not {*stages[1:5]} & {"dismissed", "answered"}
    assert len({*stages[5:]}) == 1
    assert stages[5] in ("dismissed", "answered")


def test_copies_after_it_was_called_real_belong_to_the_incident(config: Settings) -> None:
    come(config, *copies(30))
    desk.decide_campaign(config, 1, "real", seen="", actor="Ana", now=NOW)
    assert come(config, *copies(10, 30)) == 10
    assert {case.incident_id for case in all_cases(config)} == {1}
    desk.decide_campaign(config, 1, "spam", seen="real", actor="Ana", now=NOW + timedelta(minutes=1))
    assert {case.stage for case in all_cases(config)} == {"dismissed"}


@pytest.mark.parametrize(
    "own",
    [
        "urgencias",
        "intoxicada",
        "fuego",
        "denuncia",
        "Explotó mi cocina",
        "El técnico me agredió",
        "Robaron mi tarjeta",
    ],
)
def test_danger_added_in_a_word_has_its_case(config: Settings, own: str) -> None:
    come(config, *copies(30))
    assert come(config, mention("q", "afectada", f"{CAMPAIGN} {own}", NOW)) == 1


def test_posts_of_which_the_model_is_not_sure_are_gathered_too(config: Settings) -> None:
    come(config, *copies(40), decision="unsure")
    assert held(config) == 40
    come(config, *copies(10, 40), decision="other")
    assert held(config) == 50
    assert all_cases(config) == []


def test_spam_is_said_once_and_for_what_comes_after(config: Settings) -> None:
    come(config, *copies(40))
    outcome = desk.decide_campaign(config, 1, "spam", seen="", actor="Ana", now=NOW)
    assert {case.stage for case in all_cases(config)} == {"dismissed"}
    assert come(config, *copies(50, 40)) == 0
    changes = {change.case.case_id: [event.event_id for event in change.events] for change in outcome.done}
    desk.undo(config, changes, actor="Ana", now=NOW, ruled=(outcome.decision,))
    assert {case.stage for case in all_cases(config)} == {"received"}
    assert ruling(config) == ""
    assert held(config) == 71


def test_it_is_real_after_all(config: Settings) -> None:
    come(config, *copies(40))
    desk.decide_campaign(config, 1, "spam", seen="", actor="Ana", now=NOW)
    outcome = desk.decide_campaign(config, 1, "real", seen="spam", actor="Luis", now=NOW + timedelta(minutes=1))
    assert {(case.stage, case.incident_id) for case in all_cases(config)} == {("reopened", 1), ("received", 1)}
    assert (len(all_cases(config)), held(config)) == (40, 0)
    changes = {change.case.case_id: [event.event_id for event in change.events] for change in outcome.done}
    desk.undo(config, changes, actor="Luis", now=NOW + timedelta(minutes=2), ruled=(outcome.decision,))
    assert {case.stage for case in all_cases(config)} == {"dismissed"}
    assert (len(all_cases(config)), held(config), ruling(config)) == (19, 21, "spam")


def test_what_a_crash_left_without_cases_gets_them_with_the_next_pass(config: Settings) -> None:
    come(config, *copies(40))
    desk.decide_campaign(config, 1, "real", seen="", actor="Ana", now=NOW)
    lost = [case.case_id for case in all_cases(config)[30:]]
    with store.connect(config.store) as connection:
        cases.remove(connection, lost)
        campaign_posts.hold_caseless(connection, 1)
    main_line.open_cases(config)
    assert (len(all_cases(config)), held(config)) == (40, 0)


def test_one_answer_is_for_all(config: Settings) -> None:
    come(config, *copies(40))
    with pytest.raises(EscuchaError, match="needs words"):
        desk.decide_campaign(config, 1, "answered", seen="", actor="Ana", now=NOW, answer=" ")
    outcome = desk.decide_campaign(config, 1, "answered", seen="", actor="Ana", now=NOW, answer="Ya está devuelto.")
    assert {case.stage for case in all_cases(config)} == {"answered"}
    assert one_number(config, "SELECT count(*) FROM answers") == 19
    assert come(config, *copies(20, 40)) == 0
    changes = {change.case.case_id: [event.event_id for event in change.events] for change in outcome.done}
    desk.undo(config, changes, actor="Ana", now=NOW, ruled=(outcome.decision,))
    assert {case.stage for case in all_cases(config)} == {"received"}
    assert one_number(config, "SELECT count(*) FROM answers") == 0


@pytest.mark.parametrize("ruled", ["spam", "not_a_complaint"])
def test_who_decides_otherwise_after_an_answer_for_all_ends_those_cases_too(config: Settings, ruled: Ruling) -> None:
    come(config, *copies(40))
    desk.decide_campaign(config, 1, "answered", seen="", actor="Ana", now=NOW, answer="Lo estamos arreglando")
    assert {case.stage for case in all_cases(config)} == {"answered"}
    outcome = desk.decide_campaign(config, 1, ruled, seen="answered", actor="Ana", now=NOW + timedelta(minutes=1))
    assert ({case.stage for case in all_cases(config)}, outcome.left) == ({"dismissed"}, 0)
    changes = {change.case.case_id: [event.event_id for event in change.events] for change in outcome.done}
    desk.undo(config, changes, actor="Ana", now=NOW + timedelta(minutes=2), ruled=(outcome.decision,))
    assert ({case.stage for case in all_cases(config)}, ruling(config)) == ({"answered"}, "answered")


def test_two_people_do_not_decide_at_once(config: Settings) -> None:
    come(config, *copies(30))
    first = desk.decide_campaign(config, 1, "spam", seen="", actor="Ana", now=NOW)
    with pytest.raises(StoreConflict):
        desk.decide_campaign(config, 1, "real", seen="", actor="Luis", now=NOW)
    desk.decide_campaign(config, 1, "not_a_complaint", seen="spam", actor="Luis", now=NOW + timedelta(minutes=1))
    with pytest.raises(StoreConflict):
        desk.undo(config, {}, actor="Ana", now=NOW, ruled=(first.decision,))


def test_a_person_opens_the_case_of_one_copy(config: Settings) -> None:
    come(config, *copies(30))
    mention_id = one_number(config, "SELECT min(mention_id) FROM campaign_posts WHERE held")
    opened = desk.open_case(config, mention_id, desk_store.BRAND, actor="Ana", now=NOW).done[0].case
    assert (opened.stage, opened.incident_id) == ("received", None)


def test_gathered_cases_fill_nobodys_capacity(config: Settings) -> None:
    come(config, *copies(19))
    for case in all_cases(config):
        desk.edit(config, case.case_id, {"owner": "Ana"}, version=case.version, actor="Ana", now=NOW)
    come(config, *copies(5, 19))
    with store.connect(config.store, read_only=True) as connection:
        assert open_cases.open_counts(connection) == {}


def test_the_cases_of_an_earlier_version_are_gathered(config: Settings) -> None:
    posts = copies(40)
    arrive(config, posts, NOW)
    with store.connect(config.store) as connection:
        queue = candidates.queued_ids(connection, 100)
        group_posts(connection, candidates.candidate_posts(connection, queue), config, "escucha", NOW, gather=False)
        candidates.dequeue(connection, queue)
    assert len(all_cases(config)) == 40
    assert come(config, *copies(5, 40)) == 0
    assert {case.incident_id for case in all_cases(config)} == {1}


def test_few_words_said_by_many_get_their_cases(config: Settings) -> None:
    assert come(config, *(mention(f"s{n}", f"a{n}", "norvia estafadores", NOW) for n in range(60))) == 60
    outage = [mention(f"o{n}", f"b{n}", "La app de Norvia no funciona", NOW) for n in range(60)]
    assert come(config, *outage) == 60


def test_an_outage_told_by_many_in_their_own_words_is_no_campaign(config: Settings) -> None:
    first = (
        "No puedo entrar en la app de Norvia",
        "La aplicación de Norvia no me abre",
        "Norvia me da error al entrar",
    )
    since = ("desde esta mañana", "desde hace dos horas", "otra vez hoy", "y son ya tres días")
    last = (
        "¿qué está pasando?",
        "necesito pagar una factura urgente",
        "¿alguien más igual?",
        "menudo servicio dais",
        "",
    )
    texts = [f"{one} {when}, {end}" for one in first for when in since for end in last]
    assert come(config, *(mention(f"o{n}", f"b{n}", text, NOW) for n, text in enumerate(texts))) == len(texts)


def test_copies_with_slips_or_another_place_each_are_one_campaign_and_a_quote_with_a_loss_is_none(
    config: Settings,
) -> None:
    text = "Norvia sube los precios, despide a sus trabajadores y engaña a media ciudad: compartid este mensaje. Desde"
    slips = (
        ("precios", "prezios", "preciis"),
        ("trabajadores", "trabajadoes", "ttabajadores"),
        ("Vigo", "Lugo", "Soria"),
    )
    ways = list(itertools.product(*slips))
    texts = [text.replace("precios", one).replace("trabajadores", two) + f" {where}" for one, two, where in ways]
    assert come(config, *(mention(f"s{n}", f"a{n}", text, NOW) for n, text in enumerate(texts))) == 19
    later = [mention(f"t{n}", f"b{n}", text, NOW) for n, text in enumerate(texts)]
    quote = mention("q", "afectada", f"{texts[0]}. Tarjeta clonada", NOW)
    assert come(config, *later, quote) == 1
    assert all_cases(config)[-1].incident_id is None


def test_a_copy_that_is_edited_into_a_danger_has_its_case(config: Settings) -> None:
    come(config, *copies(30))
    worse = mention("w0", "vocero0", f"{CAMPAIGN} Mi hijo está en el hospital, explotó el cargador", NOW)
    with store.connect(config.store) as connection:
        assert edits.update(connection, 1, [worse], NOW) == 1
        classify_pending(connection, "complaint", NOW)
    assert main_line.open_cases(config)[0] == 1
    assert (all_cases(config)[-1].severity, all_cases(config)[-1].incident_id) == ("critical", None)
    assert held(config) == 10


def test_a_campaign_of_danger_is_one_too_and_marked(config: Settings) -> None:
    danger = "El cargador de Norvia explotó y hubo heridos en varias casas, retiradlo de las tiendas ya"
    posts = [mention(f"d{n}", f"vocero{n}", f"{danger} {'basta' * (n % 2)}", NOW) for n in range(40)]
    assert come(config, *posts) == 19
    with store.connect(config.store, read_only=True) as connection:
        text = campaigns.of_incident(connection, 1)
    assert text is not None
    assert text.critical
    assert {case.incident_id for case in all_cases(config)} == {1}


def test_a_deleted_copy_stays_counted_and_leaves_nothing_of_its_author(config: Settings) -> None:
    come(config, *copies(30))
    whose = "SELECT count(*) FROM campaign_posts WHERE author_key = {}".format
    key = author_key("x", "vocero3", 0)
    assert one_number(config, whose(key)) == 1
    with store.connect(config.store) as connection:
        assert edits.mark_deleted(connection, "x", ["w3"], NOW) == 1
    assert one_number(config, whose(key)) == 0
    assert one_number(config, "SELECT count(DISTINCT author_key) FROM campaign_posts") == 30
