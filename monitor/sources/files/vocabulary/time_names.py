"""What names of columns say of times: those of something else than the writing of a post, clocks, scraping."""

from monitor.sources.files.column_names import word_set
from monitor.sources.files.words import OF_ACCOUNTS, has_stem, words

_CREATED = word_set("created creation creacion creado creada criacao criado criada")

_NO_TIME = word_set(
    "updated update last ultima ultimo modified modificado modificada edited editado editada closed "
    "cerrado cerrada fechamento due birth birthday birthdate nacimiento nascimento purchase compra order "
    "pedido visit visita stay estancia estadia experience experiencia delivery expires resolved resuelto "
    "resuelta resolvido solved processed procesado signup joined registered registration assigned asignado first since "
    "age edad idade version"
)
_HOURS = word_set("hora horas horario hour hours hr hrs time clock hh reloj heure ora uhrzeit")
_NO_CLOCK = word_set(
    "duration duracion duracao length runtime wait waiting espera opening closing apertura cierre abertura atencion "
    "handle handling resolution resolucion sla zone zona offset"
)
_ANSWERED_STEMS = ("reply", "replied", "respuest", "respond", "respost", "respons", "answer", "devolutiv", "contesta")
_NO_TIME_STEMS = (
    *("actualiz", "atualiz", "modific"),
    *("usercreated", "accountcreated", "authorcreated", "profilecreated", "cuentacreada"),
)
_SCRAPED_STEMS = (
    *("scrap", "crawl", "collect", "recolec", "coleta", "extract", "extraccion", "extracao", "extraid", "fetch"),
    *("retriev", "captur", "download", "descarg", "harvest", "obtenid", "obtid", "accessed", "accessdate", "snapshot"),
    *("dateofaccess", "pulled", "querydate", "queriedat", "recogidoel"),
)
_COLLECTED_STEMS = (
    *_SCRAPED_STEMS,
    *("recogid", "colet", "import", "export", "indexed", "ingest", "archived", "asof", "cutoff", "fechacorte"),
    *("fechadecorte", "fechacarga", "fechadecarga", "loaddate", "loadedat", "datacarga", "datadecarga"),
)


def is_never_time(column: str) -> bool:
    """Whether its name says that it is when a tool read the post or a business answered: never when it was written."""
    return has_stem(column, _COLLECTED_STEMS + _ANSWERED_STEMS)


def is_scraped(column: str) -> bool:
    """Whether its name says that it is when the row was collected: `scraped_at`, `retrieval_date`, `data da coleta`."""
    return has_stem(column, _SCRAPED_STEMS)


def is_no_time(column: str) -> bool:
    """Whether its name says that it is the time of something else than the writing of the post."""
    names = set(words(column))
    is_of_account = bool(names & _CREATED and names & OF_ACCOUNTS)
    return bool(names & _NO_TIME) or is_of_account or has_stem(column, _NO_TIME_STEMS) or is_never_time(column)


def is_hour(column: str) -> bool:
    """Whether its name speaks of an hour: `Hora de envío`, `Comment time`."""
    return bool(set(words(column)) & _HOURS)


def is_no_clock(column: str) -> bool:
    """Whether its name says that its clocks are not those of the posts: how long, when a shop opens, a reply's."""
    return bool(set(words(column)) & _NO_CLOCK) or is_no_time(column)
