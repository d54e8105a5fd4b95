"""Days and moments compared inside the database, the same on both."""

from typing import Any

from sqlalchemy import Date, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class days_after(FunctionElement[Any]):  # noqa: N801 - it reads as an SQL function
    """``days_after(day, number)``: the day so many days later."""

    inherit_cache = True
    type = Date()


@compiles(days_after, "postgresql")
def _postgresql_day(element: Any, compiler: Any, **options: Any) -> str:
    day, number = (compiler.process(one, **options) for one in element.clauses)
    return f"({day} + CAST({number} AS INTEGER))"


@compiles(days_after, "sqlite")
def _sqlite_day(element: Any, compiler: Any, **options: Any) -> str:
    day, number = (compiler.process(one, **options) for one in element.clauses)
    return f"date({day}, '+' || {number} || ' days')"


class seconds_between(FunctionElement[Any]):  # noqa: N801 - as above
    """``seconds_between(earlier, later)``: the seconds from one moment to another."""

    inherit_cache = True
    type = Float()


@compiles(seconds_between, "postgresql")
def _postgresql_seconds(element: Any, compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(one, **options) for one in element.clauses)
    return f"extract(epoch from ({later} - {earlier}))::double precision"


@compiles(seconds_between, "sqlite")
def _sqlite_seconds(element: Any, compiler: Any, **options: Any) -> str:
    earlier, later = (compiler.process(one, **options) for one in element.clauses)
    # To the millisecond, which is all it knows: else just 120 seconds would be a hair more.
    return f"round((julianday({later}) - julianday({earlier})) * 86400.0, 3)"
