"""The hub's processes, forked from one that has imported the hub already.

Importing the hub takes two to four seconds of processor time, and the tests start some hundred
processes: forked ones are there at once. Apart from that they are what an operator starts: each has
its own environment, runs ``plp-hub`` with its words, and can be stopped and killed like any other.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from hub.processes import SUPERVISOR_VARIABLE

_IMPORTED = (
    "tests.forked",
    "hub.cli",
    "hub.demo",
    "hub.doctor",
    "hub.migration",
    "hub.server",
    "channels.simulator.server",
    "messaging.cap.signing",
    "partnerships.members_export",
    "partnerships.members_import.by_command",
    "workers.mail_door",
    "workers.timetable",
    "workers.worker",
)
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(list(_IMPORTED))


class Forked:
    """A process of ``plp-hub`` with the handles a ``Popen`` has."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], printed: Path, errors: Path
    ) -> None:
        self._process = _processes.Process(
            target=_run, args=(list(words), dict(environment), printed, errors), daemon=True
        )
        self._process.start()
        assert self._process.pid
        self.pid = self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, the negative signal that ended it, or ``None`` while it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises ``TimeoutExpired`` when that does not come in time."""
        self._process.join(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("plp-hub", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(words: list[str], environment: dict[str, str], printed: Path, errors: Path) -> None:
    for stream, path in ((1, printed), (2, errors)):
        with path.open("ab") as file:
            os.dup2(file.fileno(), stream)
    os.environ.clear()
    os.environ.update(environment)
    # It ends with the one that forked it, which ends with the tests.
    os.environ[SUPERVISOR_VARIABLE] = str(os.getppid())
    sys.argv = ["plp-hub", *words]
    from hub.cli import main  # only here: the tests themselves need no command line

    main()
