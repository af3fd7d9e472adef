"""What came for a customer while her case was in another goes back with it: posts, replies, answers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import desk, store
from monitor.cases import sla
from monitor.models.cases import Case, effective
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store import consistency
from monitor.store.cases import answers, case_mentions, cases, events
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0)
ANA, LUIS = "ESC-000001-3", "ESC-000002-1"
GRAVE = "Y encima me habéis cobrado dos veces"


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The case of ana took in that of luis 15 hours ago."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    for post_id, hours, author in (("a", 30, "ana"), ("b", 20, "luis")):
        says(settings, post_id, "El pedido no llega", hours, author, post_id)
    desk.merge(settings, 1, [2], versions={}, actor="eva", now=ago(15))
    return settings


def says(settings: Settings, post_id: str, text: str, hours: float, author: str, thread: str) -> None:
    facts = {"author": author, "thread_id": thread, "in_reply_to": thread if thread != post_id else None}
    p_complaint = 0.0 if author == "norvia_ayuda" else 0.9
    mention_id = desk_store.post(settings, post_id, text, ago(hours), p_complaint=p_complaint, **facts)
    desk_store.place(settings, [mention_id], ago(hours))


def undone(settings: Settings, hours: float = 5) -> None:
    desk.undo_merge(settings, 2, actor="eva", now=ago(hours))


def case(settings: Settings, case_id: int) -> Case:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case_id)


def waiting(settings: Settings, case_id: int) -> dict[str, datetime]:
    with store.connect(settings.store, read_only=True) as connection:
        return sla.waiting(events.of_cases(connection, [case_id])[case_id])


def posts(settings: Settings, case_id: int, with_merged: tuple[int, ...] = ()) -> list[str]:
    """The posts of a case, which are those that its history tells of, with those of the cases in it."""
    with store.connect(settings.store, read_only=True) as connection:
        names = dict(connection.execute("SELECT mention_id, post_id FROM mentions").fetchall())
        histories = events.of_cases(connection, [case_id, *with_merged]).values()
        held = [event for history in histories for event in effective(history)]
        linked = [names[mention_id] for mention_id in case_mentions.of_case(connection, case_id)]
        told = {names[event.mention_id or 0] for event in held if event.kind in ("opened", "post")}
        assert set(linked) == told, "row = history"
        assert consistency.inconsistent_cases(connection) == ()
    return linked


def test_what_the_customer_wrote_meanwhile_is_hers(config: Settings) -> None:
    says(config, "r", "@luis lo miramos hoy mismo", 12, "norvia_ayuda", "b")
    says(config, "b2", GRAVE, 10, "luis", "b")
    assert waiting(config, 1) == {ANA: ago(30), LUIS: ago(10)}
    undone(config)
    assert (posts(config, 1), posts(config, 2)) == (["a"], ["b", "b2"])
    assert (waiting(config, 1), waiting(config, 2)) == ({ANA: ago(30)}, {LUIS: ago(10)})
    hers, theirs = case(config, 2), case(config, 1)
    assert (hers.severity, hers.contacts, hers.last_post_at, hers.first_answered_at) == ("serious", 2, ago(10), ago(12))
    assert (theirs.severity, theirs.contacts, theirs.last_post_at, theirs.first_answered_at) == (
        "moderate", 1, ago(30), None,
    )  # fmt: skip


def test_a_reply_that_stands_with_its_case_is_not_told_again(config: Settings) -> None:
    says(config, "r", "@luis lo miramos hoy mismo", 12, "norvia_ayuda", "b")
    undone(config)
    main_line.open_cases(config)
    with store.connect(config.store, read_only=True) as connection:
        history = events.of_cases(connection, [1, 2])
    assert ["reply" in [event.kind for event in effective(history[case_id])] for case_id in (1, 2)] == [False, True]
    assert (waiting(config, 1), waiting(config, 2)) == ({ANA: ago(30)}, {})


@pytest.mark.parametrize(
    ("to", "waits"),
    [([ANA, LUIS], ({}, {})), ([LUIS], ({ANA: ago(30)}, {})), ([ANA], ({}, {LUIS: ago(20)}))],
)
def test_an_answer_counts_for_those_whom_it_was_to(
    config: Settings, to: list[str], waits: tuple[dict[str, datetime], ...]
) -> None:
    version = case(config, 1).version
    desk.mark_sent(config, 1, "Mañana sale", "", version=version, actor="eva", now=ago(9), to=to)
    desk.log_contact(config, 1, "phone", "out", "Llamada", actor="eva", now=ago(8), to=to)
    undone(config)
    assert (waiting(config, 1), waiting(config, 2)) == waits
    assert (posts(config, 1), posts(config, 2)) == (["a"], ["b"])
    with store.connect(config.store, read_only=True) as connection:
        held = sorted(answer.case_id for answer in answers.of_cases(connection, [1, 2]))
    assert held == [case_id for case_id, code in ((1, ANA), (2, LUIS)) if code in to]


def test_merged_again_each_waits_as_before(config: Settings) -> None:
    says(config, "b2", GRAVE, 10, "luis", "b")
    undone(config)
    desk.merge(config, 1, [2], versions={}, actor="eva", now=ago(4))
    assert waiting(config, 1) == {ANA: ago(30), LUIS: ago(20)}
    assert posts(config, 1, (2,)) == ["a", "b", "b2"]
    desk.undo_merge(config, 2, actor="eva", now=ago(3))
    assert (posts(config, 1), posts(config, 2)) == (["a"], ["b", "b2"])
    assert (waiting(config, 1), waiting(config, 2)) == ({ANA: ago(30)}, {LUIS: ago(20)})


def test_a_case_that_was_ended_is_open_again_for_what_its_customer_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = desk_store.configured(tmp_path, monkeypatch)
    for post_id, hours, author in (("a", 30, "ana"), ("b", 29, "luis")):
        says(settings, post_id, "El pedido no llega", hours, author, post_id)
    for case_id in (1, 2):
        version = case(settings, case_id).version
        desk.move_case(
            settings, case_id, "dismissed", version=version, actor="eva", now=ago(28), reason="not_a_complaint"
        )
    desk.merge(settings, 1, [2], versions={}, actor="eva", now=ago(20))
    with store.connect(settings.store) as connection:
        connection.execute("DELETE FROM pending")
    desk.move_case(settings, 1, "reopened", version=case(settings, 1).version, actor="eva", now=ago(19))
    says(settings, "b2", GRAVE, 10, "luis", "b")
    assert posts(settings, 1, (2,)) == ["a", "b", "b2"]
    undone(settings)
    assert (posts(settings, 2), case(settings, 2).stage) == (["b", "b2"], "reopened")
    assert LUIS in waiting(settings, 2)


def test_a_closed_case_that_only_the_other_customer_reopened_is_closed_again(config: Settings) -> None:
    for stage in ("acknowledged", "assessed", "answered", "closed"):
        ending = {"agreement": "agreed"} if stage == "closed" else {}
        version = case(config, 1).version
        desk.move_case(config, 1, stage, version=version, actor="eva", now=ago(14), **ending)  # type: ignore[arg-type]
    says(config, "b2", GRAVE, 10, "luis", "b")
    assert case(config, 1).stage == "reopened"
    undone(config)
    assert (case(config, 1).stage, case(config, 1).asked_at) == ("closed", None)
    assert LUIS in waiting(config, 2)
    assert posts(config, 2) == ["b", "b2"]
