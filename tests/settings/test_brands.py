"""What a brand says of its customers' languages and of its bots."""

from pathlib import Path

import pytest

from monitor.errors import SettingsError
from monitor.settings import loading

BRANDS = """
language = "en"
[[brands]]
name = "Norvia"
queries = ["norvia"]
own_accounts = ["@Norvia_Ayuda"]
{more}
[[brands]]
name = "Aguas del Faro"
queries = ["faro"]
"""


def load(folder: Path, more: str = "") -> loading.Settings:
    file = folder / "escucha.toml"
    file.write_text(BRANDS.format(more=more), encoding="utf-8")
    return loading.load(file)


def test_a_brand_expects_its_languages_and_else_that_of_the_desk(tmp_path: Path) -> None:
    settings = load(tmp_path, 'languages = ["PT", "es", "pt"]')

    assert settings.expected_languages(["Norvia"]) == ("pt", "es")
    assert settings.expected_languages(["Aguas del Faro"]) == ("en",)
    assert settings.expected_languages([]) == ("en",)


def test_a_bot_writes_from_an_account_of_the_brand(tmp_path: Path) -> None:
    settings = load(tmp_path, 'automatic_accounts = ["@NORVIA_ayuda"]')

    assert settings.brands[0].automatic_accounts == ("norvia_ayuda",)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('automatic_accounts = ["norvia_bot"]', "norvia_bot"),
        ('automatic_replies = ["..."]', "automatic_replies"),
        ('languages = ["spanish"]', "spanish"),
    ],
)
def test_what_a_brand_cannot_have_is_told(tmp_path: Path, more: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load(tmp_path, more)


def test_without_a_word_of_the_brand_the_languages_of_the_people_are_expected_too(tmp_path: Path) -> None:
    settings = load(tmp_path, '[[desk.people]]\nname = "Ana"\nlanguages = ["es", "ca"]')

    assert settings.expected_languages(["Norvia"]) == ("en", "es", "ca")


def test_a_query_that_asks_for_a_language_says_what_customers_write_in(tmp_path: Path) -> None:
    settings = load(tmp_path)
    queries = ("norvia lang:pt", "(norvia OR nrv) (lang:es-MX OR lang:es) -lang:en")
    brand = settings.brands[0].model_copy(update={"queries": queries})
    changed = settings.model_copy(update={"brands": (brand, settings.brands[1])})

    assert changed.expected_languages(["Norvia"]) == ("pt", "es", "en")  # the last is that of the desk
    assert changed.expected_languages(["Aguas del Faro"]) == ("en",)
    spoken = changed.model_copy(update={"brands": (brand.model_copy(update={"languages": ("es",)}),)})
    assert spoken.expected_languages(["Norvia"]) == ("es",)
