"""What names an erased person in the words of others, however it is spelled, is masked; what only sounds so stays."""

import json
import unicodedata
from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store.erased import erased_list
from monitor.store.erased.erased_list import ErasedList
from monitor.store.privacy import erasing, people
from tests import desk_store
from tests.conftest import NOW
from tests.store.privacy import someone


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


@pytest.fixture
def known(settings: Settings) -> ErasedList:
    someone.fill(settings)
    return erased(settings, someone.HANDLE)


def erased(settings: Settings, handle: str) -> ErasedList:
    with store.connect(settings.store) as connection:
        erasing.erase(connection, people.by_author(connection, handle), "cli:eva", NOW)
        return erased_list.read(connection)


def test_other_spellings_name_her_too(known: ErasedList) -> None:
    decomposed = unicodedata.normalize("NFD", someone.NAME)
    for named in (
        "@ZENOBIA_QUIRK77", "＠Zenobia_Quirk77", "https://a.example/?q=%40zenobia_quirk77", "u/zenobia_quirk77",
        "ZENOBIA QUIROGARRUBIA", "zenobia  quirogárrubia", decomposed, "𝐙𝐞𝐧𝐨𝐛𝐢𝐚 𝐐𝐮𝐢𝐫𝐨𝐠𝐚𝐫𝐫𝐮𝐛𝐢𝐚",
        someone.ACCOUNT, someone.CUSTOMER.lower(),
    ):  # fmt: skip
        assert known.masked(f"eso dice {named}, y más") != f"eso dice {named}, y más", named
    for other in ("zenobia", "@zenobia_quirk7", "@zenobia_quirk777", "Quirogárrubia Zenobia", "CLI 7703"):
        assert known.masked(f"eso dice {other}, y más") == f"eso dice {other}, y más", other


def test_a_quotation_goes_and_somebodys_own_words_stay(known: ErasedList) -> None:
    said, told = f"Norvia: {someone.WORDS}", someone.HANDLE
    assert known.masked(f"Mirad: «{said}»") == "[…]"
    assert known.masked(said, is_own=True) == said
    assert known.masked(f"RT @{told}: {said}", is_own=True) == "RT @[…]: […]"
    assert known.masked(f"Mirad: «{said}», dice @{told}", is_own=True) == "Mirad: «[…]"
    assert known.masked_json(json.dumps({"a": [said, {"b": told}]})) == json.dumps(
        {"a": ["[…]", {"b": "[…]"}]}, ensure_ascii=False
    )


def test_a_text_with_her_name_is_found_with_accents_and_without(settings: Settings) -> None:
    someone.fill(settings)
    spellings = ("Zenobia Quirogarrubia", "ZENOBIA QUIROGÁRRUBIA", unicodedata.normalize("NFD", someone.NAME))
    for number, name in enumerate(spellings):
        raw = {"said": {"by": name}}
        desk_store.post(settings, f"otro{number}", f"Norvia, {name} tiene razón", NOW, author="carla", raw=raw)
    erased(settings, someone.HANDLE)
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT text, raw FROM mentions JOIN posts USING (mention_id) WHERE author = 'carla'")
        for text, raw in rows.fetchall():
            assert text == "Norvia, […] tiene razón"
            assert "uirog" not in raw.lower()


@pytest.mark.parametrize(("name", "is_masked"), [("Ana Gil", True), ("la vida", False), ("Solo", False)])
def test_short_names_are_masked_where_they_are_somebodys(settings: Settings, name: str, is_masked: bool) -> None:
    desk_store.post(settings, "1", "Norvia no contesta", NOW, author="breve", author_name=name)
    text = f"Gracias, {name}, así es {name}"
    assert (erased(settings, "breve").masked(text) != text) is is_masked
