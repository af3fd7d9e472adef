"""Texts that many send: what later posts are compared with, and what was decided about them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from monitor.models.campaigns import CampaignDecision, RepeatedText
from monitor.store.connection import Connection

_TIME = pa.timestamp("us", tz="UTC")
_COLUMNS = "campaign_id, brand, words, numbers, critical, last_at, incident_id, ruling, forms"


def next_ids(connection: Connection, count: int) -> list[int]:
    """Ids for new texts."""
    return [
        row[0]
        for row in connection.execute("SELECT nextval('campaign_ids') FROM generate_series(1, ?)", [count]).fetchall()
    ]


def find(connection: Connection, search_keys: Iterable[int], most: int) -> dict[int, list[RepeatedText]]:
    """The texts kept under these keys, by key: campaigns and then the newest, `most` of them."""
    connection.register("searched", pa.table({"search_key": pa.array(sorted(set(search_keys)), pa.int64())}))
    pairs = connection.execute(
        """
        SELECT search_key, campaign_id FROM (
            SELECT search_key, campaign_id, row_number() OVER (
                PARTITION BY search_key
                ORDER BY CASE WHEN incident_id IS NULL THEN 1 ELSE 0 END, campaign_id DESC
            ) AS place FROM searched JOIN campaign_keys USING (search_key) JOIN campaigns USING (campaign_id)
        ) found WHERE place <= ? ORDER BY campaign_id
        """,
        [most],
    ).fetchall()
    connection.unregister("searched")
    ids = sorted({campaign_id for _, campaign_id in pairs})
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM campaigns WHERE campaign_id IN (SELECT unnest(?::BIGINT[]))", [ids]
    ).fetchall()
    texts = {row[0]: _read(row) for row in rows}
    found: dict[int, list[RepeatedText]] = {}
    for search_key, campaign_id in pairs:
        found.setdefault(search_key, []).append(texts[campaign_id])
    return found


def of_incident(connection: Connection, incident_id: int) -> RepeatedText | None:
    """The campaign of an incident; None for one that is none."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM campaigns WHERE incident_id = ?", [incident_id]).fetchall()
    return _read(rows[0]) if rows else None


