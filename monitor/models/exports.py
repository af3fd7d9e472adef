"""A case as it is handed over: one row, the columns of every exporter."""

from dataclasses import dataclass
from datetime import datetime

from monitor.models.posts import Decision, Sentiment, Stage


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as it is exported: its opening post with scores and labels, later posts and the history as text.

    After these, what people and the desk made of it; `tags` have a space between them, `due_at` is when the next clock
    ends.
    """

    code: str
    brand: str
    network: str
    stage: Stage
    opened_at: datetime
    opened_by: str
    changed_at: datetime
    author: str | None
    author_name: str | None
    post_id: str
    posted_at: datetime
    permalink: str | None
    text: str
    language: str
    sentiment: Sentiment | None
    decision: Decision | None
    corrected: bool
    p_negative: float | None
    p_neutral: float | None
    p_positive: float | None
    p_complaint: float | None
    model: str | None
    posts: int
    later_posts: str
    history: str
    sample: bool
    channel: str
    category: str
    severity: str
    priority: str
    owner: str
    team: str
    tags: str
    customer_id: str | None
    incident: str | None
    due_at: datetime | None
    agreement: str | None
