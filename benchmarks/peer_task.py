"""(d) What one task of the usual pattern does: read a row, send with the twilio client, update it.

Its own table, in a database of its own; nothing of the hub's schema or code.
"""

import os
import smtplib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, delete, event, insert
from sqlmodel import Field, Session, SQLModel, col, create_engine, select
from twilio.http.http_client import (  # type: ignore[import-untyped]  # twilio ships no types
    TwilioHttpClient,
)
from twilio.rest import Client  # type: ignore[import-untyped]

DATABASE_VARIABLE = "BENCHMARK_DATABASE_URL"
CARRIER_VARIABLE = "BENCHMARK_CARRIER_URL"
SMTP_PORT_VARIABLE = "BENCHMARK_SMTP_PORT"
REDIS_VARIABLE = "BENCHMARK_REDIS_URL"
_ACCOUNT = "AC" + "0" * 32
_TEXT = "PLP ALERTE: restez chez vous. Vu? 101."


class PeerMessage(SQLModel, table=True):
    """One recipient of one message."""

    __tablename__ = "peer_message"

    id: int | None = Field(default=None, primary_key=True)
    to: str
    body: str
    state: str = Field(default="queued", index=True)
    carrier_id: str | None = None
    sent_at: datetime | None = None


@lru_cache
def engine() -> Engine:
    """The database of this process, with the settings the hub gives SQLite too."""
    made = create_engine(os.environ[DATABASE_VARIABLE])
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _set_sqlite)
    return made


def _set_sqlite(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000"):
        connection.execute(f"PRAGMA {pragma}")


class _ToOurCarrier(TwilioHttpClient):  # type: ignore[misc]  # an untyped base counts as Any
    """The package's own client, with its pool; only the host is another."""

    def request(self, method: str, url: str, *rest: Any, **named: Any) -> Any:
        ours = url.replace("https://api.twilio.com", os.environ[CARRIER_VARIABLE])
        return super().request(method, ours, *rest, **named)


@lru_cache
def client() -> Any:
    """The twilio client of this process, kept from task to task."""
    return Client(_ACCOUNT, "token", http_client=_ToOurCarrier())


def preload() -> Any:
    """Import everything a task needs (the package loads its parts late), and open nothing."""
    return engine(), client().messages


def deliver(message_id: int) -> None:
    """The task."""
    with Session(engine()) as session:
        message = session.get_one(PeerMessage, message_id)
        made = client().messages.create(to=message.to, from_="+32460000001", body=message.body)
        message.carrier_id = made.sid
        message.state = "sent"
        message.sent_at = datetime.now(UTC)
        session.add(message)
        session.commit()


def deliver_mail(message_id: int) -> None:
    """The task for mail: smtplib and a connection for each, as web frameworks do it."""
    with Session(engine()) as session:
        message = session.get_one(PeerMessage, message_id)
        mail = EmailMessage()
        mail["From"], mail["To"] = "alert@plp-hub.example", message.to
        mail["Subject"], mail["Message-ID"] = "Alerte", f"<{message_id}@plp-hub.example>"
        mail.set_content(message.body)
        mail.add_alternative(f"<p>{message.body}</p>", subtype="html")
        with smtplib.SMTP("127.0.0.1", int(os.environ[SMTP_PORT_VARIABLE])) as server:
            server.send_message(mail)
        message.state = "sent"
        message.sent_at = datetime.now(UTC)
        session.add(message)
        session.commit()


def make_rows(numbers: list[str]) -> list[int]:
    """Insert the rows at once; their ids."""
    rows: list[Mapping[str, str]] = [
        {"to": number, "body": _TEXT, "state": "queued"} for number in numbers
    ]
    with Session(engine()) as session:
        session.connection().execute(insert(PeerMessage), rows)
        session.commit()
        ids = session.exec(select(PeerMessage.id).order_by(col(PeerMessage.id))).all()
    return [one for one in ids if one is not None]


def is_done() -> bool:
    """Whether every row is updated."""
    with Session(engine()) as session:
        waiting = select(PeerMessage.id).where(PeerMessage.state == "queued").limit(1)
        return session.exec(waiting).first() is None


def forget_rows() -> None:
    """An empty table; made when it is not there."""
    SQLModel.metadata.create_all(engine(), [PeerMessage.__table__])  # type: ignore[attr-defined]
    with Session(engine()) as session:
        session.connection().execute(delete(PeerMessage))
        session.commit()
