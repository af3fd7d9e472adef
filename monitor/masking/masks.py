"""No credential leaves in a text: messages of errors, log lines, and whatever else becomes text goes through `mask`.

A credential is known from the moment a setting holds it or a request carries it. It is found whole or in part, plain or
as servers echo it: in base64 wherever it begins, in hex, with any mix of the escapes of URLs, HTML, JSON and Python.
"""

import base64
import html
import json
import re
import string
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from monitor.masking import views

MASK = "***"
SHORTEST = 6
"""Characters of a credential from which on it is masked: a shorter one would mask words of every text."""
_PIECE = 12  # characters in a row that give a part of a credential away
_UNLIKELY = 16  # characters of a credential that no post holds by chance, be it made of words
_MOST_SENT = 50  # credentials of requests that are remembered: access tokens change every hour
_TELLTALE = "(?:access_|refresh_)?token|(?:client_)?secret|(?:api_?)?key|password|passwd|sig|signature|auth"
_NAMED = re.compile(rf"(?i)([?&](?:{_TELLTALE})=|\b\w*(?:token|secret|password)=)(?!\*)[^&\s\"'<>]+")
_USER = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@\"'<>]+@")
_HEADER = re.compile(r"(?i)\b(bearer|basic)(\s+|%20|\+)(?=[^\s\"']*\d)[a-z0-9._~+/=-]{8,}")
_JSON_TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?")
_JOINTS = re.compile("[\\s:,\u200b-\u200f\u2060\ufeff]+")  # what servers break and group long words with
_LONGEST_JOINED = 5_000  # characters of a message that is read across its joints
_PLAIN = str.maketrans("-_" + string.ascii_uppercase, "+/" + string.ascii_lowercase)


@dataclass(slots=True)
class _Forms:
    """What credentials look like: all their pieces, and the forms that are shorter than a piece."""

    pieces: set[str] = field(default_factory=set)
    wholes: set[str] = field(default_factory=set)

    def add(self, secret: str) -> None:
        for form in forms(secret):
            cuts = [form[start : start + _PIECE] for start in range(len(form) - _PIECE + 1)]
            pieces = [cut.translate(_PLAIN) for cut in cuts if _is_telling(cut)]
            self.pieces.update(pieces)
            if len(pieces) < len(cuts) or not cuts:
                self.wholes.add(form.translate(_PLAIN))


def _is_telling(cut: str) -> bool:
    """Whether it is no part of an ordinary text, such as `app-password` of a credential that is made of words."""
    is_word = cut.isupper() or cut.islower() or (cut[:1].isupper() and cut[1:].islower())
    return len(set(cut)) > 3 and (not is_word or any(map(str.isdigit, cut)))


_lock = threading.Lock()
_configured: dict[str, bool] = {}
_sent: OrderedDict[str, bool] = OrderedDict()
_of_settings, _of_requests = _Forms(), _Forms()


def know(secret: str, *, part_of_address: bool = False) -> None:
    """From now on this credential is masked; one that is shorter than SHORTEST is not.

    One that is `part_of_address` may stand in answers, whose links need it.
    """
    secret = secret.strip()
    if len(secret) < SHORTEST or secret in _configured:
        return
    with _lock:
        _configured[secret] = part_of_address
        forms = _Forms(set(_of_settings.pieces), set(_of_settings.wholes))
        forms.add(secret)
        _of_settings.pieces, _of_settings.wholes = forms.pieces, forms.wholes


def know_sent(secret: str, *, part_of_address: bool = False) -> None:
    """The same for a credential that a request carries; the latest of them are remembered."""
    if len(secret) < SHORTEST or secret in _configured or secret in _sent:
        return
    with _lock:
        _sent[secret] = part_of_address
        if len(_sent) > _MOST_SENT:
            _sent.popitem(last=False)
        forms = _Forms()
        for known in _sent:
            forms.add(known)
        _of_requests.pieces, _of_requests.wholes = forms.pieces, forms.wholes


def in_address(address: str) -> Iterator[str]:
    """The credentials that stand in a URL: before its host, and as values of parameters that are named for one."""
    try:
        parts = urlsplit(address)
        # A user of a database alone is none; before a web address it is a token.
        is_name = parts.scheme.startswith("postgres") and not parts.password
        values = ["" if is_name else parts.password or parts.username or ""]
        values += [value for name, value in parse_qsl(parts.query) if re.fullmatch(_TELLTALE, name, re.IGNORECASE)]
    except ValueError:
        return
    for value in filter(None, values):
        yield value
        if (meant := unquote(value)) != value:
            yield meant


