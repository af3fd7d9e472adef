"""Posts with everything a card shows, fetched by their ids: text is read for these few only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.models.posts import Decision, DecisionReason, Sentiment, Stage
from monitor.store import Connection


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A case a post is in; `is_new`: it was received and nobody has taken it."""

    case_id: int
    code: str
    brand: str
    stage: Stage
    version: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class LastCorrection:
    """The last word of a person on a post: what she said, who she is and when."""

    actor: str
    at: datetime
    sentiment: Sentiment | None
    complaint: bool | None


@dataclass(frozen=True, slots=True)
class EarlierText:
    """What a post said until it was edited (UTC)."""

    text: str
    until: datetime


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post as a card shows it. Probabilities, sentiment and decision are None until it is classified.

    `p_about` is None from a model that does not say, `reason` where the probability of a complaint decided. Of one
    deleted on the network text and author are gone. `earlier` are the texts that edits replaced, latest first.
    """

    mention_id: int
    network: str
    author: str | None
    author_name: str | None
    text: str
    posted_at: datetime
    permalink: str | None
    is_repost: bool
    sample: bool
    sentiment: Sentiment | None
    decision: Decision | None
    p_negative: float | None
    p_neutral: float | None
    p_positive: float | None
    p_complaint: float | None
    p_about: float | None
    reason: DecisionReason | None
    deleted_at: datetime | None
    brands: tuple[str, ...]
    cases: tuple[CaseLink, ...]
    corrected: LastCorrection | None
    earlier: tuple[EarlierText, ...]


def by_id(connection: Connection, mention_ids: Sequence[int]) -> list[PostRow]:
    """These posts, in the order asked for; ids that are not stored are left out."""
    if not mention_ids:
        return []
    ids = list(mention_ids)
    brands = _brands(connection, ids)
    cases = _cases(connection, ids)
    corrected = _corrections(connection, ids)
    earlier = _earlier_texts(connection, ids)
    rows = connection.execute(
        """
        SELECT m.mention_id, m.network, m.author, m.author_name, m.text, m.posted_at, m.permalink,
               m.is_repost, m.sample,
               l.sentiment, l.decision, l.p_negative, l.p_neutral, l.p_positive, l.p_complaint,
               l.p_about, l.reason, m.deleted_at
        FROM mentions m JOIN (SELECT unnest($1::BIGINT[]) AS mention_id) a ON a.mention_id = m.mention_id
        LEFT JOIN (SELECT * FROM labels WHERE mention_id IN (SELECT unnest($1::BIGINT[]))) l
            ON l.mention_id = m.mention_id
        """,
        [ids],
    ).fetchall()
    posts_by_id: dict[int, PostRow] = {}
    for mention_id, *columns in rows:
        links, edits = tuple(cases.get(mention_id, ())), tuple(earlier.get(mention_id, ()))
        facts = (brands.get(mention_id, ()), links, corrected.get(mention_id), edits)
        posts_by_id[mention_id] = PostRow(*(mention_id, *columns, *facts))
    return [posts_by_id[mention_id] for mention_id in ids if mention_id in posts_by_id]


def _brands(connection: Connection, ids: list[int]) -> dict[int, tuple[str, ...]]:
    rows = connection.execute(
        """
        SELECT mention_id, array_agg(DISTINCT brand ORDER BY brand) FROM matches
        WHERE mention_id IN (SELECT unnest($1::BIGINT[])) GROUP BY mention_id
        """,
        [ids],
    ).fetchall()
    return {mention_id: tuple(names) for mention_id, names in rows}


def _cases(connection: Connection, ids: list[int]) -> dict[int, list[CaseLink]]:
    rows = connection.execute(
        """
        SELECT p.mention_id, c.case_id, c.code, c.brand, c.stage, c.version,
               c.stage = 'received' AND c.taken_at IS NULL
        FROM case_mentions p JOIN cases c USING (case_id)
        WHERE p.mention_id IN (SELECT unnest($1::BIGINT[])) ORDER BY c.case_id
        """,
        [ids],
    ).fetchall()
    links: dict[int, list[CaseLink]] = {}
    for mention_id, *link in rows:
        links.setdefault(mention_id, []).append(CaseLink(*link))
    return links


def _corrections(connection: Connection, ids: list[int]) -> dict[int, LastCorrection]:
    rows = connection.execute(
        """
        SELECT mention_id, (array_agg(actor ORDER BY corrected_at DESC))[1], max(corrected_at),
               (array_agg(sentiment ORDER BY corrected_at DESC) FILTER (WHERE sentiment IS NOT NULL))[1],
               (array_agg(complaint ORDER BY corrected_at DESC) FILTER (WHERE complaint IS NOT NULL))[1]
        FROM corrections WHERE mention_id IN (SELECT unnest($1::BIGINT[])) GROUP BY mention_id
        """,
        [ids],
    ).fetchall()
    return {mention_id: LastCorrection(*correction) for mention_id, *correction in rows}


def _earlier_texts(connection: Connection, ids: list[int]) -> dict[int, list[EarlierText]]:
    rows = connection.execute(
        """
        SELECT mention_id, text, replaced_at FROM edits
        WHERE mention_id IN (SELECT unnest($1::BIGINT[])) ORDER BY replaced_at DESC
        """,
        [ids],
    ).fetchall()
    texts: dict[int, list[EarlierText]] = {}
    for mention_id, *edit in rows:
        texts.setdefault(mention_id, []).append(EarlierText(*edit))
    return texts
