"""What is about no company opens no case; what is addressed to the brand is about it, whatever the model says."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from monitor import store
from monitor.classify import model
from monitor.classify.heads import Heads
from monitor.classify.model import Model
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.pipeline import classify, main_line
from monitor.settings.classifier import Policy
from monitor.settings.loading import Brand, Settings, Store
from monitor.store import migrate, status
from monitor.store.posts import classifications, mentions, model_versions, unmatched
from tests.cli.command_line import escucha
from tests.conftest import NOW, mention

WORDS, PLACE = Match("Sol", "sol", ("sol",)), Match("Sol", "reviews")


def sure_of_complaints(about: float | None) -> Model:
    """The bundled encoder under heads that see a complaint in every text, about a company with these log-odds."""
    bias = [0.0, 0.0, 0.0, 0.0, 5.0] + ([] if about is None else [0.0, about])
    shipped = model.load()
    weight = np.zeros((len(bias), shipped.heads.weight.shape[1]), dtype=np.float32)
    return shipped.with_heads(Heads(f"heads-{about}", weight, np.array(bias, dtype=np.float32), {}))


@pytest.fixture
def sunny(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a brand with a common word for a name; no post is about a company, says the model."""
    monkeypatch.setattr(classify, "active_model", lambda _: sure_of_complaints(-5.0))
    brand = Brand(name="Sol", queries=("sol", "@solenergia"), own_accounts=("sol_ayuda",))
    return settings.model_copy(update={"brands": (brand,)})


def keep(settings: Settings, *posts: tuple[Mention, Match]) -> None:
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, [MatchedMention(post, (match,)) for post, match in posts], NOW)


def decided(settings: Settings) -> dict[str, tuple[str, str | None]]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute(
            "SELECT post_id, decision, reason FROM labels JOIN mentions USING (mention_id) WHERE p_about < 0.01"
        ).fetchall()
    return {post_id: (decision, reason) for post_id, decision, reason in rows}


def written(post_id: str, text: str, **facts: object) -> Mention:
    return mention(post_id, text, **({"thread_id": post_id, "author": f"autor{post_id}"} | facts))


def test_a_common_word_opens_no_case_and_what_is_addressed_to_the_brand_does(sunny: Settings) -> None:
    keep(
        sunny,
        (written("word", "Cómo quema hoy el sol"), WORDS),
        (written("file", "Qué dolor de cabeza"), replace(WORDS, query=unmatched.IMPORTED, terms=())),
        (written("named", "Otra vez sin sol, ¡@Sol_Ayuda!"), WORDS),
        (written("query", "Tres días sin luz @solenergia"), replace(WORDS, terms=("@solenergia",))),
        (written("place", "No abre"), PLACE),
        (written("followed", "Hoy llueve"), Match("Sol", "thread: t3_word (Sol)")),
        (written("ours", "Sol: hoy hay obras", author="Sol_Ayuda"), WORDS),
        (written("reply", "Otro día sin sol", in_reply_to="ours"), WORDS),
        (written("below", "Y sin sol", in_reply_to="elsewhere", thread_id="ours"), WORDS),
        (written("shared", "Cómo quema hoy el sol", is_repost=True), WORDS),
    )
    assert main_line.classify_pending(sunny) == 10
    aside, complaint = ("other", "not_about"), ("complaint", None)
    assert decided(sunny) == {
        "word": aside, "file": aside, "named": complaint, "query": complaint, "place": complaint,
        "followed": aside, "ours": ("other", "own_account"), "reply": complaint, "below": complaint,
        "shared": ("other", "repost"),
    }  # fmt: skip
    main_line.open_cases(sunny)
    with store.connect(sunny.store, read_only=True) as connection:
        opened = connection.execute("SELECT thread_id FROM cases ORDER BY thread_id").fetchall()
        counts = status.read(connection)
    assert [thread for (thread,) in opened] == ["named", "ours", "place", "query", "reply"]
    assert counts.reasons == {"not_about": 3, "own_account": 1, "repost": 1}


def test_what_is_said_in_the_thread_of_a_case_is_about_the_brand(sunny: Settings) -> None:
    keep(sunny, (written("first", "@sol_ayuda no llega"), WORDS))
    main_line.classify_pending(sunny)
    main_line.open_cases(sunny)
    keep(sunny, (written("later", "A mí tampoco, sol", thread_id="first"), WORDS))
    main_line.classify_pending(sunny)
    assert decided(sunny)["later"] == ("complaint", None)


