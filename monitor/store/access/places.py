"""Of which brands and teams something is: what an account's limits are compared with."""

from collections.abc import Collection
from typing import TypeAlias

from monitor.store.connection import Connection

Place: TypeAlias = tuple[str, str]
"""A brand and a team; '' for none."""


def of_cases(connection: Connection, case_ids: Collection[int]) -> list[Place]:
    """Where these cases are; those that are not there are nowhere."""
    return connection.execute(
        "SELECT brand, coalesce(team, '') FROM cases WHERE case_id IN (SELECT unnest(?::BIGINT[]))", [list(case_ids)]
    ).fetchall()


def of_posts(connection: Connection, mention_ids: Collection[int]) -> list[Place]:
    """The brands that these posts matched, and where their cases are: a word on a post is one on all of them."""
    ids = [list(mention_ids)]
    matched: list[Place] = connection.execute(
        "SELECT DISTINCT brand, '' FROM matches WHERE brand <> '' AND mention_id IN (SELECT unnest(?::BIGINT[]))", ids
    ).fetchall()
    rows = connection.execute(
        "SELECT DISTINCT case_id FROM case_mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[]))", ids
    ).fetchall()
    return matched + of_cases(connection, [case_id for (case_id,) in rows])


def of_incidents(connection: Connection, incident_ids: Collection[int]) -> list[Place]:
    """The brands of these incidents, and where their cases are."""
    ids = [list(incident_ids)]
    brands: list[Place] = connection.execute(
        "SELECT brand, '' FROM incidents WHERE incident_id IN (SELECT unnest(?::BIGINT[]))", ids
    ).fetchall()
    rows: list[Place] = connection.execute(
        "SELECT DISTINCT brand, coalesce(team, '') FROM cases WHERE incident_id IN (SELECT unnest(?::BIGINT[]))", ids
    ).fetchall()
    return brands + rows


def of_follow_ups(connection: Connection, follow_up_ids: Collection[int]) -> list[Place]:
    """Where the cases of these follow-ups are."""
    rows = connection.execute(
        "SELECT case_id FROM follow_ups WHERE follow_up_id IN (SELECT unnest(?::BIGINT[]))", [list(follow_up_ids)]
    ).fetchall()
    return of_cases(connection, [case_id for (case_id,) in rows])


def of_owners(connection: Connection, owners: Collection[str]) -> list[Place]:
    """Where the cases of these people are."""
    return connection.execute(
        "SELECT DISTINCT brand, coalesce(team, '') FROM cases WHERE owner IN (SELECT unnest(?::VARCHAR[]))",
        [list(owners)],
    ).fetchall()
