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
        SELECT (SELECT list(root_cause) FROM (
                    SELECT root_cause FROM cases WHERE root_cause <> ''
                    GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT $1)),
               (SELECT list(tag) FROM (
                    SELECT tag FROM (SELECT unnest(string_split(tags, ' ')) AS tag FROM cases WHERE tags <> '')
                    GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT $1)),
               (SELECT list(team) FROM (
                    SELECT team FROM cases WHERE team <> '' GROUP BY ALL ORDER BY count(*) DESC, 1 LIMIT $1))
        """,
        [limit],
    ).fetchall()[0]
    return UsedTerms(*(tuple(words or ()) for words in row))
