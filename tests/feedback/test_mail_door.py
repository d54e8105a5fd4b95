"""Mail coming in by the real door over SMTP: what it changes in the rows, and what it refuses."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, Literal

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from channels.mail_door import LARGEST_MAIL, MOST_CONNECTIONS, MailDoor, open_door
from feedback import inbox_list, mail_door
from feedback.models import InboundChannel, InboundKind, InboundMessage
from hub import clock, config
from hub.access import Actor
from hub.audit import Decision
from hub.db import engine, unit_of_work
from hub.doctor import examine
from hub.errors import ConfigurationError
from hub.i18n import Language
from messaging import broadcasts, drafts, fan_out
from messaging.mail_addresses import (
    Door,
    inbound_address,
    message_id,
    read_inbound_address,
)
from messaging.models import BroadcastKind, Delivery, DeliveryEvent, DeliveryState
from messaging.texts import Words
from partnerships import accounts, consent, contact
from partnerships.models import Channel, ContactStop, Purpose
from tests.running_hub import eventually
from workers.mail_door import run as open_for_good
from workers.mail_door import take

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DOMAIN = "replies.hub.example"
MEMBER = "member06@demo.example"
TEXTS = {one: Words("Subject", f"Short {one}", "Long") for one in (*Language,) if one != "en"}


class RunningDoor:
    """The real door on an event loop of its own."""

    def __init__(self, protocol: Literal["smtp", "lmtp"] = "smtp") -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server: asyncio.Server = self._do(
            open_door("127.0.0.1", 0, protocol, DOMAIN, MailDoor(mail_door.is_ours, take))
        )
        self.port: int = self._server.sockets[0].getsockname()[1]

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)

    def stop(self) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        await self._loop.shutdown_default_executor()
        # What the last connections still have to say to themselves.
        await asyncio.sleep(0.05)

    def hand_in(
        self, to: str, content: bytes | EmailMessage, sender: str = MEMBER
    ) -> tuple[int, bytes]:
        """The door's answer to one mail."""
        raw = content if isinstance(content, bytes) else content.as_bytes()
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as line:
            line.ehlo("mx.example.net")
            status = line.mail(sender)
            if status[0] < 400:
                status = line.rcpt(to)
            return line.data(raw) if status[0] < 400 else status


@pytest.fixture
def door(demo_zone: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningDoor]:
    monkeypatch.setenv("HUB_MAIL_INBOUND_DOMAIN", DOMAIN)
    config.settings.cache_clear()
    clock.set_source(lambda: NOON)
    running = RunningDoor()
    yield running
    running.stop()


def dispatcher(session: Session) -> Actor:
    account = accounts.by_email(session, "dispatcher@demo.example")
    assert account is not None
    return accounts.actor_for(session, account)


@pytest.fixture
def mailed(door: RunningDoor) -> int:
    """The delivery of an alert that left by mail to a member who reads Dutch."""
    with unit_of_work() as session:
        actor = dispatcher(session)
        draft = drafts.Draft("one", BroadcastKind.URGENT_ALERT, TEXTS, ["haut-valdor"])
        broadcast = drafts.create(session, actor, draft)
        broadcasts.send(session, actor, broadcast)
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast.id)
    with unit_of_work() as session:
        point = contact.points_with_value(session, MEMBER)[0]
        mine = col(Delivery.contact_point_id) == point.id
        delivery = session.exec(select(Delivery).where(mine)).one()
        assert delivery.channel is Channel.EMAIL
        delivery.state, delivery.handed_over_at = DeliveryState.SENT, NOON
        session.add(delivery)
    assert delivery.id is not None
    return delivery.id


def row(delivery_id: int) -> Delivery:
    with unit_of_work(read_only=True) as session:
        return session.get_one(Delivery, delivery_id)


def stored() -> list[InboundMessage]:
    with unit_of_work(read_only=True) as session:
        return list(session.exec(select(InboundMessage).order_by(col(InboundMessage.received_at))))


def closed(address: str = MEMBER) -> list[str]:
    with unit_of_work(read_only=True) as session:
        points = [one.id for one in contact.points_with_value(session, address)]
        stops = select(ContactStop).where(col(ContactStop.contact_point_id).in_(points))
        return [one.reason for one in session.exec(stops)]


