"""The words of columns and values that say who speaks, in Spanish, English and Portuguese."""

from collections.abc import Sequence

from monitor.sources.files.column_names import word_set
from monitor.sources.files.words import words

YES = word_set("1 true t yes y si sí s sim verdadero verdadeiro")
NO = word_set("0 false f no n nao não falso")

OF_BRAND = word_set(
    "outbound out outgoing saliente saida salida sent enviado enviada agent agente agents asesor asesora operator "
    "operador operadora staff support soporte suporte company empresa brand marca business negocio page pagina owner "
    "propietario proprietario seller vendedor vendedora merchant host anfitrion admin administrator administrador "
    "employee empleado empleada team equipo equipe bot chatbot assistant asistente developer "
    "desarrollador representative representante us me nosotros atendente ejecutivo ejecutiva executive moderator "
    "moderador moderadora uploader responder template plantilla"
)
OF_CUSTOMER = word_set(
    "inbound in incoming entrante entrada received recibido recibida recebido recebida customer customers cliente "
    "client clients consumer consumidor consumidora contact contacto contato user users usuario visitor visitante "
    "guest huesped hospede lead buyer comprador compradora patient paciente citizen ciudadano ciudadana subscriber "
    "requester solicitante reviewer complainant reclamante quejoso"
)
_OF_NOTES = word_set("note notes nota notas lineitem activity actividad atividade")
_SYSTEMS = word_set("system sistema event events evento eventos")
_USERS = word_set("user users usuario")
_CONTACTS = word_set("contact contacts contacto customer customers cliente client clients consumer consumidor")
"""Who else is in a file where users are those of the desk: beside leads and visitors they are customers."""
_LETTERS = ({"i": "customer", "o": "own"}, {"e": "customer", "s": "own"})
"""What a direction is written as: in and out, entrante and saliente."""
_DIRECTED = word_set(
    "inbound outbound in out incoming outgoing entrante saliente entrada salida saida sent received enviado enviada "
    "recibido recibida recebido recebida template plantilla activity"
)
_SHORTEST = 4
"""Letters of a value that says who speaks where the column's name does not: `us` and `in` are countries too."""
_OF_MESSAGES = word_set(
    "message mensaje mensagem messages reply response respuesta resposta comment comentario de del da do la el the by "
    "from of post end internal interna private privada msg"
)
"""Words beside those: "outgoing message", "end-user", "respuesta del agente"."""

STRONG, YES_OR_NO, WEAK, VALUES = 1, 2, 3, 4
"""How much a column's name says: that it tells who speaks; that yes or no does; that it may; nothing."""
_DIRECTIONS = word_set("direction direccion direcao sentido inout")
_IN_OUT = (word_set("in out"), word_set("i o"), word_set("e s"), word_set("entrada salida"), word_set("entrada saida"))
_SENDERS = word_set("sender remitente remetente emisor speaker hablante")
_KINDS = word_set("type tipo role rol papel kind side lado")
_OF_KINDS = word_set(
    "message mensaje mensagem msg part event evento entry entrada comment comentario activity actividad"
)
_ROLES = word_set("role rol papel side lado participant participante")
_PERSONS = word_set("author autor user usuario from participant participante origen origin origem source")
_FILLERS = word_set("de del da do la el the of a by por")
_IS = word_set("is es eh from by de por fue was sent")
_BRANDS = word_set(
    "brand marca agent agente asesor asesora operator operador staff support soporte suporte owner propietario seller "
    "vendedor merchant host anfitrion admin administrator administrador employee empleado team equipo assistant "
    "representative representante me us own propio propia outbound outgoing saliente company empresa uploader"
)
_FIRMS = word_set("company empresa")
"""Said of people too: `is_company` is a customer's; an answer or message of it is the brand's."""
_ANSWERS = word_set("reply response respuesta resposta message mensaje mensagem comment comentario from by sent")
_ABOUT = _IS | _ANSWERS | word_set("la el del the author autor sender user account cuenta post")
_INCOMING = word_set("inbound incoming entrante")
_OUTGOING = word_set("outbound outgoing saliente")
_FROM_CUSTOMERS = word_set("customer cliente contact contacto")
_INTERNAL = word_set("internal interno interna")
_PRIVATE = word_set("private privado privada")
_PUBLIC = word_set("public publico publica")
_NOTES = _INTERNAL | _PRIVATE | _PUBLIC | _OF_NOTES | word_set("is es message mensaje comment comentario")

