"""What stands for an author who is gone or not told, and for a text that was taken away: nobody, and no post."""

import re
import unicodedata
from functools import lru_cache

from monitor.text.folding import fold

_GONE = "deleted|removed|suspended|eliminad[oa]|borrad[oa]|suspendid[oa]|excluid[oa]|removid[oa]|apagad[oa]"
_TAKEN_AWAY = re.compile(rf"\[\s?(?:{_GONE})(?: (?:by|por) [\w ]{{1,40}})?\s?\]")


def _one_of(words: str) -> re.Pattern[str]:
    return re.compile("|".join(words.split()))


_PERSON = _one_of(
    "users? accounts? authors? profiles? customers? clients? guests? members? reviewers? visitors? consumers? "
    "patients? passengers? travell?ers? buyers? shoppers? subscribers? readers? viewers? followers? commenters? "
    "commentators? contributors? respondents? participants? persons? people someone somebody citizens? employees? "
    "students? tenants? complainants? contacts? usuari[oa]s? cuentas? contas? autor(?:a|es|as)? perfil client[ea]s? "
    "huesped(?:es)? invitad[oa]s? miembros? visitantes? consumidor(?:a|es|as)? pacientes? pasajer[oa]s? "
    "viajer[oa]s? comprador(?:a|es|as)? suscriptor(?:a|es)? abonad[oa]s? lector(?:a|es)? seguidor(?:a|es)? "
    "soci[oa]s? personas? alguien ciudadan[oa]s? emplead[oa]s? alumn[oa]s? reclamantes? denunciantes? contactos? "
    "utilizador(?:a|es)? hospedes? convidad[oa]s? membros? passageir[oa]s? viajantes? assinantes? leitor(?:a|es)? "
    "pessoa alguem cidada[o]? utilisat(?:eur|rice)s? comptes? auteure? profil invitee? invites? membres? "
    "visiteur(?:s|e)? consommat(?:eur|rice) voyageur(?:s|e)? passager[es]? acheteu(?:r|se) abonnee? clientes? "
    "personne utent[ei] account autore profilo client[ei] ospit[ei] membro visitator[ei] consumator[ei] pazient[ei] "
    "passegger[oi] viaggiator[ei] acquirent[ei] abbonat[oi] benutzer(?:in)? nutzer(?:in)? konto kund[ei]n? kunden "
    "gast gaste mitglied besucher(?:in)? verbraucher(?:in)? patient(?:in)? passagier reisender? kaufer(?:in)? "
    "autorin profil"
)
"""Nouns for a person or an account, which name no one."""
_SITE = _one_of(
    "facebook meta instagram threads google gmail reddit tiktok youtube amazon kindle audible twitter x linkedin "
    "whatsapp telegram messenger snapchat pinterest quora disqus wordpress discord twitch bluesky mastodon weibo "
    "wechat viber tripadvisor trustpilot yelp booking(?:.com)? airbnb expedia agoda hotels(?:.com)? vrbo "
    "holidaycheck ebay etsy aliexpress alibaba shein temu mercadolibre mercadolivre shopee walmart apple itunes "
    "play store app appstore android ios iphone microsoft windows xbox steam playstation nintendo spotify netflix "
    "uber lyft cabify bolt rappi glovo ifood deliveroo doordash zomato glassdoor indeed capterra g2 gartner feefo "
    "ekomi doctoralia healthgrades zocdoc goodreads imdb metacritic reclameaqui foursquare web website site sitio "
    "forum foro online internet chat"
)
_UNTOLD = _one_of(
    "anonymous anon anonymi[sz]ed anonim[oa]s? anonimizad[oa]s? anonyme[rs]? anonym anonymisee? anonymisiert "
    "anonimizzato unknown desconocid[oa]s? desconhecid[oa]s? inconnue? sconosciut[oa] unbekannte?[rs]? unidentified "
    "unnamed nameless unregistered undisclosed undefined unspecified untitled unavailable inactive hidden withheld "
    "redacted masked private confidential restricted blocked deactivated disabled banned deleted removed suspended "
    "oculto oculta privad[oa] reservad[oa] confidencial restringid[oa] bloquead[oa] inactiv[oa] inativ[oa] "
    "desactivad[oa] desativad[oa] eliminad[oa] borrad[oa] suspendid[oa] excluid[oa] removid[oa] apagad[oa] "
    "tachad[oa] protegid[oa] enmascarad[oa] supprimee? masquee? cachee? suspendue? desactivee? prive eliminat[oa] "
    "cancellat[oa] rimoss[oa] nascost[oa] sospes[oa] geloschte?[rs]? versteckte?[rs]? verborgene?[rs]? "
    "gesperrte?[rs]? nobody nadie ninguem ninguno ninguna nenhum nessuno niemand keiner none null empty blank vacio "
    "vazio vuoto leer vide"
)
_KIND = _one_of(
    "verified verificad[oa]s? verifiee? verificat[oa] verifizierte?[rs]? former current ex registered registrad[oa] "
    "happy unhappy satisfied unsatisfied dissatisfied disappointed satisfech[oa] insatisfech[oa] satisfeit[oa] "
    "insatisfeit[oa] content[oa] descontent[oa] decepcionad[oa] enfadad[oa] indignad[oa]"
)
"""What is said of a person beside the noun."""
_NAME = _one_of(
    "names? nombres? nomes? noms? nome namen? identity identidad identidade numbers? numeros? sender remitente "
    "remetente caller data datos dados identified identificar identificad[oa] provided specified available "
    "disclosed given known applicable set found entered disponible disponivel aplica informad[oa] especificad[oa] "
    "indicad[oa] facilitad[oa] proporcionad[oa] dad[oa] dice consta asignad[oa] say decir(?:lo)? dizer prefer "
    "prefiero prefiro renseignee? disponibile angegeben bekannt"
)
_WITHOUT = _one_of("no not non without sin sem nao sans pas ohne senza kein keine nicht n s")
_AROUND = _one_of(
    "an? the un una uno um uma el la los las le les il lo der die das ein eine de del do da di du des von of from "
    "by to por par en em on in auf su sur via"
)
_LETTERS = re.compile(r"(?:n[./\\-] ?[adn]|s[./\\-] ?[nda])[./]?")
"""n/a, n.d., N.N., s/n, s.d."""
_MASK = re.compile(r"x{3,}")
_BLOCKS = frozenset("█▇▆▓▒░■▪●•¿?")
_ENDINGS = re.compile(r"(?<=[ore])(?:/|\()(?:a|as|e|ra)\)?(?!\w)")
"""Of `usuario/a` and `cliente(a)`."""
_LONGEST = 60
"""Characters of what may stand for nobody."""