def letter(text: str, number: int = 1, /, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"A Member <{MEMBER}>"
    message["Subject"] = "Re: Subject"
    message["Message-ID"] = f"<reply-{number}@demo.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def report(action: str, status: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.net\r\nSubject: Returned\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; x@y.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        "--B--\r\n"
    ).encode()


def to_reply(delivery_id: int) -> str:
    return inbound_address(Door.REPLY, delivery_id)


def to_bounce(delivery_id: int) -> str:
    return inbound_address(Door.BOUNCE, delivery_id)


def test_an_address_of_ours_survives_the_folding_of_its_case(mailed: int) -> None:
    for made in (to_reply(mailed), to_bounce(mailed), inbound_address(Door.UNSUBSCRIBE, mailed)):
        assert len(made.partition("@")[0]) <= 64
        for folded in (made, made.upper(), made.title()):
            read = read_inbound_address(folded)
            assert read is not None
            assert read.delivery_id == mailed
    longest = inbound_address(Door.UNSUBSCRIBE, 2**63 - 1)
    assert len(longest.partition("@")[0]) <= 64
    other = to_reply(mailed).replace("reply+", "bounce+")
    assert read_inbound_address(other) != read_inbound_address(to_bounce(mailed))


@pytest.mark.parametrize(
    "address",
    [
        "alert@replies.hub.example",
        "reply@replies.hub.example",
        "reply+1.x@elsewhere.example",
        "postmaster@elsewhere.example",
        "stranger+1.x@replies.hub.example",
        "reply+1.x@sub.replies.hub.example",
        "victim%elsewhere.example@replies.hub.example",
    ],
)
def test_the_door_relays_nothing(door: RunningDoor, address: str) -> None:
    assert door.hand_in(address, letter("Hello"))[0] == 550
    assert stored() == []


def test_a_mail_that_came_back_ends_its_delivery_and_closes_the_address(
    door: RunningDoor, mailed: int
) -> None:
    for _time in range(2):
        assert door.hand_in(to_bounce(mailed).upper(), report("failed", "5.1.1"), "<>")[0] == 250
    ended = row(mailed)
    assert (ended.state, ended.reason, ended.carrier_code) == (
        DeliveryState.UNDELIVERED,
        "unknown_address",
        "5.1.1",
    )
    assert closed() == ["bounced"]
    with unit_of_work(read_only=True) as session:
        history = session.exec(select(DeliveryEvent).where(DeliveryEvent.delivery_id == mailed))
        assert [(one.state, one.code) for one in history] == [("returned", "5.1.1")]
    assert stored() == []


def test_a_full_mailbox_ends_the_delivery_and_leaves_the_address_open(
    door: RunningDoor, mailed: int
) -> None:
    assert door.hand_in(to_bounce(mailed), report("failed", "5.2.2"), "<>")[0] == 250
    assert (row(mailed).state, row(mailed).reason) == (DeliveryState.UNDELIVERED, "mailbox_full")
    assert closed() == []


def test_a_mail_that_is_late_is_history_and_no_more(door: RunningDoor, mailed: int) -> None:
    assert door.hand_in(to_bounce(mailed), report("delayed", "4.4.1"), "<>")[0] == 250
    assert row(mailed).state is DeliveryState.SENT
    with unit_of_work(read_only=True) as session:
        history = session.exec(select(DeliveryEvent).where(DeliveryEvent.delivery_id == mailed))
        assert [(one.state, one.code) for one in history] == [("delayed", "4.4.1")]


@pytest.mark.parametrize("token", ["1.forged", "99999999999999999999.x", "", "0.x", "7.=?x?="])
def test_a_bounce_that_carries_nothing_of_ours_changes_nothing(
    door: RunningDoor, mailed: int, token: str
) -> None:
    forged = f"bounce+{token or mailed}@{DOMAIN}"
    assert door.hand_in(forged, report("failed", "5.1.1"), "<>")[0] == 250
    assert row(mailed).state is DeliveryState.SENT
    assert closed() == []


