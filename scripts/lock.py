"""Pins every package with its hashes: ``make lock``, after a change of ``pyproject.toml``.

Versions already locked stay, unless ``--upgrade`` or another option of uv is given.
The locks name versions and hashes and nothing else: no host, no folder, no machine.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "locks"
# Lock file: the extras it holds. The others take the versions of the first, so that going from
# tests to a run, or to the benchmark, never changes a package.
EXTRAS = {
    "test.txt": ["embedded", "test"],
    "bench.txt": ["embedded", "test", "bench"],
    "run.txt": ["embedded"],
    "server.txt": [],
}
COMPILE = [
    *("pip", "compile", "--no-config", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"),
    *("--no-emit-find-links", "--quiet"),
]


def build_requirements() -> list[str]:
    """What builds this project; ``editables`` is what hatchling asks for an editable install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [*project["build-system"]["requires"], "editables"]


def browser_requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[str] = project["project"]["optional-dependencies"]["browser"]
    return found


def uv() -> str:
    beside_python = Path(sys.executable).with_name("uv")
    found = str(beside_python) if beside_python.exists() else shutil.which("uv")
    if not found:
        raise SystemExit("uv is needed to write the locks: .venv/bin/python -m pip install uv")
    return found


def compile_lock(name: str, sources: list[str], requirements: list[str]) -> None:
    subprocess.run(
        [uv(), *COMPILE, *sys.argv[1:], *sources, "-", "--output-file", str(LOCKS / name)],
        input="\n".join(requirements),
        text=True,
        cwd=ROOT,
        check=True,
    )


def refuse_addresses(name: str) -> None:
    """A lock that names a host or a folder works on one machine only."""
    for line in (LOCKS / name).read_text(encoding="utf-8").splitlines():
        if re.search(r"://|^\S*/|@ ", line):
            raise SystemExit(f"locks/{name} names an address or a folder: {line}")


def main() -> None:
    LOCKS.mkdir(exist_ok=True)
    for name, extras in EXTRAS.items():
        sources = ["pyproject.toml", *(f"--extra={extra}" for extra in extras)]
        if name != "test.txt":
            sources += ["--constraints", "locks/test.txt"]
        compile_lock(name, sources, build_requirements())
    compile_lock("browser.txt", [], browser_requirements())
    for name in [*EXTRAS, "browser.txt"]:
        refuse_addresses(name)
        print(f"locks/{name}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        raise SystemExit(error.returncode) from None
