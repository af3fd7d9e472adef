"""The database: one DuckDB file, opened for milliseconds at a time, or a server. The only place with SQL that writes.

Every `with connect(...)` that writes is one transaction. Repositories take the open connection.
"""

from monitor.store.connection import Connection, connect, exists, identity, standing

__all__ = ["Connection", "connect", "exists", "identity", "standing"]
