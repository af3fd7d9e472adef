"""What a person says of a post: its label, that it is a complaint, that it is none."""

from datetime import datetime
from functools import partial

from monitor import changing, store
from monitor.cases import stages
from monitor.desk import moves
from monitor.errors import EscuchaError
from monitor.models import Correction, Sentiment
from monitor.placing import place
from monitor.settings import Settings
from monitor.store import cases, classifications, placeables


def correct(
    settings: Settings,
    mention_id: int,
    *,
    actor: str,
    now: datetime,
    sentiment: Sentiment | None = None,
    complaint: bool | None = None,
) -> None:
    """Stores a person's label; what is None stays as it was."""
    with store.connect(settings.store) as connection:
        classifications.correct(connection, Correction(mention_id, actor, now, sentiment, complaint))


def open_case(settings: Settings, mention_id: int, brand: str, *, actor: str, now: datetime) -> int:
    """Makes the mention a complaint of `brand` and returns its case id: its conversation's case, or a new one.

    Raises EscuchaError for a mention that is not that brand's, waits for the classifier or is a repost.
    """
    with store.connect(settings.store) as connection:
        classifications.correct(connection, Correction(mention_id, actor, now, complaint=True))
        known = cases.case_of(connection, mention_id, brand)
        if known:
            return known.case_id
        posts = [post for post in placeables.placeable(connection, [mention_id]) if post.conversation.brand == brand]
        place(connection, posts, settings, actor, now)
        opened = cases.case_of(connection, mention_id, brand)
        if opened is None:
            raise EscuchaError(f"mention {mention_id} cannot open a case: a repost, unclassified, or of another brand")
        return opened.case_id


def dismiss_mention(settings: Settings, mention_id: int, *, actor: str, now: datetime, note: str = "") -> None:
    """Says that the post is no complaint. A case that stands on this complaint alone is dismissed with it."""
    with store.connect(settings.store) as connection:
        classifications.correct(connection, Correction(mention_id, actor, now, complaint=False))
        case = cases.case_of(connection, mention_id)
        if case and stages.may_move(case.stage, "dismissed") and not cases.complaints_in(connection, case.case_id):
            change = partial(moves.to_stage, stage="dismissed", note=note, reason="not_a_complaint")
            changing.apply(connection, settings, {case.case_id: change}, actor=actor, now=now)
