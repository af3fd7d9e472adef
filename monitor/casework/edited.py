"""Edited posts of cases: each is told in the history, and the case is what the newest words make it."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial

from monitor.cases import closing_words, rewording
from monitor.cases.rewording import Rewording
from monitor.casework import apply, campaigns
from monitor.casework.apply import CaseChange
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import answers, case_mentions, edited_posts, families
from monitor.store.cases.edited_posts import EditedPost

logger = logging.getLogger(__name__)


def record_edits(connection: Connection, settings: Settings, mention_ids: Sequence[int], now: datetime) -> int:
    """Tells the cases of those of these mentions that were edited and are classified again. Returns how many posts.

    To be called in the transaction that places the mentions. Severity and category follow, a closed case is reopened.
    """
    posts = edited_posts.untold_edits(connection, mention_ids) if mention_ids else []
    names = (*settings.own_accounts, *(brand.name for brand in settings.brands), *settings.desk.people_names)
    by_case = defaultdict[int, list[EditedPost]](list)
    for post in posts:
        by_case[post.case_id].append(post)
    whose = _whose(connection, by_case)
    changes: dict[int, CaseChange] = {
        case_id: partial(
            rewording.follow,
            posts=[_rewording(post, names, whose) for post in case_posts],
            texts=_texts(connection, case_id, case_posts),
            categories=settings.desk.categories,
        )
        for case_id, case_posts in by_case.items()
    }
    apply.apply(connection, settings, changes, actor="escucha", now=now, merged=True)
    theirs = [(post.case_id, post.mention_id, post.text) for post in posts if not post.ours]
    campaigns.follow_edits(connection, theirs, settings, now)
    edited_posts.dequeue(connection, mention_ids)
    count = len({post.mention_id for post in posts})
    if count:
        logger.info("edits told to cases", extra={"count": count})
    return count


def _whose(connection: Connection, by_case: Mapping[int, Sequence[EditedPost]]) -> dict[tuple[int, int], str]:
    """The customers of posts that came with a case that was taken in, by (case, mention id)."""
    return {
        (customer.home, post.mention_id): customer.code
        for customer in families.customers_of(connection, by_case)
        if customer.case_id != customer.home
        for post in by_case.get(customer.case_id, ())
    }


def _rewording(post: EditedPost, names: Collection[str], whose: Mapping[tuple[int, int], str]) -> Rewording:
    thanks = closing_words.is_thanks(post.text, names)
    return Rewording(
        post.mention_id, post.text, post.before, post.edited_at, thanks, post.complaint, post.ours,
        whose.get((post.case_id, post.mention_id)), post.category,
    )  # fmt: skip


def _texts(connection: Connection, case_id: int, posts: Sequence[EditedPost]) -> dict[int, str]:
    held_ids = [*case_mentions.of_case(connection, case_id), *(post.mention_id for post in posts)]
    return {mention_id: text for mention_id, (_, text) in answers.posts_by_id(connection, held_ids).items()}
