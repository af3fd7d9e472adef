"""Two cases that are one, and one that is two: merging and splitting, each with its undo."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from monitor import changing, store
from monitor.cases import stages
from monitor.casework import Case, Event, NewEvent, in_force
from monitor.changing import Change, Done
from monitor.desk import moves
from monitor.errors import EscuchaError
from monitor.models import NewCase
from monitor.placing import open_many
from monitor.settings import Settings
from monitor.store import Connection, cases, events, placeables


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
        posts = {case_id: cases.mentions_of(connection, case_id) for case_id in others}
        taken = [(known[case_id], len(posts[case_id])) for case_id in others]
        changes: dict[int, Change] = {into: partial(_with_taken, taken=taken)}
        changes |= {case.case_id: partial(_absorbed, into=known[into]) for case, _ in taken}
        done = changing.apply(connection, settings, changes, actor=actor, now=now, versions=versions)
        for case_id, moving in posts.items():
            cases.move_mentions(connection, moving, into, of=case_id)
        return done


def _check_merge(into: int, others: Sequence[int], known: Mapping[int, Case]) -> None:
    if not others or into in others:
        raise EscuchaError("merging takes two different cases")
    for case_id in (into, *others):
        if case_id not in known:
            raise EscuchaError(f"there is no case {case_id}")
        case = known[case_id]
        if case.merged_into is not None:
            raise EscuchaError(f"{case.code} was merged before; undo that first")
        if case.brand != known[into].brand:
            raise EscuchaError(f"{case.code} is a case of {case.brand}, not of {known[into].brand}")
        if case.stage in stages.OPEN and known[into].stage not in stages.OPEN:
            raise EscuchaError(f"{known[into].code} is {known[into].stage} and {case.code} is not; reopen it first")


def _with_taken(case: Case, history: tuple[Event, ...], *, taken: Sequence[tuple[Case, int]]) -> moves.Changed:
    del history
    grown = replace(
        case,
        first_post_at=min(case.first_post_at, *(one.first_post_at for one, _ in taken)),
        last_post_at=max(case.last_post_at, *(one.last_post_at for one, _ in taken)),
        reach=case.reach + sum(one.reach for one, _ in taken),
        contacts=case.contacts + sum(posts for _, posts in taken),
    )
    return grown, [NewEvent(case.case_id, "merged", became=one.code) for one, _ in taken]


def _absorbed(case: Case, history: tuple[Event, ...], *, into: Case) -> moves.Changed:
    del history
    return replace(case, merged_into=into.case_id), [NewEvent(case.case_id, "absorbed", became=into.code)]


def undo_merge(settings: Settings, absorbed: int, *, actor: str, now: datetime) -> list[Done]:
    """Gives a case that was merged its posts and its place back. Returns it and the case that had taken it in."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, absorbed)
        if case.merged_into is None:
            raise EscuchaError(f"{case.code} is not merged into another case")
        into = cases.get(connection, case.merged_into)
        if into.merged_into is not None:
            raise EscuchaError(f"{into.code}, which took {case.code} in, was merged itself; undo that first")
        held = cases.mentions_of(connection, into.case_id)
        own = [mention_id for mention_id in held if mention_id in _own_mentions(connection, absorbed)]
        if not own:
            raise EscuchaError(f"the posts of {case.code} left {into.code} for another case; take those back first")
        stays = cases.extent(connection, set(held) - set(own))
        without = partial(_without, taken=case, posts=len(own), stays=stays)
        changes: dict[int, Change] = {absorbed: _released, into.case_id: without}
        done = changing.apply(connection, settings, changes, actor=actor, now=now, merged=True)
        cases.move_mentions(connection, own, absorbed, of=into.case_id)
        return done


def _own_mentions(connection: Connection, case_id: int) -> set[int]:
    """The posts that came to the case itself and to those it took in, by their histories."""
    history = events.of_cases(connection, cases.taken_in(connection, case_id))
    held = (event for told in history.values() for event in in_force(told))
    return {e.mention_id for e in held if e.kind in ("opened", "post") and e.mention_id is not None}


