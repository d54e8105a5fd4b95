"""E-mail through the real EmailChannel to a real SMTP server."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from channels.contract import Accepted, Mail, Meaning, Refused, Result, Unclear
from channels.email import EmailChannel
from channels.simulator import Simulator
from channels.simulator.client import SimulatorClient
from channels.simulator.ledger import Ledger
from channels.simulator.mailboxes import Mailboxes
from channels.smtp_server import SmtpServer, parse_smtp_url

WORTHLESS = Path(__file__).parent / "expired_certificate.pem"
SENDER = "BIN Les Tilleuls <alerts@hub.example>"
LETTER = Mail(
    to="anne@example.org",
    subject="Fuite de gaz à Liège",
    text="Fermez les fenêtres.\n.\nMerci",
    html="<p>Fermez les fenêtres.</p>",
    message_id="<delivery-1@hub.example>",
    headers=(("Reply-To", "answers@hub.example"), ("List-Unsubscribe", "<https://h.example/u>")),
)


@pytest.fixture
def server(simulator: Simulator, carrier: SimulatorClient) -> SmtpServer:
    return parse_smtp_url(f"smtp://127.0.0.1:{simulator.smtp_port}?starttls=never")


def send(server: SmtpServer, *letters: Mail) -> list[Result]:
    async def all_of_them() -> list[Result]:
        channel = EmailChannel(server, SENDER)
        try:
            return [await channel.send(letter) for letter in letters]
        finally:
            await channel.close()

    return asyncio.run(all_of_them())


def to(name: str) -> Mail:
    return replace(LETTER, to=f"{name}@example.org")


def test_a_letter_arrives_whole(server: SmtpServer, carrier: SimulatorClient) -> None:
    assert send(server, LETTER) == [Accepted("<delivery-1@hub.example>")]
    [letter] = carrier.mailbox("anne@example.org")
    assert letter["subject"] == "Fuite de gaz à Liège"
    assert letter["from"] == SENDER
    assert letter["text"] == "Fermez les fenêtres.\n.\nMerci\n"
    assert "<p>Fermez les fenêtres.</p>" in letter["html"]
    headers = dict(letter["headers"])
    assert headers["Message-ID"] == "<delivery-1@hub.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Reply-To"] == "answers@hub.example"
    assert headers["List-Unsubscribe"] == "<https://h.example/u>"
    assert headers["Date"].endswith(("+0000", "GMT"))
    assert carrier.mailboxes() == [{"address": "anne@example.org", "letters": 1}]


def test_a_line_break_in_a_name_cannot_add_a_header(
    server: SmtpServer, carrier: SimulatorClient
) -> None:
    nasty = replace(
        LETTER, subject="Hi\r\nBcc: x@example.org", headers=(("Reply-To", "a\nX-Evil: 1"),)
    )
    assert isinstance(send(server, nasty)[0], Accepted)
    [letter] = carrier.mailbox("anne@example.org")
    names = {name for name, _ in letter["headers"]}
    assert not names & {"Bcc", "X-Evil"}
    assert letter["subject"] == "Hi Bcc: x@example.org"


@pytest.mark.parametrize(
    ("name", "meaning", "code"),
    [
        ("nobody", Meaning.STOP_POINT, "5.1.1"),
        ("later", Meaning.RETRY, "4.7.1"),
        ("full", Meaning.RETRY, "4.2.2"),
        ("closing", Meaning.RETRY, "4.3.2"),
        ("relay", Meaning.FAULT, "5.7.1"),
        ("spam", Meaning.FAULT, "5.7.1"),
        ("busy", Meaning.RETRY, "4.3.0"),
    ],
)
def test_a_refusal_harms_nobody_else(
    server: SmtpServer, carrier: SimulatorClient, name: str, meaning: Meaning, code: str
) -> None:
    results = send(server, LETTER, to(name), LETTER)
    assert results[1] == Refused(meaning, code)
    assert isinstance(results[0], Accepted)
    assert isinstance(results[2], Accepted)
    assert len(carrier.accepted()) == 2


def test_a_line_lost_after_the_letter_is_unclear(
    server: SmtpServer, carrier: SimulatorClient
) -> None:
    results = send(server, to("lost"), LETTER)
    assert isinstance(results[0], Unclear)
    assert isinstance(results[1], Accepted)
    assert len(carrier.mailbox("lost@example.org")) == 1


def test_a_server_that_is_not_there_got_nothing(server: SmtpServer) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nowhere = replace(server, port=held.getsockname()[1])
        assert send(nowhere, LETTER) == [Refused(Meaning.RETRY, "connect", whole_carrier=True)]
    assert send(replace(server, host="nowhere.invalid"), LETTER) == [
        Refused(Meaning.RETRY, "connect", whole_carrier=True)
    ]


def test_without_encryption_nothing_is_sent_unless_allowed(
    server: SmtpServer, carrier: SimulatorClient
) -> None:
    # No STARTTLS where it is demanded is wrong for every message: the batch stops.
    assert send(replace(server, starttls="require"), LETTER) == [
        Refused(Meaning.STOP_SENDER, "unsupported")
    ]
    assert send(replace(server, tls=True), LETTER) == [
        Refused(Meaning.RETRY, "tls", whole_carrier=True)
    ]
    assert carrier.accepted() == []
    assert isinstance(send(replace(server, starttls="opportunistic"), LETTER)[0], Accepted)


@asynccontextmanager
async def mail_server(greeting: bytes = b"", *, tls: bool = False) -> AsyncIterator[int]:
    """A server on this loop with a worthless certificate, or one with nothing but a greeting."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(WORTHLESS)

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()

    loop = asyncio.get_running_loop()
    if greeting:
        listener = await asyncio.start_server(greet, "127.0.0.1", 0)
    else:
        speak = partial(
            SMTP, Mailboxes(Ledger()), hostname="h", tls_context=None if tls else context
        )
        listener = await loop.create_server(speak, "127.0.0.1", 0, ssl=context if tls else None)
    yield listener.sockets[0].getsockname()[1]
    listener.close()
    await asyncio.sleep(0.05)


