"""Who speaks in a row, where a column says it: the brand or a customer; and which rows are notes that no one else read.

A column is known by its name, and believed where its values are understood; else a person is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.errors import UnexpectedAnswer
from monitor.sources.files import people, speaker_words
from monitor.sources.files.column_names import word_set
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.others import answers, asked_speakers
from monitor.sources.files.others.asked_speakers import MOST_VALUES, ROLE, Voices, values_of
from monitor.sources.files.ownership import is_own
from monitor.sources.files.vocabulary import chat_events
from monitor.sources.files.words import words
from monitor.tables.columns import bare_name, columns_hint
from monitor.tables.forms.writers import UNKNOWN
from monitor.tables.layout import Layout, MarkedRows, OpenQuestion
from monitor.tables.values import value_of

NOBODY = "none"
_HALF = 0.5
"""The share of rows that is most of them."""
_LONGEST_VALUE = 40
_ANSWERS = word_set("respuesta respuestas reply replies response responses resposta respostas contestacion")
_PAGES = frozenset(("page", "pagina"))
_OF_DESKS = word_set("auditid plainbody ticketid idticket conversationid helpdeskid")
"""Bare names of columns that desks alone have: what is not public there is a note of theirs."""


@dataclass(frozen=True, slots=True)
class FileSpeakers:
    """Which rows are the brand's own and which are notes; what has to be asked or told."""

    own: MarkedRows | None = None
    private: MarkedRows | None = None
    questions: tuple[OpenQuestion, ...] = ()
    notes: tuple[str, ...] = ()
    own_parts: frozenset[str] = frozenset()
    """Names, folded, of the parts of the file that the brand wrote."""
    events: MarkedRows | None = None
    """Rows that the tool wrote itself."""

    def columns(self) -> set[str]:
        """Columns that tell who speaks: they hold nothing else."""
        return {mark.column for mark in (self.own, self.private) if mark and mark.column}


def find_speakers(
    file: str,
    header: Sequence[str],
    evidence: Evidence,
    *,
    own: MarkedRows | None = None,
    private: MarkedRows | None = None,
    events: MarkedRows | None = None,
    named: str | None = None,
    taken: Iterable[str] = (),
) -> FileSpeakers:
    """What the columns of a file say. `own`, `private` and `events` are what its entry in the catalogue says.

    `named` is what a person says of the own rows; `taken` are columns that hold something else.
    Raises UnexpectedAnswer when a person names a column or a value that is not there.
    """
    if named is not None:
        speakers = _named(file, header, evidence, named)
    elif own is not None:
        speakers = _known(own, private, events, evidence)
    else:
        speakers = _found([column for column in header if column not in {*taken}], evidence)
    speakers = replace(speakers, private=private or speakers.private, events=events)
    return _with_notes(_with_private(speakers, header, evidence), evidence)


def with_speakers(layout: Layout, speakers: FileSpeakers, evidence: Evidence) -> Layout:
    """The layout with who speaks in its rows."""
    layout = replace(
        layout,
        own=speakers.own,
        own_parts=speakers.own_parts,
        private=speakers.private,
        events=(speakers.events,) if speakers.events else (),
        questions=(*layout.questions, *speakers.questions),
        notes=(*layout.notes, *speakers.notes),
    )
    layout = chat_events.with_events(layout, evidence)
    return answers.with_answers(replace(layout, own_names_customer=_names_customer(layout, evidence)), evidence)


def persons_among(speakers: FileSpeakers, evidence: Evidence) -> Iterator[str]:
    """The columns that tell who speaks by the person, as some do that a person names: they hold the author too."""
    for column in speakers.columns():
        if not speaker_words.strength(column) or len(values_of(column, evidence)) > MOST_VALUES:
            yield column


