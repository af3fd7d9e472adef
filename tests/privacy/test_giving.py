"""A person gets all that is kept about them and nothing of others."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store.privacy import held, people
from tests import desk_store
from tests.cli.command_line import escucha
from tests.conftest import NOW
from tests.store.privacy import someone


class _Page(HTMLParser):
    """The words of a page, and the tags it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.add(tag)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = desk_store.configured(tmp_path, monkeypatch)
    someone.fill(settings)
    hostile = {"author": someone.HANDLE, "author_id": someone.ACCOUNT, "network": someone.NETWORK}
    desk_store.post(settings, "hostil", desk_store.HOSTILE.replace("\x00", ""), NOW, **hostile)
    return settings


@pytest.mark.parametrize("who", [("--author", someone.HANDLE), ("--customer", someone.CUSTOMER)])
@pytest.mark.parametrize(("language", "title"), [("es", "Lo que se guarda sobre ti"), ("en", "What is held about you")])
def test_a_person_gets_everything_and_nothing_of_others(
    settings: Settings, tmp_path: Path, who: tuple[str, str], language: str, title: str
) -> None:
    for name in ("copy.json", "copy.html"):
        done = escucha("privacy", "export", tmp_path / name, *who, "--language", language)
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    copy = json.loads((tmp_path / "copy.json").read_text(encoding="utf-8"))
    counts = {part: len(copy[part]) for part in ("posts", "received", "cases", "customers", "handles", "unreadable")}
    assert counts == {"posts": 3, "received": 3, "cases": 1, "customers": 1, "handles": 1, "unreadable": 1}
    assert any("calle Olmo" in event["note"] for event in copy["history"])
    page = _Page((tmp_path / "copy.html").read_text(encoding="utf-8"))
    assert title in page.words
    assert not page.tags & {"script", "img", "a", "b"}
    for text in (json.dumps(copy), "".join(page.words)):
        assert "Ana" not in text
        assert "otherone" not in text
        assert "CLI-2" not in text


def test_every_kind_of_what_is_held_has_words(settings: Settings) -> None:
    with store.connect(settings.store, read_only=True) as connection:
        rows = held.about(connection, people.by_author(connection, someone.HANDLE))
    from monitor.privacy import giving

    names = {f"part_{part}" for part in rows} | {name for part in rows.values() for row in part for name in row}
    for words in giving._words().values():
        assert names <= set(words)


def test_a_customer_whom_nobody_knows_is_nobody(settings: Settings) -> None:
    done = escucha("privacy", "erase", "--customer", "CLI-99999", "--yes")
    assert done.output.strip() == "No se guarda nada de esta persona."
