"""Who a command acts as, and the matrix of commands and roles, written by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from monitor import access, store
from monitor.access import Permission, Role
from monitor.cases import codes
from monitor.cli import app
from monitor.cli.acting import actor
from monitor.cli.acting.permissions import PERMISSIONS
from monitor.errors import NotPermitted
from monitor.settings import loading
from monitor.settings.access import Access
from monitor.settings.loading import Settings
from monitor.store.cases import events, surveys
from tests import desk_store
from tests.conftest import NOW
from tests.desk import closed_cases

ROLES = tuple(Role)
# V viewer, A agent, L lead, D administrator, U auditor: who may run it, with --as.
COMMANDS = """
audit export        . . . D U
audit list          . . . D U
audit verify        . . . D U
backup              . . . D .
cases check         V A L D U
cases evidence      . . L D U
cases record        . A L D .
cases show          . A L D U
cases verify        V A L D U
classify            . . L D .
collect             . . L D .
customers import    . . L D .
dashboard           . . . D .
demo                . . . D .
doctor              V A L D U
evaluate            V A L D U
explain             V A L D U
export cases        . . L D U
formats             V A L D U
import              . . L D .
learn               . . L D .
listen              . . L D .
predict             V A L D U
privacy block       . . . D .
privacy compact     . . . D .
privacy erase       . . . D .
privacy export      . . . D .
privacy locked      . . . D .
privacy pseudonymise . . . D .
privacy retention   . . . D .
privacy unlock      . . . D .
query explain       V A L D U
query test          V A L D U
recheck             . . L D .
rejects             . . L D U
report perception   . . L D U
report yearly       . . L D U
restore             . . . D .
resume              . . L D .
run                 . . L D .
serve               . . . D .
status              V A L D U
store copy          . . . D .
store migrate       . . . D .
store restored      . . . D .
surveys import      . . L D .
surveys link        . A L D .
surveys serve       . . . D .
users activate      . . . D .
users add           . . . D .
users deactivate    . . . D .
users identity      . . . D .
users limit         . . . D .
users link          . . . D .
users list          . . . D .
users reset         . . . D .
users role          . . . D .
versions            V A L D U
versions use        . . . D .
worker              . . . D .
"""
runner = CliRunner()


def table() -> dict[str, frozenset[Role]]:
    rows = (line.split() for line in COMMANDS.strip().splitlines())
    return {
        " ".join(words[:-5]): frozenset(role for role, cell in zip(ROLES, words[-5:], strict=True) if cell != ".")
        for words in rows
    }


def names(command: Any, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something, by its words."""
    if not hasattr(command, "commands") or command.invoke_without_command:
        yield " ".join(before)
    for name, inner in getattr(command, "commands", {}).items():
        yield from names(inner, (*before, name))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An account for each role, and one for each that is held to a brand."""
    file = tmp_path / "escucha.toml"
    desk_store.configured(tmp_path, monkeypatch)
    file.write_text(file.read_text(encoding="utf-8") + '\n[access]\nmode = "accounts"\n', encoding="utf-8")
    settings = loading.load()
    now = datetime.now(UTC)
    with store.connect(settings.store) as connection:
        for role in ROLES:
            access.add(connection, role.value, role, now=now)
            access.add(connection, f"{role.value} elsewhere", role, now=now)
            access.limit(connection, f"{role.value} elsewhere", brands=["Aguas del Faro"], teams=(), now=now)
    return settings


@pytest.fixture(autouse=True)
def _nobody_after() -> Iterator[None]:
    yield
    actor.act_as(None)


def test_every_command_says_what_it_takes() -> None:
    assert set(names(typer.main.get_command(app))) == set(PERMISSIONS) == set(table())


def may_run(name: str, words: str) -> bool:
    actor.act_as(name)
    try:
        actor.check(words.split())
    except NotPermitted:
        return False
    return True


def test_a_command_is_refused_to_every_role_that_may_not_run_it(settings: Settings) -> None:
    for words, roles in table().items():
        assert {role for role in ROLES if may_run(role.value, words)} == roles, words
        elsewhere = {role for role in ROLES if may_run(f"{role.value} elsewhere", words)}
        assert elsewhere == (roles if PERMISSIONS[words] is Permission.ANSWER else set()), words
        assert not may_run("Nobody", words)


def test_a_refused_command_does_nothing(settings: Settings, tmp_path: Path) -> None:
    backup = tmp_path / "copy.duckdb"
    done = runner.invoke(app, ["--as", "auditor", "backup", str(backup)])
    assert isinstance(done.exception, NotPermitted)
    assert not backup.exists()
    done = runner.invoke(app, ["--as", "lead", "users", "role", "lead", "admin"])
    assert isinstance(done.exception, NotPermitted)
    with store.connect(settings.store, read_only=True) as connection:
        lead = access.find(connection, "lead")
    assert lead is not None
    assert lead.role is Role.LEAD


def test_an_auditor_writes_cases_into_a_file_and_hands_none_over(settings: Settings, tmp_path: Path) -> None:
    file = str(tmp_path / "cases.csv")
    assert runner.invoke(app, ["--as", "auditor", "export", "cases", "--to", file]).exit_code == 0
    done = runner.invoke(app, ["--as", "auditor", "export", "cases", "--to", str(tmp_path / "new.csv"), "--new"])
    assert isinstance(done.exception, NotPermitted)


def test_a_record_is_made_by_who_may_answer_the_case_and_signed_with_their_name(settings: Settings) -> None:
    off = settings.model_copy(update={"access": Access()})
    desk_store.open_cases(off, [desk_store.post(off, "p", "No llega el pedido", NOW)], NOW)
    command = ["cases", "record", codes.format_code(1)]
    refused = runner.invoke(app, ["--as", "agent elsewhere", *command])
    assert isinstance(refused.exception, NotPermitted)
    assert runner.invoke(app, ["--as", "agent", *command]).exit_code == 0
    assert isinstance(runner.invoke(app, ["--as", "agent elsewhere", *command]).exception, NotPermitted)
    with store.connect(settings.store, read_only=True) as connection:
        last = events.of_cases(connection, [1])[1][-1]
    assert (last.kind, last.actor) == ("record", "agent")


def test_no_command_acts_as_a_machine(settings: Settings) -> None:
    done = runner.invoke(app, ["--as", "escucha", "users", "list"])
    assert done.exit_code == 1
    assert "is no name of a person" in str(done.exception)


def test_whoever_holds_the_database_needs_no_account(settings: Settings) -> None:
    done = runner.invoke(app, ["users", "list"])
    assert done.exit_code == 0
    assert "auditor · auditor · active · since" in done.output


def test_the_account_of_the_system_signs_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actor, "getuser", lambda: "ana")
    case_id = closed_cases.closed_case(settings.model_copy(update={"access": Access()}))
    with store.connect(settings.store) as connection:
        access.add(connection, "Eva", Role.AGENT, now=NOW)
    code = codes.format_code(case_id)
    assert runner.invoke(app, ["surveys", "link", code]).exit_code == 0
    assert runner.invoke(app, ["--as", "Eva", "surveys", "link", code]).exit_code == 0
    with store.connect(settings.store, read_only=True) as connection:
        assert [survey.asked_by for survey in surveys.of_case(connection, case_id)] == ["cli:ana"]
        assert events.of_cases(connection, [case_id])[case_id][-1].actor == "cli:ana"


def test_an_account_is_made_changed_and_listed(settings: Settings) -> None:
    done = runner.invoke(app, ["users", "add", "Ana López", "--role", "lead", "--brand", "Norvia", "--brand", "Nada"])
    assert done.exit_code == 0
    assert "Ana López · lead · active · only Norvia, Nada · since" in done.output
    assert "Nada is no brand of the settings" in done.output
    assert "escucha users link 'Ana López'" in done.output
    for words, told in (
        (["role", "ana lopez", "agent"], "Ana López · agent · active · only"),
        (["limit", "ana lopez", "--team", "norte"], "Ana López · agent · active · only norte"),
        (["limit", "ana lopez"], "Ana López · agent · active · since"),
        (["deactivate", "ana lopez"], "Ana López · agent · out of use"),
        (["activate", "ana lopez"], "Ana López · agent · active"),
    ):
        done = runner.invoke(app, ["users", *words])
        assert done.exit_code == 0, done.exception
        assert told in done.output


def test_while_nobody_logs_in_it_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_ACCESS__MODE", "off")
    assert "nobody logs in yet" in runner.invoke(app, ["users", "add", "Ana"]).output
    assert may_run("Nobody", "backup")
