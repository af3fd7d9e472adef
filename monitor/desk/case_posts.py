"""What a case is by the posts it holds: its contacts, times, reach and severity after some left or came back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.cases import severity
from monitor.desk import changes
from monitor.models.cases import Case, Event
from monitor.store import Connection
from monitor.store.cases import answers, case_mentions
from monitor.store.cases.case_mentions import Extent


@dataclass(frozen=True, slots=True)
class Held:
    """The posts of a case: how many more than before (fewer: below 0), what they add up to, and their texts.

    `extent` is None for a case without posts, whose times stay as they were.
    """

    more: int
    extent: Extent | None
    texts: Mapping[int, str]


def look(connection: Connection, case_id: int, more: int, texts_of: Iterable[int] = ()) -> Held:
    """What the case holds now, `more` posts than before; with the texts of these and of `texts_of`."""
    mention_ids = case_mentions.of_case(connection, case_id)
    said = answers.posts_of(connection, [*mention_ids, *texts_of])
    return Held(more, case_mentions.extent(connection, mention_ids), {one: text for one, (_, text) in said.items()})


def fitted(
    case: Case, history: tuple[Event, ...], in_force: tuple[Event, ...], held: Held, *, fewer: bool
) -> changes.Changed:
    """The case as the posts it holds make it, and what tells its severity where that is another.

    `in_force` is what holds of its history with them; `fewer`: posts left, so that what others say as well counts.
    """
    case = replace(case, contacts=max(case.contacts + held.more, 1))
    if held.extent:
        first, last, reach = held.extent.first, held.extent.last, held.extent.reach
        case = replace(case, first_post_at=first, last_post_at=last, reach=reach)
    joined = [one.mention_id for one in in_force if one.kind == "post" and one.happened_at > history[0].happened_at]
    said = [one for one in joined if one is not None] if fewer else []
    return severity.settled(case, history, in_force, held.texts, said)
