"""A short complaint goes by the language of its brand: its thresholds, its answer, who gets it."""

from pathlib import Path

import pytest

from monitor import store
from monitor.answers import drafts
from monitor.pipeline import main_line
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.cases import cases

SETTINGS = """
language = "es"
[store]
url = "{folder}/store.duckdb"
[networks.files]
folder = "{folder}/drop"
[policy]
unsure_at = 0.0
complaint_at = 0.01
[desk]
assign = "round_robin"
people = [{{name = "Ana", languages = ["es"], capacity = 500}}, {{name = "Rui", languages = ["pt"], capacity = 500}}]
[[brands]]
name = "Norvia"
queries = ["norvia"]
languages = ["es"]
[[brands]]
name = "Lumina"
queries = ["lumina"]
languages = ["pt"]
"""
POSTS = (
    ("Norvia no contesta", "es", "Ana"),
    ("norvia pésimo", "es", "Ana"),
    ("Lumina não contesta", "pt", "Rui"),
    ("lumina fatal", "pt", "Rui"),
    ("Norvia: a minha encomenda não chegou e ninguém responde", "pt", "Rui"),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "escucha.toml"
    file.write_text(SETTINGS.format(folder=tmp_path.as_posix()), encoding="utf-8")
    folder = tmp_path / "drop" / "x"
    folder.mkdir(parents=True)
    rows = [f"{at},{text},c{at},2026-02-27 10:00:00" for at, (text, _, _) in enumerate(POSTS)]
    (folder / "posts.csv").write_text("id,text,author,created_at\n" + "\n".join(rows), encoding="utf-8")
    return loading.load(file)


def test_short_posts_are_in_the_language_of_their_brand_and_clear_ones_in_their_own(settings: Settings) -> None:
    report = main_line.run(settings)
    assert report.faults == ()
    with store.connect(settings.store, read_only=True) as connection:
        ids = connection.execute("SELECT case_id FROM cases ORDER BY thread_id").fetchall()
        opened = cases.get_many(connection, [row[0] for row in ids])

    by_thread = {case.thread_id: case for case in opened}
    expected = {str(at): (language, owner) for at, (_, language, owner) in enumerate(POSTS)}
    assert {thread: (case.language, case.owner) for thread, case in by_thread.items()} == expected
    answered_in = {at: drafts.language_of(by_thread[at], drafts.LANGUAGES, settings.language) for at in "13"}
    assert answered_in == {"1": "es", "3": "es"}  # no answers in Portuguese: the desk's