def test_a_reply_is_in_the_inbox_once_with_whom_it_is_from(door: RunningDoor, mailed: int) -> None:
    words = letter("Witte bestelwagen\n\nOp 1 jun 2026 schreef PLP Hub <a@b.example>:\n> Long")
    for _time in range(3):
        assert door.hand_in(to_reply(mailed), words)[0] == 250
    [one] = stored()
    assert (one.channel, one.kind, one.body) == (
        InboundChannel.EMAIL,
        InboundKind.MESSAGE,
        "Witte bestelwagen",
    )
    assert (one.delivery_id, one.person_id) == (mailed, row(mailed).person_id)
    # Whoever answers has read it.
    assert row(mailed).state is DeliveryState.DELIVERED
    assert one.answer is not None
    assert "101" in one.answer
    with unit_of_work(read_only=True) as session:
        [seen] = inbox_list.replies(session, dispatcher(session))
    assert (seen.body, seen.by_mail, seen.is_unproven) == ("Witte bestelwagen", True, False)


def test_a_reply_to_a_broken_address_is_joined_by_the_mail_it_answers(
    door: RunningDoor, mailed: int
) -> None:
    answer = letter("Gezien.", From="other@work.example", In_Reply_To=message_id(mailed))
    assert door.hand_in(f"reply+broken@{DOMAIN}", answer, "other@work.example")[0] == 250
    [one] = stored()
    assert (one.delivery_id, one.sender) == (mailed, "other@work.example")


def test_without_anything_of_ours_the_sender_is_shown_as_unproven(
    door: RunningDoor, mailed: int
) -> None:
    door.hand_in(f"reply+broken@{DOMAIN}", letter("STOP"))
    door.hand_in(f"reply+broken@{DOMAIN}", letter("Hm", 2, From="x@y.example"), "x@y.example")
    member, stranger = stored()
    assert (member.person_id, member.delivery_id) == (row(mailed).person_id, None)
    assert (stranger.person_id, stranger.answer) == (None, None)
    assert row(mailed).state is DeliveryState.SENT
    with unit_of_work(read_only=True) as session:
        seen = inbox_list.replies(session, dispatcher(session))
    # A forged From must not silence a member: his STOP is for the police to read.
    assert sorted((one.body, one.is_unproven) for one in seen) == [("Hm", True), ("STOP", True)]
    assert closed() == []


def test_stop_by_mail_closes_the_address_and_start_opens_it(door: RunningDoor, mailed: int) -> None:
    door.hand_in(to_reply(mailed), letter("Stop. Bedankt\n\nVerzonden vanaf mijn iPhone"))
    assert closed() == ["mailed_stop"]
    door.hand_in(to_reply(mailed), letter("start", 2))
    assert closed() == []
    first, second = stored()
    assert (first.kind, second.kind) == (InboundKind.STOP, InboundKind.START)
    assert first.answer is not None
    assert "START" in first.answer
    assert second.answer is not None


def test_stop_with_a_sighting_stops_and_is_read_by_the_police(
    door: RunningDoor, mailed: int
) -> None:
    door.hand_in(to_reply(mailed), letter("STOP\nMaar er klimt iemand over het hek."))
    assert closed() == ["mailed_stop"]
    [one] = stored()
    assert one.kind is InboundKind.MESSAGE


def test_one_conversation_gets_one_answer_an_hour(door: RunningDoor, mailed: int) -> None:
    door.hand_in(to_reply(mailed), letter("one", 1))
    door.hand_in(to_reply(mailed), letter("two", 2))
    clock.set_source(lambda: NOON + timedelta(hours=1, minutes=1))
    door.hand_in(to_reply(mailed), letter("three", 3))
    answered = {one.body: one.answer is not None for one in stored()}
    assert answered == {"one": True, "two": False, "three": True}


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"Auto_Submitted": "auto-replied"}, MEMBER),
        ({"Precedence": "bulk"}, MEMBER),
        ({}, "<>"),
    ],
)
def test_an_absence_notice_is_taken_and_dropped(
    door: RunningDoor, mailed: int, headers: dict[str, str], sender: str
) -> None:
    for address in (to_reply(mailed), to_bounce(mailed)):
        assert door.hand_in(address, letter("I am away", **headers), sender)[0] == 250
    assert stored() == []
    assert row(mailed).state is DeliveryState.SENT


