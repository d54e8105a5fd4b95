"""A worker whose clock is wrong: it steals nothing, doubles nothing, skips nothing."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.drill.ground import Ground
from benchmarks.drill.scenario import NotHere, scenario

WORKER = "worker urgent"
_PLACES = "/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1"


@scenario("26")
def a_worker_fifteen_minutes_ahead(ground: Ground) -> None:
    """What another worker holds stays his: leases are on the database's clock."""
    _beside_a_wrong_clock(ground, "+15m")


@scenario("26")
def a_worker_an_hour_behind(ground: Ground) -> None:
    """It sends what is due and leaves the rest alone."""
    _beside_a_wrong_clock(ground, "-1h")


def _beside_a_wrong_clock(ground: Ground, shift: str) -> None:
    with _libfaketime() as library:
        ground.hub.carrier.set(latency_ms=100)
        ground.start_another(
            WORKER,
            LD_PRELOAD=str(library),
            FAKETIME=shift,
            # The fence is measured on a clock that no clock change can move, and so it is here.
            FAKETIME_DONT_FAKE_MONOTONIC="1",
            DONT_FAKE_MONOTONIC="1",
        )
        for _alert in range(3):
            ground.alert()
            ground.another_few()
        ground.all_final(120)
        wrong = ground.rows("SELECT count(*) FROM delivery WHERE is_repeat")[0][0]
        assert not wrong, f"{wrong} were taken from the other worker's hands"


@contextmanager
def _libfaketime() -> Iterator[Path]:
    """The library, of this machine or unpacked from its Debian package for as long as needed."""
    installed = [found for place in _PLACES for found in Path("/").glob(place.lstrip("/"))]
    if installed:
        yield installed[0]
        return
    with tempfile.TemporaryDirectory(prefix="plp-hub-faketime-") as folder:
        unpacked = _unpacked(Path(folder))
        if unpacked is None:
            raise NotHere("libfaketime is not here: apt-get install libfaketime")
        yield unpacked


def _unpacked(folder: Path) -> Path | None:
    fetch, unpack = shutil.which("apt-get"), shutil.which("dpkg-deb")
    if not fetch or not unpack:
        return None
    subprocess.run([fetch, "-qq", "download", "libfaketime"], cwd=folder, capture_output=True)
    for package in folder.glob("*.deb"):
        subprocess.run([unpack, "-x", str(package), str(folder)], check=True)
    return next(iter(folder.rglob("libfaketimeMT.so.1")), None)
