"""The posts of one batch beside the texts that many send: what repeats which, and where a campaign begins."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.cases import cues
from monitor.models.campaigns import Copy, RepeatedText
from monitor.models.grouping import CandidatePost
from monitor.settings.desk import Campaigns
from monitor.store import Connection
from monitor.store.cases import campaign_posts, campaigns, incidents
from monitor.text import copies as texts
from monitor.text.copies import Signature

POSTS_AN_ACCOUNT = 2
"""Posts of one text by each account, on average, that make their posts count instead of the accounts."""
_MOST_COMPARED = 50
"""Texts under one key that a post is compared with, so that thousands that differ take no longer each."""
_HASHTAG = re.compile(r"#\w+")  # tells no story


def repeats(words: str, text: RepeatedText | None) -> bool:
    """Whether a post of these words says what the text says and nothing of its own."""
    signature = _signature(words)
    return bool(text and signature and _is_copy(words, signature, text))


def _is_copy(words: str, signature: Signature, text: RepeatedText) -> bool:
    if not texts.is_copy(signature, Signature(text.words, text.numbers, forms=text.forms)):
        return False
    if signature.words <= text.words:
        return True
    shared = texts.shared_words(words, text.words)
    if _is_critical(words) and not _is_critical(shared):
        return False
    return cues.grave(_HASHTAG.sub(" ", words)) <= cues.grave(shared)


def _signature(words: str) -> Signature | None:
    """What the words are compared by; None for few words, and for a slogan that speaks of money or harm."""
    signature = texts.signature(words)
    if signature is None or len(signature.words) >= texts.FEWEST_WORDS:
        return signature
    return None if cues.suggest(words, ()).cue else signature


def _is_critical(text: str) -> bool:
    return cues.suggest(text, ()).severity == "critical"


def _is_flood(posts: int, accounts: int, most: int) -> bool:
    """Whether so many accounts have sent a text, or fewer of them so many posts, each account several."""
    return accounts >= most or (1 < accounts <= posts // POSTS_AN_ACCOUNT and posts >= most)


class Comparison:
    """The posts of one batch beside the texts that are known, and those that they bring."""

    def __init__(
        self, connection: Connection, limits: Campaigns, posts: Sequence[CandidatePost], now: datetime
    ) -> None:
        """Reads the texts that these posts may repeat; `now` is when campaigns begin."""
        self._connection, self._now = connection, now
        self._most, self._window = limits.authors, timedelta(days=limits.days)
        self._signatures = {post.mention_id: _signature(post.text) for post in posts}
        search_keys = {key for post in posts for key in self._search_keys(post)}
        self._by_key = campaigns.find(connection, search_keys, _MOST_COMPARED) if search_keys else {}
        known = {text.campaign_id: text for found in self._by_key.values() for text in found}
        self._texts = dict(known)
        self._stored = frozenset(known)
        starting = [text.campaign_id for text in known.values() if text.incident_id is None]
        self._voices = campaign_posts.voices(connection, starting)
        self._free_ids = iter(campaigns.next_ids(connection, len(posts)))
        self._new_keys: list[tuple[int, int]] = []
        self._began: list[int] = []
        self._copies: dict[tuple[int, int], Copy] = {}

    def hold(self, posts: Sequence[CandidatePost], *, may_begin: bool = True) -> bool:
        """Counts posts that belong together to their texts; whether all of them are copies of one campaign."""
        found = {self.note(post, may_begin=may_begin) for post in posts}
        campaign_id = found.pop() if len(found) == 1 else None
        text = self._texts.get(campaign_id or 0)
        held = text is not None and text.holds
        for post in posts:
            if held and campaign_id:
                key = (campaign_id, post.mention_id)
                self._copies[key] = replace(self._copies[key], held=True)
        return held

    def note(self, post: CandidatePost, *, may_begin: bool = True) -> int | None:
        """Counts a post to the text that it repeats, or to a new one; without `may_begin` only to a campaign."""
        signature = self._signatures[post.mention_id]
        if signature is None:
            return None
        text = self._text_of(post, signature, campaigns_only=not may_begin)
        if text is None:
            if not may_begin:
                return None
            text = self._new_text(post, signature)
        conversation = post.conversation
        voice = texts.author_key(conversation.network, conversation.author, post.mention_id)
        self._copies[text.campaign_id, post.mention_id] = Copy(
            text.campaign_id, post.mention_id, voice, conversation.network, post.posted_at, False
        )
        self._texts[text.campaign_id] = replace(text, last_at=max(text.last_at, post.posted_at))
        if text.incident_id is None:
            self._count_voice(text.campaign_id, voice, post)
        return text.campaign_id

    def repeated_by(self, posts: Sequence[CandidatePost]) -> tuple[int, int] | None:
        """The text and the voice of posts that all say one text by one voice; None for others."""
        said_by_post = {
            mention_id: (campaign_id, copy.author_key) for (campaign_id, mention_id), copy in self._copies.items()
        }
        found = {said_by_post.get(post.mention_id) for post in posts}
        return found.pop() if len(found) == 1 else None

    def write(self) -> tuple[RepeatedText, ...]:
        """Writes what was counted. Returns the campaigns that began."""
        new_texts = [text for campaign_id, text in self._texts.items() if campaign_id not in self._stored]
        campaigns.add(self._connection, new_texts, self._new_keys)
        seen = {campaign_id for campaign_id, _ in self._copies} & self._stored
        campaigns.touch(self._connection, [self._texts[campaign_id] for campaign_id in sorted(seen)])
        campaign_posts.replace_copies(self._connection, self._signatures, list(self._copies.values()), self._now)
        return tuple(self._texts[campaign_id] for campaign_id in self._began)

    def _count_voice(self, campaign_id: int, voice: int, post: CandidatePost) -> None:
        voices, at = self._voices.setdefault(campaign_id, []), post.posted_at
        voices.append((voice, at))
        if len(voices) < self._most:
            return
        near = [other for other, sent_at in voices if abs(sent_at - at) <= self._window]
        if _is_flood(len(near), len(set(near)), self._most):
            text = self._texts[campaign_id]
            incident = incidents.create(self._connection, text.brand, "", "escucha", self._now)
            critical = _is_critical(post.text)
            self._texts[campaign_id] = replace(text, incident_id=incident.incident_id, critical=critical)
            self._began.append(campaign_id)

    def _text_of(self, post: CandidatePost, signature: Signature, *, campaigns_only: bool) -> RepeatedText | None:
        """The text that the post repeats: a campaign before others, of these the first."""
        candidates_by_id = {
            text.campaign_id: self._texts[text.campaign_id]
            for key in self._search_keys(post)
            for text in self._by_key.get(key, ())
        }
        in_order = sorted(candidates_by_id.values(), key=lambda text: (text.incident_id is None, text.campaign_id))
        fitting = (
            text
            for text in in_order
            if (text.incident_id or (not campaigns_only and abs(post.posted_at - text.last_at) <= self._window))
            and _is_copy(post.text, signature, text)
        )
        return next(fitting, None)

    def _new_text(self, post: CandidatePost, signature: Signature) -> RepeatedText:
        brand = post.conversation.brand
        campaign_id = next(self._free_ids)
        text = RepeatedText(
            campaign_id,
            brand,
            signature.words,
            signature.numbers,
            False,
            post.posted_at,
            forms=texts.forms(signature),
        )
        self._texts[campaign_id] = text
        for key in texts.keys(brand, signature):
            self._add_to(self._by_key.setdefault(key, []), text)
            self._new_keys.append((key, campaign_id))
        return text

    def _add_to(self, found: list[RepeatedText], text: RepeatedText) -> None:
        """Adds a text to those of a key; of too many the oldest that is no campaign is left out."""
        found.append(text)
        if len(found) > _MOST_COMPARED:
            starting = (at for at, other in enumerate(found) if self._texts[other.campaign_id].incident_id is None)
            found.pop(next(starting))

    def _search_keys(self, post: CandidatePost) -> list[int]:
        signature = self._signatures[post.mention_id]
        return texts.search_keys(post.conversation.brand, signature) if signature else []