def _found(header: Sequence[str], evidence: Evidence) -> FileSpeakers:
    voices = sorted(_all_voices(header, evidence), key=lambda voice: voice[0])
    whole = [voice for voice in voices if not voice[1].unknown]
    sure = [found for strength, found in whole if strength < speaker_words.WEAK]
    sure += [found for strength, found in whole if strength == speaker_words.WEAK and found.customers]
    sure = [found for found in sure if found.own] or sure
    if sure:
        return _marked(next((found for found in sure if _are_directions(found)), sure[0]))
    for strength, found in voices:
        if UNKNOWN in found.unknown:
            return _marked_unknown(found, evidence)
        if strength < speaker_words.WEAK or (found.own and found.customers) or _is_doubtful(found):
            return FileSpeakers(_marked(found).own, questions=(asked_speakers.question(found, evidence),))
    answers = [found for _, found in voices if found.own and all(map(_is_answer, found.own))]
    if answers:
        return _marked(answers[0])
    if flag := next((name for name in header if speaker_words.may_be_flag(name, values_of(name, evidence))), None):
        yes = [value.casefold() for value in values_of(flag, evidence) if value.casefold() in speaker_words.YES]
        question = asked_speakers.rows_question(flag, yes, evidence)
        return FileSpeakers(MarkedRows(flag, frozenset(yes)), questions=(question,))
    notes = [_doubt(found) for _, found in voices if found.own]
    return FileSpeakers(notes=tuple(notes))


def _marked_unknown(found: Voices, evidence: Evidence) -> FileSpeakers:
    """Guessed: that whoever is not known is of the desk."""
    mark = MarkedRows(found.column, found.own | {UNKNOWN})
    return FileSpeakers(mark, questions=(asked_speakers.writers_question(found, evidence),))


def _all_voices(header: Sequence[str], evidence: Evidence) -> Iterator[tuple[int, Voices]]:
    """The columns that may say who speaks, each with how much its name says."""
    for column in header:
        strength = speaker_words.strength(column)
        if not strength and not speaker_words.say_it_alone(values_of(column, evidence)):
            continue
        if found := _voices(column, evidence):
            yield strength or speaker_words.VALUES, found


def _are_directions(found: Voices) -> bool:
    return speaker_words.are_directions([*found.own, *found.customers])


def _is_doubtful(found: Voices) -> bool:
    """Whether a column of senders or roles has a customer's word, and others that nobody knows."""
    return bool(found.customers and found.unknown) and speaker_words.is_of_senders(found.column)


def _is_answer(value: str) -> bool:
    """Whether a value says that the brand answers: `Respuesta de la marca`; a page may be any other's too."""
    named = set(words(value))
    return bool(named & _ANSWERS) and bool(named & speaker_words.OF_BRAND - _PAGES)


def _voices(column: str, evidence: Evidence) -> Voices | None:
    """None: the column holds something else."""
    values = values_of(column, evidence)
    if not 0 < len(values) <= MOST_VALUES or any(len(value) > _LONGEST_VALUE for value in values):
        return None
    sides = speaker_words.sides(column, values)
    is_answered = any(sides.values()) or speaker_words.strength(column) == speaker_words.STRONG
    if not is_answered or (len(values) == evidence.filled(column) and not any(sides.values())):
        return None
    return _sorted_voices(column, sides)


def _sorted_voices(column: str, sides: Mapping[str, str]) -> Voices:
    own, customers, notes = (
        frozenset(value.casefold() for value, side in sides.items() if side == name)
        for name in ("own", "customer", "note")
    )
    return Voices(column, own, customers, notes, tuple(value for value, side in sides.items() if not side))


def _marked(found: Voices) -> FileSpeakers:
    return FileSpeakers(
        MarkedRows(found.column, found.own) if found.own else None,
        MarkedRows(found.column, found.notes) if found.notes else None,
    )


def _known(own: MarkedRows, private: MarkedRows | None, events: MarkedRows | None, evidence: Evidence) -> FileSpeakers:
    """What an entry says, with the values of its column that it does not know."""
    if own.column is None:
        return FileSpeakers(own)
    of_notes = private.values if private and private.column == own.column else frozenset[str]()
    values = values_of(own.column, evidence)
    sides = speaker_words.sides(own.column, values)
    sides |= {value: "own" for value in values if value.casefold() in own.values}
    sides |= {value: "note" for value in values if value.casefold() in of_notes}
    sides |= {value: "customer" for value in values if value.casefold() in own.customers}
    if events and events.column == own.column:
        sides |= {value: "event" for value in values if value.casefold() in events.values}
    found = _sorted_voices(own.column, sides)
    mark = MarkedRows(own.column, own.values | found.own)
    return replace(
        _marked(found), own=mark, questions=(asked_speakers.question(found, evidence),) if found.unknown else ()
    )


