"""Reads ``docker-compose.yml`` as Docker would, where Docker's compose is installed."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compose() -> list[str] | None:
    """The command of this machine: the plugin, else the older program of its own."""
    if shutil.which("docker"):
        asked = subprocess.run(["docker", "compose", "version"], capture_output=True)
        if asked.returncode == 0:
            return ["docker", "compose"]
    older = shutil.which("docker-compose")
    return [older] if older else None


def main() -> None:
    command = compose()
    if command is None:
        print("docker-compose.yml: not checked, Docker's compose is not on this machine.")
        return
    options = ["--profile", "try", "--env-file", "scripts/try.env", "config", "--quiet"]
    if subprocess.run([*command, *options], cwd=ROOT).returncode:
        raise SystemExit("docker-compose.yml is not valid.")
    print(f"docker-compose.yml: valid, says {' '.join(command)}.")


if __name__ == "__main__":
    main()
