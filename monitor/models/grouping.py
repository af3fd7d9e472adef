"""Values of grouping posts into cases: who speaks where, what waits for a case, what a case may take. All frozen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who speaks in which thread to which brand: what makes two posts one case, together with the time window.

    Who speaks is told by `author_id`, the network's own, where both are known: handles change, and are given to others.
    Else by the handle `author`, without regard to case.
    """

    brand: str
    network: str
    thread_id: str
    author: str | None
    author_id: str | None = None


@dataclass(frozen=True, slots=True)
class CandidatePost:
    """A classified mention that may open or join a case.

    `reach`: likes, replies and reposts. `answers`: the author of the post that it answers, where that one is stored.
    `unsure`: perhaps a complaint. `confirmed`: a complaint by a person's word. `category`: what the classifier finds it
    likeliest about, "" for nothing.
    """

    mention_id: int
    conversation: Conversation
    posted_at: datetime
    language: str
    complaint: bool
    text: str = ""
    reach: int = 0
    answers: str | None = None
    unsure: bool = False
    confirmed: bool = False
    category: str = ""


@dataclass(frozen=True, slots=True)
class CaseSpan:
    """A case as `cases.grouping` sees it: its conversation, its first post, and `until` when what is written joins it.

    An open one (`until` None) takes whatever the customer writes, a closed one for some time.
    """

    case_id: int
    conversation: Conversation
    first_post_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open, by its posts in time order; the first is not necessarily the complaint.

    `channel` is how it came in. Posts of networks from before there was a desk count from `since` on; None: from now.
    """

    conversation: Conversation
    posts: tuple[CandidatePost, ...]
    channel: Literal["network", "phone", "email", "in_person"] = "network"
    since: datetime | None = None
