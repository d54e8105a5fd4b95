"""How Alembic reaches the hub's database and tables."""

from alembic import context
from sqlmodel import SQLModel

# Importing the rooms' models fills the metadata.
import feedback.models  # noqa: F401
import messaging.models  # noqa: F401
import partnerships.models  # noqa: F401
import plan.models  # noqa: F401
from hub import audit  # noqa: F401
from hub.db import engine

with engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        # SQLite changes a table by making it anew.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