def _named(file: str, header: Sequence[str], evidence: Evidence, named: str) -> FileSpeakers:
    option = f"--column {ROLE}="
    if named == NOBODY:
        return FileSpeakers()
    column = max((name for name in header if named == name or named.startswith(f"{name}=")), key=len, default=None)
    if column is None:
        raise UnexpectedAnswer(f"{file} has no column {named}: {option}NAME=VALUE{columns_hint(header)}")
    values = {value.casefold() for row in evidence.rows if (value := value_of(row, column)) is not None}
    said = frozenset(value.strip().casefold() for value in named[len(column) + 1 :].split(",") if value.strip())
    if evidence.is_all and (strange := sorted(said - values)):
        shown = ", ".join(sorted(values)[:MOST_VALUES])
        raise UnexpectedAnswer(f"no row of {file} has {', '.join(strange)} in {column}: it holds {shown}")
    if said:
        return FileSpeakers(MarkedRows(column, said))
    found = _sorted_voices(column, speaker_words.sides(column, values_of(column, evidence)))
    return replace(
        _marked(found), questions=(asked_speakers.question(found, evidence),) if found.unknown or not found.own else ()
    )


def _doubt(found: Voices) -> str:
    values = ", ".join(sorted(found.own))
    return (
        f"{found.column} holds {values}: if your brand wrote these rows, say so: "
        f"--column {ROLE}={found.column}={','.join(sorted(found.own))}"
    )


def _with_private(speakers: FileSpeakers, header: Sequence[str], evidence: Evidence) -> FileSpeakers:
    """With the notes that a column of yes and no tells; those only called private, where they are the brand's own."""
    if speakers.private is not None:
        return speakers
    for column in header:
        values = speaker_words.private_values(column)
        found = {value.casefold() for value in values_of(column, evidence)} if values else set()
        if not values or not found & values or not found <= speaker_words.YES | speaker_words.NO:
            continue
        if speakers.own or speaker_words.is_internal(column) or _OF_DESKS & set(map(bare_name, header)):
            return replace(speakers, private=MarkedRows(column, values))
        note = (
            f"rows with {column} = {', '.join(sorted(found & values))} are taken as posts: nothing says who wrote them"
        )
        return replace(speakers, notes=(*speakers.notes, note))
    return speakers


def _with_notes(speakers: FileSpeakers, evidence: Evidence) -> FileSpeakers:
    notes = list(speakers.notes)
    if speakers.own and speakers.own.column and (shown := _shown(speakers.own, evidence)):
        notes.append(f"your own messages, no posts of customers: rows with {speakers.own.column} = {shown}")
    if speakers.private and speakers.private.column and (shown := _shown(speakers.private, evidence)):
        notes.append(f"internal notes, not taken: rows with {speakers.private.column} = {shown}")
    return replace(speakers, notes=tuple(notes))


def _shown(mark: MarkedRows, evidence: Evidence) -> str:
    return ", ".join(value for value in values_of(mark.column or "", evidence) if value.casefold() in mark.values)


def _names_customer(layout: Layout, evidence: Evidence) -> bool:
    """Whether the brand's own rows name whom it wrote to: most of their authors are customers in other rows."""
    if not layout.own_parts and (layout.own is None or layout.own.column is None):
        return False
    authors = [
        (
            is_own(row, layout),
            people.author_of(row, layout.columns, layout.network, None) or people.author_name_of(row, layout.columns),
        )
        for row in evidence.spread()
    ]
    customers = {author for is_ours, author in authors if author and not is_ours}
    ours = [author for is_ours, author in authors if author and is_ours]
    return bool(ours) and sum(author in customers for author in ours) > _HALF * len(ours)
