"""A complaint desk at work, a process of its own: what it gives out is written down, a line each, as it goes out.

`python -m tests.slow.restored_work LEDGER`, with the settings of ESCUCHA_CONFIG, until it is ended.
"""

import hashlib
import json
import sys
import time
import uuid
from pathlib import Path

from monitor import desk, store
from monitor.errors import EscuchaError
from monitor.models.cases import Agreement
from monitor.models.posts import Stage
from monitor.pipeline import hand_over
from monitor.runs import now
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.surveys import answers
from tests import desk_store

STAGES: tuple[Stage, ...] = ("acknowledged", "assessed", "answered", "closed")


def work(settings: Settings) -> dict[str, object]:
    """A complaint from its post to the survey's link and the hand-over; returns everything that went out."""
    author = f"c{uuid.uuid4().hex[:10]}"
    mention_id = desk_store.post(settings, author, f"Norvia, no llega {author}", now(), author=author)
    desk_store.open_cases(settings, [mention_id], now())
    with store.connect(settings.store, read_only=True) as connection:
        case = cases.of_mention(connection, mention_id)
    assert case is not None
    given: dict[str, object] = {"author": author, "code": case.code}
    event_ids: list[int] = []
    for stage in STAGES:
        agreement: Agreement | None = "agreed" if stage == "closed" else None
        done = desk.move_case(
            settings, case.case_id, stage, version=case.version, actor=author, now=now(), agreement=agreement
        )
        case = done.case
        event_ids += [event.event_id for event in done.events]
    given |= {"events": event_ids, "link": answers.ask(settings, case.case_id, actor=author, now=now())}
    hand_over.hand_over(settings)
    return given


def digests(folder: Path) -> dict[str, str]:
    """The files that were handed over, by name."""
    files = sorted(folder.glob("cases-*.jsonl")) if folder.exists() else []
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def main(ledger: Path) -> None:
    """Works on, whatever happens to the database."""
    settings = loading.load()
    assert settings.exports.folder is not None
    with ledger.open("a", encoding="utf-8", buffering=1) as lines:
        while True:
            try:
                given = work(settings)
            except (EscuchaError, AssertionError) as error:  # the post or the case went with the replaced database
                lines.write(json.dumps({"fault": type(error).__name__}) + "\n")
                time.sleep(0.1)
                continue
            lines.write(json.dumps(given | {"files": digests(settings.exports.folder)}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
