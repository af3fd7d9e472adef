"""What names of columns say a column is not: the text of a customer, the time of a post, its author."""

import re
import unicodedata
from functools import cache

from monitor.sources.files.column_names import ABOUT, HANDLES, HEADS, word_set

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_OF_THE_BUSINESS = (
    "agent agente agents asesor soporte support suporte company empresa brand marca owner propietario proprietario "
    "business negocio management developer desarrollador desenvolvedor seller vendedor merchant host anfitrion "
    "anfitriao staff moderator moderador operator operador internal interno interna bot assigned asignado atribuido "
    "inhaber"
)
_OF_A_PERSON = (
    "bio biography biografia biographie profile perfil followers seguidores following signature firma about acerca"
)
_OF_ANOTHER = "quoted quote citado citada parent padre pai retweeted retweet shared compartido translated translation "
_OF_ANOTHER += "traduccion traducido traducao traduzido prompt template plantilla"
_NO_TEXT = word_set(
    f"{_OF_THE_BUSINESS} {_OF_A_PERSON} {_OF_ANOTHER} "
    "title titulo titular titre titel subtitle headline heading encabezado cabecera subject asunto assunto tema topic "
    "issue subissue motivo reason razon razao category categoria subcategory subcategoria type tipo code codigo "
    "etiqueta tag tags hashtags url urls uri link links enlace enlaces href permalink website "
    "id ids name nombre nome date fecha location ubicacion localizacao city ciudad cidade country pais "
    "summary resumen resumo answer answers"
)
"""Words of names that no customer's text has."""
_NO_TEXT_STEMS = (
    *("reply", "replies", "replied", "respuest", "respond", "respost", "respons", "contestac", "answered", "antwort"),
    *("replica", "rejoinder", "descargo"),
    *("biograph", "biograf", "rawdescription", "userdescription", "authordescription", "profiledescription"),
    *("permalink", "titul", "reviewtitle", "posttitle", "headline", "userbio", "authorbio", "profilebio"),
    *("reponse", "rispost"),
)
_OF_ACCOUNTS = word_set("user usuario author autor account cuenta profile perfil page channel canal")
_DESCRIPTIONS = word_set("description descripcion descricao")

_WORKED_OVER = word_set(
    "clean cleaned processed preprocessed tokens tokenized lemmatized limpio limpia limpo procesado"
)
_CREATED = word_set("created creation creacion creado creada criacao criado criada")

_NO_TIME = word_set(
    "updated update last ultima ultimo modified modificado modificada edited editado editada closed "
    "cerrado cerrada fechamento due birth birthday birthdate nacimiento nascimento purchase compra order "
    "pedido visit visita stay estancia estadia experience experiencia delivery expires resolved resuelto "
    "resuelta resolvido solved processed procesado signup joined assigned asignado first since age edad "
    "idade version"
)
_ANSWERED_STEMS = ("reply", "replied", "respuest", "respond", "respost", "respons", "answer")
_NO_TIME_STEMS = (
    *("actualiz", "atualiz", "modific"),
    *("usercreated", "accountcreated", "authorcreated", "profilecreated", "cuentacreada"),
)
_COLLECTED_STEMS = (
    *("scrap", "crawl", "collect", "recolec", "recogid", "colet", "extract", "extraccion", "extracao", "extraid"),
    *("import", "export", "fetch", "retriev", "captur", "download", "descarg", "indexed", "ingest", "archived"),
)
_NO_AUTHOR_STEMS = (
    *("reply", "replied", "respuest", "respond", "respost", "quoted", "retweeted", "parent", "mention", "inreplyto"),
    *("recipient", "destinatari"),
)
_NO_AUTHOR = word_set(f"{_OF_THE_BUSINESS} to para title titulo url link id bio count")


@cache
def words(column: str) -> tuple[str, ...]:
    """The words of a name, folded: `user.rawDescription` has user, raw, description."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", column) if not unicodedata.combining(letter))
    return tuple(word.lower() for word in _WORD.findall(plain))


def _has_stem(column: str, stems: tuple[str, ...]) -> bool:
    joined = "".join(words(column))
    return any(stem in joined for stem in stems)


def is_no_text(column: str) -> bool:
    """Whether its name says that a column is an answer of the business, a biography, a title, a code, an address."""
    names = set(words(column))
    if names & _DESCRIPTIONS and names & _OF_ACCOUNTS:
        return True
    return bool(names & _NO_TEXT) or _has_stem(column, _NO_TEXT_STEMS)


def is_worked_over(column: str) -> bool:
    """Whether its name says that it is a text without what somebody left out of it (`clean_text`)."""
    return bool(set(words(column)) & _WORKED_OVER)


def is_never_time(column: str) -> bool:
    """Whether its name says that it is when a tool read the post or a business answered: never when it was written."""
    return _has_stem(column, _COLLECTED_STEMS + _ANSWERED_STEMS)


def is_no_time(column: str) -> bool:
    """Whether its name says that it is the time of something else than the writing of the post."""
    names = set(words(column))
    is_of_account = bool(names & _CREATED and names & _OF_ACCOUNTS)
    return bool(names & _NO_TIME) or is_of_account or _has_stem(column, _NO_TIME_STEMS) or is_never_time(column)


def is_no_author(column: str) -> bool:
    """Whether its name says that it is somebody else than who wrote the post; networks call that one the owner, too."""
    if "".join(words(column)) in HANDLES:
        return False
    return bool(set(words(column)) & _NO_AUTHOR) or _has_stem(column, _NO_AUTHOR_STEMS)


def means(role: str, column: str) -> bool:
    """Whether a longer name means a role by all its words: `Texto de la reseña`, `Comment date (UTC)`."""
    names = [word for word in words(column) if not word.isdigit()]
    return bool(set(names) & HEADS[role]) and set(names) <= ABOUT | HEADS[role]
