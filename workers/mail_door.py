"""The process mail comes in by. It says yes after the commit; until then the sender keeps it."""

import asyncio
import signal
from functools import partial

from channels.mail_door import MailDoor, open_door
from feedback import mail_door
from hub import log
from hub.config import settings
from hub.db import DATABASE_AWAY, unit_of_work
from hub.errors import ConfigurationError
from hub.metrics import mail_taken

_log = log.get(__name__)


def run() -> None:
    """Take mail until told to stop. Raises ``ConfigurationError`` without an inbound domain.

    What is cut off between the commit and the yes comes again, and is known by its Message-ID.
    """
    if not settings().mail_inbound_domain:
        raise ConfigurationError(
            "HUB_MAIL_INBOUND_DOMAIN must name the domain whose mail comes in by this door."
        )
    asyncio.run(_serve())


async def _serve() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    chosen = settings()
    server = await open_door(
        chosen.mail_door_host,
        chosen.mail_door_port,
        chosen.mail_door_protocol,
        chosen.mail_inbound_domain,
        MailDoor(mail_door.is_ours, take),
    )
    _log.info("mail_door_open", protocol=chosen.mail_door_protocol, port=chosen.mail_door_port)
    await stop.wait()
    server.close()


async def take(recipient: str, return_path: str, content: bytes) -> bool:
    """Whether a mail is in the rows."""
    try:
        taken = await asyncio.to_thread(partial(_keep, recipient, return_path, content))
    except DATABASE_AWAY as error:
        _log.warning("mail_waits", cause=type(error).__name__)
        return False
    except Exception as error:
        # Only the kind: what a database complains of may quote the mail.
        _log.error("mail_not_taken", cause=type(error).__name__, bytes=len(content))
        return False
    mail_taken.labels(taken).inc()
    return True


def _keep(recipient: str, return_path: str, content: bytes) -> mail_door.Taken:
    with unit_of_work() as session:
        return mail_door.take(session, recipient, return_path, content)