def sent_to_a_server(greeting: bytes = b"", *, tls: bool = False) -> Result:
    async def one() -> Result:
        async with mail_server(greeting, tls=tls) as port:
            channel = EmailChannel(SmtpServer("127.0.0.1", port, tls=tls), SENDER)
            try:
                return await channel.send(LETTER)
            finally:
                await channel.close()

    return asyncio.run(one())


@pytest.mark.parametrize("tls", [True, False], ids=["smtps", "starttls"])
@pytest.mark.parametrize("is_trusted", [True, False], ids=["expired", "unknown"])
def test_a_certificate_that_proves_nothing_stops_the_batch(
    monkeypatch: pytest.MonkeyPatch, tls: bool, is_trusted: bool
) -> None:
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(WORTHLESS))
    assert sent_to_a_server(tls=tls) == Refused(Meaning.STOP_SENDER, "certificate")


@pytest.mark.parametrize("greeting", [b"421 4.3.2 Closing\r\n", b"554 5.3.2 Not now\r\n"])
def test_a_server_that_takes_nobody_is_tried_again(greeting: bytes) -> None:
    refused = Refused(Meaning.RETRY, greeting.split()[1].decode(), whole_carrier=True)
    assert sent_to_a_server(greeting) == refused


def test_a_bounce_goes_where_the_letter_says(server: SmtpServer, simulator: Simulator) -> None:
    returnable = replace(LETTER, envelope_sender="bounce+7.abc@replies.hub.example")
    assert isinstance(send(server, LETTER, returnable)[1], Accepted)
    own, given = simulator._world.mailboxes.of(LETTER.to)
    assert (own.sender, given.sender) == ("alerts@hub.example", "bounce+7.abc@replies.hub.example")
    broken = replace(LETTER, envelope_sender="no address")
    assert send(server, broken) == [Refused(Meaning.FAULT, "envelope_sender")]


def test_a_long_link_to_unsubscribe_stays_readable(
    server: SmtpServer, carrier: SimulatorClient
) -> None:
    ways = (
        f"<https://hub.example/unsubscribe/{'x' * 60}>, <mailto:unsubscribe+{'y' * 40}@h.example>"
    )
    cold = replace(LETTER, headers=(("List-Unsubscribe", ways),), auto_submitted="auto-replied")
    send(server, cold)
    [letter] = carrier.mailbox("anne@example.org")
    headers = dict(letter["headers"])
    assert headers["List-Unsubscribe"] == ways
    assert headers["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize("address", ["", "anne", "a b@example.org", "a@b\r\n", "é@example.org"])
def test_an_address_that_smtp_cannot_carry_is_refused_for_good(
    server: SmtpServer, address: str
) -> None:
    assert send(server, replace(LETTER, to=address)) == [Refused(Meaning.STOP_POINT, "address")]


def test_many_letters_share_a_few_connections(server: SmtpServer, carrier: SimulatorClient) -> None:
    async def burst() -> list[Result]:
        channel = EmailChannel(server, SENDER, connections=2)
        letters = [to(f"member{n}") for n in range(40)]
        results = await asyncio.gather(*(channel.send(letter) for letter in letters))
        assert len(channel._idle) <= 2
        await channel.close()
        return results

    assert all(isinstance(result, Accepted) for result in asyncio.run(burst()))
    assert len(carrier.mailboxes()) == 40


def test_a_connection_that_the_server_closed_is_replaced(carrier: SimulatorClient) -> None:
    async def with_a_restart() -> list[Result]:
        open_ones: list[SMTP] = []

        def answer_phone() -> SMTP:
            open_ones.append(SMTP(Mailboxes(Ledger()), hostname="h"))
            return open_ones[-1]

        listener = await asyncio.get_running_loop().create_server(answer_phone, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        channel = EmailChannel(SmtpServer("127.0.0.1", port, starttls="never"), SENDER)
        results = [await channel.send(LETTER)]
        transport = open_ones[0].transport
        assert transport is not None
        transport.close()
        results.append(await channel.send(LETTER))
        await channel.close()
        listener.close()
        await asyncio.sleep(0.05)
        return results

    assert all(isinstance(result, Accepted) for result in asyncio.run(with_a_restart()))


def test_a_mail_url_is_read_and_its_password_never_shown() -> None:
    server = parse_smtp_url("smtp://me%40x:p%2Fw@mail.example?starttls=opportunistic")
    assert server == SmtpServer(
        "mail.example", 587, "me@x", "p/w", tls=False, starttls="opportunistic"
    )
    assert "p/w" not in repr(server)
    assert parse_smtp_url("smtps://mail.example") == SmtpServer("mail.example", 465, tls=True)
    assert parse_smtp_url("smtp://mail.example").starttls == "require"
    for wrong in ("http://mail.example", "smtp://", "smtp://h?starttls=maybe", "smtp://h:99999"):
        with pytest.raises(ValueError, match=r"mail server|starttls|[Pp]ort"):
            parse_smtp_url(wrong)
