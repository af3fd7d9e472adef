"""Which replies of ours nobody wrote: of a bot's account, with a bot's words, within seconds, or everywhere the same.

They are kept in the history as automatic, and are no answer: no clock stops, no figure counts them. A text that a
person marked as sent, or said to be an answer, is a template of the team, however often it is used.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from monitor.casework import apply
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.desk import Desk
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import reply_series
from monitor.store.cases.reply_series import SeriesReply
from monitor.text.folding import fold, fold_handle
from monitor.text.series import series_of

_SERIES_DAYS = 30  # replies so far back are one series with those of today
_LONGEST = 4_000  # characters; a bot's words are said by then
_WORD = re.compile(r"\w+")


def is_listed(author: str, text: str, settings: Settings) -> bool:
    """Whether the settings call the account or the words of a post of ours automatic."""
    spoken = _spaced(text)
    return any(
        fold_handle(author) in brand.automatic_accounts
        or any(_spaced(words) in spoken for words in brand.automatic_replies)
        for brand in settings.brands
    )


def is_at_once(posted_at: datetime, asked_times: Collection[datetime], desk: Desk) -> bool:
    """Whether it came sooner after a post of the customer than a person reads and writes.

    Times that are known to the minute only say nothing.
    """
    return any(
        timedelta() <= posted_at - asked_at < timedelta(seconds=desk.automatic_seconds)
        and (posted_at.second or asked_at.second)
        for asked_at in asked_times
    )


def told_replies(connection: Connection, series: Collection[str], now: datetime) -> list[SeriesReply]:
    """The replies of these series that cases tell of."""
    since = now - timedelta(days=_SERIES_DAYS)
    return reply_series.of_series(connection, set(series) - {""}, since, series_of)


def automatic_series(replies: Sequence[SeriesReply], desk: Desk) -> frozenset[str]:
    """The series that are in so many cases that nobody wrote them; none of which a person said that it is an answer."""
    by_series = defaultdict[str, list[SeriesReply]](list)
    for reply in replies:
        by_series[reply.series].append(reply)
    return frozenset(
        series
        for series, same_replies in by_series.items()
        if series
        and 0 < desk.automatic_after <= len({reply.case_id for reply in same_replies})
        and not any(reply.is_sent or reply.reading == "answer" for reply in same_replies)
    )


def still_answers(replies: Sequence[SeriesReply], series: Collection[str]) -> Mapping[int, list[int]]:
    """The replies of these series that still count as answers: mention ids by case."""
    by_case = defaultdict[int, list[int]](list)
    for reply in replies:
        if reply.series in series and reply.reading != "automatic":
            by_case[reply.case_id].append(reply.mention_id)
    return by_case


def reread_listed(connection: Connection, settings: Settings, case_ids: Collection[int]) -> dict[int, apply.CaseChange]:
    """The changes of cases whose answers the settings call automatic by now; what a person said stays."""
    by_case = defaultdict[int, list[int]](list)
    if any(brand.automatic_accounts or brand.automatic_replies for brand in settings.brands):
        for reply in reply_series.of_cases(connection, case_ids):
            if is_listed(reply.author, reply.text, settings):
                by_case[reply.case_id].append(reply.mention_id)
    return {case_id: partial(_reread, mention_ids=mention_ids) for case_id, mention_ids in by_case.items()}


def _reread(case: Case, history: tuple[Event, ...], *, mention_ids: Sequence[int]) -> tuple[Case, list[NewEvent]]:
    del history
    return case, rereadings(case.case_id, mention_ids)


def rereadings(case_id: int, mention_ids: Sequence[int]) -> list[NewEvent]:
    """The events that tell that these replies, told as answers, are automatic."""
    return [
        NewEvent(case_id, "reread", mention_id=mention_id, was="answer", became="automatic")
        for mention_id in mention_ids
    ]


def _spaced(text: str) -> str:
    return f" {' '.join(_WORD.findall(fold(text[:_LONGEST])))} "