def test_a_list_gets_no_answer_though_its_words_are_read(door: RunningDoor, mailed: int) -> None:
    door.hand_in(to_reply(mailed), letter("Seen", List_Id="<list.example>"))
    [one] = stored()
    assert (one.body, one.answer) == ("Seen", None)


def test_the_unsubscribe_address_stops_prevention_messages_and_nothing_else(
    door: RunningDoor, mailed: int
) -> None:
    address = inbound_address(Door.UNSUBSCRIBE, mailed)
    for _time in range(2):
        assert door.hand_in(address, letter("", Auto_Submitted="auto-generated"))[0] == 250
    person = row(mailed).person_id
    with unit_of_work(read_only=True) as session:
        assert consent.in_force(session, person, Purpose.PREVENTION) is None
        assert consent.in_force(session, person, Purpose.URGENT_ALERTS) is not None
        decided = session.exec(select(Decision).where(Decision.action == "consent.withdrawn"))
        assert [one.subject_id for one in decided] == [str(person)]
    assert closed() == []


def test_a_mail_that_is_too_large_is_refused(door: RunningDoor, mailed: int) -> None:
    assert door.hand_in(to_reply(mailed), b"x\r\n" * (LARGEST_MAIL // 3 + 1))[0] == 552
    with smtplib.SMTP("127.0.0.1", door.port) as line:
        line.ehlo("mx.example.net")
        assert line.esmtp_features["size"] == str(LARGEST_MAIL)
        assert line.mail(MEMBER, [f"size={LARGEST_MAIL + 1}"])[0] == 552


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\xff\xfe",
        b"Subject: " + b"x" * 100_000 + b"\r\n\r\nlong header",
        b"From: <<<>>>@@\r\nContent-Type: multipart/mixed\r\n\r\nnothing",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xe2\x80\xae gnirts \xf0\x9f\x98\x80",
        b"Message-ID: <" + b"y" * 5000 + b">\r\n\r\nhello",
        b"one line of " + b"z" * 90_000,
    ],
)
def test_whatever_comes_is_kept_or_dropped_but_never_breaks_the_door(
    door: RunningDoor, mailed: int, content: bytes
) -> None:
    assert door.hand_in(to_reply(mailed), content)[0] == 250
    assert len(stored()) == 1
    with unit_of_work(read_only=True) as session:
        assert len(inbox_list.replies(session, dispatcher(session))) == 1


def test_two_recipients_come_one_after_the_other(door: RunningDoor, mailed: int) -> None:
    with smtplib.SMTP("127.0.0.1", door.port) as line:
        line.ehlo("mx.example.net")
        line.mail(MEMBER)
        assert line.rcpt(to_reply(mailed))[0] == 250
        assert line.rcpt(to_bounce(mailed))[0] == 452


