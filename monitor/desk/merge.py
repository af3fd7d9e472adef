"""Two cases that are one: merging, and its undo."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import store
from monitor.cases import severity, sla, stages
from monitor.casework import apply
from monitor.casework.apply import Change, Done
from monitor.desk import case_posts
from monitor.desk import changes as desk_changes
from monitor.errors import Refusal
from monitor.models.cases import Case, Event, NewEvent, in_force
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import case_mentions, cases, events


def merge(
    settings: Settings, into: int, others: Sequence[int], *, versions: Mapping[int, int], actor: str, now: datetime
) -> list[Done]:
    """Takes other cases of the same brand into one: their posts move there, and they vanish from the lists.

    What the customers write later in their threads goes to the case that took them in. Returns the cases, `into` first.
    Raises StoreConflict when one is not at its version any more, EscuchaError when they cannot be one.
    """
    others = tuple(dict.fromkeys(others))
    with store.connect(settings.store) as connection:
        known = {case.case_id: case for case in cases.many(connection, [into, *others])}
        _check_merge(into, others, known)
        posts = {case_id: case_mentions.of_case(connection, case_id) for case_id in others}
        taken = [(known[case_id], len(posts[case_id])) for case_id in others]
        texts = case_posts.look(connection, into, 0, (one for all_ in posts.values() for one in all_)).texts
        changes: dict[int, Change] = {into: partial(_with_taken, taken=taken, texts=texts)}
        changes |= {case.case_id: partial(_absorbed, into=known[into]) for case, _ in taken}
        done = apply.apply(connection, settings, changes, actor=actor, now=now, versions=versions)
        for case_id, moving in posts.items():
            case_mentions.move(connection, moving, into, of=case_id)
        return done


def _check_merge(into: int, others: Sequence[int], known: Mapping[int, Case]) -> None:
    if not others or into in others:
        raise Refusal("merge_two", "merging takes two different cases")
    for case_id in (into, *others):
        if case_id not in known:
            raise Refusal("no_case", "there is no case {case}", case=case_id)
        case = known[case_id]
        if case.merged_into is not None:
            raise Refusal("merged_before", "{code} was merged before; undo that first", code=case.code)
        if case.brand != known[into].brand:
            raise Refusal(
                "merge_brands",
                "{code} is a case of {brand}, not of {other_brand}",
                code=case.code,
                brand=case.brand,
                other_brand=known[into].brand,
            )
        if case.stage in stages.OPEN and known[into].stage not in stages.OPEN:
            raise Refusal(
                "merge_closed",
                "{into} is {stage} and {code} is not; reopen it first",
                into=known[into].code,
                stage=known[into].stage,
                code=case.code,
            )


def _with_taken(
    case: Case, history: tuple[Event, ...], *, taken: Sequence[tuple[Case, int]], texts: Mapping[int, str]
) -> desk_changes.Changed:
    """Posts that had left for a case that is taken in now are as if they had not left."""
    codes = [one.code for one, _ in taken]
    back = [event for event in in_force(history) if event.kind == "parted" and event.became in codes]
    grown = replace(
        case,
        first_post_at=min(case.first_post_at, *(one.first_post_at for one, _ in taken)),
        last_post_at=max(case.last_post_at, *(one.last_post_at for one, _ in taken)),
        reach=case.reach + sum(one.reach for one, _ in taken),
        contacts=case.contacts + sum(posts for _, posts in taken),
    )
    held = in_force(tuple(event for event in history if event not in back))
    grown, more = severity.settled(grown, history, held, texts)
    left = {event.became for event in back}
    merged = [
        NewEvent(
            case.case_id,
            "merged",
            became=one.code,
            took_place_at=None if one.code in left else _waits_since(history, one.asked_at),
        )
        for one, _ in taken
    ]
    return grown, [*merged, *(NewEvent(case.case_id, "undone", undoes=event.event_id) for event in back), *more]


def _waits_since(history: tuple[Event, ...], asked_at: datetime | None) -> datetime | None:
    """Since when the customer of a case that is taken in waits; our last word in the other was one to her too."""
    settled = sla.settled_at(history)
    return asked_at and (max(asked_at, settled) if settled else asked_at)


def _absorbed(case: Case, history: tuple[Event, ...], *, into: Case) -> desk_changes.Changed:
    del history
    return replace(case, merged_into=into.case_id), [NewEvent(case.case_id, "absorbed", became=into.code)]


def undo_merge(settings: Settings, absorbed: int, *, actor: str, now: datetime) -> list[Done]:
    """Gives a case that was merged its posts and its place back. Returns it and the case that had taken it in."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, absorbed)
        if case.merged_into is None:
            raise Refusal("not_merged", "{code} is not merged into another case", code=case.code)
        into = cases.get(connection, case.merged_into)
        if into.merged_into is not None:
            raise Refusal(
                "home_merged",
                "{into}, which took {code} in, was merged itself; undo that first",
                into=into.code,
                code=case.code,
            )
        changes: dict[int, Change] = {absorbed: _released, into.case_id: give_back(connection, into, [case])}
        return apply.apply(connection, settings, changes, actor=actor, now=now, merged=True)


