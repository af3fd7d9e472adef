"""A whole complaint in a real browser, from the post to the survey, in both languages."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.models.languages import LanguageCode
from monitor.settings import loading as reading
from monitor.settings.loading import Settings, Store
from tests.browser import complaint_acts as acts
from tests.browser.conftest import Opening
from tests.browser.person import Desk, surveys_served
from tests.ports import free_ports

MOST_PRESSES = 40
"""What the whole of it may cost a person, two closings, an assignment and the looks at the metrics included."""
CONFIG = """
[store]
url = "{folder}/store.duckdb"
[networks.files]
folder = "{folder}/drop"
[[brands]]
name = "Norvia"
queries = ["norvia", "@norvia_ayuda"]
own_accounts = ["norvia_ayuda"]
[desk]
people = [{{name = "Ana"}}, {{name = "Bruno"}}]
[desk.survey]
port = {port}
"""


@pytest.fixture
def port() -> int:
    """A port that nobody listens at."""
    return free_ports(1)[0]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int, address_of: Callable[[Store], str]) -> Settings:
    """Settings of a brand with two people, on a store that does not exist yet."""
    file = tmp_path / "escucha.toml"
    file.write_text(CONFIG.format(folder=tmp_path.as_posix(), port=port), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    monkeypatch.setenv("ESCUCHA_STORE__URL", address_of(Store(url=f"{tmp_path.as_posix()}/store.duckdb")))
    return reading.load()


@pytest.fixture
def address(config: Settings, served: Callable[[Path], str], tmp_path: Path) -> str:
    """Where the dashboard on that store answers."""
    return served(tmp_path / "escucha.toml")


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[[Any, str], None]:
    """Takes a picture of the page, where the environment names a folder for pictures."""
    folder, taken = os.environ.get("PICTURES"), iter(range(1, 100))

    def take(page: Any, language: str) -> None:
        if folder:
            page.wait_for_timeout(1_500)  # what fades in or out
            page.screenshot(path=f"{folder}/complaint_{language}_{next(taken):02}.png", full_page=True)

    return take


@pytest.mark.parametrize("language", ["es", pytest.param("en", marks=pytest.mark.slow)])
def test_a_whole_complaint(
    opening: Opening,
    page: Any,
    address: str,
    config: Settings,
    port: int,
    tmp_path: Path,
    language: LanguageCode,
    pictures: Callable[[Any, str], None],
) -> None:
    desk = Desk(page, config, language, lambda: pictures(page, language))
    page.goto(f"{address}/inbox?lang={language}")
    acts.the_post_arrives(desk)
    acts.it_is_taken_and_assigned(desk)
    acts.the_first_answer(desk)
    acts.closed_without_a_word_of_the_customer(desk)
    acts.the_customer_is_back(desk)
    acts.closed_with_agreement(desk)
    acts.followed_up(desk)
    link = acts.a_survey_is_asked_for(desk)
    with surveys_served(tmp_path, port):
        customer = opening(f"http://localhost:{port}")
        acts.the_customer_answers(customer, link, lambda: pictures(customer, language))
    acts.the_answer_is_there(desk)
    acts.the_metrics_moved(desk)
    assert desk.presses() <= MOST_PRESSES
    _nobody_edited_the_history()


def _nobody_edited_the_history() -> None:
    command = [sys.executable, "-m", "monitor", "cases", "verify"]
    verified = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (verified.returncode, "none altered" in verified.stdout) == (0, True), verified.stderr
