"""Which brand a post belongs to that no query found, as far as the conversation tells it."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.models.grouping import CandidatePost
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import candidates, case_mentions
from monitor.store.posts import unmatched


def placed_posts(connection: Connection, settings: Settings, mention_ids: Sequence[int]) -> list[CandidatePost]:
    """These mentions as candidates for cases, once what our accounts wrote, and what answers it, has their brand.

    Where brands are set up, a post of no brand opens no case; it waits in the inbox, and still joins its author's case.
    """
    owners = {
        account: [brand.name for brand in settings.brands if account in brand.own_accounts]
        for account in settings.own_accounts
    }
    given = unmatched.of_own_threads(connection, mention_ids, owners)
    unmatched.give(connection, given, unmatched.OWN_THREAD)
    posts = candidates.candidate_posts(connection, [*{*mention_ids, *(mention_id for mention_id, _ in given)}])
    if not settings.brands:
        return posts
    return [post if post.conversation.brand else replace(post, complaint=False) for post in posts]


def link(connection: Connection, posts: Sequence[tuple[int, int, str]]) -> None:
    """Puts mentions into cases: (case_id, mention_id, brand). What matched no brand is that brand's from then on."""
    case_mentions.link(connection, posts)
    unmatched.give(connection, [(mention_id, brand) for _, mention_id, brand in posts if brand], unmatched.CONVERSATION)