@pytest.mark.parametrize("change", ["a model that does not say", "the setting 0", "a person"])
def test_without_the_rule_the_probability_of_a_complaint_decides(
    sunny: Settings, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    keep(sunny, (written("word", "Cómo quema hoy el sol"), WORDS))
    main_line.classify_pending(sunny)
    assert decided(sunny) == {"word": ("other", "not_about")}
    if change == "a person":
        with store.connect(sunny.store) as connection:
            mention_id = mentions.id_of(connection, "x", "word")
            classifications.correct(connection, classifications.Correction(mention_id, "Ana", NOW, complaint=True))
    else:
        off = change == "the setting 0"
        update = {"policy": Policy(about_at=0)} if off else {}
        other = sure_of_complaints(-5.5 if off else None)
        monkeypatch.setattr(classify, "active_model", lambda _: other)
        with store.connect(sunny.store) as connection:
            assert model_versions.requeue(connection, other.version, NOW - timedelta(days=9)) == 1
        assert main_line.classify_pending(sunny.model_copy(update=update)) == 1
    with store.connect(sunny.store, read_only=True) as connection:
        assert connection.execute("SELECT decision, reason FROM labels").fetchall() == [("complaint", None)]


def test_copies_have_the_same_probability_as_the_text_that_was_read(sunny: Settings) -> None:
    for post_id in ("one", "two"):
        keep(sunny, (written(post_id, "Cómo quema hoy el sol"), WORDS))
        main_line.classify_pending(sunny)
    assert decided(sunny) == {"one": ("other", "not_about"), "two": ("other", "not_about")}


def table_rows(settings: Settings, table: str) -> list[dict[str, object]]:
    """A table's rows, by column."""
    with store.connect(settings.store, read_only=True) as connection:
        found = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def copied(connection: store.Connection, table: str, rows: list[dict[str, object]]) -> None:
    """Adds rows of another database to a table, with the columns that it has here."""
    names = [column[0] for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]
    for row in rows:
        connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [row[name] for name in names],
        )


def test_a_database_of_before_keeps_its_decisions_and_goes_on(
    sunny: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every, today = migrate.versions(), sunny.model_copy(update={"store": Store(url=str(tmp_path / "today.duckdb"))})
    keep(today, (written("word", "Cómo quema hoy el sol"), WORDS))
    kept = {table: table_rows(today, table) for table in ("mentions", "matches")}
    monkeypatch.setattr(migrate, "_current", set())
    with monkeypatch.context() as older:
        older.setattr(migrate, "versions", lambda: {number: sql for number, sql in every.items() if number < 14})
        with store.connect(sunny.store) as connection:
            for table, rows in kept.items():
                copied(connection, table, rows)
            connection.execute(
                """
                INSERT INTO classifications
                SELECT mention_id, posted_at, text_key, 'm', 'es', 0.1, 0.2, 0.7, 0.9, 'negative', 'complaint', true,
                       posted_at FROM mentions
                """
            )
    monkeypatch.setattr(migrate, "_current", set())
    with store.connect(sunny.store) as connection:
        rows = connection.execute("SELECT decision, p_complaint, p_about, reason FROM labels").fetchall()
        assert rows == [("complaint", pytest.approx(0.9), None, None)]
        assert model_versions.requeue(connection, "heads--5.0", None) == 1
    main_line.classify_pending(sunny)
    assert decided(sunny) == {"word": ("other", "not_about")}


def test_status_counts_what_was_put_aside_by_why(sunny: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(sunny, (written("word", "Cómo quema hoy el sol"), WORDS), (written("ours", "Sol", author="sol_ayuda"), WORDS))
    main_line.classify_pending(sunny)
    monkeypatch.setenv("ESCUCHA_STORE__URL", str(sunny.store.path))
    assert " ".join(escucha("status").stdout.split()).count("put aside 2 (1 about no company, 1 of own accounts)") == 1
    assert json.loads(escucha("status", "--json").stdout)["reasons"] == {"not_about": 1, "own_account": 1}
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    said = " ".join(escucha("status").stdout.split())
    assert "descartadas 2 (1 no hablan de ninguna empresa, 1 de cuentas propias)" in said


@pytest.mark.parametrize(
    ("about", "reason", "said"),
    [
        (-5.0, "not_about", "it would be put aside: probability that it is about a company 0.01, below 0.25"),
        (5.0, None, "about a company 0.99; put aside below 0.25 (about_at)"),
        (None, None, "about a company heads-None does not say"),
    ],
)
def test_predict_and_explain_tell_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, about: float | None, reason: str | None, said: str
) -> None:
    monkeypatch.setattr(classify, "active_model", lambda _: sure_of_complaints(about))
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": "Me duele la cabeza"}), encoding="utf-8")
    assert escucha("predict", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl").exit_code == 0
    answer = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert (answer["reason"], answer["complaint"]) == (reason, reason is None)
    assert answer["p_about"] == (None if about is None else pytest.approx(1 / (1 + np.exp(-about)), abs=1e-4))
    told = " ".join(escucha("explain", "Me duele la cabeza").stdout.split())
    assert said in told


def test_predict_and_explain_know_that_a_text_names_an_account(sunny: Settings, tmp_path: Path) -> None:
    brand = '[[brands]]\nname = "Sol"\nqueries = ["sol"]\nown_accounts = ["sol_ayuda"]\n'
    (tmp_path / "escucha.toml").write_text(brand, encoding="utf-8")
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": "@sol_ayuda me duele"}), encoding="utf-8")
    assert escucha("predict", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl").exit_code == 0
    answer = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert (answer["decision"], answer["reason"]) == ("complaint", None)
    told = " ".join(escucha("explain", "@sol_ayuda me duele").stdout.split())
    assert "it would open a case" in told
    assert "about a company 0.01; that does not count: it names one of your accounts" in told