_REPLIES = word_set(
    "reply replies response responses respuesta respuestas resposta respostas contestacion contestaciones contestacao "
    "replica replicas devolutiva devolutivas rejoinder descargo descargos antwort reponse risposta answer answers"
)
_BUSINESSES = word_set(
    "owner business company empresa brand marca propietario proprietario proprietaria developer desarrollador "
    "desenvolvedor management merchant store tienda loja seller vendedor vendor host anfitrion anfitriao negocio "
    "establecimiento estabelecimento provider proveedor fornecedor prestador hotel restaurant restaurante agent agente "
    "support soporte suporte staff team equipo equipe comunidad community official oficial admin comercio fabricante "
    "manufacturer client dev devs publisher shop page pagina"
)
_BRANDS_OWN = word_set(
    "owner business company empresa brand marca propietario proprietario negocio merchant seller vendedor management "
    "developer agent agente support soporte suporte vendor"
)
"""Who comments as the business: a comment of a hotel may be one on it."""
_SAID = word_set("comment comments comentario comentarios message mensaje mensagem")
_OF_REPLIES = _BUSINESSES | word_set(
    "text texto body content contenido snippet original plain public publica publico de del da do dos la el los the of "
    "our nuestra nossa"
)
_TOLD = word_set(
    "dijo dijimos contesto contestamos respondio respondimos disse dissemos respondeu respondemos comunico"
)
_TO_THEM = word_set("le les lhe lhes")
_TOLD_AROUND = _TOLD | _TO_THEM | word_set("que se lo o a al el la cliente ao")
_CHANGED = word_set(
    "updated update edited edit modified modification last changed actualizada actualizado actualizacion"
)
"""Of two times of an answer, what says which is that of its change."""
_WHEN = _CHANGED | word_set(
    "date time timestamp at on fecha hora data datetime ts iso unix utc gmt created creation creado creada creacion "
    "criado criada criacao published publicado publicada publicacion publicacao posted sent enviado enviada written "
    "escrito em el"
)
_WHO = word_set(
    "author autor autora by por user usuario name nombre nome agent agente responder department departamento"
)
_ANSWERED = word_set("replied responded answered respondido contestado respondida contestada")
_WHO_ANSWERED = ({"respondio"}, {"contesto"}, {"respondeu"}, {"responder"})


def is_answer(column: str) -> bool:
    """Whether a name says that its column holds what the business answered: `Reply Text`, `Respuesta de la empresa`."""
    names = set(words(column))
    if names & _TO_THEM and names & _TOLD and names <= _TOLD_AROUND:
        return True  # what they were told
    is_called = names & _REPLIES or (names & _SAID and names & _BRANDS_OWN)
    return bool(is_called) and names <= _REPLIES | _SAID | _OF_REPLIES


def is_answered_at(column: str) -> bool:
    """Whether a name says when the business answered: `ClientResponseDate`, `Fecha de respuesta`, `Replied at`."""
    return is_answer_with(column, _WHEN)


def is_changed_at(column: str) -> bool:
    """Whether a name of a time says that it is when something was changed: `reply.updatedDate`."""
    return bool(set(words(column)) & _CHANGED)


def answer_words(column: str) -> frozenset[str]:
    """The words under which a name tells an answer: `resposta` of `Data da resposta`."""
    return frozenset(words(column)) & _REPLIES


def is_answered_by(column: str) -> bool:
    """Whether a name says who answered: `Autor respuesta`, `Reply author`, `Respondió`."""
    names = set(words(column))
    return names in _WHO_ANSWERED or is_answer_with(column, _WHO)


def is_answer_with(column: str, what: frozenset[str]) -> bool:
    """Whether a name says one of these of the business's answer."""
    names = set(words(column))
    is_of_answer = names & (_REPLIES | _ANSWERED) or (names & _SAID and names & _BRANDS_OWN)
    return bool(is_of_answer and names & what) and names <= _REPLIES | _ANSWERED | _SAID | _OF_REPLIES | what


def strength(column: str) -> int:
    """How surely a name says that its column tells who speaks; 0: it does not."""
    names = set(words(column))
    rest = names - _FILLERS
    if names in _IN_OUT:
        return STRONG
    if rest & _DIRECTIONS and rest <= _DIRECTIONS | {"message", "mensaje", "mensagem"}:
        return WEAK if rest in ({"direccion"}, {"sentido"}) else STRONG
    if rest & _SENDERS and rest & _KINDS and rest <= _SENDERS | _KINDS:
        return STRONG
    if _yes_says(column):
        return YES_OR_NO
    are_known = rest <= _SENDERS | _PERSONS | _KINDS | {"message", "mensaje", "mensagem", "post"}
    return WEAK if rest & (_SENDERS | _PERSONS | _KINDS) and are_known else 0


