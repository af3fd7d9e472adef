"""A made-up person whom no other text of the tests names, and a desk that has had to do with her."""

import zipfile
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq

from monitor import desk, store
from monitor.models.case_filters import CaseFilters
from monitor.models.posts import Reject
from monitor.pipeline import hand_over
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.customers import customers
from monitor.store.posts import mentions
from tests import desk_store
from tests.conftest import NOW

HANDLE, ACCOUNT, NAME = "Zenobia_Quirk77", "did:plc:zq77wxyzzyx", "Zenobia Quirogárrubia"
CUSTOMER = "CLI-77031"
WORDS = "mi lavadora esmeralda llegó partida en siete pedazos y perdí una tarde entera"
TRACES = ("zenobia", "quirog", "zq77wxyz", "77031", "esmeralda", "siete pedazos", "calle olmo")
"""What is in no byte any more, in small letters; each stands in what she wrote, or in what was written of her."""
POST = f"at://{ACCOUNT}/app.bsky.feed.post/3kq"
NETWORK = "bluesky"


def raw(post_id: str, text: str) -> dict[str, object]:
    return {"uri": post_id, "author": {"did": ACCOUNT, "handle": HANDLE, "displayName": NAME}, "record": {"text": text}}


def posts(settings: Settings) -> list[int]:
    """Her post and a later one, somebody's answer that names her, and a post that quotes her."""
    own = {"network": NETWORK, "author": HANDLE, "author_id": ACCOUNT, "author_name": NAME}
    return [
        desk_store.post(settings, POST, f"Norvia: {WORDS}", NOW, thread_id=POST, raw=raw(POST, WORDS), **own),
        desk_store.post(
            settings, f"{POST}b", "Norvia, vivo en la calle Olmo", NOW + timedelta(minutes=5), thread_id=POST,
            in_reply_to=POST, raw=raw(f"{POST}b", "vivo en la calle Olmo"), **own,
        ),
        desk_store.post(
            settings, "at://did:plc:otherone/app.bsky.feed.post/9", f"Norvia, a @{HANDLE} le pasó lo mismo que a mí",
            NOW + timedelta(minutes=9), network=NETWORK, author="bruno", author_id="did:plc:otherone", thread_id=POST,
            in_reply_to=POST, raw={"reply": {"parent": raw(POST, f"Norvia: {WORDS}")}, "text": f"a @{HANDLE} le pasó"},
        ),
    ]  # fmt: skip


def fill(settings: Settings) -> int:
    """Her posts, a case with notes, a call and an answer, a customer, a reject, a hand-over. Returns the case."""
    her = customers.NewCustomer(CUSTOMER, NAME, 1200.0, 3, None, ((NETWORK, HANDLE.lower()),))
    other = customers.NewCustomer("CLI-2", "Bruno Alba", 10.0, 1, None, (("x", "bruno"),))
    with store.connect(settings.store) as connection:
        customers.save(connection, [her, other], NOW)
    ids = posts(settings)
    desk_store.open_cases(settings, ids, NOW + timedelta(minutes=10))
    with store.connect(settings.store) as connection:
        case = cases.of_mention(connection, ids[0])
        others = cases.of_mention(connection, ids[2])
        assert case
        assert others
        assert case.case_id != others.case_id
        reject = Reject(NETWORK, "page 1", "no date", f'{{"author": "{HANDLE}", "text": "{WORDS}"}}')
        mentions.save_rejects(connection, 1, [reject], NOW)
    desk.add_note(settings, case.case_id, f"{NAME} ha llamado, vive en la calle Olmo", actor="Ana", now=NOW)
    desk.add_note(settings, others.case_id, f"Como a {HANDLE}", actor="Ana", now=NOW)
    with store.connect(settings.store, read_only=True) as connection:
        version = cases.get(connection, case.case_id).version
    tags = {"tags": "zenobia_quirk77 roto"}
    desk.edit(settings, case.case_id, tags, version=version, actor="Ana", now=NOW)
    with store.connect(settings.store, read_only=True) as connection:
        version = cases.get(connection, case.case_id).version
    answer = f"Hola {NAME}, sentimos lo de la calle Olmo"
    desk.mark_sent(settings, case.case_id, answer, "", version=version, actor="Ana", now=NOW)
    desk.save_filter(settings, "Ana", "ella", CaseFilters(words=HANDLE))
    hand_over.hand_over(settings)
    return case.case_id


def traces(*places: Path) -> list[str]:
    """The files there, with what traces of her they hold in any bytes, unpacked, in UTF-8 or UTF-16."""
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else [place]) if file.is_file()]
    found = []
    for file in files:
        content = _unpacked(file).lower()
        found += [
            f"{file.name}: {trace}"
            for trace in TRACES
            if any(trace.encode(encoding) in content for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
        ]
    return found


def _unpacked(file: Path) -> bytes:
    """What a file holds, and what is packed in it."""
    content = file.read_bytes()
    if zipfile.is_zipfile(file):  # a workbook
        with zipfile.ZipFile(file) as packed:
            content += b"".join(map(packed.read, packed.namelist()))
    elif content.startswith(b"PAR1"):
        content += str(pq.read_table(file).to_pylist()).encode()
    return content
