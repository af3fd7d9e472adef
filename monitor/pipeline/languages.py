"""Which language each post of a batch is in: by its words, its brand's customers, and what stands beside it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from monitor.classify import text
from monitor.models.posts import PendingMention
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.posts import language_signs
from monitor.store.posts.language_signs import LanguageSigns
from monitor.text.language_names import language_code


def signs(connection: Connection, batch: Sequence[PendingMention]) -> dict[int, LanguageSigns]:
    """What tells the language of the short posts of the batch beside their words."""
    short = [mention.mention_id for mention in batch if len(mention.text) < language_signs.LONG]
    return language_signs.signs(connection, short)


def languages(
    batch: Sequence[PendingMention], signs_by_id: Mapping[int, LanguageSigns], settings: Settings
) -> dict[int, str]:
    """The language of each mention of the batch, by its id; "und" where there is hardly a letter and nothing else."""

    @cache
    def language_of(words: str, brands: tuple[str, ...], tag: str = "", near: tuple[str, ...] = ()) -> str:
        return text.language(words, settings.expected_languages(brands), brands, tag=tag, near=near)

    def with_signs(mention: PendingMention) -> str:
        found = signs_by_id.get(mention.mention_id, LanguageSigns())
        tag = (language_code(found.tag or "") or "").partition("-")[0]
        beside = [[language_of(words, mention.brands) for words in texts] for texts in (found.thread, found.author)]
        near = tuple(Counter(codes).most_common(1)[0][0] for codes in beside if codes)
        return language_of(mention.text, mention.brands, tag, near)

    return {mention.mention_id: with_signs(mention) for mention in batch}
