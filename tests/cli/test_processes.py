"""Children of `escucha serve` and `escucha dashboard`, killed for real: nothing outlives its parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from monitor.cli.serving.child import Child
from monitor.cli.serving.single import single
from monitor.errors import EscuchaError
from tests.polling import until
from tests.ports import free_ports

# Ignores SIGTERM and starts another process that does: what Streamlit and a flow run are at their worst.
_STUBBORN = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sleep = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
sleeper = subprocess.Popen([sys.executable, "-c", sleep])
pathlib.Path(sys.argv[1]).write_text(str(sleeper.pid))
time.sleep(600)
"""
# Starts a process in a session of its own, as a Prefect worker does with each run.
_DETACHING = """
import pathlib, subprocess, sys, time
run = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
pathlib.Path(sys.argv[1]).write_text(str(run.pid))
time.sleep(600)
"""
_PARENT = """
import os, sys
from monitor.cli.serving.child import Child
from monitor.cli.serving.processes import keep_running
keep_running([Child("stubborn", (sys.executable, "-c", sys.argv[1], sys.argv[2]), os.environ)], lambda: print("ready"))
"""
# Keeps one process running, with shorter times: it counts its starts in a file, then does as it is told.
_KEEPER = """
import os, sys
from monitor.cli.serving import processes
from monitor.cli.serving.child import Child
processes._SOUND, processes._SILENT_FOR, processes._WATCH, processes._MOST_DOUBLINGS = 0.5, 1.0, 0.2, -3
processes._WAITING_TOLD = 0.1
child = Child("patient", (sys.executable, *sys.argv[2:]), os.environ, sys.argv[1] or None)
processes.keep_running([child], lambda: print("ready", flush=True))
"""
_COUNTING = """
import pathlib, sys, time
starts = pathlib.Path(sys.argv[1])
number = len(starts.read_text()) if starts.exists() else 0
starts.write_text("x" * (number + 1))
"""


# The same of one that cannot start while a file is there, which a repair takes away.
_MENDER = """
import os, pathlib, sys
from monitor.cli.serving import processes
from monitor.cli.serving.child import Child
processes._MOST_DOUBLINGS = -3
fault = pathlib.Path(sys.argv[2])
def repair():
    was_there = fault.exists()
    fault.unlink(missing_ok=True)
    return was_there
child = Child("patient", (sys.executable, *sys.argv[3:]), os.environ, sys.argv[1], repair=repair)
processes.keep_running([child], lambda: print("ready", flush=True))
"""
_SERVING = """
import http.server, pathlib, sys
pathlib.Path(sys.argv[2]).open("a").write("x")
if pathlib.Path(sys.argv[1]).exists():
    sys.exit("it cannot be read")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[3])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def parent(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that keeps the stubborn one running."""
    process = subprocess.Popen([sys.executable, "-c", _PARENT, _STUBBORN, str(tmp_path / "pid")])
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    yield process
    process.kill()
    process.wait()
    for group in {os.getpgid(pid) for pid in [int((tmp_path / "pid").read_text())] if psutil.pid_exists(pid)}:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_parent_that_is_killed_leaves_nothing_behind(parent: "subprocess.Popen[bytes]") -> None:
    descendants = psutil.Process(parent.pid).children(recursive=True)
    assert len(descendants) == 3, "the leash, the command, and what it started"
    parent.kill()
    parent.wait()
    until(lambda: all(_is_gone(process) for process in descendants), 60)


def test_a_leash_that_is_killed_takes_its_group_along(parent: "subprocess.Popen[bytes]") -> None:
    leash, command, sleeper = psutil.Process(parent.pid).children(recursive=True)
    leash.kill()
    until(lambda: _is_gone(command) and _is_gone(sleeper), 60)


@pytest.mark.skipif(sys.platform != "linux", reason="only there the kernel tells who started whom")
@pytest.mark.parametrize("victim", ["parent", "leash", "command"])
def test_what_left_its_group_is_ended_whoever_is_killed(tmp_path: Path, victim: str) -> None:
    file = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", _PARENT, _DETACHING, str(file)]) as parent:
        until(lambda: file.exists() and file.read_text())
        leash, command, run = psutil.Process(parent.pid).children(recursive=True)
        assert os.getsid(run.pid) == run.pid
        {"parent": psutil.Process(parent.pid), "leash": leash, "command": command}[victim].kill()
        until(lambda: _is_gone(run), 60)
        until(lambda: victim == "parent" or not run.is_running(), 60)  # nor is it kept as a zombie
        parent.terminate()


