"""How e-mail leaves: one person, one envelope, over connections that stay warm."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from email.utils import parseaddr

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from channels.contract import Accepted, Mail, Meaning, Patience, Refused, Result, Unclear
from channels.mail_text import bracketed, compose, is_address
from channels.smtp_errors import code_in
from channels.smtp_server import SmtpServer

# Mail servers take their time: they look names up and read the letter before they answer.
PATIENCE = Patience(connect=5.0, total=30.0)
READ_SECONDS = 20.0
# 530, 534, 535, 538: log in first, or not like this (RFC 4954). 454 is transient.
_CREDENTIALS = frozenset({530, 534, 535, 538})
_START_TLS = {"require": True, "opportunistic": None, "never": False}
_NETWORK = (SMTPException, OSError, TimeoutError, ssl.SSLError)


class EmailChannel:
    """Sends e-mail over at most `connections` connections, for the loop that first uses it."""

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        connections: int = 4,
        patience: Patience = PATIENCE,
    ) -> None:
        self._server = server
        self._patience = patience
        self._sender = sender
        self._envelope_sender = parseaddr(sender)[1]
        if not is_address(self._envelope_sender):
            raise ValueError("the mail sender must be an address")
        self._idle: list[SMTP] = []
        self._free = asyncio.Semaphore(connections)

    async def send(self, message: Mail) -> Result:
        """Hand over one e-mail. `Accepted.carrier_id` is its Message-ID."""
        if not is_address(message.to):
            return Refused(Meaning.STOP_POINT, "address")
        if message.envelope_sender and not is_address(message.envelope_sender):
            return Refused(Meaning.FAULT, "envelope_sender")
        try:
            content = compose(message, self._sender)
        except (ValueError, TypeError, IndexError):
            return Refused(Meaning.FAULT, "message")
        async with self._free:
            ends = asyncio.get_running_loop().time() + self._patience.total
            try:
                async with self._connection(ends) as smtp:
                    return await self._submit(smtp, message, content, ends)
            except _NETWORK as error:
                return _before_data(error)

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        idle, self._idle = self._idle, []
        for smtp in idle:
            with suppress(*_NETWORK):
                await smtp.quit(timeout=1)
            smtp.close()

    async def _submit(self, smtp: SMTP, message: Mail, content: bytes, ends: float) -> Result:
        try:
            async with asyncio.timeout_at(ends):
                await smtp.mail(message.envelope_sender or self._envelope_sender)
        except SMTPResponseException as error:
            return _refused_sender(error)
        try:
            async with asyncio.timeout_at(ends):
                await smtp.rcpt(message.to)
        except SMTPResponseException as error:
            return _refused_recipient(error)
        return await _deliver(smtp, content, bracketed(message.message_id), ends)

    @asynccontextmanager
    async def _connection(self, ends: float) -> AsyncIterator[SMTP]:
        async with asyncio.timeout_at(ends):
            smtp = await self._warm() or await self._connect()
        try:
            yield smtp
        except BaseException:
            # Also when the task is cancelled: a half-spoken dialogue must not be taken up again.
            smtp.close()
            raise
        if smtp.is_connected:
            self._idle.append(smtp)

    async def _warm(self) -> SMTP | None:
        """An idle connection that answers RSET; those that the server closed are dropped."""
        while self._idle:
            smtp = self._idle.pop()
            try:
                await smtp.rset(timeout=self._patience.connect)
                return smtp
            except _NETWORK:
                smtp.close()
            except asyncio.CancelledError:
                smtp.close()
                raise
        return None

    async def _connect(self) -> SMTP:
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls,
            start_tls=False if server.tls else _START_TLS[server.starttls],
            timeout=READ_SECONDS,
            # The default asks DNS for our own name, which can take longer than the mail.
            local_hostname=self._envelope_sender.rpartition("@")[2],
        )
        try:
            await smtp.connect(timeout=self._patience.connect)
        except BaseException:
            smtp.close()
            raise
        return smtp


async def _deliver(smtp: SMTP, content: bytes, message_id: str, ends: float) -> Result:
    try:
        async with asyncio.timeout_at(ends):
            await smtp.data(content)
    except SMTPDataError as error:
        return _refused(error, Meaning.FAULT)
    except (SMTPServerDisconnected, TimeoutError, OSError) as error:
        # The server may have queued it before the line went dead (RFC 1047).
        smtp.close()
        return Unclear(type(error).__name__)
    return Accepted(message_id)


def _before_data(error: BaseException) -> Refused:
    if isinstance(error, SMTPAuthenticationError) and error.code >= 500:
        return Refused(Meaning.STOP_SENDER, str(error.code))
    if isinstance(error, SMTPNotSupported) or type(error) is SMTPException:
        # No STARTTLS or no AUTH where our settings demand it: true for everybody.
        return Refused(Meaning.STOP_SENDER, "unsupported")
    if isinstance(error, SMTPResponseException):
        return replace(_refused(error, Meaning.RETRY), whole_carrier=True)
    return _without_connection(error)


def _without_connection(error: BaseException) -> Refused:
    causes = list(_causes(error))
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        # Expired, unknown, or another server's: nothing may be shown to whoever that is.
        return Refused(Meaning.STOP_SENDER, "certificate")
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return Refused(Meaning.RETRY, "tls", whole_carrier=True)
    return Refused(Meaning.RETRY, "connect", whole_carrier=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _refused_sender(error: SMTPResponseException) -> Refused:
    """A refused MAIL is about our own address, and so about every message, unless it is size."""
    return _refused(error, Meaning.FAULT if error.code == 552 else Meaning.STOP_SENDER)


def _refused_recipient(error: SMTPResponseException) -> Refused:
    # 5.7.x is the server's policy (relaying, spam), not a verdict on the address (RFC 3463):
    # it must not write the address off.
    policy = error.message.lstrip().startswith("5.7.")
    return _refused(error, Meaning.FAULT if policy else Meaning.STOP_POINT)


def _refused(error: SMTPResponseException, permanent: Meaning) -> Refused:
    if error.code in _CREDENTIALS:
        return Refused(Meaning.STOP_SENDER, str(error.code))
    meaning = permanent if error.code >= 500 else Meaning.RETRY
    return Refused(meaning, code_in(error.code, error.message))
