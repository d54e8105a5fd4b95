"""Child processes that are kept alive, and that never outlive the process that keeps them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

SUPERVISOR_VARIABLE = "HUB_SUPERVISOR_PID"
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
# A child that lived this long was healthy: when it ends, it is started again at once.
HEALTHY_SECONDS = 10.0
STOP_SECONDS = 15.0
LARGEST_LOG = 10 * 1024 * 1024


def end_with_supervisor() -> None:
    """Make this process end when the one that supervises it is gone, however it went.

    Does nothing in a process that ``plp-hub run`` did not start.
    """
    supervisor = os.environ.get(SUPERVISOR_VARIABLE, "")
    if supervisor.isdigit():
        watch = threading.Thread(target=_watch, args=(int(supervisor),), daemon=True)
        watch.start()


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Child:
    """One ``plp-hub`` process with its log, started again with a growing pause when it ends."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    _pause: float = FIRST_PAUSE
    _started: float = 0.0
    _start_again_at: float | None = field(default=None)

    @property
    def name(self) -> str:
        return "-".join(self.arguments)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = spawn(self.arguments, self.environment, log, log)
        self._started, self._start_again_at = time.monotonic(), None

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self, tell: Callable[[str], None]) -> None:
        """Notice a death once, and start again when the pause is over."""
        if self.is_alive() or self.process is None:
            return
        if self._start_again_at is None:
            self._note_death(tell)
        elif time.monotonic() >= self._start_again_at:
            self.start()

    def _note_death(self, tell: Callable[[str], None]) -> None:
        now = time.monotonic()
        if now - self._started >= HEALTHY_SECONDS:
            self._pause = FIRST_PAUSE
        tell(f"{self.name} {self._ending()}; starting again in {self._pause:.1f} s ({self.log})")
        self.deaths += 1
        self._start_again_at = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def _ending(self) -> str:
        assert self.process is not None
        code = self.process.returncode
        return f"ended (exit {code})" if code >= 0 else f"was ended by {signal.Signals(-code).name}"

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_alive():
            self.process.terminate()

    def kill(self) -> None:
        """End it and whatever it started itself."""
        if self.process is not None and self.is_alive():
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def spawn(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    printed: IO[bytes],
    errors: IO[bytes],
) -> subprocess.Popen[bytes]:
    """Start ``plp-hub ARGUMENTS`` in a session of its own, so that Ctrl-C reaches only us."""
    return subprocess.Popen(  # noqa: S603 (our own Python on our own module)
        [sys.executable, "-m", "hub.cli", *arguments],
        env={**environment, SUPERVISOR_VARIABLE: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=printed,
        stderr=errors,
        start_new_session=True,
    )


def stop(children: Sequence[Child], hurry: Callable[[], bool]) -> None:
    """Ask all to stop, wait while nobody hurries, then end those that are left."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + STOP_SECONDS
    while any(child.is_alive() for child in children):
        if hurry() or time.monotonic() > end:
            break
        time.sleep(0.05)
    for child in children:
        child.kill()


def fresh_log(folder: Path, name: str) -> Path:
    """The log file of a process; a large one of earlier runs is kept once, as ``NAME.log.1``."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(folder / f"{name}.log.1")
    return log