@lru_cache(maxsize=16_384)  # the same people write again
def is_nobody_named(name: str) -> bool:
    """Whether a name stands for whoever is gone or does not tell who it is.

    `[deleted]`, `Facebook user`, `Cliente anónimo`, `Guest`, `n.a.`, `--`, `XXXX`, zeros. What has one more word,
    digits behind the noun or an @ is somebody: `@guest`, `user12345`, `Ana Guest`.
    """
    if len(name) > _LONGEST or name.startswith("@"):
        return False
    folded = " ".join(fold(name).split())
    if all(character == "0" or _is_mark(character) for character in folded) or _LETTERS.fullmatch(folded):
        return True
    bare = re.sub(r"^\w/(?=[\[(<])", "", folded)
    words = [word.strip("[](){}<>\"'«»“”*.,;:¡!¿?|") for word in re.split(r"[\s_\-]+", _ENDINGS.sub("", bare))]
    return _names_nobody([word for word in words if word])


def is_taken_away(text: str) -> bool:
    """Whether a text says no more than that the words were deleted: `[removed]`, `[deleted by user]`."""
    return text.lstrip()[:1] == "[" and _TAKEN_AWAY.fullmatch(" ".join(fold(text).split())) is not None


def _names_nobody(words: list[str]) -> bool:
    if words and all(map(_MASK.fullmatch, words)):
        return True
    kinds = {_kind_of(word) for word in words}
    if None in kinds:
        return False
    return bool(kinds & {_PERSON, _UNTOLD}) or {_WITHOUT, _NAME} <= kinds


@lru_cache(maxsize=16_384)
def _kind_of(word: str) -> re.Pattern[str] | None:
    kinds = (_PERSON, _UNTOLD, _SITE, _KIND, _NAME, _WITHOUT, _AROUND)
    return next((kind for kind in kinds if kind.fullmatch(word)), None)


def _is_mark(character: str) -> bool:
    """Whether it is punctuation, a space or what blackens words; emojis may be somebody's name."""
    return character in _BLOCKS or unicodedata.category(character)[0] in "PZC" or character in "|~=+^`´<>$"
