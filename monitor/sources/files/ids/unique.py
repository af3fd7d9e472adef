"""Which column of a file tells its posts apart when no name says so: one that never repeats and holds what ids hold."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

from monitor.sources.files.column_names import word_set
from monitor.sources.files.words import words
from monitor.tables.columns import bare_name
from monitor.tables.file_format import FAULT, ReadProgress
from monitor.tables.layout import Layout
from monitor.tables.rows import rows
from monitor.tables.times import time_format
from monitor.tables.values import value_of

UNIQUE_ROWS = 2_000_000
"""Rows in which a column is looked through for what repeats."""
_LEAST_ROWS = 3
_OF_IDS = word_set(
    "id ids uid uuid guid code codigo key clave ref reference referencia ticket folio expediente radicado protocolo "
    "case caso number numero num nro nr no record registro hash complaint queja reclamo reclamacion review resena"
)
_OF_OTHERS = word_set(
    "phone telephone tel telefono movil mobile celular whatsapp email mail correo contact contacto customer cliente "
    "client user usuario username handle account cuenta author autor person persona name nombre dni nif cif rut curp "
    "passport pasaporte zip postal cp product producto sku order pedido invoice factura booking reserva flight vuelo "
    "lat lon latitude longitude ip store tienda page pagina video parent price precio amount importe monto total "
    "reviewer reviewers commenter cedula documento documentid member miembro socio abonado alias apodo agent asesor "
    "asin isbn ean upc item articulo producto reply respuesta resposta answer parent padre asunto subject title titulo "
    "topic tema hora horas hour hours time fecha date dia day avatar profile perfil picture pic icon city ciudad "
    "version device dispositivo url link enlace href image imagen photo foto likes views score rating text texto "
    "channel channels canal canales owner propietario creator creador creadora from sender senders remitente remetente "
    "emisor poster commenters guest huesped hospede visitor visitante company empresa brand marca place local hotel "
    "group grupo forum foro board subreddit community comunidad did steamid fullname login acct"
)
"""Words of names whose column may never repeat and tells people, things or places apart, not posts."""
_TOKEN = re.compile(r"(?=[^\s]*\d)[\w\-:.#/=+]{5,200}")
_DECIMAL = re.compile(r"-?\d+[.,]\d+(?:[eE][+-]?\d+)?")
_TIMES, _SINCE_1970 = 50, (10, 13, 16)
"""Values looked at for times, and digits of those that are seconds, milliseconds and microseconds."""
_SPREAD = 2
"""Characters by which ids of one kind differ in length."""
_CLOCK = re.compile(r"\d{1,2}[:.hH]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?|h)?", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|www\.|/|[\d.]+\.[\d.]+", re.IGNORECASE)
"""How addresses of the web, of files and of computers begin: of pictures, people and devices as often as of posts."""


def unique_column(layout: Layout, sample: Sequence[Mapping[str, Any]], taken: set[str]) -> str | None:
    """The column to take for the id, whatever its name; None: no column is fit. Looks through 2,000,000 rows."""
    if len(sample) < _LEAST_ROWS:
        return None
    fit = [column for column in layout.form.header if column not in taken and _is_fit(column, sample)]
    named_first = sorted(fit, key=lambda column: not _names(column) & _OF_IDS)
    return next((column for column in named_first if _never_repeats(layout, column)), None)


def counters(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> set[str]:
    """Columns that number the rows: the same post has another number in another file."""
    first = sample[0] if sample else {}
    begun = [column for column in layout.form.header if _is_counted_from(value_of(first, column))]
    return {column for column in begun if _is_counter([value_of(row, column) for row in sample])}


def _is_fit(column: str, sample: Sequence[Mapping[str, Any]]) -> bool:
    names = _names(column)
    if names & _OF_OTHERS:
        return False
    values = [value for row in sample if (value := value_of(row, column)) is not None]
    if len(values) < len(sample) or len(set(values)) < len(values) or _is_counter(values):
        return False
    if any(_DECIMAL.fullmatch(value) for value in values) or all(_is_time(value, names) for value in values[:_TIMES]):
        return False
    if any(map(_ADDRESS.match, values)) or all(map(_CLOCK.fullmatch, values)):
        return False
    if names & _OF_IDS:
        return not any(" " in value.strip() or len(value) > 200 for value in values)
    lengths = [len(value) for value in values]
    return all(map(_TOKEN.fullmatch, values)) and max(lengths) - min(lengths) <= _SPREAD


def _is_time(value: str, names: set[str]) -> bool:
    """Whether a value is a time and no number: bare digits are one only as long as those since 1970, and unnamed."""
    if value.isdigit() and (names & _OF_IDS or len(value) not in _SINCE_1970):
        return False
    return bool(time_format(value))


def _names(column: str) -> set[str]:
    return {*words(column), bare_name(column)}


def _is_counter(values: Sequence[str | None]) -> bool:
    numbers = [int(value) for value in values if value is not None and value.isdecimal() and len(value) < 10]
    if len(numbers) < len(values) or len(numbers) < 2 or not _is_counted_from(values[0]):
        return False
    step = numbers[1] - numbers[0]
    return step > 0 and all(later - earlier == step for earlier, later in pairwise(numbers))


def _is_counted_from(value: str | None) -> bool:
    return value is not None and value.isdecimal() and len(value) < 10 and int(value) in (0, 1, 2)


def _never_repeats(layout: Layout, column: str) -> bool:
    seen: set[int] = set()
    for value in _values(layout, column):
        key = hash(value)
        if value is None or key in seen:
            return False
        seen.add(key)
    return True


def _values(layout: Layout, column: str) -> Iterator[str | None]:
    for _, _, row in islice(rows(layout.path, layout.form, 0, ReadProgress()), UNIQUE_ROWS):
        if FAULT not in row:
            yield value_of(row, column)
