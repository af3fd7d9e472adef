"""Posts of ours in the threads of cases: each is told in the history of the case it answers, once.

Whatever comes first, the customer's post, ours, or a person's word that it was sent: they find each other.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.cases import parties as case_parties
from monitor.cases import reply_matching, sla
from monitor.cases.reply_matching import CandidateCase, OwnReply, UnmatchedAnswer
from monitor.casework import apply, automatic_replies, case_customers
from monitor.models.cases import Case, Event, NewEvent, effective
from monitor.models.posts import OWN_REPLY
from monitor.settings.desk import Desk
from monitor.settings.loading import Settings
from monitor.settings.own import own_handles
from monitor.store import Connection
from monitor.store.cases import answers, families, reply_series
from monitor.store.cases.answers import CaseInThread, OwnPost
from monitor.store.cases.reply_series import SeriesReply
from monitor.text.folding import fold_handle
from monitor.text.series import series_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _MatchedReply:
    case_id: int
    post: OwnPost
    answer_id: int | None
    sent_event_id: int | None = None
    series: str = ""
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class _Question:
    """A post of a customer (by code) that asks: when it was written, and when the case knew of it."""

    party: str
    wrote_at: datetime
    told_at: datetime


def record_replies(connection: Connection, settings: Settings, mention_ids: Sequence[int], now: datetime) -> int:
    """Tells of every reply of ours in the threads of these mentions (ours, or in a case) that is not told yet.

    To be called in the transaction that placed them. A reply stops the clocks that wait for one; the answer marked as
    sent that it is gets its post. Returns how many replies were told.
    """
    own_accounts = own_handles(settings)
    threads = answers.affected_threads(connection, mention_ids, own_accounts) if mention_ids else []
    if not threads:
        return 0
    reopens = timedelta(days=settings.desk.reopen_days)
    thread_cases = answers.cases_in(connection, threads, answers.first_posted_at(connection, mention_ids) - reopens)
    if not thread_cases:
        return 0
    replies = answers.unrecorded_replies(connection, threads, own_accounts, min(case.since for case in thread_cases))
    matches = _match_replies(connection, settings, replies, thread_cases, now) if replies else []
    matches, outgrown = _find_series(connection, settings.desk, matches, now)
    by_case = defaultdict[int, list[_MatchedReply]](list)
    for match in matches:
        by_case[match.case_id].append(match)
    changes = {
        case_id: partial(
            _add_replies,
            connection=connection,
            matches=by_case.get(case_id, ()),
            outgrown=outgrown.get(case_id, ()),
            desk=settings.desk,
        )
        for case_id in {**by_case, **outgrown}
    }
    if changes:
        apply.apply(connection, settings, changes, actor="escucha", now=now)
        reply_series.keep(connection, {match.post.mention_id: match.series for match in matches})
    for match in matches:
        if match.answer_id is not None:
            answers.mark_seen(connection, match.answer_id, match.post.mention_id)
    if matches:
        logger.info("replies recorded", extra={"count": len(matches)})
    return len(matches)


def _find_series(
    connection: Connection, desk: Desk, matches: Sequence[_MatchedReply], now: datetime
) -> tuple[list[_MatchedReply], Mapping[int, list[int]]]:
    """The replies, those that make a series now as automatic; and earlier ones of it, mention ids by case."""
    told = automatic_replies.told_replies(connection, {match.series for match in matches}, now)
    new = [
        SeriesReply(match.case_id, match.post.mention_id, match.series, "", match.answer_id is not None)
        for match in matches
    ]
    series = automatic_replies.automatic_series([*told, *new], desk)
    marked = [
        replace(match, is_automatic=match.is_automatic or (match.series in series and match.answer_id is None))
        for match in matches
    ]
    return marked, automatic_replies.still_answers(told, series)


def _match_replies(
    connection: Connection,
    settings: Settings,
    replies: Sequence[OwnPost],
    thread_cases: Sequence[CaseInThread],
    now: datetime,
) -> list[_MatchedReply]:
    all_series = {post.mention_id: series_of(post.text) for post in replies}
    told = automatic_replies.told_replies(connection, set(all_series.values()), now)
    known_series = automatic_replies.automatic_series(told, settings.desk)
    sent = answers.of_cases(connection, {case.case_id for case in thread_cases})
    unmatched_answers = [
        UnmatchedAnswer(answer.answer_id, answer.case_id, answer.text, answer.sent_at)
        for answer in sent
        if answer.mention_id is None
    ]
    case_by_reply = answers.cases_by_reply(
        connection, [post.answers_id for post in replies if post.answers_id is not None]
    )
    matches = []
    for post in replies:
        cases = [_candidate(case) for case in thread_cases if _may_answer(post, case, settings)]
        follows = case_by_reply.get(post.answers_id) if post.answers_id is not None else None
        reply = OwnReply(post.mention_id, post.text, post.posted_at, post.answers, follows)
        case_id = reply_matching.match_case(reply, cases, unmatched_answers, own_handles(settings))
        if case_id is None:
            continue
        case_answers = [waiting for waiting in unmatched_answers if waiting.case_id == case_id]
        series = all_series[post.mention_id]
        is_automatic = (
            series in known_series
            or automatic_replies.is_listed(post.author, post.text, settings)
            or _is_at_once(post, settings)
        )
        # What a bot says is the answer that was marked as sent only if the words are the same.
        answer = (
            reply_matching.most_similar(post.text, post.posted_at, case_answers)
            if is_automatic
            else reply_matching.match_answer(reply, case_answers)
        )
        unmatched_answers = [waiting for waiting in unmatched_answers if waiting is not answer]
        case_by_reply[post.mention_id] = case_id
        event_id = next((one.event_id for one in sent if answer and one.answer_id == answer.answer_id), None)
        answer_id = answer.answer_id if answer else None
        matches.append(
            _MatchedReply(case_id, post, answer_id, event_id, series, is_automatic=is_automatic and answer is None)
        )
    return matches


def _is_at_once(post: OwnPost, settings: Settings) -> bool:
    is_customers = post.answers_at is not None and fold_handle(post.answers) not in own_handles(settings)
    asked_times = [post.answers_at] if post.answers_at and is_customers else []
    return automatic_replies.is_at_once(post.posted_at, asked_times, settings.desk)


def _may_answer(post: OwnPost, case: CaseInThread, settings: Settings) -> bool:
    """Whether the account is one of the case's brand, the thread the same, the case not closed long before."""
    account = fold_handle(post.author)
    speaks = account == OWN_REPLY or any(
        brand.name == case.brand and account in brand.own_accounts for brand in settings.brands
    )
    is_in_time = case.closed_at is None or post.posted_at <= case.closed_at + timedelta(days=settings.desk.reopen_days)
    return speaks and is_in_time and (case.network, case.thread_id) == (post.network, post.thread_id)


