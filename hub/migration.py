"""Bringing the database to this version's tables, from empty or from an earlier version."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from hub.config import settings

_FOLDER = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Alembic's settings; the migrations travel inside the package."""
    made = Config()
    made.set_main_option("script_location", str(_FOLDER))
    # Alembic reads % as its own sign.
    made.set_main_option("sqlalchemy.url", settings().database_url.replace("%", "%%"))
    return made


def upgrade(revision: str = "head") -> None:
    """Apply every migration that has not been applied."""
    command.upgrade(configuration(), revision)
