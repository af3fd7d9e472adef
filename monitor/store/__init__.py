"""The database: one DuckDB file, opened for milliseconds at a time. The only place with SQL that writes.

Every `with connect(...)` that writes is one transaction. Repositories take the open connection.
"""

from monitor.store.connection import Connection, connect, exists

__all__ = ["Connection", "connect", "exists"]
