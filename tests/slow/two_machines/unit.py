"""A process of an installation, with all that it starts: kept like a unit of systemd, killed with -9."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(slots=True)
class Unit:
    """A process that is to run, with all that it starts."""

    name: str
    arguments: Sequence[str]
    environment: dict[str, str]
    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Starts `python -m ...` in its machine's folder."""
        with (self.folder / f"{self.name}.out").open("ab") as out:
            command = [sys.executable, "-m", *self.arguments]
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip

    def is_running(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def below(self) -> list[psutil.Process]:
        """It, and all processes that it has started."""
        with suppress(psutil.NoSuchProcess):
            if self.process is not None:
                own = psutil.Process(self.process.pid)
                return [own, *own.children(recursive=True)]
        return []

    def kill(self, *, alone: bool) -> None:
        """Kills it with -9: `alone`, or at once with all that it has started, as when the machine loses its power."""
        found: list[psutil.Process] = []
        while not alone and (fresh := [process for process in self.below() if process not in found]):
            for process in fresh:  # so that nothing can be started, or tidied up, meanwhile
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGSTOP)
            found += fresh
        for process in self.below()[:1] if alone else found:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self.process is not None:
            self.process.wait()

    def stop(self) -> None:
        """Asks it to end; what is left after a while is killed."""
        if self.process is not None and self.process.poll() is None:
            left = self.below()
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self.process.wait()
