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
        WITH said AS (
            SELECT 'cause' AS kind, root_cause AS term FROM cases
            UNION ALL SELECT 'tag', unnest(string_split(tags, ' ')) FROM cases
            UNION ALL SELECT 'team', team FROM cases
        ), counted AS (
            SELECT kind, term, row_number() OVER (PARTITION BY kind ORDER BY count(*) DESC, term) AS place
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
