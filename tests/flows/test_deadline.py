"""A run that hangs, in a process of its own as a deployment's is."""

import os
import signal
import subprocess
import sys

import pytest

_RUN = """
import signal, sys, time
from datetime import timedelta
from flows import deadline
deadline.LONGEST_PASS, deadline._GRACE = timedelta(seconds=0.2), 0.2
if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(deadline.bounded(lambda: time.sleep(0 if sys.argv[1] == "short" else 3) or "ended")(), flush=True)
time.sleep(1)
"""


def _run(how: str, **environment: str) -> tuple[int, str]:
    command = [sys.executable, "-c", _RUN, how]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize(("how", "code"), [("hangs", -signal.SIGTERM), ("deaf", 1)])
def test_a_run_that_hangs_is_ended_though_it_ignores_that(how: str, code: int) -> None:
    assert _run(how, PREFECT__RUNTIME__DEPLOYMENT__ID="of-a-deployment") == (code, "")


def test_one_that_is_over_in_time_and_one_without_a_process_of_its_own_go_on() -> None:
    assert _run("short", PREFECT__RUNTIME__DEPLOYMENT__ID="of-a-deployment") == (0, "ended")
    assert _run("hangs") == (0, "ended")
