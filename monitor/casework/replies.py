"""Posts of ours in the threads of cases: each is told in the history of the case it answers, once.

Whatever comes first, the customer's post, ours, or a person's word that it was sent: they find each other.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor.cases import reply_matching, sla
from monitor.cases.reply_matching import CandidateCase, OwnReply, UnmatchedAnswer
from monitor.casework import apply
from monitor.models.cases import Case, Event, NewEvent, effective
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import answers
from monitor.store.cases.answers import CaseInThread, OwnPost


@dataclass(frozen=True, slots=True)
class _MatchedReply:
    case_id: int
    post: OwnPost
    answer_id: int | None


def record_replies(connection: Connection, settings: Settings, mention_ids: Sequence[int], now: datetime) -> int:
    """Tells of every reply of ours in the threads of these mentions (ours, or in a case) that is not told yet.

    To be called in the transaction that placed them. A reply stops the clocks that wait for one; the answer marked as
    sent that it is gets its post. Returns how many replies were told.
    """
    own = settings.own_accounts
    threads = answers.affected_threads(connection, mention_ids, own) if own and mention_ids else []
    if not threads:
        return 0
    known = answers.cases_in(connection, threads, now - timedelta(days=settings.desk.reopen_days))
    if not known:
        return 0
    ours = answers.unrecorded_replies(connection, threads, own, min(case.since for case in known))
    found = _match_replies(connection, settings, ours, known) if ours else []
    posts = defaultdict[int, list[OwnPost]](list)
    for one in found:
        posts[one.case_id].append(one.post)
    changes = {
        case_id: partial(_add_replies, connection=connection, posts=replied) for case_id, replied in posts.items()
    }
    if changes:
        apply.apply(connection, settings, changes, actor="escucha", now=now)
    for one in found:
        if one.answer_id is not None:
            answers.mark_seen(connection, one.answer_id, one.post.mention_id)
    return len(found)


def _match_replies(
    connection: Connection, settings: Settings, ours: Sequence[OwnPost], known: Sequence[CaseInThread]
) -> list[_MatchedReply]:
    sent = answers.of_cases(connection, {case.case_id for case in known})
    waiting = [
        UnmatchedAnswer(one.answer_id, one.case_id, one.text, one.sent_at) for one in sent if one.mention_id is None
    ]
    told = answers.cases_by_reply(connection, [post.answers_id for post in ours if post.answers_id is not None])
    found = []
    for post in ours:
        cases = [_candidate(case) for case in known if _may_answer(post, case, settings)]
        follows = told.get(post.answers_id) if post.answers_id is not None else None
        said = OwnReply(post.mention_id, post.text, post.posted_at, post.answers, follows)
        case_id = reply_matching.match_case(said, cases, waiting, settings.own_accounts)
        if case_id is None:
            continue
        answer = reply_matching.match_answer(said, [one for one in waiting if one.case_id == case_id])
        waiting = [one for one in waiting if one is not answer]
        told[post.mention_id] = case_id
        found.append(_MatchedReply(case_id, post, answer.answer_id if answer else None))
    return found


def _may_answer(post: OwnPost, case: CaseInThread, settings: Settings) -> bool:
    """Whether the account is one of the case's brand, and the thread the same."""
    account = reply_matching.fold_handle(post.author)
    speaks = any(brand.name == case.brand and account in brand.own_accounts for brand in settings.brands)
    return speaks and (case.network, case.thread_id) == (post.network, post.thread_id)


def _candidate(case: CaseInThread) -> CandidateCase:
    return CandidateCase(case.case_id, case.author, case.since, case.is_open)


def _add_replies(
    case: Case, history: tuple[Event, ...], *, connection: Connection, posts: Sequence[OwnPost]
) -> tuple[Case, list[NewEvent]]:
    asking = [event for event in effective(history) if sla.is_asking(event) and event.mention_id is not None]
    written = answers.posts_by_id(connection, [event.mention_id for event in asking if event.mention_id is not None])
    asked = [(written[event.mention_id][0], event.at) for event in asking if event.mention_id in written]
    return case, [_reply_event(case.case_id, post, asked, history[0].at) for post in posts]


def _reply_event(
    case_id: int, post: OwnPost, asked: Sequence[tuple[datetime, datetime]], opened_at: datetime
) -> NewEvent:
    """The reply's event, placed after the customer's posts (written at, told at) that it answers and before later ones.

    Posts that were told together cannot be told apart by time: a reply between two of them is `overtaken`.
    """
    at = max([opened_at, post.posted_at, *(told for wrote, told in asked if wrote <= post.posted_at)])
    overtaken = any(wrote > post.posted_at and told <= at for wrote, told in asked)
    return NewEvent(
        case_id, "reply", mention_id=post.mention_id, became="overtaken" if overtaken else None, took_place_at=at
    )