def sides(column: str, values: Sequence[str]) -> dict[str, str]:
    """Value -> "own", "customer", "note", "event" (of the chat itself) or "" (not known).

    Who is called user depends on who else is there: one of the desk beside contacts alone, a customer beside others;
    beside contacts and agents nobody knows.
    """
    if yes := _yes_says(column):
        other = {"own": "customer", "customer": "own"}[yes]
        answers = {**dict.fromkeys(YES, yes), **dict.fromkeys(NO, other)}
        return {value: answers.get(value.casefold(), "") for value in values}
    if strength(column) == STRONG and (letters := _letters(values)):
        return letters
    found = {value: _side(set(words(value))) for value in values}
    users = [value for value in values if words(value) and set(words(value)) <= _USERS]
    others = [value for value in values if value not in users]
    are_contacts = [bool(_CONTACTS & set(words(value))) for value in others if found[value] == "customer"]
    if not users or not are_contacts or not all(are_contacts):
        return found
    return found | dict.fromkeys(users, "" if "own" in map(found.__getitem__, others) else "own")


def _letters(values: Sequence[str]) -> dict[str, str]:
    """The sides of directions written as letters: `I` and `O`; none where they are others."""
    for letters in _LETTERS:
        if all(value.casefold() in letters for value in values):
            return {value: letters[value.casefold()] for value in values}
    return {}


def are_directions(values: Sequence[str]) -> bool:
    """Whether all values say which way a message went: of two columns that one is believed."""
    return bool(values) and all(set(words(value)) <= _DIRECTED | _OF_MESSAGES for value in values)


def say_it_alone(values: Sequence[str]) -> bool:
    """Whether values may say who speaks whatever their column is called: both sides are there, in whole words."""
    found = {_side(set(words(value))) for value in values if len(value) >= _SHORTEST}
    return len(values) > 1 and {"own", "customer"} <= found and "" not in found


def _side(names: set[str]) -> str:
    if names & _OF_NOTES:
        return "note" if names <= _OF_NOTES | _OF_MESSAGES | OF_BRAND | _SYSTEMS else ""
    for side, known in (("own", OF_BRAND), ("customer", OF_CUSTOMER), ("event", _SYSTEMS)):
        if names & known and names <= known | _OF_MESSAGES:
            return side
    return ""


def _yes_says(column: str) -> str:
    """Who speaks where a column says yes; "" where its name does not ask for yes or no."""
    names = set(words(column))
    if names & _INCOMING and names <= _INCOMING | _ABOUT:
        return "customer"
    if names & _FROM_CUSTOMERS and names & {"from", "by"} and names <= _FROM_CUSTOMERS | _ABOUT:
        return "customer"
    if not names <= _BRANDS | _ABOUT or not names & _BRANDS:
        return ""
    if names & _OUTGOING or (names & _BRANDS - _FIRMS and names & _IS):
        return "own"
    return "own" if names & _IS and names & _ANSWERS else ""


def may_be_flag(column: str, values: Sequence[str]) -> bool:
    """Whether a column named after the brand alone (`Owner`, `Agent`) says yes in some rows and no in others."""
    said = {value.casefold() for value in values}
    names = set(words(column)) - _FILLERS
    return bool(names) and names <= _BRANDS and said <= YES | NO and bool(said & YES and said & NO)


def is_of_senders(column: str) -> bool:
    """Whether a name says that its column holds who writes, or in which role: more than any `type` does."""
    return bool(set(words(column)) & (_SENDERS | _ROLES))


def is_of_kinds(column: str) -> bool:
    """Whether a name says that its column holds of which kind a message is: `message_type`, `Tipo`."""
    names = set(words(column)) - _FILLERS
    return bool(names & _KINDS) and names <= _KINDS | _OF_KINDS


def is_inbound(column: str) -> bool:
    """Whether a column of yes and no says which posts came in: in files of several companies, to any of them."""
    return bool(_yes_says(column)) and bool(set(words(column)) & _INCOMING)


def private_values(column: str) -> frozenset[str]:
    """The values of a column called `private`, `internal` or `public` that say that a row is a note; none: no such."""
    names = set(words(column))
    if not names <= _NOTES or not names & (_INTERNAL | _PRIVATE | _PUBLIC):
        return frozenset()
    return NO if names & _PUBLIC else YES


def is_internal(column: str) -> bool:
    """Whether a name says that its rows are notes of the desk: what is private may also be a customer's message."""
    return bool(set(words(column)) & _INTERNAL)
