"""Corrective actions: planned, done, and what they changed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor import desk, store
from monitor.cases import recurrence
from monitor.cases.recurrence import CauseCounts, Effect
from monitor.desk import corrective_actions
from monitor.errors import EscuchaError
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.cases import corrective_actions as cases_corrective_actions
from monitor.store.cases.corrective_actions import Action
from monitor.store.metrics import voices
from monitor.store.posts import mentions
from tests.conftest import NOW, about, mention


def window(cases_: int, mentions_: int, days: int = 30, on_networks: int | None = None) -> CauseCounts:
    return CauseCounts(days, cases_, cases_ if on_networks is None else on_networks, mentions_)


def complaint(case_id: int, at: datetime, **changes: object) -> Case:
    values = {"root_cause": "pasarela", "channel": "network"} | changes
    return Case(
        case_id, f"K-{case_id}", "Norvia", "x", str(case_id), "ana", "es", "received", at, "escucha", at, at, at, 1,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip


def outcomes(settings: Settings, now: datetime = NOW) -> list[tuple[Action, Effect | None]]:
    with store.connect(settings.store, read_only=True) as connection:
        return corrective_actions.outcomes(connection, now)


def planned(settings: Settings, cause: str = "pasarela") -> Action:
    return desk.plan_action(settings, cause, "Revisar la pasarela", owner="ana", actor="luis", now=NOW)


def test_an_action_is_planned_done_and_not_done_after_all(settings: Settings) -> None:
    action = planned(settings, "  cobro   doble ")
    assert (action.root_cause, action.owner, action.planned_by, action.done_at) == ("cobro doble", "ana", "luis", None)
    assert outcomes(settings) == [(action, None)]
    assert desk.finish_action(settings, action.action_id, actor="ana", now=NOW).done_at == NOW
    assert outcomes(settings)[0][1] is not None
    desk.reopen_action(settings, action.action_id, actor="ana")
    assert outcomes(settings) == [(action, None)]


@pytest.mark.parametrize(("cause", "title"), [(" ", "Revisar"), ("pasarela", " ")])
def test_an_action_needs_a_cause_and_a_title(settings: Settings, cause: str, title: str) -> None:
    with pytest.raises(EscuchaError, match="root cause"):
        desk.plan_action(settings, cause, title, actor="ana", now=NOW)


def test_an_action_that_is_not_there_cannot_be_done(settings: Settings) -> None:
    with pytest.raises(EscuchaError, match="no corrective action 7"):
        desk.finish_action(settings, 7, actor="ana", now=NOW)


def test_what_is_to_be_done_comes_first(settings: Settings) -> None:
    first, second = planned(settings), planned(settings)
    desk.finish_action(settings, second.action_id, actor="ana", now=NOW)
    assert [action.action_id for action, _ in outcomes(settings)] == [first.action_id, second.action_id]


def test_equal_windows_are_counted_without_the_day_itself(settings: Settings) -> None:
    done = NOW - timedelta(days=21)
    with store.connect(settings.store) as connection:
        days = [-25, -20, -20, -5, -1, 0, 1, 6, 20, 21]
        counted = [complaint(at, done + timedelta(days=day)) for at, day in enumerate(days, 1)]
        apart = [
            complaint(90, done + timedelta(days=2), root_cause="stock"),
            complaint(91, done + timedelta(days=2), merged_into=1),
        ]
        cases.insert(connection, [*counted, *apart])
        posts = [mention(str(day), posted_at=done + timedelta(days=day)) for day in range(-30, 21)]
        mentions.save(connection, 1, about("Norvia", *posts), NOW)
    action = planned(settings)
    desk.finish_action(settings, action.action_id, actor="ana", now=done)
    effect = outcomes(settings)[0][1]
    assert effect is not None
    assert (effect.before, effect.after) == (window(4, 20, 20), window(3, 20, 20))
    assert effect.verdict == "few"


def test_what_our_accounts_post_makes_no_cause_rarer(settings: Settings) -> None:
    done = NOW - timedelta(days=21)
    with store.connect(settings.store) as connection:
        posts = [mention(str(day), posted_at=done + timedelta(days=day)) for day in (-2, -1, 1, 2)]
        ours = [mention(f"own {at}", posted_at=done + timedelta(days=3), author="Norvia_Ayuda") for at in range(9)]
        mentions.save(connection, 1, about("Norvia", *posts, *ours), NOW)
    desk.finish_action(settings, planned(settings).action_id, actor="ana", now=done)
    with store.connect(settings.store, read_only=True) as connection:
        who = voices.speakers(settings)
        effect = corrective_actions.outcomes(connection, NOW, settings.zone, who)[0][1]
    assert effect is not None
    assert (effect.before.mentions, effect.after.mentions) == (2, 2)


def test_days_are_those_of_the_desk_not_of_utc(settings: Settings) -> None:
    """Done at 23:30 of 1 March in Bogotá, which is 2 March in UTC; a case at 23:30 of the 2nd is of the day after."""
    bogota = ZoneInfo("America/Bogota")
    done = datetime(2026, 3, 1, 23, 30, tzinfo=bogota)
    with store.connect(settings.store) as connection:
        cases.insert(connection, [complaint(1, done + timedelta(days=1)), complaint(2, done - timedelta(hours=23))])
    desk.finish_action(settings, planned(settings).action_id, actor="ana", now=done)
    with store.connect(settings.store, read_only=True) as connection:
        effect = corrective_actions.outcomes(connection, datetime(2026, 3, 3, 0, 30, tzinfo=bogota), bogota)[0][1]
    assert effect is not None
    assert (effect.after.days, effect.after.cases, effect.before.cases) == (1, 1, 0)


def test_a_cause_with_cases_entered_by_hand_is_counted_by_week() -> None:
    assert recurrence.effect(window(10, 900), window(10, 900)).per_mentions
    by_hand = recurrence.effect(window(12, 900), window(6, 900, on_networks=5))
    assert not by_hand.per_mentions
    assert by_hand.rate_after == pytest.approx(7 * 6 / 30)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (window(50, 1_000, 13), window(0, 1_000, 13), "early"),
        (window(5, 1_000), window(4, 1_000), "few"),
        (window(40, 1_000), window(10, 1_000), "fell"),
        (window(10, 1_000), window(0, 1_000), "fell"),
        (window(10, 1_000), window(40, 1_000), "rose"),
        (window(20, 1_000), window(16, 1_000), "unclear"),
        # Half as many complaints, of half as many mentions: nothing changed.
        (window(40, 2_000), window(20, 1_000), "unclear"),
    ],
)
def test_what_two_windows_say(before: CauseCounts, after: CauseCounts, verdict: str) -> None:
    effect = recurrence.effect(before, after)
    assert effect.verdict == verdict
    assert (effect.ratio is None) == (verdict in ("early", "few"))


def test_the_interval_is_the_textbook_one() -> None:
    """30 and 60 cases of equal time: 0.5 times exp(+-1.96 sqrt(1/30 + 1/60)), but for the half cases."""
    effect = recurrence.effect(window(60, 1_000), window(30, 1_000))
    assert (effect.rate_before, effect.rate_after) == (0.06, 0.03)
    assert effect.ratio == pytest.approx(0.504, abs=0.001)
    assert effect.low == pytest.approx(0.326, abs=0.002)
    assert effect.high == pytest.approx(0.779, abs=0.002)


def test_causes_are_offered_by_how_often_they_occur(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        told = ("stock", "pasarela", "pasarela", "")
        cases.insert(connection, [complaint(at, NOW, root_cause=cause) for at, cause in enumerate(told, 1)])
        assert cases_corrective_actions.causes(connection, 5) == ["pasarela", "stock"]
