"""A database of a scenario's own, and what it must endure: death, absence, a lock, no room."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from tests import postgres_server

# A killed server must have what it acknowledged: the tests' own options would let it forget.
_HONEST = {"synchronous_commit": "on"}
# Files that may not grow beyond this are what a full disk looks like to whoever writes them.
FULL_DISK_BYTES = 1 << 20


class SqliteFile:
    """SQLite has no server: its processes are the hub's own."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Somebody else holds the write lock as long as the block runs."""
        engine = create_engine(self.url, isolation_level=None)
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            yield
            connection.exec_driver_sql("ROLLBACK")
        engine.dispose()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nothing can be written as long as the block runs: the file is held by somebody else."""
        with self.held():
            yield

    @contextmanager
    def full(self, writers: list[int]) -> Iterator[None]:
        """No file of these processes may grow any more."""
        _set_room(writers, FULL_DISK_BYTES)
        try:
            yield
        finally:
            _set_room(writers, resource.RLIM_INFINITY)

    def stop(self) -> None:
        """Bring everything into the one file, so that it can be copied."""
        with plain_engine(self.url).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


class PostgresCluster:
    """A cluster on a copy of a prepared one."""

    kind = "postgresql"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = postgres_server.url_of(folder)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, or start again after a crash."""
        self.process = postgres_server.start(self.folder, **_HONEST)

    def stop(self) -> None:
        """End in order."""
        if self.process is not None:
            postgres_server.stop(self.process)
        self.process = None

    def crash(self) -> None:
        """``pg_ctl stop -m immediate``: nothing is brought to an end, the log is replayed later."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)
        self.process = None

    def kill(self) -> None:
        """SIGKILL to every process of it, as when the machine dies."""
        assert self.process is not None
        for pid in self._pids():
            _kill(pid)
        self.process.wait(20)
        self.process = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Somebody else has locked the deliveries as long as the block runs."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))
            yield
        engine.dispose()

    @contextmanager
    def away(self) -> Iterator[None]:
        """There is no server as long as the block runs."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def full(self, _writers: list[int]) -> Iterator[None]:
        """No table and no log of the server may grow any more."""
        self._set_room(str(FULL_DISK_BYTES))
        try:
            yield
        finally:
            # Those that were started meanwhile inherited the limit from their parent.
            self._set_room("unlimited")

    def _set_room(self, most_bytes: str) -> None:
        # Not ours: only the server's own user may set limits on it.
        for pid in self._pids():
            limit = ["--pid", str(pid), f"--fsize={most_bytes}:unlimited"]
            done = postgres_server.call_as_server(["/usr/bin/prlimit", *limit])
            assert done.returncode == 0 or not Path(f"/proc/{pid}").exists(), done.stderr

    def _pids(self) -> list[int]:
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *(int(pid) for pid in children.read_text("utf-8").split())]


AnyDatabase = SqliteFile | PostgresCluster


def _set_room(pids: list[int], most_bytes: int) -> None:
    for pid in pids:
        try:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))
        except ProcessLookupError:
            continue


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def prepared_cluster() -> Iterator[PostgresCluster]:
    """A new cluster, started. Its write-ahead log is cut small, so that a full disk is soon met."""
    with postgres_server.postgres_folder() as folder:
        postgres_server.initialise(folder, "--wal-segsize=1")
        cluster = PostgresCluster(folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def copied_cluster(template: PostgresCluster) -> Iterator[PostgresCluster]:
    """A started copy of a stopped cluster."""
    with postgres_server.postgres_folder() as folder:
        # With its owner: PostgreSQL refuses a folder that is not its user's.
        subprocess.run(["/bin/cp", "-a", str(template.folder / "data"), str(folder)], check=True)
        cluster = PostgresCluster(folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def plain_engine(url: str) -> Engine:
    """The database as the drill looks at it, beside the hub."""
    return create_engine(url, pool_pre_ping=True)
