"""Writes the secrets that ``docker-compose.yml`` mounts; what is there already stays.

The folder is closed to others. The files in it are not, because the hub's container reads them as
a user of its own.
"""

import secrets
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "secrets"


def write_once(name: str, text: str) -> str:
    """The content of a secret file, made now if it was missing."""
    path = FOLDER / f"{name}.txt"
    if not path.exists():
        path.write_text(text + "\n", encoding="utf-8")
        path.chmod(0o444)
        print(f"secrets/{name}.txt")
    return path.read_text(encoding="utf-8").strip()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    FOLDER.chmod(0o700)
    password = write_once("database_password", secrets.token_urlsafe(32))
    write_once("database_url", f"postgresql+psycopg://hub:{password}@postgres/hub")
    write_once("secret_key", secrets.token_urlsafe(48))
    # Good for the simulated carrier; a real one has its own.
    write_once("twilio_auth_token", secrets.token_hex(16))


if __name__ == "__main__":
    main()
