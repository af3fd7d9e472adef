"""Campaigns at work: copies of one text that many accounts send open no cases of their own, and are counted together.

Until `desk.campaigns.authors` accounts have sent it within `desk.campaigns.days` each copy gets its case as any post
does. Then the text has an incident, which takes in the open cases of its copies, and what comes after is only counted.
What a copy says besides, or that it speaks of danger where the text does not, makes it no copy.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from monitor.casework import apply
from monitor.casework.comparison import Comparison, repeats
from monitor.models.campaigns import RepeatedText
from monitor.models.cases import Case, Event, NewEvent
from monitor.models.grouping import CandidatePost, NewCase
from monitor.settings.loading import Settings
from monitor.store import Connection, key_values
from monitor.store.cases import campaign_posts, campaigns, candidates, incidents
from monitor.store.cases.incidents import Incident

logger = logging.getLogger(__name__)

_MARK = "campaigns"  # the day on which texts that nobody sends any more were last forgotten
_MOST_STUDIED = 10_000  # posts of open cases that are compared once, when a store of an earlier version is opened


@dataclass(frozen=True, slots=True)
class Gathering:
    """The cases to open, and the campaigns that began: their cases are gathered once these are there.

    `joined`: posts that go to a case, by its id: one account said the same there before.
    """

    opened: tuple[NewCase, ...]
    began: tuple[RepeatedText, ...] = ()
    joined: tuple[tuple[int, CandidatePost], ...] = ()


def gather(
    connection: Connection,
    new_cases: Sequence[NewCase],
    further_posts: Sequence[CandidatePost],
    settings: Settings,
    now: datetime,
) -> Gathering:
    """Takes out of the cases to open those that hold only copies of a campaign; these are counted to it.

    So are copies among the further posts, which are no complaints, or not surely. What one account says again in the
    same words belongs to the case that it has.
    """
    limits = settings.desk.campaigns
    if not limits.authors:
        return Gathering(tuple(new_cases))
    known = _study_once(connection, settings, now)
    complaints = [[post for post in new_case.posts if post.complaint] for new_case in new_cases]
    compared_posts = [*(post for posts in complaints for post in posts), *further_posts]
    comparison = Comparison(connection, limits, compared_posts, now)
    opened = [new_case for new_case, posts in zip(new_cases, complaints, strict=True) if not comparison.hold(posts)]
    for post in further_posts:
        comparison.hold([post], may_begin=post.unsure)
    began = comparison.write()
    if len(opened) < len(new_cases):
        logger.info("copies of a campaign gathered", extra={"count": len(new_cases) - len(opened)})
    cases_to_open, joined = _fold_repeats(connection, comparison, opened)
    return Gathering(tuple(cases_to_open), (*known, *began), tuple(joined))


def _fold_repeats(
    connection: Connection, comparison: Comparison, opened: Sequence[NewCase]
) -> tuple[list[NewCase], list[tuple[int, CandidatePost]]]:
    """The cases to open without those that repeat another of the same account; and posts that repeat an open case."""
    complaints = [[post for post in new_case.posts if post.complaint] for new_case in opened]
    repeated = [comparison.repeated_by(posts) for posts in complaints]
    open_cases = campaign_posts.cases_of_voices(connection, {key for key in repeated if key})
    folded: dict[object, NewCase] = {}
    joined: list[tuple[int, CandidatePost]] = []
    for at, (new_case, key) in enumerate(zip(opened, repeated, strict=True)):
        who = new_case.conversation
        same = [
            case_id for case_id, author_id in open_cases.get(key or (0, 0), ()) if _may_be(author_id, who.author_id)
        ]
        place = (key, who.author_id) if key else at
        if same:
            joined += [(same[0], post) for post in new_case.posts]
        elif place in folded:
            posts = sorted((*folded[place].posts, *new_case.posts), key=lambda post: (post.posted_at, post.mention_id))
            folded[place] = replace(folded[place], posts=tuple(posts))
        else:
            folded[place] = new_case
    return list(folded.values()), joined


def _may_be(author_id: str | None, other_id: str | None) -> bool:
    return author_id is None or other_id is None or author_id == other_id


def gather_cases(connection: Connection, began: Iterable[RepeatedText], settings: Settings, now: datetime) -> None:
    """Takes the open cases of the copies into the incidents of campaigns that have begun; those of danger stay out."""
    for text in began:
        case_ids = campaign_posts.cases_of_copies(connection, text.campaign_id, critical=text.critical)
        incident = incidents.get(connection, text.incident_id or 0)
        changes = dict.fromkeys(case_ids, partial(join_incident, incident=incident))
        apply.apply(connection, settings, changes, actor="escucha", now=now)
        campaign_posts.hold_caseless(connection, text.campaign_id)
        logger.info("campaign began", extra={"count": len(case_ids)})


def join_real(connection: Connection, case_ids: Sequence[int], settings: Settings, now: datetime) -> None:
    """Takes new cases of copies into the incidents of campaigns that a person called real."""
    for campaign_id in campaign_posts.real_campaigns(connection, case_ids):
        text = campaigns.get(connection, campaign_id)
        if text is None or text.incident_id is None:
            continue
        copied = campaign_posts.cases_of_copies(connection, campaign_id, critical=text.critical)
        incident = incidents.get(connection, text.incident_id)
        changes = dict.fromkeys(sorted({*copied} & {*case_ids}), partial(join_incident, incident=incident))
        apply.apply(connection, settings, changes, actor="escucha", now=now)


def follow_edits(
    connection: Connection, edited: Sequence[tuple[int, int, str]], settings: Settings, now: datetime
) -> None:
    """Posts that were copies and have words of their own now are copies no longer, and their cases leave the campaign.

    `edited` are (case id, mention id, text).
    """
    words = {mention_id: text for _, mention_id, text in edited}
    changed = defaultdict[int, list[int]](list)
    for mention_id, campaign_ids in campaign_posts.texts_of(connection, words).items():
        for campaign_id in campaign_ids:
            if not repeats(words[mention_id], campaigns.get(connection, campaign_id)):
                changed[campaign_id].append(mention_id)
    for campaign_id, mention_ids in changed.items():
        campaign_posts.remove_posts(connection, campaign_id, mention_ids)
    release(connection, [(case_id, text) for case_id, _, text in edited], settings, now)


def release(connection: Connection, said: Sequence[tuple[int, str]], settings: Settings, now: datetime) -> None:
    """Takes cases out of their campaign again in which the customer has said something of their own.

    `said` are (case id, text).
    """
    found = campaign_posts.campaigns_of_cases(connection, {case_id for case_id, _ in said})
    known = {campaign_id: campaigns.get(connection, campaign_id) for campaign_id in set(found.values())}
    leaving = {
        case_id: found[case_id]
        for case_id, words in said
        if case_id in found and not repeats(words, known[found[case_id]])
    }
    changes = {}
    for case_id, campaign_id in leaving.items():
        text = known[campaign_id]
        if text and text.incident_id:
            changes[case_id] = partial(leave_incident, incident=incidents.get(connection, text.incident_id))
    apply.apply(connection, settings, changes, actor="escucha", now=now)


def join_incident(case: Case, history: tuple[Event, ...], *, incident: Incident) -> tuple[Case, list[NewEvent]]:
    """The case as one of the incident's."""
    del history
    return replace(case, incident_id=incident.incident_id), [
        NewEvent(case.case_id, "incident", became=incident.code, note=incident.title)
    ]


def leave_incident(case: Case, history: tuple[Event, ...], *, incident: Incident) -> tuple[Case, list[NewEvent]]:
    """The case as one of no incident."""
    del history
    return replace(case, incident_id=None), [NewEvent(case.case_id, "incident", was=incident.code)]


def _study_once(connection: Connection, settings: Settings, now: datetime) -> tuple[RepeatedText, ...]:
    """Once a day what nobody sends any more is forgotten; the first time, open cases are looked through."""
    mark, today = key_values.get(connection, _MARK), now.date().isoformat()
    if mark == today:
        return ()
    key_values.put(connection, _MARK, today)
    window = timedelta(days=settings.desk.campaigns.days)
    campaigns.forget(connection, now - 2 * window)
    if mark is not None:
        return ()
    posts = candidates.posts_of_open_cases(connection, now - window, _MOST_STUDIED)
    comparison = Comparison(connection, settings.desk.campaigns, posts, now)
    for post in posts:
        comparison.note(post)
    return comparison.write()