def _released(case: Case, history: tuple[Event, ...]) -> moves.Changed:
    held = in_force(history)
    last = next(event for event in reversed(held) if event.kind == "absorbed")
    # With it went the follow-ups of a closed case, which are planned again now.
    back = [e for e in held if e is last or (e.event_id > last.event_id and e.field == "cancelled")]
    return replace(case, merged_into=None), [NewEvent(case.case_id, "undone", undoes=e.event_id) for e in back]


def _without(
    case: Case, history: tuple[Event, ...], *, taken: Case, posts: int, stays: cases.Extent | None
) -> moves.Changed:
    merged = (e for e in reversed(in_force(history)) if e.kind == "merged" and e.became == taken.code)
    return _less(case, posts, stays), [NewEvent(case.case_id, "undone", undoes=next(merged).event_id)]


def _less(case: Case, posts: int, stays: cases.Extent | None) -> Case:
    """The case without so many posts; `stays` is what the others add up to, None for no other."""
    less = replace(case, contacts=max(case.contacts - posts, 1))
    if stays is None:
        return less
    return replace(less, first_post_at=stays.first, last_post_at=stays.last, reach=stays.reach)


def split(
    settings: Settings, case_id: int, mention_ids: Sequence[int], *, version: int, actor: str, now: datetime
) -> tuple[Done, Case]:
    """Moves posts of a case into a new one of their own. Returns the case they left and the new one.

    The post that opened the case stays. Raises as `merge` does.
    """
    with store.connect(settings.store) as connection:
        before = cases.get(connection, case_id)
        _check_split(connection, before, mention_ids)
        cases.unlink(connection, case_id, mention_ids)
        free = placeables.placeable(connection, mention_ids)
        found = {one.mention_id: one for one in free if one.conversation.brand == before.brand}
        if len(found) < len(set(mention_ids)):
            raise EscuchaError("some of these posts cannot have a case: reposts, or not classified yet; leave them out")
        leaving = sorted(found.values(), key=lambda post: (post.posted_at, post.mention_id))
        new = NewCase(leaving[0].conversation, tuple(leaving))
        made = cases.get(connection, open_many(connection, [new], settings, actor, now)[0])
        stays = cases.extent(connection, cases.mentions_of(connection, case_id))
        change = partial(_parted, became=made, posts=len(leaving), stays=stays)
        done = changing.apply(
            connection, settings, {case_id: change}, actor=actor, now=now, versions={case_id: version}
        )
        return done[0], made


def _check_split(connection: Connection, case: Case, mention_ids: Sequence[int]) -> None:
    held = in_force(events.of_cases(connection, [case.case_id])[case.case_id])
    opening = next((event.mention_id for event in held if event.kind == "opened"), None)
    if not mention_ids or not set(cases.mentions_of(connection, case.case_id)).issuperset(mention_ids):
        raise EscuchaError(f"choose posts of {case.code} to move")
    if opening in mention_ids:
        raise EscuchaError(f"the post that opened {case.code} stays in it; move the others instead")


def _parted(
    case: Case, history: tuple[Event, ...], *, became: Case, posts: int, stays: cases.Extent | None
) -> moves.Changed:
    del history
    return _less(case, posts, stays), [NewEvent(case.case_id, "parted", became=became.code)]


def undo_split(settings: Settings, new: int, *, actor: str, now: datetime) -> list[Done]:
    """Takes the posts of a case that was split off back where they came from; the new case is merged into the old."""
    with store.connect(settings.store) as connection:
        made = cases.get(connection, new)
        origin = events.parted_from(connection, made.code)
    if origin is None:
        raise EscuchaError(f"{made.code} was not split off another case")
    return merge(settings, origin, [new], versions={}, actor=actor, now=now)