def _candidate(case: CaseInThread) -> CandidateCase:
    return CandidateCase(case.case_id, case.author, case.since, case.closed_at is None)


def _add_replies(
    case: Case,
    history: tuple[Event, ...],
    *,
    connection: Connection,
    matches: Sequence[_MatchedReply],
    outgrown: Sequence[int],
    desk: Desk,
) -> tuple[Case, list[NewEvent]]:
    """The case with these replies; those `outgrown` that are told already turned out to be automatic."""
    held = effective(history)
    parties = case_parties.of_history(held)
    asking = [event for event in held if sla.is_asking(event) and event.mention_id]
    customer_posts = answers.posts_by_id(connection, [event.mention_id for event in asking if event.mention_id])
    questions = [
        _Question(
            parties.speaker(event),
            event.at if event.kind == "edited" else customer_posts[event.mention_id][0],
            event.at,
        )
        for event in asking
        if event.mention_id in customer_posts
    ]
    customers = families.customers_of(connection, [case.case_id])
    told: dict[int, NewEvent] = {}
    for match in matches:
        to = case_customers.reply_to(match.post, customers, history, told, match.sent_event_id)
        heard = (to or "").split()
        theirs = [question for question in questions if not heard or question.party in heard]
        told[match.post.mention_id] = _reply_event(match, theirs, history[0].at, to, desk)
    return case, [*automatic_replies.rereadings(case.case_id, outgrown), *told.values()]


def _reply_event(
    match: _MatchedReply, questions: Sequence[_Question], opened_at: datetime, to: str | None, desk: Desk
) -> NewEvent:
    """The reply's event, placed after the customer's posts that it answers and before later ones.

    Posts that were told together cannot be told apart by time: a reply between two of them is `overtaken`.
    """
    post = match.post
    answered = [question.told_at for question in questions if question.wrote_at <= post.posted_at]
    at = max([opened_at, post.posted_at, *answered])
    overtaken = any(question.wrote_at > post.posted_at and question.told_at <= at for question in questions)
    reading = "overtaken" if overtaken else None
    asked_times = [question.wrote_at for question in questions]
    is_automatic = match.is_automatic or (
        match.answer_id is None and automatic_replies.is_at_once(post.posted_at, asked_times, desk)
    )
    return NewEvent(
        match.case_id,
        "reply",
        mention_id=post.mention_id,
        field=to,
        was=reading if is_automatic else None,
        became="automatic" if is_automatic else reading,
        took_place_at=at,
    )
