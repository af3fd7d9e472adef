"""What names of columns say a column is not: the text of a customer, the author of a post (times: `vocabulary`)."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from monitor.sources.files.column_names import ABOUT, HANDLES, HEADS, word_set
from monitor.tables.clock.zones import named_zone, zone_in_header

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_OF_THE_BUSINESS = (
    "agent agente agents asesor soporte support suporte company empresa brand marca owner propietario proprietario "
    "business negocio management developer desarrollador desenvolvedor seller vendedor merchant host anfitrion "
    "anfitriao staff moderator moderador operator operador internal interno interna bot assigned asignado atribuido "
    "inhaber ejecutivo ejecutiva backoffice analista"
)
_OF_A_PERSON = (
    "bio biography biografia biographie profile perfil followers seguidores following signature firma about acerca"
)
_OF_ANOTHER = "quoted quote citado citada parent padre pai retweeted retweet shared compartido translated translation "
_OF_ANOTHER += "traduccion traducido traducao traduzido prompt template plantilla"
_COMPLAINED = word_set(
    "dislike dislikes disliked cons contras desventajas desvantagens drawbacks disadvantages negative negatives "
    "negativo negativa negativos negativas worst worse peor peores pior piores hate improve improved improvement "
    "improvements mejorar melhorar problem problems problema problemas complaint complaints queja quejas "
    "reclamo reclamacao wrong"
)
"""Words of what people are asked about what went badly."""
_SOLVED = word_set("solving solve solves solved resuelve resuelto resolviendo soluciona resolve resolvendo")
_LIKED = word_set("like likes liked gusta gusto gustado gostou gosta agrada agrado")
_LESS = word_set("no not least less menos nao t")
_PRAISED = word_set(
    "best better pros advantages ventajas vantagens positive positives positivo positiva positivos positivas strengths"
)
"""Words of what people are asked about what went well."""
_TRANSLATED = word_set("translated translation traducido traducida traduccion traduzido traduzida traducao")
_AROUND_ORIGINALS = word_set("original snippet extracted caption post full")
_NO_TEXT = word_set(
    f"{_OF_THE_BUSINESS} {_OF_A_PERSON} {_OF_ANOTHER} "
    "title titulo titular titre titel subtitle headline heading encabezado cabecera subject asunto assunto tema topic "
    "issue subissue motivo reason razon razao category categoria subcategory subcategoria type tipo code codigo "
    "etiqueta tag tags hashtags url urls uri link links enlace enlaces href permalink website "
    "id ids name nombre nome date fecha location ubicacion localizacao city ciudad cidade country pais "
    "summary resumen resumo answer answers resolution resolucion resolucao solucion solucao solution gestion "
    "seguimiento status estado dijimos respondimos contestamos dissemos respondemos we"
)
"""Words of names that no customer's text has."""
_NO_TEXT_STEMS = (
    *("reply", "replies", "replied", "respuest", "respond", "respost", "respons", "contestac", "answered", "antwort"),
    *("replica", "rejoinder", "descargo", "devolutiv", "seledijo", "selesdijo", "selecontest", "selerespond"),
    *("lhedisse", "dissemoslhe", "ledijimos"),
    *("biograph", "biograf", "rawdescription", "userdescription", "authordescription", "profiledescription"),
    *("permalink", "titul", "reviewtitle", "posttitle", "headline", "userbio", "authorbio", "profilebio"),
    *("reponse", "rispost"),
)
_REASONS = word_set("motivo motivos issue reason razon razao tema topic")
_OF_CUSTOMERS = word_set(
    "customer cliente consumer consumidor user usuario ciudadano queja quejas reclamo reclamacion reclamacao complaint "
    "pqr pqrs peticion solicitud inconformidad relato hechos detalle details detalles description descripcion descricao"
)
_NOTES = word_set(
    "note notes nota notas remark remarks observacion observaciones observacao observacoes comments comentarios"
)
_BUSINESS_PERHAPS = word_set(
    "store shop tienda loja vendor out outbound outgoing sent saliente salientes enviado auto automatic automatico "
    "automatica suggested sugerido sugerida draft borrador canned macro"
)
OF_ACCOUNTS = word_set("user usuario author autor account cuenta profile perfil page channel canal")
_DESCRIPTIONS = word_set("description descripcion descricao")