def give_back(connection: Connection, into: Case, absorbed: Sequence[Case]) -> Change:
    """Moves the posts of cases that were merged back to them. Returns the change of the case that had taken them in.

    Raises EscuchaError where they have left it for another case.
    """
    posts = {case.code: _back(connection, case, into) for case in absorbed}
    leaving = {mention_id: code for code, ids in posts.items() for mention_id in ids}
    held = case_posts.look(connection, into.case_id, -len(leaving), leaving)
    return partial(_without, codes=tuple(posts), leaving=leaving, held=held)


def _back(connection: Connection, case: Case, into: Case) -> list[int]:
    mine = _own_mentions(connection, case.case_id)
    own = [mention_id for mention_id in case_mentions.of_case(connection, into.case_id) if mention_id in mine]
    if not own:
        raise Refusal(
            "posts_left",
            "the posts of {code} left {into} for another case; take those back first",
            code=case.code,
            into=into.code,
        )
    case_mentions.move(connection, own, case.case_id, of=into.case_id)
    return own


def _own_mentions(connection: Connection, case_id: int) -> set[int]:
    """The posts that came to the case itself and to those it took in, by their histories."""
    history = events.of_cases(connection, cases.taken_in(connection, case_id))
    held = (event for told in history.values() for event in in_force(told))
    return {e.mention_id for e in held if e.kind in ("opened", "post") and e.mention_id is not None}


def _released(case: Case, history: tuple[Event, ...]) -> desk_changes.Changed:
    held = in_force(history)
    last = next(event for event in reversed(held) if event.kind == "absorbed")
    # With it went the follow-ups of a closed case, which are planned again now.
    back = [e for e in held if e is last or (e.event_id > last.event_id and e.field == "cancelled")]
    return replace(case, merged_into=None), [NewEvent(case.case_id, "undone", undoes=e.event_id) for e in back]


def _without(
    case: Case, history: tuple[Event, ...], *, codes: Sequence[str], leaving: Mapping[int, str], held: case_posts.Held
) -> desk_changes.Changed:
    """The case without the merges; its own posts that had left before for one of these cases leave again."""
    told = in_force(history)
    merges = [next(e for e in reversed(told) if e.kind == "merged" and e.became == code) for code in codes]
    own = [e.mention_id for e in told if e.kind == "post" and e.mention_id in leaving]
    stays = tuple(event for event in told if event.mention_id not in leaving)
    again = [NewEvent(case.case_id, "parted", mention_id=one, became=leaving[one]) for one in own if one is not None]
    undone = [NewEvent(case.case_id, "undone", undoes=merge.event_id) for merge in merges]
    less, more = case_posts.fitted(case, history, stays, held, fewer=True)
    return less, [*undone, *again, *more]
