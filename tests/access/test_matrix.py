"""The permission matrix, written by hand: every action of the desk, with every role, and with limits."""

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from monitor import access, desk, store
from monitor.access import PERMISSIONS, Permission, Role
from monitor.access.permitted import permission_of
from monitor.desk import Entry
from monitor.errors import NotPermitted
from monitor.models.campaigns import CampaignDecision
from monitor.models.posts import Correction
from monitor.settings.access import Access
from monitor.settings.loading import Brand, Settings
from tests import desk_store
from tests.conftest import NOW
from tests.desk_store import BRAND, OTHER_BRAND

ROLES = tuple(Role)
# V viewer, A agent, L lead, D administrator, U auditor: who may do it.
RIGHTS = """
read_posts          V A L D U
read_customers      . A L D U
keep_filters        V A L D .
handle_cases        . A L D .
enter_cases         . A L D .
answer              . A L D .
follow_ups          . A L D .
label               . A L D .
merge_split         . A L D .
link_customers      . A L D .
assign_others       . . L D .
bulk                . . L D .
campaigns           . . L D .
corrective_actions  . . L D .
import_customers    . . L D .
export              . . L D U
run                 . . L D .
learn               . . L D .
activate_models     . . . D .
settings            . . . D .
accounts            . . . D .
read_audit          . . . D U
privacy             . . . D .
store               . . . D .
"""
# The last column: an account held to another brand may not do it to what is of this one.
ACTIONS = """
desk.absences.give_cases                . . L D .  brand
desk.absences.share_cases               . . L D .  brand
desk.answers.mark_sent                  . A L D .  brand
desk.answers.mark_sent_many             . A L D .  brand
desk.bulk.assign_many                   . . L D .  brand
desk.bulk.edit_many                     . A L D .  brand
desk.bulk.move_many                     . A L D .  brand
desk.bulk.note_many                     . A L D .  brand
desk.bulk.tag_many                      . A L D .  brand
desk.bulk.take_many                     . A L D .  brand
desk.campaigns.decide_campaign          . . L D .  brand
desk.corrective_actions.finish_action   . . L D .  -
desk.corrective_actions.plan_action     . . L D .  -
desk.corrective_actions.reopen_action   . . L D .  -
desk.customers.confirm_link             . A L D .  -
desk.customers.link_case                . A L D .  brand
desk.customers.refuse_link              . A L D .  -
desk.customers.unlink_case              . A L D .  brand
desk.follow_ups.complete                . A L D .  brand
desk.follow_ups.drop                    . A L D .  brand
desk.follow_ups.log                     . A L D .  brand
desk.follow_ups.postpone                . A L D .  brand
desk.handling.add_note                  . A L D .  brand
desk.handling.edit                      . A L D .  brand
desk.handling.log_contact               . A L D .  brand
desk.handling.move_case                 . A L D .  brand
desk.handling.resume                    . A L D .  brand
desk.handling.take                      . A L D .  brand
desk.handling.wait                      . A L D .  brand
desk.incidents.join_incident            . A L D .  brand
desk.incidents.leave_incident           . A L D .  brand
desk.incidents.move_incident            . . L D .  brand
desk.incidents.open_incident            . A L D .  brand
desk.manual_entry.enter_case            . A L D .  brand
desk.merge.merge                        . A L D .  brand
desk.merge.undo_merge                   . A L D .  brand
desk.notices.see_notices                V A L D .  -
desk.readings.is_answer                 . A L D .  brand
desk.readings.needs_answer              . A L D .  brand
desk.saved_filters.delete_filter        V A L D .  -
desk.saved_filters.rename_filter        V A L D .  -
desk.saved_filters.save_filter          V A L D .  -
desk.saved_filters.saved_filters        V A L D U  -
desk.split.split                        . A L D .  brand
desk.split.undo_split                   . A L D .  brand
desk.triage.correct                     . A L D .  brand
desk.triage.dismiss_mention             . A L D .  brand
desk.triage.dismiss_mentions            . A L D .  brand
desk.triage.open_case                   . A L D .  brand
desk.undo.undo                          . A L D .  brand
customers.importing.import_file         . . L D .  -
settings_editing.answers.remove_template . . . D .  -
settings_editing.answers.save_template  . . . D .  -
settings_editing.answers.undo_template  . . . D .  -
settings_editing.editing.edit           . . . D .  -
settings_editing.editing.go_back        . . . D .  -
surveys.answers.ask                     . A L D .  brand
surveys.answers.save_answer_by_hand     . A L D .  brand
surveys.importing.import_answers        . . L D .  -
surveys.records.make                    . A L D .  brand
surveys.records.read                    . A L D .  brand
settings_editing.credentials.probe      . . . D .  -
settings_editing.credentials.secrets_of . . . D .  -
settings_editing.credentials.set_secret . . . D .  -
"""
OF_CUSTOMERS = ("surveys.answers.find", "surveys.answers.save_answer", "surveys.records.find", "surveys.records.link")
"""What the page for customers calls, by a link that was signed, and how such a link reads."""


