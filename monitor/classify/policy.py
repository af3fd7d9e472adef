"""From scores to a decision. Pure: the same scores and facts give the same decision."""

from collections.abc import Set

from monitor.models import Decision, PendingMention, Scores
from monitor.settings import Policy


def decide(scores: Scores, mention: PendingMention, own_accounts: Set[str], policy: Policy) -> Decision:
    """Complaint, unsure (for people to look at) or other.

    Own accounts (handles, casefolded, without `@`) and reposts are never complaints: nobody complains through them.
    """
    if mention.is_repost or (mention.author or "").casefold() in own_accounts:
        return "other"
    if scores.p_complaint >= policy.complaint_at:
        return "complaint"
    return "unsure" if scores.p_complaint >= policy.unsure_at else "other"