def test_a_signal_ends_a_command_in_the_foreground_and_what_it_started(tmp_path: Path) -> None:
    program = "import sys; from monitor.cli.serving.processes import run_until_stopped\n"
    program += "sys.exit(run_until_stopped((sys.executable, '-c', *sys.argv[1:]), 'http://127.0.0.1:9/', print))"
    gentle = _STUBBORN.replace("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "")
    process = subprocess.Popen([sys.executable, "-c", program, gentle, str(tmp_path / "pid")])
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    descendants = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert all(_is_gone(descendant) for descendant in descendants)


def test_a_child_that_has_worked_is_started_again_however_often_it_dies(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    works_once = _COUNTING + "time.sleep(3 if not number else 0)"
    with subprocess.Popen([sys.executable, "-c", _KEEPER, "", "-c", works_once, str(starts)]) as keeper:
        until(lambda: starts.exists() and len(starts.read_text()) > 9)
        assert keeper.poll() is None
        keeper.terminate()


def test_a_child_that_never_works_ends_them_all_with_its_last_lines(tmp_path: Path) -> None:
    fails = _COUNTING + "print('no such port'); sys.exit(1)"
    patient = _KEEPER.replace("_MOST_DOUBLINGS = 0.5,", "_MOST_DOUBLINGS = 60.0,")  # a start may take a second
    command = [sys.executable, "-c", patient, "", "-c", fails, str(tmp_path / "starts")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "patient stopped 6 times in a row" in done.stderr
    assert "no such port" in done.stderr


def test_a_child_that_its_own_notes_keep_from_starting_starts_without_them(tmp_path: Path) -> None:
    """A damaged database of Prefect's, or one of a newer Prefect, ended `serve` for good, at its start or later."""
    fault, starts, (port,) = tmp_path / "fault", tmp_path / "starts", free_ports(1)
    fault.touch()
    serving = ("-c", _SERVING, str(fault), str(starts), str(port))
    command = [sys.executable, "-c", _MENDER, f"http://127.0.0.1:{port}/", str(fault), *serving]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "ready\n"
        assert starts.read_text() == "xx"
        fault.touch()
        psutil.Process(keeper.pid).children(recursive=True)[-1].kill()
        until(lambda: starts.read_text() == "xxxx" and not fault.exists(), 60)
        keeper.terminate()


def test_what_is_waited_for_at_the_start_is_told(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    slow = "import time; from http.server import HTTPServer, SimpleHTTPRequestHandler as Handler; time.sleep(2)"
    slow += f"; HTTPServer(('127.0.0.1', {port}), Handler).serve_forever()"
    command = [sys.executable, "-c", _KEEPER, f"http://127.0.0.1:{port}/", "-c", slow]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == "ready\n"
        keeper.terminate()
        assert "waiting for patient, " in keeper.communicate()[1]


def test_a_child_that_lives_and_answers_no_more_is_started_again(tmp_path: Path) -> None:
    starts, (port,) = tmp_path / "starts", free_ports(1)
    server = _COUNTING + (
        "import http.server, signal, os\n"
        f"server = http.server.HTTPServer(('127.0.0.1', {port}), http.server.SimpleHTTPRequestHandler)\n"
        "number or signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGSTOP))\n"
        "number or signal.alarm(2)\n"
        "server.serve_forever()"
    )
    command = [sys.executable, "-c", _KEEPER, f"http://127.0.0.1:{port}/", "-c", server, str(starts)]
    with subprocess.Popen(command, cwd=tmp_path) as keeper:
        until(lambda: starts.exists() and len(starts.read_text()) == 2)
        keeper.terminate()


def test_a_second_server_of_one_store_is_told_who_serves_it(tmp_path: Path) -> None:
    file = tmp_path / "serve.lock"
    program = "import pathlib, sys, time; from monitor.cli.serving.single import single\n"
    program += "with single(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    command = [sys.executable, "-c", program, str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(EscuchaError, match=rf"served already by .*process {first.pid} "), single(file):
            pass
        first.kill()
    with single(file):
        assert file.stat().st_mode & 0o777 == 0o600


_STOPPABLE = """
from monitor.cli.serving.processes import stop_signals
with stop_signals() as stop:
    print("ready", flush=True)
    while not stop.wait(0.00001):
        pass
    for _ in range(200_000):
        stop.is_set()
        stop.set()
"""


def test_a_hail_of_signals_stops_it_whatever_it_does_just_then() -> None:
    """`make`, systemd and an impatient person send more than one: it hung for ever, and held its port."""
    with subprocess.Popen([sys.executable, "-c", _STOPPABLE], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            for at in range(2_000):
                if process.poll() is not None:
                    break
                process.send_signal((signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[at % 3])
            assert process.wait(60) in (0, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
        finally:
            process.kill()


_LEAVING = """
import subprocess, sys, time
for _ in range(3):
    subprocess.run([sys.executable, "-c", "import subprocess; subprocess.Popen(['sleep', '0.2'])"])
print("left", flush=True)
time.sleep(600)
"""


def test_what_was_left_behind_and_has_ended_keeps_no_number(tmp_path: Path) -> None:
    child = Child("leaving", (sys.executable, "-c", _LEAVING), os.environ)
    child.start()
    assert child.process
    try:
        until(lambda: "left" in child.last_lines)
        until(lambda: not _zombies_of(psutil.Process(child.process.pid)))
        assert child.alive()
    finally:
        child.stop()
        if child.process.stdout:
            child.process.stdout.close()


def _zombies_of(process: psutil.Process) -> list[psutil.Process]:
    below = [process, *process.children(recursive=True)]
    return [one for one in below if one.is_running() and one.status() == psutil.STATUS_ZOMBIE]
