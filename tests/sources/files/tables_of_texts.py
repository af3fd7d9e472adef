"""Tables with columns of texts, and what is read from them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.sources.files.source import Layout, inspect

COMPLAINTS = ["La caldera no enciende desde el lunes", "Me han facturado dos meses", "Nadie coge el teléfono ahí"]
ANSWERS = ["Sentimos lo ocurrido, escríbanos por privado y lo vemos con usted en seguida"] * 3
OTHERS = ["Compré en la tienda de la plaza", "Fui un sábado por la tarde", "Volveré cuando pueda ir allí"]
DAYS = ["2026-03-01 10:00:00", "2026-03-02 11:00:00", "2026-03-03 12:00:00"]
LATER = ["2026-06-01 10:00:00", "2026-06-08 08:30:00", "2026-07-01 07:10:00"]


def look(folder: Path, columns: Mapping[str, Sequence[str]], network: str = "forum", **named: str) -> Layout:
    """The layout of a file with these columns."""
    path = folder / "posts.csv"
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    path.write_text("".join(";".join(f'"{cell}"' for cell in row) + "\n" for row in rows))
    return inspect(path, network=network, time_zone=ZoneInfo("Europe/Madrid"), columns=named)


def asked(layout: Layout) -> dict[str, list[str]]:
    """The columns that a person is asked to choose from, by role."""
    return {question.role: [name for name, _ in question.candidates] for question in layout.questions}
