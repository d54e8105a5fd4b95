"""What must be so before ``plp-hub run`` starts anything: each fault a sentence with a remedy."""

import errno
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from hub.config import Settings
from hub.errors import ConfigurationError

OLDEST_PYTHON = (3, 11)
# Processes that publish figures; on one machine they cannot share one port for that.
MEASURED = ("web", "worker-urgent", "worker-default", "worker-bulk", "timetable", "mail-door")


def check_python() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        raise ConfigurationError("Python 3.11 or newer is needed.")


def writable_data_dir(chosen: Settings) -> Path:
    """The data folder, made when it is missing; refuses one that cannot be written."""
    folder = chosen.data_dir.resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ConfigurationError(
            "The data folder {folder} cannot be written ({reason}). "
            "Choose another: HUB_DATA_DIR=~/plp-hub make run",
            folder=str(folder),
            reason=error.strerror or "unknown",
        ) from error
    return folder


@contextmanager
def sole_use(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; two hubs on one would send every message twice."""
    with (data_dir / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _in_use(data_dir, lock) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _in_use(data_dir: Path, lock: IO[str]) -> ConfigurationError:
    lock.seek(0)
    return ConfigurationError(
        "The data folder {folder} is in use by a running hub (process {pid}). "
        "Stop that one, or choose another folder: HUB_DATA_DIR=~/plp-hub make run",
        folder=str(data_dir),
        pid=lock.read().strip() or "unknown",
    )


def metrics_ports(chosen: Settings) -> dict[str, int]:
    """Where each process publishes its figures: ports counted up from ``HUB_METRICS_PORT``."""
    first = chosen.metrics_port
    return {name: first + place for place, name in enumerate(MEASURED)} if first else {}


def _ports(chosen: Settings) -> Iterator[tuple[str, str, int]]:
    yield "HUB_PORT", chosen.host, chosen.port
    for port in metrics_ports(chosen).values():
        yield "HUB_METRICS_PORT", chosen.host, port
    if chosen.mail_door:
        yield "HUB_MAIL_DOOR_PORT", chosen.mail_door_host, chosen.mail_door_port
    if chosen.carrier_is_simulated:
        yield "HUB_SIMULATOR_PORT", "127.0.0.1", chosen.simulator_port
        yield "HUB_SIMULATOR_SMTP_PORT", "127.0.0.1", chosen.simulator_smtp_port


def check_ports(chosen: Settings) -> None:
    """Refuse a port that is taken; held together, so that no port is chosen for two things."""
    with ExitStack() as held:
        for variable, host, port in _ports(chosen):
            try:
                held.enter_context(_listening(host, port))
            except OSError as error:
                raise _port_fault(variable, port, _free_port(chosen, host, port), error) from error


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _free_port(chosen: Settings, host: str, taken: int) -> int:
    """The next port that is free and that nothing of ours is to use."""
    ours = {port for _, _, port in _ports(chosen)}
    for port in range(max(taken + 1, 8001), 65536):
        with suppress(OSError):
            if port not in ours:
                _listening(host, port).close()
                return port
    return taken


def _port_fault(variable: str, port: int, other: int, error: OSError) -> ConfigurationError:
    taken = "Port {port} is taken. Stop what uses it or choose another: {variable}={other} make run"
    unusable = "Port {port} cannot be used ({reason}). Choose another: {variable}={other} make run"
    return ConfigurationError(
        taken if error.errno == errno.EADDRINUSE else unusable,
        port=port,
        reason=error.strerror or "unknown",
        variable=variable,
        other=other,
    )
