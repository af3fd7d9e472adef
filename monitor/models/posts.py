"""The values that travel through Escucha: posts, mentions, scores, labels. All are frozen; all times are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

Sentiment: TypeAlias = Literal["negative", "neutral", "positive"]
SENTIMENTS: tuple[Sentiment, ...] = ("negative", "neutral", "positive")
"""In the order of the model's answers."""
OWN_REPLY = "(own reply)"
"""The author of the brand's answers that a file holds beside the posts they answer: ours, whoever `own_accounts` names.

No network has such a handle.
"""
ROW_ID = "h"
"""How an id begins that a row of a file was given, since it had none: a hash in hexadecimal digits follows."""
OWN_REPLY_ID = ":reply"
"""What the id of the brand's answer beside a post ends in, behind that of the post."""
LATER_ID = ":later"
"""The same of what was written later in its conversation: its number follows."""
Decision: TypeAlias = Literal["complaint", "unsure", "other"]
DecisionReason: TypeAlias = Literal["own_account", "repost", "not_about"]
"""What makes a post `other` whatever its probability of a complaint: ours, passed on, or about no company."""
Stage: TypeAlias = Literal[
    "received", "acknowledged", "assessed", "investigating", "answered", "closed", "dismissed", "reopened"
]


@dataclass(frozen=True, slots=True)
class Post:
    """What a network returned, as it was.

    `raw` is the parsed answer; `place` says where it stood ("posts.csv, row 12"), for rejects and errors.
    """

    network: str
    raw: Mapping[str, Any]
    received_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A post, normalised. (network, post_id) is its identity; `thread_id` is the post's own id when it answers nobody.

    `quotes` is the id of a post shown inside it. `edited_at` is None for a post that was never edited.
    `author` is the handle without `@`, `author_id` the network's own id; either may be unknown.
    `language` is the network's tag, not what the classifier finds.
    """

    network: str
    post_id: str
    text: str
    posted_at: datetime
    thread_id: str
    raw: Mapping[str, Any]
    author: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    permalink: str | None = None
    in_reply_to: str | None = None
    language: str | None = None
    is_repost: bool = False
    likes: int | None = None
    replies: int | None = None
    reposts: int | None = None
    sample: bool = False
    quotes: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Which query of which brand a mention matched, and by which words. An empty brand means: none was found."""

    brand: str
    query: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchedMention:
    """A mention with the matches that make it one (at least one)."""

    mention: Mention
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Reject:
    """A post that could not be read: the reason, where it stood, and the raw answer as text."""

    network: str
    place: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a network. `watermark` is how far the read has come once this page is stored."""

    posts: tuple[Post, ...]
    watermark: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """The model's calibrated probabilities. The three of sentiment add up to 1.

    `p_about` is that of a text about any company, brand, product or service; None from a model that does not say.
    `category` is what the text is likeliest about if it is a complaint; "" where none is likely, or the model does not
    say.
    """

    p_negative: float
    p_neutral: float
    p_positive: float
    p_complaint: float
    p_about: float | None = None
    category: str = ""

    @property
    def sentiment(self) -> Sentiment:
        """The most probable sentiment."""
        return max(zip((self.p_negative, self.p_neutral, self.p_positive), SENTIMENTS, strict=True))[1]


@dataclass(frozen=True, slots=True)
class Classification:
    """Scores plus what was decided from them, by which model and when.

    `reason` is None where the probability of a complaint alone decided. `text_key` is that of the text that was read:
    None means, of the one stored now.
    """

    mention_id: int
    scores: Scores
    sentiment: Sentiment
    decision: Decision
    language: str
    model: str
    classified_at: datetime
    text_key: int | None = None
    reason: DecisionReason | None = None


@dataclass(frozen=True, slots=True)
class PendingMention:
    """A stored mention that waits for the classifier. `text_key` is the same for the same text; `brands`: matched.

    `answers` are the authors of the post that it answers and of the first one of its thread. `is_placed`: where it
    stands says that it is about a brand, whatever its words: a place of the brand's, the thread of a case.
    """

    mention_id: int
    text: str
    text_key: int
    author: str | None
    is_repost: bool
    posted_at: datetime
    brands: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's label. None means: not said. It outranks the model's and is kept beside it."""

    mention_id: int
    actor: str
    at: datetime
    sentiment: Sentiment | None = None
    complaint: bool | None = None


@dataclass(frozen=True, slots=True)
class IngestCounts:
    """What a write kept: new rows, those already there (edited ones among them), and rejects.

    `own_replies` are those of the new rows that a file held beside the posts they answer; `renumbered` are rows of a
    file that had the id of another post.
    """

    stored: int = 0
    duplicates: int = 0
    rejected: int = 0
    own_replies: int = 0
    renumbered: int = 0

    def __add__(self, other: "IngestCounts") -> "IngestCounts":
        return IngestCounts(
            self.stored + other.stored,
            self.duplicates + other.duplicates,
            self.rejected + other.rejected,
            self.own_replies + other.own_replies,
            self.renumbered + other.renumbered,
        )
