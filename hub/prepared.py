"""Whether the database in the data folder was made by this very version, so that starting again
need not ask two more processes: each takes seconds to import what it then has no use for.
"""

import hashlib
import json
from pathlib import Path

from sqlalchemy import make_url

from hub.config import Settings

_MIGRATIONS = Path(__file__).parent / "migrations" / "versions"

Accounts = list[dict[str, str]]


def accounts(chosen: Settings) -> Accounts | None:
    """The demo accounts noted when this database was prepared; ``None`` when it must be prepared.

    Only for SQLite in a file: what happened to another database is not ours to know.
    """
    note_file = _note_file(chosen)
    if not _is_our_file(chosen) or not note_file.is_file():
        return None
    try:
        noted = json.loads(note_file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    if noted.get("version") != _version(chosen):
        return None
    found: Accounts = noted["accounts"]
    return found


def note(chosen: Settings, made: Accounts) -> None:
    """Note that the database is prepared; addresses only, never a password."""
    emails = [{"role": one["role"], "email": one["email"]} for one in made]
    content = json.dumps({"version": _version(chosen), "accounts": emails})
    _note_file(chosen).write_text(content, encoding="utf-8")


def _note_file(chosen: Settings) -> Path:
    return chosen.data_dir / "prepared.json"


def _is_our_file(chosen: Settings) -> bool:
    database = make_url(chosen.database_url).database if chosen.uses_sqlite else None
    return database is not None and Path(database).is_file()


def _version(chosen: Settings) -> str:
    """Changes with every migration, with the database, and with what may be in it."""
    digest = hashlib.sha256(f"{chosen.database_url}\0{chosen.may_have_demo}".encode())
    for migration in sorted(_MIGRATIONS.glob("*.py")):
        digest.update(migration.read_bytes())
    return digest.hexdigest()
