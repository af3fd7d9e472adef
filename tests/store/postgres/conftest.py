"""What the tests of the store on PostgreSQL share."""

import itertools
from collections.abc import Callable

import pytest

from monitor.settings.loading import Store
from tests.postgres_server import PostgresServer

_numbers = itertools.count(1)


@pytest.fixture
def new_store(postgres_server: PostgresServer) -> Callable[[], Store]:
    """Makes an empty database, and gives the store in it."""
    return lambda: Store(url=postgres_server.create_database(f"own_{next(_numbers)}"))
