"""What stands beside a short post tells its language: the thread, the author's other posts and the network's tag."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import store
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.pipeline import classify
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.posts import mentions

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETTINGS = """
language = "es"
[store]
url = "{folder}/store.duckdb"
[[brands]]
name = "Norvia"
queries = ["norvia"]
languages = [{languages}]
"""
SPANISH = "llevo tres días esperando la maleta y nadie me dice nada, es una vergüenza lo de esta compañía"
PORTUGUESE = "estou há três dias à espera da minha mala e ninguém me diz nada, é uma vergonha esta companhia"


def settings_of(folder: Path, *languages: str) -> Settings:
    file = folder / "escucha.toml"
    named = ", ".join(f'"{code}"' for code in languages)
    file.write_text(SETTINGS.format(folder=folder.as_posix(), languages=named), encoding="utf-8")
    return loading.load(file)


def post(number: int, text: str, *, author: str, thread: str, tag: str | None = None) -> Mention:
    return Mention("x", str(number), text, NOW, thread, {}, author=author, language=tag)


def languages_of(settings: Settings, posts: list[Mention]) -> dict[str, str]:
    """The language of each post by its id, all classified in one go."""
    with store.connect(settings.store) as connection:
        mentions.save(connection, 0, [MatchedMention(one, (Match("Norvia", "norvia"),)) for one in posts], NOW)
    classify.classify_pending(settings)
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute(
            "SELECT m.post_id, c.language FROM mentions m JOIN classifications c USING (mention_id) WHERE c.current"
        ).fetchall()
    return dict(rows)


@pytest.mark.parametrize(("long_text", "code"), [(SPANISH, "es"), (PORTUGUESE, "pt")])
def test_a_short_post_in_doubt_is_in_the_language_of_its_thread_and_of_what_else_its_author_wrote(
    tmp_path: Path, long_text: str, code: str
) -> None:
    settings = settings_of(tmp_path, "es" if code == "pt" else "pt", code)
    posts = [
        post(1, "Norvia: total", author="ana", thread="0"),  # stored first: read after what tells of it
        post(2, long_text, author="ana", thread="2"),
        post(3, long_text, author="leo", thread="4"),
        post(4, "Norvia: no", author="eva", thread="4"),
        post(5, "Norvia: total", author="ivo", thread="5"),
    ]
    found = languages_of(settings, posts)

    assert {found[number] for number in "1234"} == {code}
    assert found["5"] == settings.expected_languages(["Norvia"])[0]  # nothing stands beside it


def test_the_tag_of_the_network_helps_a_language_and_does_not_outweigh_what_is_expected(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "es", "pt")
    words = ["Norvia pésimo", "Norvia no va", "Norvia q asco", "Norvia ladrones"]
    tagged = [post(at, text, author=f"a{at}", thread=str(at), tag="pt-BR") for at, text in enumerate(words)]
    odd = [replace(one, post_id=f"odd{one.post_id}", thread_id=f"odd{one.thread_id}", language="und") for one in tagged]

    assert set(languages_of(settings_of(tmp_path, "es"), [*tagged, *odd]).values()) == {"es"}
    assert settings.expected_languages(["Norvia"]) == ("es", "pt")


def test_the_brands_answers_in_a_file_are_nobodys_other_posts(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "es", "pt")
    posts = [
        post(1, PORTUGUESE, author="(own reply)", thread="1"),
        post(2, "Norvia: horrible", author="(own reply)", thread="2"),
    ]
    assert languages_of(settings, posts) == {"1": "pt", "2": "es"}
