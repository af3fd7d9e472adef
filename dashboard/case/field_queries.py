"""Words that people used before on cases, so that they need not be typed again and stay the same."""

from dataclasses import dataclass

from monitor.store import Connection


@dataclass(frozen=True, slots=True)
class UsedTerms:
    """Root causes, tags and teams, the most frequent first."""

    root_causes: tuple[str, ...]
    tags: tuple[str, ...]
    teams: tuple[str, ...]


def used_terms(connection: Connection, limit: int = 100) -> UsedTerms:
    """What stands on cases, at most `limit` of each."""
    row = connection.execute(
        """
        WITH alike AS MATERIALIZED (
            SELECT root_cause, tags, team, count(*) AS n FROM cases GROUP BY root_cause, tags, team
        ), said AS (
            SELECT 'cause' AS kind, root_cause AS term, n FROM alike
            UNION ALL SELECT 'tag', unnest(string_split(tags, ' ')), n FROM alike
            UNION ALL SELECT 'team', team, n FROM alike
        ), counted AS (
            SELECT kind, term, row_number() OVER (PARTITION BY kind ORDER BY sum(n) DESC, term) AS place
            FROM said WHERE term <> '' GROUP BY kind, term
        )
        SELECT array_agg(term ORDER BY place) FILTER (WHERE kind = 'cause'),
            array_agg(term ORDER BY place) FILTER (WHERE kind = 'tag'),
            array_agg(term ORDER BY place) FILTER (WHERE kind = 'team')
        FROM counted WHERE place <= $1
        """,
        [limit],
    ).fetchall()[0]
    return UsedTerms(*(tuple(words or ()) for words in row))
