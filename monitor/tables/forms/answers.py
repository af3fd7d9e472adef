"""Tables of what a brand sent that name their columns otherwise than the posts: read under the names of the posts'."""

import re
from collections.abc import Sequence

from monitor.tables.columns import ColumnFinder, bare_name

_TEXT = re.compile(
    r"(?:texto?(?:dela?|of)?|mensaje|message|contenido|content|nuestra|our|tu|your)*"
    r"(?:respuesta|reply|response|resposta|answer|contestacion|mensajeenviado|sentmessage)s?"
    r"(?:texto?|mensaje|message|content|body|enviad[ao]|sent|marca|empresa|brand|company|agente?|final|publicada)*"
)
_TIME = re.compile(r".*(?:fecha|date|time|timestamp|cuando|when|hora|sentat|respondidoel|enviadoel|data).*")
_AUTHOR = re.compile(
    r"(?:agente?s?|asesora?|operadora?|ejecutiv[oa]|analista|gestora?|responsable|equipo|team|staff|representative|"
    r"(?:respondid[oa]|contestad[oa]|enviad[oa])por|(?:repl(?:y|ied)|sent|answered)by)(?:name|nombre|id)?"
)
_ROLES = {"text": _TEXT, "posted_at": _TIME, "author": _AUTHOR}
_NEEDED = ("text", "posted_at")


def named_as(names: Sequence[str], main: Sequence[str], finder: ColumnFinder) -> tuple[str, ...] | None:
    """The names of a table's columns with those of the posts for what both have; None: its words or times are not told.

    Columns that only it has keep their names.
    """
    of_posts = finder.find("", main)
    of_posts.setdefault("author", of_posts.get("author_name", ""))
    own = finder.find("", names)
    taken = set(own.values())
    for role, pattern in _ROLES.items():
        free = (name for name in names if name not in taken and pattern.fullmatch(bare_name(name)))
        if role not in own and (name := next(free, None)) is not None:
            own[role] = name
            taken.add(name)
    to = {own[role]: of_posts[role] for role in _ROLES if own.get(role) and of_posts.get(role)}
    if any(own.get(role) not in to for role in _NEEDED):
        return None
    return tuple(_renamed(name, to, main) for name in names)


def _renamed(name: str, to: dict[str, str], main: Sequence[str]) -> str:
    """A name that the posts give to something else is no name of theirs here."""
    if name in to:
        return to[name]
    return (
        f"{name} (2)" if name in to.values() else next((one for one in main if bare_name(one) == bare_name(name)), name)
    )