_WORKED_OVER = word_set(
    "clean cleaned processed preprocessed tokens tokenized lemmatized limpio limpia limpo procesado"
)
_NO_AUTHOR_STEMS = (
    *("reply", "replied", "respuest", "respond", "respost", "quoted", "retweeted", "parent", "mention", "inreplyto"),
    *("recipient", "destinatari"),
)
_NO_AUTHOR = word_set(f"{_OF_THE_BUSINESS} to para title titulo url link id bio count")


_COMPANIES = word_set("company empresa brand marca business negocio page pagina merchant store tienda")
_RECIPIENTS = word_set("to para receptor receptora destino destinatario destinataria recipient receiver")
_OF = word_set("of by de del do da das dos")
_LITTLE = _OF | word_set(
    "a al an el em en la las lo los na no o on os por the um una full completo completa complete raw original plain "
    "clean local utc gmt iso es pt ca gl eu fr it at que what"
)
"""Words of names that are never what they are names of."""
_LANGUAGES = word_set("en es pt ca gl eu fr it hi ro ru ar zh ja ko nl pl tr sv cs el he uk vi th hu fi bg hr sr sk")
"""Codes at the end of names: `comment_hi`, of which there is another in English."""
_HEADS_FIRST = word_set(
    "texto contenido conteudo cuerpo corpo mensaje mensagem comentario resena opinion opiniao avaliacao queja reclamo "
    "reclamacion reclamacao usuario autor cliente consumidor nombre nome fecha hora publicacion publicacao postagem "
    "dijo dice disse diz opina comenta manifiesta"
)
"""Spanish and Portuguese words: what follows them tells more of them."""


SMALL = word_set(
    "el la los las un una de del que y en no se me mi por con para al lo su es muy the of and to in i my is not it was "
    "for you this that have with o os as um uma do da e em nao não com é meu minha a be on are they"
)
"""Words of which every sentence has one."""

_PERSONS = word_set(
    "peticionario peticionaria quejoso quejosa reclamante denunciante huesped hospede guest paciente patient afiliado "
    "afiliada ciudadano ciudadana citizen comprador compradora buyer apodo alias nick nickname consumidor consumidora "
    "consumer person persona poster visitor visitante member miembro contact contacto creator creador user usuario "
    "username author autor autora reviewer commenter cliente customer remitente remetente sender account acct actor "
    "emisor emisora emissor quien quem who requester solicitante complainant claimant suscriptor subscriber pasajero "
    "passenger"
)
"""Words for who writes, the business's people left out."""
_NAMES_OF = word_set(
    "name names nombre nombres nome apellido apellidos surname first last full completo completa handle login screen "
    "display displayname screenname"
)
_SURNAMES = word_set("apellido apellidos surname handle")
_PROFILES = word_set("profile perfil")
_WRITTEN = word_set("posted written escrito escrita publicado publicada enviado enviada")
_BY = word_set("by por")
_AROUND_PERSONS = word_set(
    "y e and de del da do la el the of a twitter instagram facebook x end profile perfil message mensaje comment "
    "comentario review resena complaint queja reclamo post escribe escribio escreve escreveu writes wrote"
)


@cache
def words(column: str) -> tuple[str, ...]:
    """The words of a name, folded: `user.rawDescription` has user, raw, description."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", column) if not unicodedata.combining(letter))
    return tuple(word.lower() for word in _WORD.findall(plain))


def has_stem(column: str, stems: tuple[str, ...]) -> bool:
    """Whether a name has one of these within its words, written together."""
    joined = "".join(words(column))
    return any(stem in joined for stem in stems)


def is_no_text(column: str) -> bool:
    """Whether its name says that a column is an answer of the business, a biography, a title, a code, an address.

    A question to who answers it (`What do you dislike about it?`) is none of these but by what it says of answers.
    """
    names = set(words(column))
    if column.rstrip().endswith("?"):
        return has_stem(column, _NO_TEXT_STEMS)
    if names & _DESCRIPTIONS and names & OF_ACCOUNTS:
        return True
    return bool(names & _NO_TEXT) or has_stem(column, _NO_TEXT_STEMS)


def praise(column: str) -> int:
    """Of what people are asked: 0 where its name asks what went badly, 2 where what went well, else 1."""
    names = set(words(column))
    if (names & _COMPLAINED and not names & _SOLVED) or (names & _LIKED and names & _LESS):
        return 0
    return 2 if names & (_PRAISED | _LIKED | _SOLVED) else 1


def is_translated(column: str) -> bool:
    """Whether its name says that it tells of a translation: `textTranslated`, `Translated review`."""
    return bool(set(words(column)) & _TRANSLATED)


def is_original(column: str) -> bool:
    """Whether its name says that it is a text as it was written: `original_text`, `extracted_snippet.original`."""
    names = set(words(column))
    return "original" in names and names <= HEADS["text"] | _AROUND_ORIGINALS


def is_reason_told(column: str) -> bool:
    """Whether its name may be a category's or a customer's words': `Motivo de la queja`, `Issue description`."""
    names = set(words(column))
    return bool(names & _REASONS and names & _OF_CUSTOMERS) and names & _NO_TEXT <= _REASONS


