"""What names the next page is kept and sent back: it has a bound as well."""

from pathlib import Path

import pytest

from monitor.collect import collector
from monitor.errors import UnexpectedAnswer
from tests.sources.fakes import Reply, Request
from tests.sources.scripted_server import answering, settings_of


def test_a_page_that_names_the_next_without_end_is_left(tmp_path: Path) -> None:
    def respond(request: Request) -> Reply:
        return Reply({"meta": {"result_count": 0, "next_token": "a" * 1_000_001}})

    with answering(respond) as site, pytest.raises(UnexpectedAnswer) as fault:
        collector.collect(settings_of("x", site, tmp_path, (), bearer_token="made-up-token"), "x")
    assert "x: search: a page names the next by more than 1,000,000 characters" in str(fault.value)
