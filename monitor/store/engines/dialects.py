"""Where one SQL text would be slow on one engine: fragments by engine, with the same answer on both."""

from datetime import datetime

from monitor.store.engines.protocol import Connection


def distinct_ids(connection: Connection) -> str:
    """SQL: how many different `mention_id` there are, between `$low` and `$high`; 0 of none.

    A DuckDB file sets bits, which takes a fifth of the time of counting distinct ids over a million rows.
    """
    if is_file(connection):
        return "coalesce(bit_count(bitstring_agg(mention_id, $low, $high)), 0)"
    return "count(DISTINCT mention_id)"


def ids_by_place(connection: Connection) -> str:
    """SQL: of the posts `told` (mention_id, complaint) how many, `n`, are in `heard` (network, brand, mention_id).

    By network and by brand (the other is NULL) and whether they are complaints; ids are between `$low` and `$high`. On
    a DuckDB file as bits, which takes a third of the time of joining and counting distinct ids over a million posts.
    """
    if is_file(connection):
        return """
            SELECT network, brand, complaint, bit_count(places.ids & posts.ids) AS n FROM (
                SELECT network, brand, bitstring_agg(mention_id, $low, $high) AS ids FROM heard
                GROUP BY GROUPING SETS ((network), (brand))
            ) places, (
                SELECT complaint, bitstring_agg(mention_id, $low, $high) AS ids FROM told GROUP BY complaint
            ) posts
        """
    return """
        SELECT network, brand, complaint, count(DISTINCT mention_id) AS n
        FROM heard JOIN told USING (mention_id) GROUP BY GROUPING SETS ((network, complaint), (brand, complaint))
    """


def distinct_values(connection: Connection, table: str, column: str) -> str:
    """SQL: the values of a column that has few, in order; not NULL.

    A server goes from one to the next in an index by that column, where it would read all rows.
    """
    if is_file(connection):
        return f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {column}"
    return f"""
        WITH RECURSIVE found AS (
            SELECT min({column}) AS value FROM {table}
            UNION ALL
            SELECT (SELECT min({column}) FROM {table} WHERE {column} > value) FROM found WHERE value IS NOT NULL
        )
        SELECT value AS {column} FROM found WHERE value IS NOT NULL ORDER BY value
    """


def within(connection: Connection, query: str) -> str:
    """SQL: the condition that what stands before it is in the one column of a query.

    A server's statistics of a queue that fills and empties say that it is empty, and the plan then compares each row
    with each of the query: minutes where there are 100,000. Each of an array it looks up in the index, all the same.
    """
    return f"IN ({query})" if is_file(connection) else f"= ANY (ARRAY({query}))"


def holds_any(connection: Connection, text: str) -> str:
    """SQL: whether a text, in small letters without accents, holds one of the words, joined by `|`, of `$1`."""
    return f"{'regexp_matches' if is_file(connection) else 'regexp_matches_any'}(strip_accents(lower({text})), $1)"


def last_numbers(connection: Connection) -> dict[str, int]:
    """The last number that each sequence has given out; those that gave none are left out.

    Raises StoreUnwritable where a server does not let this user see.
    """
    if is_file(connection):
        sql = "SELECT sequence_name, last_value FROM duckdb_sequences() WHERE last_value IS NOT NULL"
        return dict(connection.execute(sql).fetchall())
    names = connection.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()").fetchall()
    asked = {name: connection.execute(f"SELECT last_value, is_called FROM {name}").fetchall()[0] for (name,) in names}
    return {name: last for name, (last, is_called) in asked.items() if is_called}


def server_time(connection: Connection) -> datetime | None:
    """What the server's clock says just now; None where there is no server."""
    if is_file(connection):
        return None
    told: datetime = connection.execute("SELECT clock_timestamp()").fetchall()[0][0]
    return told


def size_on_server(connection: Connection) -> int | None:
    """Bytes that the database takes on its server, which does not say what is free there; None where there is none."""
    if is_file(connection):
        return None
    return int(connection.execute("SELECT pg_database_size(current_database())").fetchall()[0][0])


def is_file(connection: Connection) -> bool:
    """Whether the connection is to a DuckDB file."""
    import duckdb

    return isinstance(connection, duckdb.DuckDBPyConnection)
