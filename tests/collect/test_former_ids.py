"""Posts of a file that an earlier version stored under another id are not stored a second time."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor import store
from monitor.collect import files
from monitor.collect.matching import by_brand
from monitor.models.posts import Match, MatchedMention, Mention
from monitor.runs import Run, no_progress
from monitor.settings.loading import Settings
from monitor.sources.files.source import inspect
from monitor.store.posts import mentions

SAMPLES = Path(__file__).parents[1] / "sources" / "files" / "exports"
ISSUE = "https://github.com/norvia/app/issues/4"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
COMPLAINTS = [
    {"fecha": "2026-01-02", "usuario": "ana", "texto": "La app no va", "ciudad": "Lima"},
    {"fecha": "2026-01-02", "usuario": "ana", "texto": "La app no va", "ciudad": "Cusco"},
]


def made_before(row: dict[str, str]) -> str:
    """An id as versions before this one made it: of author, time and text."""
    parts = (row["usuario"], row["fecha"], row["texto"])
    return "h" + blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def keep(settings: Settings, post_id: str, row: dict[str, str], network: str = "forum") -> None:
    with store.connect(settings.store) as connection:
        mention = Mention(network, post_id, row["texto"], NOW, post_id, row)
        mentions.save(connection, 1, [MatchedMention(mention, (Match("Norvia", ""),))], NOW)


def imported(settings: Settings, path: Path, rows: Sequence[dict[str, str]]) -> Run:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    layout = inspect(path, network="forum", time_zone=ZoneInfo("Europe/Madrid"))
    return files.import_file(settings, layout, by_brand("Norvia"), no_progress)


def test_a_row_that_is_stored_under_its_made_up_id_stays_one_post(settings: Settings, tmp_path: Path) -> None:
    keep(settings, made_before(COMPLAINTS[0]), COMPLAINTS[0])
    run = imported(settings, tmp_path / "a.csv", COMPLAINTS)
    assert (run.saved.stored, run.saved.duplicates) == (1, 1)
    again = imported(settings, tmp_path / "a.csv", COMPLAINTS)
    assert (again.saved.stored, again.saved.duplicates) == (0, 2)


def test_a_row_that_has_an_id_now_is_found_under_the_one_that_was_made_up(settings: Settings, tmp_path: Path) -> None:
    rows = [row | {"folio": f"A-{number}00"} for number, row in enumerate(COMPLAINTS * 2)]
    keep(settings, made_before(rows[1]), rows[1])
    run = imported(settings, tmp_path / "a.csv", rows)
    assert (run.saved.stored, run.saved.duplicates) == (3, 1)


def test_an_id_that_was_stored_in_its_disguise_stays_one_post(settings: Settings, tmp_path: Path) -> None:
    row = COMPLAINTS[0] | {"id": "x2028128169227190277"}
    keep(settings, row["id"], row)
    run = imported(settings, tmp_path / "a.csv", [row, row | {"id": "x2028128169227190278"}])
    assert (run.saved.stored, run.saved.duplicates) == (1, 1)


def test_counts_that_grew_leave_a_stored_row_the_same(settings: Settings, tmp_path: Path) -> None:
    row = COMPLAINTS[0] | {"likes": "1"}
    keep(settings, made_before(row), row)
    assert imported(settings, tmp_path / "a.csv", [row | {"likes": "900"}]).saved.duplicates == 1


def of_github(number: int, comments: int) -> dict[str, Any]:
    """An issue as `gh issue list --json` writes it: without an id."""
    said = {"author": {"login": "rosav"}, "createdAt": "2026-02-04T09:00:00Z"}
    held = [{**said, "id": f"IC_{one}", "body": "A mí también", "url": f"{ISSUE}#{one}"} for one in range(comments)]
    address = f"{ISSUE}{number}"
    return {**said, "body": f"Se cierra al pagar {number}", "comments": held, "number": number, "url": address}


@pytest.mark.parametrize(
    ("file", "network", "formerly"),
    [
        ("chats/slack.json", "slack", ["h368ef3a43701298a38f7db16af", "h4284bb892f7d412d24bca07f17"]),
        (
            "microblogs/activitypub_outbox.json",
            "mastodon",
            [f"https://masto.example/users/norvia/statuses/{number}/activity" for number in (110, 111)],
        ),
        ("microblogs/atproto_records.json", "bluesky", ["h4510b97bd35f365648f90fbd36", "h94ea58e9da1226b2e13c043c51"]),
    ],
)
def test_what_a_form_took_for_the_id_before_is_known(
    settings: Settings, file: str, network: str, formerly: Sequence[str]
) -> None:
    """The former ids are those that the version before made of these samples."""
    for post_id in formerly:
        keep(settings, post_id, {"texto": "Como se guardó"}, network)
    layout = inspect(SAMPLES / file, network=network, time_zone=ZoneInfo("Europe/Madrid"))
    run = files.import_file(settings, layout, by_brand("Norvia"), no_progress)
    assert (run.saved.stored, run.saved.duplicates) == (0, 2)


def test_an_issue_that_had_no_id_but_its_row_is_known_and_new_comments_join_it(
    settings: Settings, tmp_path: Path
) -> None:
    """Its comments were counted, and it got a thread where it had some."""
    issue, again = of_github(1, 0), of_github(1, 1)
    former = made_of({name: value for name, value in issue.items() if name != "comments"})
    keep(settings, former, {"texto": issue["body"]}, "github")
    path = tmp_path / "issues.json"
    path.write_text(json.dumps([again, of_github(2, 0)]), encoding="utf-8")
    layout = inspect(path, network="github", time_zone=ZoneInfo("Europe/Madrid"))
    run = files.import_file(settings, layout, by_brand("Norvia"), no_progress)
    assert (run.saved.stored, run.saved.duplicates) == (2, 1)
    with store.connect(settings.store, read_only=True) as connection:
        joined = connection.execute("SELECT thread_id, in_reply_to FROM mentions WHERE post_id = 'IC_0'").fetchall()
    assert joined == [(former, former)]


def made_of(row: dict[str, Any]) -> str:
    """An id as it is made of a whole row."""
    said = {
        name: json.dumps(value, sort_keys=True) if isinstance(value, dict) else str(value)
        for name, value in row.items()
    }
    parts = [part for name in sorted(said) for part in (name, said[name])]
    return "h" + blake2b("\x1f".join(parts).encode(), digest_size=13).hexdigest()
