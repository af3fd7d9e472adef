"""Surveys: one per closing, a link that tells nothing, one answer."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from monitor import store
from monitor.errors import EscuchaError, SettingsError
from monitor.settings import desk
from monitor.settings.desk import Desk
from monitor.settings.loading import Settings, Store
from monitor.store.cases import cases, events, surveys
from monitor.surveys import answers, importing
from monitor.surveys import links as surveys_links
from monitor.surveys.answers import AnsweredAlready, SurveyAnswer
from tests.conftest import NOW
from tests.desk.closed_cases import close, closed_case, move

LATER = NOW + timedelta(days=1)


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def survey(settings: Settings, case_id: int) -> surveys.Survey:
    with store.connect(settings.store, read_only=True) as connection:
        return surveys.of_case(connection, case_id)[0]


def told(settings: Settings, case_id: int) -> list[tuple[str | None, str | None, str, str]]:
    with store.connect(settings.store, read_only=True) as connection:
        history = events.of_cases(connection, [case_id])[case_id]
    return [(event.field, event.became, event.note, event.actor) for event in history if event.kind == "survey"]


def owned(settings: Settings, case_id: int, owner: str) -> None:
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET owner = ? WHERE case_id = ?", [owner, case_id]).fetchall()


def test_asking_again_gives_the_same_link_and_tells_it_once(settings: Settings) -> None:
    case_id = closed_case(settings)
    first = answers.ask(settings, case_id, actor="Ana", now=NOW)
    assert answers.ask(settings, case_id, actor="Eva", now=LATER) == first
    assert told(settings, case_id) == [("asked", None, "", "Ana")]


def test_the_link_names_nothing_of_the_case(settings: Settings) -> None:
    case_id = closed_case(settings)
    link = answers.ask(settings, case_id, actor="Ana", now=NOW)
    assert link.startswith("http://localhost:8601/s/")
    with store.connect(settings.store, read_only=True) as connection:
        code = cases.get(connection, case_id).code
    assert not any(word in link for word in (code, "ana", "Norvia", "cobraron"))


def test_the_link_begins_where_customers_reach_the_page(settings: Settings) -> None:
    page = settings.desk.survey.model_copy(update={"url": "https://care.example/voz"})
    settings = settings.model_copy(update={"desk": settings.desk.model_copy(update={"survey": page})})
    assert answers.ask(settings, closed_case(settings), actor="Ana", now=NOW).startswith("https://care.example/voz/s/")


def test_only_a_closed_case_is_asked_about(settings: Settings) -> None:
    case_id = closed_case(settings)
    move(settings, case_id, "reopened", LATER)
    with pytest.raises(EscuchaError, match="is not closed"):
        answers.ask(settings, case_id, actor="Ana", now=LATER)


def test_a_merged_case_is_not_asked_about(settings: Settings) -> None:
    case_id = closed_case(settings)
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET merged_into = 99").fetchall()
    with pytest.raises(EscuchaError, match="is not closed"):
        answers.ask(settings, case_id, actor="Ana", now=NOW)


def test_each_closing_has_a_survey_of_its_own(settings: Settings) -> None:
    case_id = closed_case(settings)
    first = answers.ask(settings, case_id, actor="Ana", now=NOW)
    move(settings, case_id, "reopened", LATER)
    move(settings, case_id, "answered", LATER)
    close(settings, case_id, LATER)
    assert answers.ask(settings, case_id, actor="Ana", now=LATER) != first


def test_the_owner_is_frozen_when_asked_and_hears_of_a_bad_answer(settings: Settings) -> None:
    case_id = closed_case(settings)
    owned(settings, case_id, "Ana")
    answers.ask(settings, case_id, actor="Eva", now=NOW)
    owned(settings, case_id, "Luis")
    answers.save_answer(settings, survey(settings, case_id).survey_id, SurveyAnswer(2, 0, "Nadie llamó"), now=LATER)
    assert survey(settings, case_id).owner == "Ana"
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT person, case_id FROM notices").fetchall() == [("Ana", case_id)]


def test_a_bad_answer_on_the_case_of_somebody_who_left_is_told_to_who_is_there(settings: Settings) -> None:
    people = (desk.Person(name="Luis"), desk.Person(name="Eva"), desk.Person(name="Nora", capacity=0))
    later = settings.model_copy(update={"desk": settings.desk.model_copy(update={"people": people})})
    case_id = closed_case(settings)
    owned(settings, case_id, "Ana")
    answers.save_answer_by_hand(later, case_id, SurveyAnswer(1), actor="Eva", now=NOW)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT person FROM notices ORDER BY person").fetchall() == [("Eva",), ("Luis",)]


def test_a_good_answer_bothers_nobody(settings: Settings) -> None:
    case_id = closed_case(settings)
    owned(settings, case_id, "Ana")
    answers.save_answer_by_hand(settings, case_id, SurveyAnswer(3), actor="Eva", now=NOW)
    with store.connect(settings.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM notices").fetchall() == [(0,)]


def test_an_answer_is_told_without_its_words_and_taken_once(settings: Settings) -> None:
    case_id = closed_case(settings)
    answers.ask(settings, case_id, actor="Ana", now=NOW)
    found = survey(settings, case_id)
    answers.save_answer(settings, found.survey_id, SurveyAnswer(5, 10, "Muy\x00 bien\x1b[31m\r\nsí"), now=LATER)
    with pytest.raises(AnsweredAlready):
        answers.save_answer(settings, found.survey_id, SurveyAnswer(1, 0, "otra"), now=LATER)
    after = survey(settings, case_id)
    assert (after.satisfaction, after.recommend, after.comment, after.source) == (5, 10, "Muy bien[31m\nsí", "page")
    assert told(settings, case_id)[-1] == ("answered", "5", "", "customer")


@pytest.mark.parametrize(("satisfaction", "recommend"), [(0, 5), (6, 5), (3, 11), (3, -1)])
def test_a_number_out_of_range_is_no_answer(satisfaction: int, recommend: int) -> None:
    with pytest.raises(EscuchaError, match="does not exist"):
        SurveyAnswer(satisfaction, recommend)


def test_an_answer_on_the_phone_asks_and_answers_at_once(settings: Settings) -> None:
    case_id = closed_case(settings)
    answers.save_answer_by_hand(settings, case_id, SurveyAnswer(4, None, "Bien"), actor="Eva", now=NOW)
    assert survey(settings, case_id).source == "phone"
    assert [one[0] for one in told(settings, case_id)] == ["asked", "answered"]
    with pytest.raises(AnsweredAlready):
        answers.save_answer_by_hand(settings, case_id, SurveyAnswer(1), actor="Eva", now=NOW)


def test_a_token_finds_its_survey_until_it_expires(settings: Settings) -> None:
    link = answers.ask(settings, closed_case(settings), actor="Ana", now=NOW)
    found = answers.find(settings, token_of(link), LATER)
    assert found is not None
    assert found[1] == "Norvia"
    assert answers.find(settings, token_of(link), NOW + timedelta(days=31)) is None


def test_asking_again_after_it_expired_makes_the_same_link_good_again(settings: Settings) -> None:
    case_id = closed_case(settings)
    much_later = NOW + timedelta(days=40)
    link = answers.ask(settings, case_id, actor="Ana", now=NOW)
    assert answers.ask(settings, case_id, actor="Ana", now=much_later) == link
    assert answers.find(settings, token_of(link), much_later) is not None


def test_forged_tokens_find_nothing(settings: Settings) -> None:
    token = token_of(answers.ask(settings, closed_case(settings), actor="Ana", now=NOW))
    number, _, signature = token.partition(".")
    forgeries = ["", ".", number, f"Mg.{signature}", token[:-1], token + "x", token.swapcase(), "á" * 20, "x" * 5_000]
    forgeries.append(surveys_links.token(settings, 1))  # without its key
    assert [answers.find(settings, forged, NOW) for forged in forgeries] == [None] * len(forgeries)


def test_another_secret_makes_other_tokens(settings: Settings) -> None:
    other = settings.model_copy(
        update={"desk": settings.desk.model_copy(update={"secret": SecretStr("another secret, long enough")})}
    )
    assert surveys_links.read_token(settings, surveys_links.token(other, 1)) is None
    assert not surveys_links.secret_file(settings).exists() or surveys_links.token(settings, 1) != surveys_links.token(
        other, 1
    )


@pytest.mark.duckdb_file("the secret that lies beside the file")
def test_the_secret_is_made_once_by_whoever_comes_first_and_is_private(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: surveys_links.token(settings, 7), range(32)))) == 1
    file = surveys_links.secret_file(settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in file.parent.iterdir() if "secret" in one.name] == [file.name]


@pytest.mark.duckdb_file("the secret that lies beside the file")
@pytest.mark.parametrize("damaged", [b"", b"\xff\xfe\x00"])
def test_a_secret_that_was_damaged_is_told_and_not_replaced(settings: Settings, damaged: bytes) -> None:
    surveys_links.secret_file(settings).write_bytes(damaged)
    with pytest.raises(SettingsError, match="holds no secret"):
        surveys_links.token(settings, 1)
    assert surveys_links.secret_file(settings).read_bytes() == damaged


@pytest.mark.duckdb_file("the secret that lies beside the file")
def test_a_secret_that_cannot_be_kept_is_told(settings: Settings) -> None:
    surveys_links.secret_file(settings).mkdir(parents=True)
    with pytest.raises(SettingsError, match="ESCUCHA_DESK__SECRET"):
        surveys_links.token(settings, 1)


def test_machines_with_a_server_in_common_are_asked_for_a_secret_in_common(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ESCUCHA_DESK__SECRET", raising=False)
    with pytest.raises(SettingsError, match="set ESCUCHA_DESK__SECRET on each"):
        surveys_links.token(Settings(store=Store(url="postgresql://db.example/escucha")), 1)


@pytest.mark.duckdb_file("the bytes of the database's own file")
def test_the_token_is_nowhere_in_the_database(settings: Settings) -> None:
    token = token_of(answers.ask(settings, closed_case(settings), actor="Ana", now=NOW))
    assert token.encode() not in settings.store.path.read_bytes()
    assert surveys_links.secret_file(settings).read_bytes() not in settings.store.path.read_bytes()


def test_answers_come_from_a_file_by_token_link_or_case_code(settings: Settings, tmp_path: Path) -> None:
    ids = [closed_case(settings, NOW + timedelta(minutes=n)) for n in range(3)]
    links = [answers.ask(settings, case_id, actor="Ana", now=NOW) for case_id in ids[:2]]
    with store.connect(settings.store, read_only=True) as connection:
        code = cases.get(connection, ids[2]).code
    file = tmp_path / "respuestas.csv"
    file.write_text(
        "Encuesta;Satisfacción;Recomendación;Comentario;Fecha\n"
        f"{token_of(links[0])};5;10;Muy bien;02/03/2026 12:30\n"
        f"{links[1]};1;;Mal, muy mal;2026-03-02T12:00:00+01:00\n"
        f"{code.lower()};4;9;;\n",
        encoding="utf-8-sig",
    )
    done = importing.import_answers(settings, file, actor="Eva", now=LATER)
    assert (done.stored, done.known, done.bad) == (3, 0, ())
    found = [survey(settings, case_id) for case_id in ids]
    assert [(one.satisfaction, one.recommend, one.source) for one in found] == [
        (5, 10, "file"), (1, None, "file"), (4, 9, "file"),
    ]  # fmt: skip
    assert found[0].answered_at == NOW.replace(hour=11, minute=30)
    again = importing.import_answers(settings, file, actor="Eva", now=LATER)
    assert (again.stored, again.known) == (0, 3)


def test_bad_rows_are_told_by_line_column_and_fix_and_the_others_stored(settings: Settings, tmp_path: Path) -> None:
    link = answers.ask(settings, closed_case(settings), actor="Ana", now=NOW)
    file = tmp_path / "answers.csv"
    file.write_text(
        "case,satisfaction,nps,date\n"
        f"{link},7,5,\n"
        f"{link},4,once,\n"
        f"{link},4,5,mañana\n"
        "ESC-000001-0,4,5,\n"
        "nada,4,5,\n"
        f"{link},4,5,2030-01-01\n"
        f"{link},4,5,\n"
        f"{link},1,1,\n"
        f"{link},1,1,9999-12-31\n"
        f"{link},1,1,2026-02-27\n",
        encoding="utf-8",
    )
    done = importing.import_answers(settings, file, actor="Eva", now=LATER)
    assert (done.stored, done.known) == (1, 1)
    assert [(row.line, row.column) for row in done.bad] == [
        (2, "satisfaction"), (3, "nps"), (4, "date"), (5, "case"), (6, "case"), (7, "date"),
        (10, "date"), (11, "date"),
    ]  # fmt: skip
    assert "from 1 to 5" in done.bad[0].reason
    assert "mistake" in done.bad[3].reason
    assert "before the case was closed" in done.bad[-1].reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_that_a_spreadsheet_wrote(settings: Settings, tmp_path: Path, encoding: str) -> None:
    link = answers.ask(settings, closed_case(settings), actor="Ana", now=NOW)
    file = tmp_path / "respuestas.csv"
    written = f"sep=;\r\nEncuesta;Satisfacción;Comentario\r\n{link}?lang=es&from=a/b;4;Señal\r\n"
    file.write_bytes(written.encode(encoding))
    assert importing.import_answers(settings, file, actor="Eva", now=LATER).stored == 1


def test_a_file_without_a_needed_column_is_told(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("case,nps\nESC,3\n")
    with pytest.raises(EscuchaError, match="no column 'satisfaction'"):
        importing.import_answers(settings, file, actor="Eva", now=NOW)
    with pytest.raises(EscuchaError, match="cannot be read"):
        importing.import_answers(settings, tmp_path / "nowhere.csv", actor="Eva", now=NOW)


def test_a_secret_is_long_and_the_address_is_of_the_web() -> None:
    with pytest.raises(ValidationError, match="16 characters"):
        Desk(secret=SecretStr("too short"))
    for wrong in ("care.example", "javascript:alert(1)", "https://care.example/s?x=1", "https://a b"):
        with pytest.raises(ValidationError, match="survey page"):
            desk.SurveySettings(url=wrong)
    assert desk.SurveySettings(url="https://care.example/").url == "https://care.example"
