"""Files of mails: what a mail quotes is not what its writer says; to whom the others write is the desk."""

import csv
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.models.posts import OWN_REPLY
from monitor.sources.files.source import Layout, inspect
from tests.sources.files.read_mentions import mentions

OWN = "Buenos días, mañana le llamamos"
COMPLAINT = "La caldera no enciende desde el lunes"
QUOTED = f"> {COMPLAINT}\n>\n> Un saludo"


def look(folder: Path, header: list[str], *rows: list[str]) -> Layout:
    path = folder / "mails.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return inspect(path, network="facebook", time_zone=ZoneInfo("Europe/Madrid"))


def mails(folder: Path, text: str, sender: str = "Norvia <sac@example.org>") -> Layout:
    return look(
        folder,
        ["From", "Date", "Subject", "Body"],
        ["Rosa Gil <rosa@example.net>", "Tue, 3 Mar 2026 10:05:00 +0100", "Caldera", COMPLAINT],
        [sender, "Wed, 4 Mar 2026 09:00:00 +0100", "Re: Caldera", text],
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{OWN}\n\nEl mar, 3 mar 2026, Rosa Gil escribió:\n{QUOTED}",
        f"{OWN}\n\nEl mar, 3 mar 2026 a las 10:05, Rosa Gil\n(<rosa@example.net>) escribió:\n\n{QUOTED}\n",
        f"{OWN}\r\n\r\nOn Tue, Mar 3, 2026 at 10:05 AM Rosa <rosa@example.net> wrote:\r\n> {COMPLAINT}\r\n>> Antes",
        f"{OWN}\n\nEm ter., 3 de mar. de 2026 às 10:05, Rosa escreveu:\n{QUOTED}",
        f"El 3/3/2026, Rosa escribió:\n{QUOTED}\n\n{OWN}",
        f"{OWN}\n\n-----Mensaje original-----\nDe: Rosa\n{COMPLAINT}",
        f"{OWN}\n\nDe: Rosa <rosa@example.net>\nEnviado: martes, 3 de marzo\nPara: SAC\nAsunto: Caldera\n\n{COMPLAINT}",
        f"{OWN}\n\n{QUOTED}",
    ],
)  # fmt: skip
def test_what_a_mail_quotes_is_left_out_and_told(tmp_path: Path, text: str) -> None:
    layout = mails(tmp_path, text)
    assert [mention.text for mention in mentions(layout)] == [COMPLAINT, OWN]
    assert "what is quoted is left out" in " ".join(layout.describe())


@pytest.mark.parametrize(
    "text",
    [
        "El día 3 el técnico me escribió:\nno hay nadie en casa, y yo estaba",
        "Velocidad medida en casa:\n> 3 megas\ncuando pago 300",
        "De: Madrid\nA: Sevilla y cuatro horas tarde",
    ],
)
def test_a_customers_own_lines_stay(tmp_path: Path, text: str) -> None:
    layout = mails(tmp_path, text, "Luis Sol <luis@example.net>")
    assert mentions(layout)[1].text == text
    assert "quote" not in " ".join(layout.notes)


def test_a_mail_that_only_quotes_keeps_its_words(tmp_path: Path) -> None:
    assert COMPLAINT in mentions(mails(tmp_path, f"El 3/3/2026, Rosa escribió:\n{QUOTED}"))[1].text


def letters(folder: Path, sender: str, recipient: str, *rows: tuple[str, str]) -> Layout:
    """Mails from the first to the second of each row."""
    return look(
        folder,
        [sender, recipient, "Fecha", "Mensaje"],
        *([one, to, f"2026-03-0{number} 10:00", f"{COMPLAINT} {number}"] for number, (one, to) in enumerate(rows, 1)),
    )


@pytest.mark.parametrize(("sender", "recipient"), [("De", "Para"), ("From", "To"), ("Remitente", "Destinatario")])
@pytest.mark.parametrize(
    ("desk", "called"),
    [
        ("sac@example.org", "sac@example.org"), ("SAC <sac@example.org>", "sac@example.org"), ("Norvia", "norvia"),
        ("sac@example.org", "Norvia <SAC@example.org>; jefe@example.org"),
    ],
)  # fmt: skip
def test_to_whom_the_others_write_is_the_desk(
    tmp_path: Path, sender: str, recipient: str, desk: str, called: str
) -> None:
    rows = [("Rosa Gil", called), (desk, "Rosa Gil"), ("Pepe Sol", called), (desk, "Pepe Sol")]
    layout = letters(tmp_path, sender, recipient, *rows)
    assert [mention.author == OWN_REPLY for mention in mentions(layout)] == [False, True, False, True]
    assert f"rows with {sender} = {desk}" in " ".join(layout.notes)
    assert layout.questions == ()


def test_of_two_who_write_to_each_other_it_is_asked(tmp_path: Path) -> None:
    layout = letters(tmp_path, "De", "Para", ("Rosa Gil", "sac@example.org"), ("sac@example.org", "Rosa Gil"))
    assert [candidate for candidate, _ in layout.questions[0].candidates] == [
        "none", "De=Rosa Gil", "De=sac@example.org",
    ]  # fmt: skip


def test_to_whom_some_write_is_no_desk(tmp_path: Path) -> None:
    rows = [("Rosa Gil", "Pepe Sol"), ("Pepe Sol", "Lola Paz"), ("Lola Paz", "Rosa Gil"), ("Ana Mar", "Pepe Sol")]
    layout = letters(tmp_path, "De", "Para", *rows)
    assert (layout.own, layout.questions) == (None, ())