def is_of_customer(column: str) -> bool:
    """Whether its name says that it is what a customer told: `Hechos`, `Detalle del reclamo`."""
    return bool(set(words(column)) & _OF_CUSTOMERS)


def may_be_of_business(column: str) -> bool:
    """Whether its name may say that a business wrote it, or a machine for it: `store_comment`, `mensaje sugerido`."""
    names = set(words(column))
    return bool(names & _BUSINESS_PERHAPS) or bool(names & word_set(_OF_THE_BUSINESS))


def is_note(column: str) -> bool:
    """Whether its name is one that desks give to their own notes: `Observaciones`."""
    return bool(set(words(column)) & _NOTES)


def is_worked_over(column: str) -> bool:
    """Whether its name says that it is a text without what somebody left out of it (`clean_text`)."""
    return bool(set(words(column)) & _WORKED_OVER)


def is_no_author(column: str) -> bool:
    """Whether its name says that it is somebody else than who wrote the post; networks call that one the owner, too."""
    if "".join(words(column)) in HANDLES:
        return False
    return is_recipient(column) or bool(set(words(column)) & _NO_AUTHOR) or has_stem(column, _NO_AUTHOR_STEMS)


def is_company(column: str) -> bool:
    """Whether its name says that it holds which company, brand or page a row is about: `company`, `Marca`."""
    names = set(words(column))
    return bool(names & _COMPANIES) and names <= _COMPANIES | _NAMES_OF | _LITTLE


def is_recipient(column: str) -> bool:
    """Whether its name says that it is to whom somebody wrote: `Para`, `Receptor`; `A` alone."""
    names = set(words(column))
    return bool(names & _RECIPIENTS) or names == {"a"}


def means(role: str, column: str) -> bool:
    """Whether a longer name means a role by all its words: `Texto de la reseña`, `Comment date (UTC)`.

    Of a text and an author the head decides: `Comment author` is no comment, `User message` no user.
    """
    names = [word for word in words(column) if not word.isdigit()]
    if role == "text" and names[-1:] and names[-1] in _LANGUAGES:
        del names[-1]
    if role == "posted_at" and zone_in_header(column):
        names = [word for word in names if not named_zone(word)]
    if not set(names) & HEADS[role] or not set(names) <= ABOUT | HEADS[role]:
        return False
    return role not in ("text", "author") or _head(names) in HEADS[role]


def _head(names: Sequence[str]) -> str:
    """The word that the others tell more of: the first before an "of" and in Spanish, the last in English."""
    is_phrase = not _OF.isdisjoint(names)
    told = [word for word in names if word not in _LITTLE] or list(names)
    return told[0] if is_phrase or told[0] in _HEADS_FIRST else told[-1]


def is_person(column: str) -> bool:
    """Whether a name is a word for whoever writes: `Reclamante`, `Nombre y apellidos`, `Posted by`, `user.login`."""
    names = set(words(column))
    if names <= _WRITTEN | _BY | _AROUND_PERSONS:
        return bool(names & _WRITTEN and names & _BY) or names == {"by"}
    if not names <= _PERSONS | _NAMES_OF | _AROUND_PERSONS or is_no_author(column):
        return False
    is_of_profile = bool(names & _NAMES_OF and names & _PROFILES)
    return bool(names & (_PERSONS | _SURNAMES)) or is_of_profile
