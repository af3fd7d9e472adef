"""What a mail quotes of the one that it answers: the words of another, no part of what its writer says."""

import re

_DATED = r"(?=[^\n]{0,300}\d)"
_WROTE = r"(?:wrote|writes|escribió|escribio|escribe|ha escrito|escreveu|va escriure|a écrit|ha scritto)"
_HEAD = (
    rf"^[ \t]*(?:On|El|Em|No dia|Le|Il|O)\b{_DATED}[^\n]{{5,300}}(?:\n(?![ \t]*>)[^\n]{{1,200}}?)?"
    rf"{_WROTE}[ \t]*:[ \t]*\n"
)
_LINES = r"(?:[ \t]*>[^\n]*(?:\n|\Z)(?:(?:[ \t]*\n){1,3}(?=[ \t]*>))?)+"
_BEHIND_HEAD = re.compile(rf"{_HEAD}(?:[ \t]*\n){{0,3}}{_LINES}", re.IGNORECASE | re.MULTILINE)
_ORIGINAL = re.compile(
    r"^[ \t]*-{2,}[ \t]*(?:original message|mensaje original|mensagem original)[ \t]*-{2,}.*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_HEADERS = re.compile(
    r"^[ \t]*\*?(?:from|de)\*?:[^\n]+\n"
    r"[ \t]*\*?(?:sent|date|enviado(?: el)?|fecha|data|enviada(?: em)?)\*?:[^\n]*\d[^\n]*\n"
    r"[ \t]*\*?(?:to|para|subject|asunto|assunto|cc)\*?:.*",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_AT_THE_END = re.compile(rf"^{_LINES}\s*\Z", re.MULTILINE)
_TOLD = ((">", _BEHIND_HEAD), ("--", _ORIGINAL), (":", _HEADERS))
"""What begins a quotation, each with what no text with it is without."""


def without_quoted(text: str) -> str:
    """A mail's own words: without what it quotes and the line that tells who wrote that; all of it where none are left.

    A line of `>` belongs to a quotation below such a line, or where nothing but such lines follow.
    """
    if "\n" not in text:
        return text
    own = text
    for mark, quoted in (*_TOLD, (">", _AT_THE_END)):
        own = quoted.sub("", own) if mark in own else own
    return own.strip() or text


def quotes_mail(text: str) -> bool:
    """Whether a text quotes a mail below a line that tells who wrote it."""
    text = text.replace("\r", "")
    return "\n" in text and any(mark in text and quoted.search(text) for mark, quoted in _TOLD)


def ends_quoting(text: str) -> bool:
    """Whether a text's last lines begin with `>`."""
    return "\n>" in text and _AT_THE_END.search(text.replace("\r", "")) is not None
