"""Column types and keys that every table uses."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid6
from sqlalchemy import DateTime, Dialect, Enum, Text
from sqlalchemy.types import TypeDecorator


def new_id() -> UUID:
    """A key ordered by time (UUID version 7), so that inserts stay at the end of the index."""
    return UUID(int=uuid6.uuid7().int)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both databases. A naive one is refused, never guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be stored.")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PersonalData(TypeDecorator[str]):
    """A name, number, address or text of a person.

    Every such column has this type, so encryption at rest arrives by changing this class alone.
    Never compare or sort by it: find by a blind index (``hub.security.blind_index``) beside it.
    """

    impl = Text
    cache_ok = True

    def coerce_compared_value(self, op: Any, value: Any) -> Any:  # noqa: ARG002
        return self


def word(choices: type[StrEnum]) -> Any:
    """The column type of a fixed set of words, stored as the word itself.

    Not the database's own enum: adding a word would then need a migration under lock.
    """
    return Enum(
        choices,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda kind: [member.value for member in kind],
    )
