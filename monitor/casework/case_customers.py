"""Whose posts are whose in a case that took others in, and to which of its customers a word of ours is."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from monitor.cases import parties, reply_matching, sla
from monitor.errors import Refusal
from monitor.models.cases import Case, Event, NewEvent, effective
from monitor.models.grouping import CandidatePost
from monitor.store import Connection
from monitor.store.cases import families
from monitor.store.cases.answers import OwnPost
from monitor.store.cases.families import CaseCustomer


def whose_posts(connection: Connection, case_id: int, posts: Iterable[CandidatePost]) -> dict[int, str]:
    """The codes of the customers of those posts that are not the case's own customer's, by mention id."""
    own, *others = families.customers_of(connection, [case_id])
    whose: dict[int, str] = {}
    for post in posts if others else ():
        place = post.conversation
        who = place.network, place.author, place.author_id
        if own.thread_id == place.thread_id and own.is_by(*who):
            continue
        there = [other for other in others if other.thread_id == place.thread_id and other.network == place.network]
        named = [other for other in (*there, own, *others) if other.is_by(*who)]
        customer = next(iter((*named, *there)), own)
        if customer is not own:
            whose[post.mention_id] = customer.code
    return whose


def reply_to(
    post: OwnPost,
    customers: Sequence[CaseCustomer],
    history: tuple[Event, ...],
    told: Mapping[int, NewEvent],
    sent_event_id: int | None,
) -> str | None:
    """To whom a reply of ours in the thread of a case is, as its event keeps it; None: to everybody in it.

    What decides, in this order: whose post it answers, whom it names, the reply that it goes on from (`told` are those
    that are told with it), the answer marked as sent that it is, in whose thread it is.
    """
    held = effective(history)
    everybody = parties.of_history(held)
    if len(everybody.since) < 2:
        return None
    asked = [
        everybody.speaker(event)
        for event in held
        if event.kind in ("opened", "post") and event.mention_id == post.answers_id
    ] or [customer.code for customer in customers if customer.is_called(post.network, post.answers)]
    addressed = asked or _named(post.text, customers)
    if addressed:
        return everybody.kept(addressed)
    earlier: list[Event | NewEvent] = [*held, *told.values()]
    for event in earlier:
        if event.kind == "reply" and event.mention_id == post.answers_id:
            return event.field
    answer = next((event.field for event in held if event.event_id == sent_event_id and event.kind == "sent"), None)
    if answer:
        return answer
    here = [
        customer.code
        for customer in customers
        if (customer.network, customer.thread_id) == (post.network, post.thread_id)
    ]
    return everybody.kept(here)


def answer_to(
    case: Case,
    history: tuple[Event, ...],
    customers: Sequence[CaseCustomer],
    text: str,
    to: Collection[str] | None,
) -> str | None:
    """To whom an answer is that a person gave, as its event keeps it; `to` are the codes that the person named.

    Unsaid while several wait, it is to those whom it names, else to the case's own customer. Raises EscuchaError where
    that one does not wait, or for a code that is none of its customers'.
    """
    everybody = parties.of_history(effective(history))
    if to is not None:
        if unknown := sorted(set(to) - everybody.by_code.keys()):
            raise Refusal("no_customer_in_case", "{code} has no customer of {other}", code=case.code, other=unknown[0])
        return everybody.kept(to)
    waiting = sla.waiting(history)
    if len(waiting) < 2:
        return None
    if named := _named(text, customers):
        return everybody.kept(named)
    if everybody.own in waiting:
        return everybody.kept([everybody.own])
    raise Refusal(
        "answer_to",
        "several customers of {code} wait for an answer; say to whom this one is: {options}",
        code=case.code,
        options=", ".join(sorted(waiting)),
    )


def _named(text: str, customers: Iterable[CaseCustomer]) -> list[str]:
    handles = reply_matching.named_handles(text)
    return [
        customer.code
        for customer in customers
        if any(customer.is_called(customer.network, handle) for handle in handles)
    ]