def cut(text: str, length: int) -> str:
    """The beginning of a text: without credentials before it is cut, for half of one would not be found."""
    return mask(mask(text)[:length])


def known() -> dict[str, bool]:
    """The credentials that are masked, each with whether it is part of an address."""
    return {**_configured, **_sent}


def unlikely() -> list[str]:
    """The credentials that no post holds by chance and that belong into no address, the longest first."""
    secrets = [secret for secret, part_of_address in known().items() if not part_of_address and _is_unlikely(secret)]
    return sorted(secrets, key=len, reverse=True)


def _is_unlikely(secret: str) -> bool:
    return len(secret) >= _UNLIKELY or (len(secret) >= _PIECE and _is_telling(secret))


def mask(text: str) -> str:
    """The text without credentials: known ones, and what stands where credentials do (`Bearer ...`, `?token=...`)."""
    text = mask_known(text)
    if "=" in text:
        text = _NAMED.sub(rf"\1{MASK}", text)
    if "@" in text:
        text = _USER.sub(rf"\1{MASK}@", text)
    text = _HEADER.sub(rf"\1\2{MASK}", text)
    return _JSON_TOKEN.sub(MASK, text) if "eyJ" in text else text


def mask_known(text: str) -> str:
    """The text without the known credentials, encoded ones included."""
    if not _configured and not _sent:
        return text
    if len(text) <= views.LONGEST:
        text = views.RUN.sub(lambda run: MASK if any(map(_spans, views.read(run[0]))) else run[0], text)
    text = _without(text, _spans(text))
    if _is_split(text):
        return MASK
    if not views.may_be_encoded(text):
        return text
    words = re.split(r"(\s+)", text)
    text = "".join(MASK if len(word) >= SHORTEST and _is_encoded(word) else word for word in words)
    return MASK if len(words) > 1 and _is_encoded(text) else text


def _is_split(text: str) -> bool:
    """Whether a credential stands in a message in parts: broken over lines, in groups, its bytes in hex with colons."""
    if len(text) > _LONGEST_JOINED:
        return False
    joined = _JOINTS.sub("", text).lower()
    return any(form in joined for secret in known() if _is_unlikely(secret) for form in _joined_forms(secret))


@lru_cache(maxsize=200)
def _joined_forms(secret: str) -> frozenset[str]:
    joined = (_JOINTS.sub("", form).lower() for form in forms(secret))
    return frozenset(form for form in joined if len(form) >= _PIECE)


def _is_encoded(text: str) -> bool:
    return views.may_be_encoded(text) and any(_spans(view) for view in views.views(text))


def _spans(text: str) -> list[tuple[int, int]]:
    """Where known credentials, or parts of them, begin and end."""
    plain = text.translate(_PLAIN)
    found = []
    for forms in (_of_settings, _of_requests):
        pieces = forms.pieces
        if pieces:
            found += [
                (start, start + _PIECE)
                for start in range(len(plain) - _PIECE + 1)
                if plain[start : start + _PIECE] in pieces
            ]
        for whole in forms.wholes:
            found += [(match.start(), match.end()) for match in re.finditer(re.escape(whole), plain)]
    return sorted(found)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        if start > end or not parts:
            parts += [text[end:start], MASK]
        end = max(end, stop)
        if views.ESCAPE.match(text, end):  # the rest of it, in an encoding that its beginning does not need
            end += len(text[end:].split(maxsplit=1)[0])
    return "".join([*parts, text[end:]])


def forms(secret: str) -> Iterator[str]:
    """The credential plain, escaped, in hex, and in base64 from each of the three places where a group may begin."""
    escaped = json.dumps(secret)[1:-1]
    yield from {secret, quote(secret, safe=""), quote_plus(secret), html.escape(secret), escaped, repr(secret)[1:-1]}
    yield escaped.replace("/", "\\/")
    yield quote(quote(secret, safe=""), safe="")
    raws = {secret.encode("utf-8", "surrogatepass"), secret.encode("latin-1", "ignore")}
    for raw in filter(None, raws):
        yield raw.hex()
        for shift, first in enumerate((0, 2, 3)):
            whole = 8 * (shift + len(raw)) // 6  # characters that no byte behind it changes
            yield base64.b64encode(b"\0" * shift + raw).decode("ascii")[first:whole]
