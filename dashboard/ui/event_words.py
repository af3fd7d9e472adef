"""What happened to a case, in a line: the words of an event of its history."""

from collections.abc import Callable, Mapping
from datetime import datetime

from dashboard.i18n import t
from dashboard.ui import formatting, labels
from monitor.models.cases import Event, EventKind

_WITH_PARTIES: tuple[EventKind, ...] = ("post", "edited", "contact", "stage")


def describe(event: Event, undone_event: Event | None = None) -> str:
    """The event in plain words, not yet escaped; `undone_event` is the one that an undoing took back, where known."""
    if event.kind == "undone" and undone_event is not None:
        return t("event.undone_what", what=describe(undone_event))
    sentence = _SENTENCES.get(event.kind)
    words = sentence(event) if sentence else t(f"event.{event.kind}")
    return words + _party_words(event)


def _party_words(event: Event) -> str:
    """Whose word it is or whom it is to, in a case that took others in (monitor.cases.parties); '' for no other."""
    codes = event.field if event.kind in ("sent", "reply") else event.was if event.kind in _WITH_PARTIES else None
    return t("event.party", codes=codes.replace(" ", ", ")) if codes else ""


def _post(event: Event) -> str:
    return t("event.thanks" if event.became == "thanks" else "event.post")


def _reply(event: Event) -> str:
    return t("event.automatic" if event.became == "automatic" else "event.reply")


def _reread(event: Event) -> str:
    return t(f"event.reread_{event.became}")


def _stage(event: Event) -> str:
    if event.stage is None:
        return t("event.moved")
    if event.field == "agreement" and event.became:
        return t("event.closed", agreement=t(f"agreement.{event.became}"))
    if event.field == "reason" and event.became:
        return t("event.dismissed", reason=t(f"dismissal.{event.became}"))
    return t("event.stage", stage=t(f"stage.{event.stage}"))


def _field(event: Event) -> str:
    name = event.field or ""
    if name == "author":
        return t("event.renamed")
    was, became = (labels.value(name, value) for value in (event.was, event.became))
    if name == "owner" and not event.was:
        return t("event.owned", owner=became)
    return t("event.field", field=labels.field(name), was=was, became=became)


def _edited(event: Event) -> str:
    return t(f"event.edited_{event.field or event.became or 'slightly'}")


def _contact(event: Event) -> str:
    return t(f"contact.{event.field}_{event.became}")


def _other_case(event: Event) -> str:
    return t(f"event.{event.kind}", code=event.became or "")


def _incident(event: Event) -> str:
    if event.became:
        return t("event.incident_joined", code=event.became)
    return t("event.incident_left", code=event.was or "")


def _customer(event: Event) -> str:
    if event.field == "value":
        return t("customers.revalued", customer=event.became or "")
    if event.became:
        return t("event.customer_linked", customer=event.became)
    return t("event.customer_unlinked", customer=event.was or "")


def _follow_up(event: Event) -> str:
    key = f"followed.{event.field}"
    return t(key, days=_days(event.became or event.was or ""))


def _days(times: str) -> str:
    try:
        return ", ".join(formatting.local_day(datetime.fromisoformat(moment)) for moment in times.split())
    except ValueError:
        return times


def _survey(event: Event) -> str:
    return t("event.survey_answered" if event.field == "answered" else "event.survey_asked", points=event.became or "")


def _record(event: Event) -> str:
    return t("event.record", day=_days(event.became or ""))


_SENTENCES: Mapping[EventKind, Callable[[Event], str]] = {
    "post": _post,
    "reply": _reply,
    "reread": _reread,
    "stage": _stage,
    "field": _field,
    "edited": _edited,
    "contact": _contact,
    "merged": _other_case,
    "absorbed": _other_case,
    "parted": _other_case,
    "incident": _incident,
    "customer": _customer,
    "follow_up": _follow_up,
    "survey": _survey,
    "record": _record,
}
