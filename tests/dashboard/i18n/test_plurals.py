"""No message counts one thing in the plural."""

import re
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

import pytest

from dashboard import i18n
from monitor.models.languages import LANGUAGES, LanguageCode
from monitor.reporting import words
from monitor.settings.desk import Desk
from tests.dashboard.i18n.placeholders import places

# What people count; the other places are names, times and figures that are no whole numbers.
COUNTS = {
    "n", "over", "total", "of", "days", "before", "after", "complaints", "people", "announced", "given", "pages",
    "cap", "most", "least", "current", "active", "count", "more", "cases", "some", "opened", "closed", "dismissed",
}  # fmt: skip
# Bounds of the code, and what is told from two on.
NEVER_ONE = {
    "bulk.first", "answering.too_long", "metrics.shown", "health.gap_cap", "board.closed", "followups.period",
    "refused.filter_name", "refused.file_columns", "bulk.working", "inbox.merge_person",
    "promise.caption", "promise.broken_complaint_precision", "promise.broken_other_precision", "promise.own",
    "promise.borrowed",
}  # fmt: skip
SEVERAL = {
    "es": re.compile(r"(?<![\w.,])1 (?!más\b|menos\b)[a-záéíóúñ]+s\b"),
    "en": re.compile(r"(?<![\w.,])1 (?:(?!is\b|was\b|has\b)[a-z]+s|people)\b"),
}


def plural_of_one(language: LanguageCode, catalogue: dict[str, str], say: Callable[..., str]) -> list[str]:
    """The messages that say "1 cases" where everything that is counted is one."""

    def told(keys: Iterable[str]) -> Iterable[str]:
        for key in keys:
            named = places(catalogue[key]) | places(catalogue.get(f"{key}_one", ""))
            yield say(key, **{name: 1 if name in COUNTS else "A" for name in named})

    keys = [key for key in catalogue if not key.endswith("_one") and key not in NEVER_ONE]
    return [message for message in told(keys) if SEVERAL[language].search(message)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_tell_one_in_the_singular(language: LanguageCode) -> None:
    def say(key: str, **values: object) -> str:
        return i18n.translate(language, key, **values)

    assert not plural_of_one(language, i18n.catalogue(language), say)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_tells_one_in_the_singular(language: LanguageCode) -> None:
    voice = words.Voice(language, Desk(), ZoneInfo("UTC"))
    assert not plural_of_one(language, words.catalogue(language), voice.say)


def test_words_agree_with_every_number_of_a_message() -> None:
    told = i18n.translate("es", "metrics.repeats_told", n=1, of=2, complaints=1)
    assert told == "1 de 2 personas se quejó dos o más veces (1 queja)."
    assert i18n.translate("en", "reason.reach", n=1) == "1 reaction"
    assert i18n.translate("es", "reason.reach", n=1200) == "1200 reacciones"
    assert i18n.translate("es", "reason.contacts", n=1) == "1 contacto hasta ahora"