def test_nothing_is_taken_while_the_database_is_away(
    door: RunningDoor, mailed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(engine().pool, "connect", away)
        assert door.hand_in(to_reply(mailed), letter("Seen"))[0] == 451
    assert stored() == []
    # The mail server in front tries again.
    assert door.hand_in(to_reply(mailed), letter("Seen"))[0] == 250
    assert len(stored()) == 1


def test_a_line_that_says_nothing_or_nonsense_is_survived(door: RunningDoor, mailed: int) -> None:
    with socket.create_connection(("127.0.0.1", door.port), timeout=20) as line:
        assert line.recv(100).startswith(b"220")
        line.sendall(b"\xff\xfe\r\nEHLO\r\nDATA\r\nMAIL FROM:<broken\r\n")
        assert line.recv(100).startswith(b"5")
    with smtplib.SMTP("127.0.0.1", door.port) as line:
        line.ehlo("mx.example.net")
        line.mail(MEMBER)
        unreadable = b"RCPT TO:<bounce+\xff\xc3@" + DOMAIN.encode() + b">\r\n"
        line.send(unreadable)
        assert line.getreply()[0] in (250, 501, 550, 553)
    assert door.hand_in(to_reply(mailed), letter("Seen"))[0] == 250


def test_the_door_speaks_lmtp_where_the_mail_server_does(mailed: int) -> None:
    running = RunningDoor("lmtp")
    try:
        with smtplib.LMTP("127.0.0.1", running.port) as line:
            line.sendmail(MEMBER, to_reply(mailed), letter("By LMTP").as_bytes())
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                line.sendmail(MEMBER, "x@elsewhere.example", b"")
    finally:
        running.stop()
    assert [one.body for one in stored()] == ["By LMTP"]


def greeting(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        return line.recv(100)


def test_a_crowd_at_the_door_is_asked_to_come_back(door: RunningDoor, mailed: int) -> None:
    with ExitStack() as crowd:
        for _one in range(MOST_CONNECTIONS):
            line = crowd.enter_context(socket.create_connection(("127.0.0.1", door.port), 20))
            assert line.recv(100).startswith(b"220")
        late = crowd.enter_context(socket.create_connection(("127.0.0.1", door.port), 20))
        assert late.recv(100).startswith(b"421")
    eventually(lambda: greeting(door.port).startswith(b"220"), "the crowd is gone")
    assert door.hand_in(to_reply(mailed), letter("Seen"))[0] == 250


def test_whoever_says_nothing_is_hung_up_on(
    door: RunningDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.mail_door.SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", door.port), timeout=20) as line:
        assert line.recv(100).startswith(b"220")
        assert line.recv(100) == b""


def test_the_doctor_knocks_at_the_door(door: RunningDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_MAIL_DOOR_PORT", str(door.port))
    config.settings.cache_clear()
    assert {one.about: one.ok for one in examine()}["mail door"]
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HUB_MAIL_DOOR_PORT", str(nobody.getsockname()[1]))
        config.settings.cache_clear()
        assert not {one.about: one.ok for one in examine()}["mail door"]


@pytest.mark.usefixtures("demo_zone")
def test_without_a_domain_the_door_stays_shut_and_says_why() -> None:
    with pytest.raises(ConfigurationError, match="HUB_MAIL_INBOUND_DOMAIN"):
        open_for_good()


CHAIN = """Beste buren, stuur dit door!!

---------- Forwarded message ---------
Van: Iemand <iemand@keten.example>
Date: ma 1 jun 2026 om 11:40
Subject: Fwd: Fwd: STOP DE DIEVEN

> STOP en lees dit! Witte camionette met nummerplaat 1-ABC-123 steelt honden.
> Stuur door naar TIEN mensen of je huis is het volgende.
> <script>alert('http://kwaad.example')</script>
>> ---------- Forwarded message ---------
>> Ik heb het van een agent. STOP niet met delen.
"""


def test_a_chain_mail_that_is_passed_on_silences_nobody_and_is_shown_as_text(
    door: RunningDoor, mailed: int
) -> None:
    assert door.hand_in(to_reply(mailed), letter(CHAIN, Subject="Fwd: STOP DE DIEVEN"))[0] == 250
    assert closed() == []
    [one] = stored()
    assert one.kind is InboundKind.MESSAGE
    # Whose words they are is for the police to judge: what he passes on is there to be read.
    assert "stuur dit door" in one.body
    assert "1-ABC-123" in one.body
    with unit_of_work(read_only=True) as session:
        [seen] = inbox_list.replies(session, dispatcher(session))
    assert seen.id == one.id


def test_a_mail_that_answers_last_years_alert_is_joined_to_it_and_answered(
    door: RunningDoor, mailed: int
) -> None:
    clock.set_source(lambda: NOON + timedelta(days=365))
    assert door.hand_in(to_reply(mailed), letter("Ik zag die man gisteren weer."))[0] == 250
    [one] = stored()
    assert (one.delivery_id, one.person_id) == (mailed, row(mailed).person_id)
    # Late, but not lost: it stands at the top of the inbox with the alert it answers.
    with unit_of_work(read_only=True) as session:
        [seen] = inbox_list.replies(session, dispatcher(session))
    assert seen.body == "Ik zag die man gisteren weer."
    assert one.answer is not None
    assert "101" in one.answer
