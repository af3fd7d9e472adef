"""Cases that come in by telephone, e-mail, at the counter, or by a post that no query found: entered by hand."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework.apply import AppliedChange
from monitor.casework.grouping import open_many
from monitor.desk.customers import LinkOutcome, link
from monitor.errors import EscuchaError, Refusal
from monitor.models.cases import Channel
from monitor.models.grouping import CandidatePost, Conversation, NewCase
from monitor.models.posts import Correction, MatchedMention, Mention
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events
from monitor.store.customers import customers
from monitor.store.posts import classifications, mentions

logger = logging.getLogger(__name__)

_AHEAD = timedelta(minutes=5)  # a clock may be so much fast
_AGO = timedelta(days=3_653)


@dataclass(frozen=True, slots=True)
class Entry:
    """A complaint as somebody writes it down.

    `contact` is the caller's number, the sender's address or the author's handle; `took_place_at` (UTC) when it was
    said, now by default; `network` and `link` tell of a post, and only of one.
    """

    brand: str
    channel: Channel
    text: str
    name: str = ""
    contact: str = ""
    language: str = ""
    took_place_at: datetime | None = None
    network: str = ""
    link: str = ""
    customer_id: str = ""


@permitted(Permission.ENTER_CASES, brands="entry.brand")
def enter_case(settings: Settings, entry: Entry, *, actor: str, now: datetime) -> LinkOutcome:
    """Opens a case for a complaint that was entered by hand; its clocks run from when it was said.

    Returns the case, and after it those that became the customer's with it.

    The words are stored like a post's, but matched by no query: they are no post of a network where these are counted.
    Raises EscuchaError for what is incomplete, in the future, of an unknown brand or customer, or entered already.
    """
    _check(settings, entry, now)
    mention = _mention(entry, now)
    with store.connect(settings.store) as connection:
        if entry.customer_id and customers.value_of(connection, entry.customer_id) is None:
            raise Refusal(
                "entry_customer",
                "there is no customer {customer}; leave it empty, or import customers first",
                customer=entry.customer_id,
            )
        post = _store(connection, settings, entry, mention, actor, now)
        conversation = Conversation(entry.brand, mention.network, mention.thread_id, mention.author)
        case_id = open_many(connection, [NewCase(conversation, (post,), entry.channel)], settings, actor, now)[0]
        link_outcome = LinkOutcome()
        if entry.customer_id:
            link_outcome = link(connection, settings, case_id, entry.customer_id, actor=actor, now=now)
        entered_case = AppliedChange(cases.get(connection, case_id), events.of_cases(connection, [case_id])[case_id])
        logger.info("case entered by hand", extra={"case": entered_case.case.code})
        follow_on = (change for change in link_outcome.done if change.case.case_id != case_id)
        return LinkOutcome((entered_case, *follow_on), link_outcome.decided)


def _check(settings: Settings, entry: Entry, now: datetime) -> None:
    if entry.brand not in {brand.name for brand in settings.brands}:
        raise Refusal("no_brand", "{brand!r} is no brand of the settings", brand=entry.brand)
    if entry.channel not in get_args(Channel):
        raise EscuchaError(f"{entry.channel!r} is no channel; there are: {', '.join(get_args(Channel))}")
    if not entry.text.strip():
        raise Refusal("entry_words", "write down what the customer said")
    if entry.took_place_at and entry.took_place_at > now + _AHEAD:
        raise Refusal("entry_future", "that is in the future; say when the customer said it")
    if entry.took_place_at and entry.took_place_at < now - _AGO:
        raise Refusal("entry_past", "that is more than ten years ago; say when the customer said it")
    if entry.channel == "network" and not (entry.network.strip() and entry.link.strip()):
        raise Refusal("entry_post", "a post needs its network and its link")
    if entry.channel == "network" and not entry.link.strip().startswith(("https://", "http://")):
        raise Refusal("entry_link", "a link begins with https://")


def _mention(entry: Entry, now: datetime) -> Mention:
    """The words as a mention. Its id is made up, and the same for the same words of the same person at that time."""
    at = min(entry.took_place_at or now, now)
    is_post = entry.channel == "network"
    contact, name = entry.contact.strip().removeprefix("@"), entry.name.strip()
    fingerprint = "\0".join(
        (entry.brand, entry.channel, entry.link.strip(), contact, name, entry.text.strip(), at.isoformat())
    )
    post_id = "h" + hashlib.blake2b(fingerprint.encode(errors="backslashreplace"), digest_size=12).hexdigest()
    return Mention(
        network=entry.network.strip().lower() if is_post else entry.channel,
        post_id=post_id,
        text=entry.text.strip(),
        posted_at=at,
        thread_id=post_id,
        raw={"entered_by_hand": True},
        author=contact or name or None,
        author_name=name or None,
        permalink=entry.link.strip() if is_post else None,
        language=entry.language or None,
    )


def _store(
    connection: Connection, settings: Settings, entry: Entry, mention: Mention, actor: str, now: datetime
) -> CandidatePost:
    """Stores the mention as a person's complaint. It waits for the classifier like others, for its sentiment."""
    if not mentions.save(connection, 0, [MatchedMention(mention, ())], now).stored:
        raise Refusal("entered_already", "this complaint was entered already; look for it among the cases")
    mention_id = mentions.id_of(connection, mention.network, mention.post_id)
    classifications.correct(connection, Correction(mention_id, actor, now, complaint=True))
    conversation = Conversation(entry.brand, mention.network, mention.thread_id, mention.author)
    language = entry.language or settings.expected_languages([entry.brand])[0]
    return CandidatePost(mention_id, conversation, mention.posted_at, language, complaint=True, text=mention.text)