def get(connection: Connection, campaign_id: int) -> RepeatedText | None:
    """The text of that id."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM campaigns WHERE campaign_id = ?", [campaign_id]).fetchall()
    return _read(rows[0]) if rows else None


def add(connection: Connection, texts: Sequence[RepeatedText], keys: Sequence[tuple[int, int]]) -> None:
    """Keeps new texts; `keys` are (key, campaign id)."""
    if not texts:
        return
    columns = {
        "campaign_id": pa.array([text.campaign_id for text in texts], pa.int64()),
        "brand": pa.array([text.brand for text in texts], pa.string()),
        "words": pa.array([_join(text.words) for text in texts], pa.string()),
        "numbers": pa.array([_join(text.numbers) for text in texts], pa.string()),
        "critical": pa.array([text.critical for text in texts], pa.bool_()),
        "last_at": pa.array([text.last_at for text in texts], _TIME),
        "incident_id": pa.array([text.incident_id for text in texts], pa.int64()),
        "ruling": pa.array([text.ruling for text in texts], pa.string()),
        "forms": pa.array([_join(text.forms) for text in texts], pa.string()),
    }
    insert_rows(connection, "campaigns", columns)
    values = list(zip(*keys, strict=True))
    key_columns = {
        name: pa.array(value, pa.int64()) for name, value in zip(("search_key", "campaign_id"), values, strict=True)
    }
    insert_rows(connection, "campaign_keys", key_columns)


def touch(connection: Connection, texts: Sequence[RepeatedText]) -> None:
    """Writes when these texts were last seen, which incidents they have, and whether these speak of danger."""
    if not texts:
        return
    columns = {
        "campaign_id": pa.array([text.campaign_id for text in texts], pa.int64()),
        "last_at": pa.array([text.last_at for text in texts], _TIME),
        "incident_id": pa.array([text.incident_id for text in texts], pa.int64()),
        "critical": pa.array([text.critical for text in texts], pa.bool_()),
    }
    connection.register("seen", pa.table(columns))
    connection.execute(
        """
        UPDATE campaigns SET last_at = s.last_at, incident_id = s.incident_id, critical = s.critical
        FROM seen s WHERE campaigns.campaign_id = s.campaign_id
        """
    )
    connection.unregister("seen")


def decide(connection: Connection, decision: CampaignDecision) -> None:
    """Writes what a person decided; it holds for what comes after too."""
    connection.execute("UPDATE campaigns SET ruling = ? WHERE campaign_id = ?", [decision.ruling, decision.campaign_id])
    connection.execute(
        "INSERT INTO campaign_decisions (campaign_id, ruling, decided_by, decided_at, answer) VALUES (?, ?, ?, ?, ?)",
        [decision.campaign_id, decision.ruling, decision.actor, decision.at, decision.note],
    )


def decisions(connection: Connection, campaign_id: int) -> list[CampaignDecision]:
    """What was decided about a campaign, oldest first."""
    rows = connection.execute(
        """
        SELECT campaign_id, ruling, decided_by, decided_at, lag(ruling, 1, '') OVER (ORDER BY decided_at), answer
        FROM campaign_decisions WHERE campaign_id = ? ORDER BY decided_at
        """,
        [campaign_id],
    ).fetchall()
    return [CampaignDecision(*row) for row in rows]


def undecided(connection: Connection) -> tuple[int, int]:
    """How many campaigns wait for a decision, and how many posts these have."""
    row = connection.execute(
        """
        SELECT count(DISTINCT campaign_id), count(*) FROM campaigns JOIN campaign_posts USING (campaign_id)
        WHERE incident_id IS NOT NULL AND ruling = ''
        """
    ).fetchall()[0]
    return int(row[0]), int(row[1])


def forget(connection: Connection, before: datetime) -> None:
    """Deletes texts that no campaign came of and that nobody has sent since then."""
    old = "SELECT campaign_id FROM campaigns WHERE incident_id IS NULL AND last_at < ?"
    for table in ("campaign_posts", "campaign_keys", "campaigns"):
        connection.execute(f"DELETE FROM {table} WHERE campaign_id IN ({old})", [before])


def forget_empty(connection: Connection) -> None:
    """Deletes texts whose posts are all gone, campaigns too, with incidents that have no case."""
    empty = "NOT EXISTS (SELECT 1 FROM campaign_posts p WHERE p.campaign_id = {0}.campaign_id)"
    connection.execute(
        f"""
        DELETE FROM incidents WHERE incident_id IN (SELECT incident_id FROM campaigns WHERE {empty.format("campaigns")})
        AND incident_id NOT IN (SELECT incident_id FROM cases WHERE incident_id IS NOT NULL)
        """
    )
    for table in ("campaign_decisions", "campaign_keys", "campaigns"):
        connection.execute(f"DELETE FROM {table} WHERE {empty.format(table)}")


def insert_rows(connection: Connection, table: str, columns: dict[str, Any]) -> None:
    """Adds rows to a table, by its columns."""
    connection.register("added", pa.table(columns))
    names = ", ".join(columns)
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM added")
    connection.unregister("added")


def _join(hashes: Iterable[int]) -> str:
    return " ".join(map(hex, sorted(hashes)))


def _split(text: str) -> frozenset[int]:
    return frozenset(int(number, 16) for number in text.split())


def _read(row: Sequence[Any]) -> RepeatedText:
    campaign_id, brand, words, numbers, critical, last_at, incident_id, ruling, forms = row
    return RepeatedText(
        campaign_id,
        brand,
        _split(words),
        _split(numbers),
        critical,
        last_at,
        incident_id,
        ruling,
        _split(forms),
    )
