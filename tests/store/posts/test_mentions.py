"""Mentions are stored once, with their matches, rejects and watermark in one transaction."""

import json

import pytest

from monitor import store
from monitor.models.posts import IngestCounts, Match, MatchedMention, Reject
from monitor.settings.loading import Settings
from monitor.store import migrate
from monitor.store.posts import collection_state, mentions
from monitor.store.posts.batches import mention_table
from tests.conftest import NOW, about, mention


def count(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def save(settings: Settings, found: list[MatchedMention]) -> IngestCounts:
    with store.connect(settings.store) as connection:
        return mentions.save(connection, 1, found, NOW)


def test_a_second_time_stores_nothing(settings: Settings) -> None:
    found = about("Norvia", mention("1"), mention("2"))
    assert save(settings, found) == IngestCounts(stored=2)
    assert save(settings, found) == IngestCounts(duplicates=2)
    for table in ("mentions", "posts", "matches", "pending"):
        assert count(settings, f"SELECT count(*) FROM {table}") == [(2,)]


def test_an_id_repeated_in_one_page_is_stored_once_as_first_seen(settings: Settings) -> None:
    saved = save(settings, about("Norvia", mention("1", "primero"), mention("1", "segundo")))
    assert saved == IngestCounts(stored=1, duplicates=1)
    assert count(settings, "SELECT text FROM mentions") == [("primero",)]


def test_the_same_id_on_another_network_is_another_mention(settings: Settings) -> None:
    assert save(settings, about("Norvia", mention("1"), mention("1", network="reddit"))).stored == 2


def test_a_known_mention_gains_the_match_of_another_brand_once(settings: Settings) -> None:
    save(settings, about("Norvia", mention("1")))
    for _ in range(2):
        save(settings, about("Otra", mention("1"), mention("2")))
    rows = count(settings, "SELECT brand, post_id FROM matches JOIN mentions USING (mention_id) ORDER BY 1, 2")
    assert rows == [("Norvia", "1"), ("Otra", "1"), ("Otra", "2")]


def test_text_and_raw_answer_come_back_as_they_were(settings: Settings) -> None:
    text = "línea uno\nlínea dos 🤬 'comillas' \"dobles\" ; DROP TABLE mentions; --"
    raw = {"text": text, "odd": "\ud800"}
    save(settings, about("Norvia", mention("1", text, raw=raw)))
    assert count(settings, "SELECT text FROM mentions") == [(text,)]
    assert [json.loads(str(row[0])) for row in count(settings, "SELECT raw FROM posts")] == [raw]


def test_answers_are_kept_in_the_same_letters_whatever_they_hold() -> None:
    """As `json` writes them: rows that were stored before are compared with those of today."""
    every = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]
    answers: list[dict[str, object]] = [
        {},
        {"a": "", 'say "50 %s"': ",", "b\n": '",\n  "', "c": ' ": ", ', "d\\": "\\"},
        {"each": "".join(every), "".join(every[:0x300]): "x"},
        {"n": 1, "x": 1e16, "none": None, "in": {"a": ["b", {"c": "d"}]}, "at": NOW},
        {"row": "a", "fields": ["b", "c"]},
    ]
    raw = mention_table([mention("1", raw=answer) for answer in answers])["raw"].to_pylist()
    assert raw == [json.dumps(answer, ensure_ascii=False, default=str) for answer in answers]
    lone: dict[str, object] = {"á": "\ud800", "b": "c"}
    assert mention_table([mention("1", raw=lone)])["raw"].to_pylist() == [json.dumps(lone)]


def test_terms_are_kept_with_the_match(settings: Settings) -> None:
    save(settings, [MatchedMention(mention("1"), (Match("Norvia", "norvia OR app", ("norvia", "app")),))])
    assert count(settings, "SELECT query, terms FROM matches") == [("norvia OR app", ["norvia", "app"])]


def test_the_same_reject_is_kept_once(settings: Settings) -> None:
    reject = Reject("x", "posts.csv, row 3", "no text", '{"id": "3"}')
    with store.connect(settings.store) as connection:
        assert mentions.save_rejects(connection, 1, [reject], NOW) == 1
    with store.connect(settings.store) as connection:
        assert mentions.save_rejects(connection, 2, [reject], NOW) == 0
    assert count(settings, "SELECT run_id, place, reason FROM rejects") == [(1, "posts.csv, row 3", "no text")]


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ('{"id": "7", "likes": 1}', '{"id": "7", "likes": 2}', 1),
        ('{"post": {"id": 7}, "author": {"id": 1}}', '{"post": {"id": 8}, "author": {"id": 1}}', 2),
        ('{"post": {"text": "a"}, "author": {"id": 1}}', '{"post": {"text": "b"}, "author": {"id": 1}}', 2),
        ('{"app": "1", "entry": {"id": {"label": "7"}}}', '{"app": "1", "entry": {"id": {"label": "7"}, "x": 1}}', 1),
        ('{"feed": "a", "id": null, "link": "b"}', '{"feed": "a", "id": null, "link": "b", "title": ""}', 1),
        ('{"feed": "a", "id": "1"}', '{"feed": "b", "id": "1"}', 2),
        ('{"texto": "a"}', '{"texto": "b"}', 2),
        ("null", "null", 1),
        ("[1]", "[2]", 2),
    ],
)
def test_a_reject_is_told_by_the_networks_id_or_what_it_holds(
    settings: Settings, first: str, second: str, kept: int
) -> None:
    with store.connect(settings.store) as connection:
        for place, raw in enumerate((first, second)):
            mentions.save_rejects(connection, 1, [Reject("x", f"entry {place}", "no text", raw)], NOW)
    assert count(settings, "SELECT count(*) FROM rejects") == [(kept,)]


@pytest.mark.duckdb_file("a migration from before PostgreSQL was an engine")
def test_an_older_version_counted_rejects_by_their_place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = migrate.versions()
    monkeypatch.setattr(migrate, "versions", lambda: {number: sql for number, sql in shipped.items() if number < 8})
    with store.connect(settings.store) as connection:
        for place in range(3):
            values = [f"key {place}", 1, "feeds", f"entry {place}", "no text", '{"title": ""}', NOW]
            connection.execute("INSERT INTO rejects VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    monkeypatch.setattr(migrate, "versions", lambda: shipped)
    monkeypatch.setattr(migrate, "_current", set())
    with store.connect(settings.store) as connection:
        again = Reject("feeds", "entry 9", "no text", '{"title": ""}')
        assert mentions.save_rejects(connection, 2, [again], NOW) == 0
    assert count(settings, "SELECT run_id, place FROM rejects") == [(1, "entry 0")]


def test_mentions_and_watermark_stand_or_fall_together(settings: Settings) -> None:
    def dies_before_the_commit() -> None:
        with store.connect(settings.store) as connection:
            mentions.save(connection, 1, about("Norvia", mention("1")), NOW)
            collection_state.move_watermark(connection, "x", "norvia", "100", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        dies_before_the_commit()
    assert count(settings, "SELECT count(*) FROM mentions") == [(0,)]
    with store.connect(settings.store, read_only=True) as connection:
        assert collection_state.watermark(connection, "x", "norvia") is None
