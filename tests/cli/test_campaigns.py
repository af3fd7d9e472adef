"""Campaigns that wait for a decision, as `escucha status` and `escucha run` tell them."""

from datetime import UTC, datetime

import pytest

from monitor.pipeline import main_line
from monitor.settings.loading import load
from tests.cli.command_line import escucha
from tests.flood import arrive, copy, mention

NOW = datetime.now(UTC)


def test_status_and_run_tell_how_many_posts_wait_behind_campaigns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_DESK__CAMPAIGNS__AUTHORS", "20")
    assert "nearly equal posts" not in escucha("status").stdout
    arrive(load(), [mention(f"w{n}", f"vocero{n}", copy(n), NOW) for n in range(30)], NOW)
    main_line.open_cases(load())
    for command in ("status", "run"):
        assert "1 campaign of 30 nearly equal posts" in escucha(command).stdout
