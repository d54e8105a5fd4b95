"""What every channel promises, whoever carries it. A new channel is one line in CHANNELS.

The simulated carrier gives the ordinary answers; the faulty ones of faulty_carriers.py break lines.
See docs/adding-a-channel.md.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

import pytest

from channels.contract import (
    Accepted,
    Call,
    CarrierUnreachable,
    Channel,
    Mail,
    Meaning,
    Patience,
    Refused,
    Result,
    Sms,
    Unclear,
    WhatsApp,
)
from channels.email import EmailChannel
from channels.simulator import Simulator
from channels.simulator.client import SimulatorClient
from channels.sms import SmsChannel
from channels.smtp_server import parse_smtp_url
from channels.twilio_http import TwilioAccount
from channels.voice import VoiceChannel
from channels.whatsapp import WhatsAppChannel
from tests.channels.conftest import SENDER, SID, TOKEN
from tests.channels.faulty_carriers import Fault, FaultyCarrier, FaultyHttp, FaultyMail

T = TypeVar("T")
TEXT = "Fuite de gaz rue Haute"
HASTY = Patience(connect=0.5, total=0.7)
# Far above any patience given here, far below what a fault would take without a limit.
MUCH_LATER = 15.0


@dataclass(frozen=True)
class Member:
    """Whom to write to, for one answer of the simulated carrier."""

    ordinary: Callable[[int], str]
    refused: str
    busy: str


@dataclass(frozen=True)
class Candidate:
    """One channel, and how to reach its simulated and its faulty carrier.

    `open` takes where the carrier is, and `message` who gets it. `slows_down` is the answer of a
    carrier that wants fewer messages. `in_doubt` are the faults after which nobody can know
    whether the message was taken.
    """

    name: str
    open: Callable[[str, Patience], Any]
    message: Callable[[str], Any]
    member: Member
    simulated_at: Callable[[Simulator], str]
    faulty: Callable[[Fault], FaultyCarrier]
    faulty_at: Callable[[int], str]
    slows_down: Refused
    in_doubt: tuple[Fault, ...]


def _account(place: str, patience: Patience) -> TwilioAccount:
    return TwilioAccount(place, SID, TOKEN, SENDER, patience)


_sids = count(1)


def _twilio_answer() -> bytes:
    return json.dumps({"sid": f"XX{next(_sids):032x}", "num_segments": "1"}).encode()


_BREAKS = (Fault.HANG, Fault.DRIP, Fault.RESET, Fault.LOST, Fault.HALF)
_CALLBACK = "http://127.0.0.1:9/receipts/token"
_PHONES = Member(lambda n: f"+3247500{n:04}", "+32470000011", "+32470000015")


def _by_twilio(name: str, sender: Callable[[TwilioAccount], Any], message: Any) -> Candidate:
    return Candidate(
        name=name,
        open=lambda place, patience: sender(_account(place, patience)),
        message=message,
        member=_PHONES,
        simulated_at=lambda simulator: f"http://127.0.0.1:{simulator.port}",
        faulty=lambda fault: FaultyHttp(fault, _twilio_answer),
        faulty_at=lambda port: f"http://127.0.0.1:{port}",
        slows_down=Refused(Meaning.SLOW_DOWN, "20429", 2.0),
        in_doubt=(*_BREAKS, Fault.ERROR),
    )


CHANNELS = [
    _by_twilio("sms", SmsChannel, lambda to: Sms(to, TEXT, _CALLBACK, 600)),
    _by_twilio("voice", VoiceChannel, lambda to: Call(to, f"<Say>{TEXT}</Say>", _CALLBACK)),
    _by_twilio(
        "whatsapp",
        lambda account: WhatsAppChannel(account, "HX" + "a" * 32),
        lambda to: WhatsApp(to, TEXT, _CALLBACK),
    ),
    Candidate(
        name="email",
        open=lambda place, patience: EmailChannel(
            parse_smtp_url(place), "Hub <alerts@hub.example>", 20, patience
        ),
        message=lambda to: Mail(to, TEXT, TEXT, "", f"<{next(_sids)}@hub.example>"),
        member=Member(lambda n: f"m{n}@example.org", "nobody@example.org", "later@example.org"),
        simulated_at=lambda simulator: f"smtp://127.0.0.1:{simulator.smtp_port}?starttls=never",
        faulty=FaultyMail,
        faulty_at=lambda port: f"smtp://me:secret@127.0.0.1:{port}?starttls=never",
        slows_down=Refused(Meaning.RETRY, "4.7.1"),
        in_doubt=_BREAKS,
    ),
]

every_channel = pytest.mark.parametrize("channel", CHANNELS, ids=lambda one: one.name)
# What SearchableChannel asks; mail cannot be looked up.
every_searchable = pytest.mark.parametrize(
    "channel", [one for one in CHANNELS if one.name != "email"], ids=lambda one: one.name
)


@asynccontextmanager
async def opened(
    channel: Candidate, place: str, patience: Patience | None = None
) -> AsyncIterator[Channel[Any]]:
    sender: Channel[Any] = channel.open(place, patience or Patience(connect=5.0, total=20.0))
    try:
        yield sender
    finally:
        await sender.close()
        await sender.close()


@asynccontextmanager
async def faulty(channel: Candidate, fault: Fault) -> AsyncIterator[FaultyCarrier]:
    carrier = channel.faulty(fault)
    await carrier.start()
    try:
        yield carrier
    finally:
        await carrier.stop()


def run(work: Awaitable[T]) -> T:
    async def within_time() -> T:
        return await asyncio.wait_for(work, MUCH_LATER)

    return asyncio.run(within_time())


def send_to(
    channel: Candidate, place: str, *members: str, patience: Patience | None = None
) -> list[Result]:
    """The results for these members, all written to at once."""

    async def at_once() -> list[Result]:
        async with opened(channel, place, patience) as sender:
            sends = (sender.send(channel.message(one)) for one in members)
            return list(await asyncio.gather(*sends))

    return run(at_once())


@pytest.fixture
def simulated(simulator: Simulator, carrier: SimulatorClient) -> Simulator:
    carrier.set(receipts="off")
    return simulator


@every_channel
def test_what_is_accepted_has_an_id(channel: Candidate, simulated: Simulator) -> None:
    [sent] = send_to(channel, channel.simulated_at(simulated), channel.member.ordinary(1))
    assert isinstance(sent, Accepted)
    assert sent.carrier_id


@every_channel
def test_one_recipient_refused_for_good_disturbs_nobody_else(
    channel: Candidate, simulated: Simulator, carrier: SimulatorClient
) -> None:
    others = [channel.member.ordinary(n) for n in range(20)]
    members = [*others[:10], channel.member.refused, *others[10:]]
    results = send_to(channel, channel.simulated_at(simulated), *members)
    refused = results.pop(10)
    assert isinstance(refused, Refused)
    assert refused.meaning is Meaning.STOP_POINT
    assert not refused.whole_carrier
    assert all(isinstance(one, Accepted) for one in results)
    assert len(carrier.accepted()) == 20


@every_channel
def test_a_carrier_that_wants_fewer_says_when_to_come_back(
    channel: Candidate, simulated: Simulator, carrier: SimulatorClient
) -> None:
    place = channel.simulated_at(simulated)
    results = send_to(channel, place, channel.member.busy, channel.member.ordinary(1))
    assert results[0] == channel.slows_down
    assert isinstance(results[1], Accepted)
    assert len(carrier.accepted()) == 1


@every_channel
def test_refused_credentials_stop_the_sender(channel: Candidate) -> None:
    async def as_a_stranger() -> tuple[Result, int]:
        async with (
            faulty(channel, Fault.STRANGER) as carrier,
            opened(channel, channel.faulty_at(carrier.port)) as sender,
        ):
            return await sender.send(channel.message(channel.member.ordinary(1))), carrier.taken

    refused, taken = run(as_a_stranger())
    assert isinstance(refused, Refused)
    assert refused.meaning is Meaning.STOP_SENDER
    assert taken == 0


def closed_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


@every_channel
def test_a_carrier_that_is_not_there_got_nothing(channel: Candidate) -> None:
    place = channel.faulty_at(closed_port())
    for nowhere in (place, place.replace("127.0.0.1", "nowhere.invalid")):
        [refused] = send_to(channel, nowhere, channel.member.ordinary(1))
        assert isinstance(refused, Refused)
        assert (refused.meaning, refused.whole_carrier) == (Meaning.RETRY, True)


@every_channel
def test_a_carrier_that_never_lets_us_in_got_nothing(channel: Candidate) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        port = door.getsockname()[1]
        # Nobody opens: these fill the queue before the door, and the next one gets no answer.
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(("127.0.0.1", port))
        place = channel.faulty_at(port)
        [refused] = send_to(channel, place, channel.member.ordinary(1), patience=HASTY)
        for one in waiting:
            one.close()
    assert isinstance(refused, Refused)
    assert refused.meaning is Meaning.RETRY


@pytest.mark.parametrize(
    ("channel", "fault"),
    [(channel, fault) for channel in CHANNELS for fault in channel.in_doubt],
    ids=lambda one: one.name if isinstance(one, Candidate) else str(one),
)
def test_after_a_broken_answer_nobody_knows_and_no_time_is_lost(
    channel: Candidate, fault: Fault
) -> None:
    async def broken() -> tuple[Result, int, Result]:
        async with (
            faulty(channel, fault) as carrier,
            opened(channel, channel.faulty_at(carrier.port), HASTY) as sender,
        ):
            result = await sender.send(channel.message(channel.member.ordinary(1)))
            taken = carrier.taken
            carrier.fault = Fault.NONE
            return result, taken, await sender.send(channel.message(channel.member.ordinary(2)))

    result, taken, next_one = run(broken())
    assert isinstance(result, Unclear)
    assert taken == 1, "it was sent once, and not repeated by itself"
    assert isinstance(next_one, Accepted)


@every_channel
def test_hundreds_leave_at_once_and_each_has_its_own_id(
    channel: Candidate, simulated: Simulator, carrier: SimulatorClient
) -> None:
    members = [channel.member.ordinary(n) for n in range(300)]
    results = send_to(channel, channel.simulated_at(simulated), *members)
    ids = {one.carrier_id for one in results if isinstance(one, Accepted)}
    assert len(ids) == 300
    assert len({line["to"] for line in carrier.accepted()}) == 300


@every_channel
def test_a_send_that_is_cancelled_leaves_no_line_in_the_middle_of_a_sentence(
    channel: Candidate,
) -> None:
    async def cancelled() -> Result:
        async with (
            faulty(channel, Fault.HANG) as carrier,
            opened(channel, channel.faulty_at(carrier.port)) as sender,
        ):
            sending = asyncio.create_task(
                _result(sender.send(channel.message(channel.member.ordinary(1))))
            )
            await _until(lambda: carrier.taken == 1)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await _until(lambda: carrier.open == 0)
            carrier.fault = Fault.NONE
            return await sender.send(channel.message(channel.member.ordinary(2)))

    assert isinstance(run(cancelled()), Accepted)


async def _result(sending: Awaitable[Result]) -> Result:
    return await sending


async def _until(test: Callable[[], bool]) -> None:
    while not test():
        await asyncio.sleep(0.01)


@every_channel
def test_a_closed_channel_keeps_no_line_open(channel: Candidate) -> None:
    async def close_twice() -> None:
        async with faulty(channel, Fault.NONE) as carrier:
            async with opened(channel, channel.faulty_at(carrier.port)) as sender:
                sends = (sender.send(channel.message(channel.member.ordinary(n))) for n in range(9))
                assert all(isinstance(one, Accepted) for one in await asyncio.gather(*sends))
                assert carrier.open > 0
            await _until(lambda: carrier.open == 0)

    run(close_twice())


@every_channel
def test_no_log_and_no_result_says_who_or_what(
    channel: Candidate, simulated: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    place, member = channel.simulated_at(simulated), channel.member
    with caplog.at_level(logging.DEBUG):
        results = send_to(channel, place, member.ordinary(1), member.refused, member.busy)
        results += send_to(channel, channel.faulty_at(closed_port()), member.ordinary(1))
    # The mail server of the simulated carrier logs in this very process; it is not ours to keep.
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("mail.")]
    told = f"{ours} {results!r}"
    for secret in (member.ordinary(1), member.refused, member.busy, TEXT, TOKEN):
        assert secret not in told


@every_searchable
def test_a_message_can_be_found_by_what_it_says_and_by_its_id(
    channel: Candidate, simulated: Simulator
) -> None:
    wanted, other = (channel.message(channel.member.ordinary(n)) for n in (1, 2))

    async def look() -> tuple[Any, ...]:
        async with opened(channel, channel.simulated_at(simulated)) as sender:
            searchable: Any = sender
            sent = await sender.send(wanted)
            assert isinstance(sent, Accepted)
            return (
                sent.carrier_id,
                await searchable.find(wanted, datetime.now(UTC)),
                await searchable.look_up(sent.carrier_id),
                await searchable.find(other, datetime.now(UTC)),
                await searchable.look_up(sent.carrier_id[:2] + "0" * 32),
            )

    carrier_id, found, looked_up, not_found, not_known = run(look())
    assert found.carrier_id == looked_up.carrier_id == carrier_id
    assert found.status
    assert (not_found, not_known) == (None, None)


@every_searchable
def test_two_messages_that_look_alike_are_each_found_once(
    channel: Candidate, simulated: Simulator
) -> None:
    message = channel.message(channel.member.ordinary(1))

    async def look() -> tuple[Any, ...]:
        async with opened(channel, channel.simulated_at(simulated)) as sender:
            searchable: Any = sender
            earlier, later = [await sender.send(message) for _time in range(2)]
            assert isinstance(earlier, Accepted)
            assert isinstance(later, Accepted)
            both = (earlier.carrier_id, later.carrier_id)
            since = datetime.now(UTC)
            return (
                both,
                await searchable.find(message, since),
                await searchable.find(message, since, {both[0]}),
                await searchable.find(message, since, set(both)),
            )

    both, first, second, none_left = run(look())
    assert (first.carrier_id, second.carrier_id) == both
    assert none_left is None


@every_searchable
@pytest.mark.parametrize("fault", [*_BREAKS, Fault.ERROR, Fault.STRANGER])
def test_a_look_up_that_gets_no_answer_says_so_and_names_nobody(
    channel: Candidate, fault: Fault
) -> None:
    wanted = channel.message(channel.member.ordinary(1))

    async def look() -> list[str]:
        async with (
            faulty(channel, fault) as carrier,
            opened(channel, channel.faulty_at(carrier.port), HASTY) as sender,
        ):
            searchable: Any = sender
            said = []
            for question in (
                searchable.find(wanted, datetime.now(UTC)),
                searchable.look_up("SM" + "0" * 32),
            ):
                with pytest.raises(CarrierUnreachable) as raised:
                    await question
                said.append(f"{raised.value!r} {raised.value.__cause__!r}")
            return said

    told = " ".join(run(look()))
    assert channel.member.ordinary(1) not in told
    assert channel.member.ordinary(1)[1:] not in told


def test_twilio_has_three_seconds_to_connect_and_ten_in_all() -> None:
    account = TwilioAccount("http://127.0.0.1:1", SID, TOKEN, SENDER)
    assert account.patience == Patience(connect=3.0, total=10.0)
