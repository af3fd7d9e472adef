from dataclasses import replace
from datetime import timedelta

import pytest

from monitor import desk, store
from monitor.desk import Entry
from monitor.errors import EscuchaError
from monitor.models.cases import Case
from monitor.pipeline import hand_over
from monitor.settings.loading import Settings
from monitor.store.cases import candidates, events
from monitor.store.customers import customers
from monitor.store.customers.customers import NewCustomer
from monitor.store.posts import rechecks
from tests.conftest import NOW

CALL = Entry("Norvia", "phone", "Dice que le cobraron dos veces y no le devuelven nada", "Ana Prado", "600 100 200")


def entered(settings: Settings, entry: Entry = CALL) -> Case:
    return desk.enter_case(settings, entry, actor="marta", now=NOW).done[0].case


def count(settings: Settings, sql: str) -> int:
    with store.connect(settings.store, read_only=True) as connection:
        return int(connection.execute(sql).fetchall()[0][0])


@pytest.mark.parametrize("channel", ["phone", "email", "in_person"])
def test_a_complaint_that_comes_in_otherwise_is_a_case(settings: Settings, channel: str) -> None:
    entry = replace(CALL, channel=channel)  # type: ignore[arg-type]
    done = desk.enter_case(settings, entry, actor="marta", now=NOW).done[0]
    case = done.case
    assert (case.channel, case.network, case.author, case.brand) == (channel, channel, "600 100 200", "Norvia")
    assert (case.category, case.severity, case.cue, case.service) == ("billing", "serious", "money", "reactive")
    assert [(event.kind, event.actor) for event in done.events] == [("opened", "marta")]


def test_without_a_word_of_its_language_it_is_in_that_of_the_brands_customers(settings: Settings) -> None:
    brand = settings.brands[0].model_copy(update={"languages": ("pt", "es")})
    assert entered(settings.model_copy(update={"brands": (brand,)})).language == "pt"
    assert entered(settings, replace(CALL, contact="1", language="ca")).language == "ca"


def test_its_clocks_run_from_when_it_was_said(settings: Settings) -> None:
    yesterday = NOW - timedelta(days=3)
    late = entered(settings, replace(CALL, took_place_at=yesterday))
    assert late.asked_at == yesterday
    assert late.first_post_at == yesterday
    assert late.opened_at == NOW


def test_a_post_that_no_query_found_is_a_case_of_its_network(settings: Settings) -> None:
    entry = replace(CALL, channel="network", network="Forum", link="https://forum.example/t/1", contact="@ana")
    case = entered(settings, entry)
    assert (case.channel, case.network, case.author, case.service) == ("network", "forum", "ana", "proactive")


def test_it_is_no_mention_where_mentions_are_counted(settings: Settings) -> None:
    entered(settings)
    assert count(settings, "SELECT count(*) FROM matches") == 0


def test_no_network_is_asked_for_it(settings: Settings) -> None:
    entered(settings, replace(CALL, channel="network", network="x", link="https://x.example/1"))
    later = NOW + timedelta(days=2)
    with store.connect(settings.store, read_only=True) as connection:
        asked = rechecks.recheck_ids(connection, "x", since=NOW - timedelta(days=9), not_since=later, limit=9)
    assert asked == []


def test_a_person_said_that_it_is_a_complaint_and_it_waits_once_for_the_classifier(settings: Settings) -> None:
    case = entered(settings)
    assert count(settings, "SELECT count(*) FROM corrections WHERE complaint AND actor = 'marta'") == 1
    assert count(settings, "SELECT count(*) FROM pending WHERE step = 'classify'") == 1
    assert count(settings, "SELECT count(*) FROM pending WHERE step = 'open'") == 0
    with store.connect(settings.store) as connection:
        members = [row[0] for row in connection.execute("SELECT mention_id FROM mentions").fetchall()]
        assert candidates.candidate_posts(connection, members) == []
        assert events.verify(connection).is_sound
    assert case.contacts == 1


def test_it_is_exported_like_others(settings: Settings) -> None:
    case = entered(settings)
    row = next(iter(hand_over.case_rows(settings, [case.case_id])))
    assert (row.code, row.network, row.author, row.text) == (case.code, "phone", "600 100 200", CALL.text)


def test_a_second_call_of_the_same_person_counts_as_a_second_contact(settings: Settings) -> None:
    entered(settings)
    entry = replace(CALL, text="Sigue esperando")
    done = desk.enter_case(settings, entry, actor="marta", now=NOW + timedelta(days=2)).done[0]
    assert done.case.contacts == 2


def test_a_caller_known_by_name_alone_is_nobody_elses_customer(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        customers.save(connection, [NewCustomer("1", "Ana Prado"), NewCustomer("2", "Ana Prado")], NOW)
    call = replace(CALL, contact="", customer_id="1")
    assert entered(settings, call).customer_id == "1"
    assert entered(settings, replace(call, text="Otra cosa", customer_id="")).customer_id is None


def test_the_same_entry_twice_is_one_case(settings: Settings) -> None:
    entered(settings)
    with pytest.raises(EscuchaError, match="entered already"):
        entered(settings)
    assert count(settings, "SELECT count(*) FROM cases") == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"brand": "Otra"}, "no brand"),
        ({"channel": "fax"}, "no channel"),
        ({"text": "  "}, "what the customer said"),
        ({"took_place_at": NOW + timedelta(hours=1)}, "in the future"),
        ({"channel": "network"}, "network and its link"),
        ({"channel": "network", "network": "x", "link": "javascript:alert(1)"}, "begins with https://"),
        ({"customer_id": "C-9"}, "no customer C-9"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(settings: Settings, change: dict[str, object], told: str) -> None:
    with pytest.raises(EscuchaError, match=told):
        entered(settings, replace(CALL, **change))  # type: ignore[arg-type]
    with store.connect(settings.store) as connection:
        found = connection.execute("SELECT (SELECT count(*) FROM mentions) + (SELECT count(*) FROM cases)").fetchall()
    assert found == [(0,)]
