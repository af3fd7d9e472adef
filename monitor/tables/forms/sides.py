"""What a title of a sheet, a table or a list says of who wrote what stands below it: `Respuestas enviadas`, `Sent`."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, TypeAlias

from monitor.text.own_words import lexicon

TitleSide: TypeAlias = Literal["own", "asked", ""]
"""The brand wrote it; it may have: a person is asked; nothing says so."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LONGEST = 200


_ANSWERS = lexicon(
    "respuesta respuestas reply replies response responses answer answers resposta respostas contestacion "
    "contestaciones contestado contestados"
)
_MESSAGES = lexicon(
    "mensaje mensajes message messages mensagem mensagens correo correos email emails mail mails dm dms comunicacion "
    "comunicaciones"
)
_SENT = lexicon(
    "enviado enviada enviados enviadas sent saliente salientes outgoing outbound emitido emitida emitidos emitidas "
    "outbox"
)
_OURS = lexicon(
    "our ours nuestro nuestra nuestros nuestras nosso nossa nossos nossas own propio propia propios propias"
)
_DESK = lexicon(
    "brand marca empresa company equipo team soporte support suporte agente agentes agent agents asesor asesores mesa "
    "desk oficial oficiales official owner propietario negocio business staff hotel management operador operadores"
)
_CUSTOMERS = lexicon(
    "cliente clientes customer customers client clients usuario usuarios user users consumidor consumidores ciudadano "
    "ciudadanos huesped huespedes guest guests pasajero pasajeros comprador compradores public publico"
)
_RECEIVED = lexicon(
    "recibido recibida recibidos recibidas received entrante entrantes incoming inbound recebido recebida recebidos "
    "recebidas inbox"
)
_COMPLAINTS = lexicon(
    "queja quejas reclamo reclamos reclamacion reclamaciones complaint complaints opinion opiniones resena resenas "
    "review reviews comentario comentarios comment comments ticket tickets caso casos case cases pregunta preguntas "
    "question questions consulta consultas"
)
_FORMS = lexicon(
    "encuesta encuestas survey surveys formulario formularios form forms cuestionario quiz nps csat satisfaccion "
    "satisfaction count counts total totales numero number num"
)
_TO = lexicon("a al to para ao aos")
_LITTLE = lexicon(
    "de del la las el los the of by from por do da dos das y and e en in on este mes month facebook instagram twitter "
    "x whatsapp google tiktok youtube linkedin enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre diciembre january february march april may june july august september october november december list "
    "items lista data messages"
)
"""Words that change nothing about who wrote it."""


@lru_cache(maxsize=4_096)
def side_of(title: str) -> TitleSide:
    """Whether a title says that the brand wrote what follows."""
    names = _told(title)
    told = set(names)
    if len(title) > _LONGEST or told & _FORMS or told & _RECEIVED:
        return ""
    written_to = _after_to(names)
    if (told - written_to) & (_CUSTOMERS | _COMPLAINTS) or written_to & _DESK:
        return ""
    is_answer, is_sent = bool(told & _ANSWERS), bool(told & _SENT)
    if is_answer and (is_sent or told & (_OURS | _DESK) or written_to & (_CUSTOMERS | _COMPLAINTS)):
        return "own"
    if told & _MESSAGES and (is_sent or told & _OURS):
        return "own"
    if is_sent:
        return "own" if told <= _SENT | _LITTLE else "asked"
    return "asked" if is_answer else ""


def says_sent_alone(title: str) -> bool:
    """Whether a title says that something was sent, and not what: `Sent`, `Enviados`."""
    return not set(_told(title)) & (_ANSWERS | _MESSAGES)


def _told(title: str) -> list[str]:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", title) if not unicodedata.combining(letter))
    return [word.lower() for word in _WORD.findall(plain)]


def _after_to(names: list[str]) -> set[str]:
    """The words to whom something was written: the first two behind `to` that are no small ones."""
    found: set[str] = set()
    for place, name in enumerate(names):
        if name in _TO:
            found |= set([word for word in names[place + 1 :] if word not in _LITTLE][:2])
    return found