def table(text: str) -> dict[str, tuple[frozenset[Role], list[str]]]:
    rows = {}
    for line in text.strip().splitlines():
        name, *cells = line.split()
        rows[name] = frozenset(role for role, cell in zip(ROLES, cells, strict=False) if cell != "."), cells[5:]
    return rows


def modules() -> Iterator[Any]:
    yield from (import_module(f"monitor.desk.{found.name}") for found in iter_modules(desk.__path__))
    for name in (
        "surveys.answers",
        "surveys.importing",
        "surveys.records",
        "customers.importing",
        "settings_editing.answers",
        "settings_editing.credentials",
        "settings_editing.editing",
    ):
        yield import_module(f"monitor.{name}")


def actions() -> dict[str, Callable[..., Any]]:
    """Every public function that begins a piece of work by itself: it is given the settings first."""
    return {
        f"{module.__name__.removeprefix('monitor.')}.{name}": function
        for module in modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and next(iter(inspect.signature(function).parameters), "") == "settings"
    }


GIVEN: dict[str, object] = {
    "case_id": 1, "into": 1, "absorbed": 1, "absorbed_ids": [2], "case_ids": [1], "mention_id": 1, "mention_ids": [1],
    "incident_id": 1, "follow_up_id": 1, "action_id": 1, "survey_id": 1, "version": 1, "versions": {},
    "texts": {1: "Lo sentimos."}, "text": "Lo sentimos.", "template": "", "owner": "Eva", "to": "Eva", "brand": BRAND,
    "fields": {"tags": "a"}, "stage": "acknowledged", "entry": Entry(BRAND, "phone", "No llega"), "ruling": "spam",
    "field": "bearer_token", "value": "",
    "customer_id": "C1", "network": "x", "handle": "ana", "root_cause": "a", "title": "b", "name": "n", "new_name": "m",
    "channel": "phone", "direction": "in", "contact": None, "day": NOW.date(), "reason": "r", "answer": None,
    "filters": None, "done": {1: [99]}, "note": "", "path": None, "file": None, "changes": [], "shown": "",
    "language": "es", "template_id": "x",
}  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Two brands, a case each, and an account for each role and for each with limits."""
    brands = (*settings.brands, Brand(name=OTHER_BRAND, queries=("faro",)))
    filled = settings.model_copy(update={"access": Access(mode="accounts"), "brands": brands})
    fill(filled)
    return filled


@desk_store.filled_once
def fill(settings: Settings) -> None:
    posts = [
        desk_store.post(settings, f"p{at}", "El pedido no llega", NOW, brands=(brand,), author=f"a{at}")
        for at, brand in enumerate((BRAND, OTHER_BRAND))
    ]
    desk_store.open_cases(settings, posts, NOW)
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET owner = 'Eva' WHERE case_id = 1")
        connection.execute("INSERT INTO incidents VALUES (1, 'INC-1', ?, 'x', ?, 'x')", [BRAND, NOW])
        connection.execute(
            "INSERT INTO follow_ups VALUES (1, 1, ?, ?, 'planned', 'x', NULL, NULL, NULL, NULL, '')", [NOW, NOW]
        )
        for role in ROLES:
            access.add(connection, role.value, role, now=NOW)
            access.add(connection, f"{role.value} elsewhere", role, now=NOW)
            access.limit(connection, f"{role.value} elsewhere", brands=[OTHER_BRAND], teams=(), now=NOW)


def call(settings: Settings, name: str, actor: str, **changes: object) -> bool:
    """Whether the action is permitted; what comes of it afterwards is another matter."""
    action = actions()[name]
    given = GIVEN | {"seen": "" if name.endswith("decide_campaign") else {1: 1}, "actor": actor, "person": actor}
    given |= {"now": NOW + timedelta(hours=1)} | changes
    parameters = list(inspect.signature(action).parameters.values())[1:]
    needed = {
        one.name: given[one.name] for one in parameters if one.default is one.empty or one.name in ("actor", *changes)
    }
    positional = [needed.pop(one.name) for one in parameters if one.kind is not one.KEYWORD_ONLY and one.name in needed]
    try:
        action(settings, *positional, **needed)
    except NotPermitted:
        return False
    except Exception:
        return True
    return True


def test_what_each_role_may_do_is_what_the_table_says() -> None:
    said = {name: roles for name, (roles, _) in table(RIGHTS).items()}
    assert {right.value: {role for role in ROLES if right in PERMISSIONS[role]} for right in Permission} == said


def test_every_action_of_people_declares_a_permission() -> None:
    declared = {name for name, action in actions().items() if permission_of(action)}
    assert declared == set(actions()) - set(OF_CUSTOMERS) == set(table(ACTIONS))


@pytest.mark.parametrize("name", table(ACTIONS))
def test_an_action_is_refused_to_every_role_that_may_not_do_it(settings: Settings, name: str) -> None:
    roles, limits = table(ACTIONS)[name]
    for role in (*(role for role in ROLES if role not in roles), *roles):
        assert call(settings, name, role.value) == (role in roles), role
        if limits == ["brand"]:
            assert not call(settings, name, f"{role.value} elsewhere"), role
    assert not call(settings, name, "Nobody")


def test_an_action_is_refused_to_who_is_out_of_use(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        access.deactivate(connection, "agent", now=NOW)
    assert not call(settings, "desk.handling.add_note", "agent")


def test_a_label_of_another_brands_post_is_not_taken_back(settings: Settings) -> None:
    corrections = (Correction(1, "agent", NOW, complaint=True),)
    assert not call(settings, "desk.undo.undo", "agent elsewhere", done={}, corrections=corrections)


def test_a_decision_on_a_campaign_is_taken_back_by_who_may_decide(settings: Settings) -> None:
    ruled = (CampaignDecision(1, "spam", "lead", NOW, ""),)
    assert not call(settings, "desk.undo.undo", "agent", done={}, ruled=ruled)
    assert call(settings, "desk.undo.undo", "lead", done={}, ruled=ruled)


@pytest.mark.parametrize("name", ["edit_many", "move_many", "note_many", "tag_many", "take_many"])
def test_an_agent_acts_on_one_case_at_a_time(settings: Settings, name: str) -> None:
    assert call(settings, f"desk.bulk.{name}", "lead", seen={1: 1, 2: 1})
    assert not call(settings, f"desk.bulk.{name}", "agent", seen={1: 1, 2: 1})


def test_an_agent_answers_one_case_at_a_time(settings: Settings) -> None:
    texts = {1: "Lo sentimos.", 2: "Lo sentimos."}
    assert not call(settings, "desk.answers.mark_sent_many", "agent", texts=texts, seen={1: 1, 2: 1})


@pytest.mark.parametrize("name", ["desk.handling.edit", "desk.bulk.edit_many"])
def test_an_agent_takes_a_case_and_gives_none_away(settings: Settings, name: str) -> None:
    assert call(settings, name, "agent", fields={"owner": "AGENT"})
    assert call(settings, name, "agent", fields={"owner": ""})
    assert not call(settings, name, "agent", fields={"owner": "Eva"})
    assert call(settings, name, "lead", fields={"owner": "Eva"})


def test_machines_act_as_ever(settings: Settings) -> None:
    assert all(call(settings, "desk.handling.add_note", name) for name in ("escucha", "cli:root"))
