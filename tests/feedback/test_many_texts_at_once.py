"""Many texts in the same moment: each is kept once and answered as if it had come alone."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func
from sqlmodel import col, select
from structlog.testing import capture_logs

from channels.signature import sign
from feedback import mail_door, text_answers, webhooks
from feedback.inbox import IncomingText
from feedback.models import InboundMessage, Meaning
from hub import clock, config
from hub.audit import Decision, first_broken_link
from hub.config import settings
from hub.db import unit_of_work
from hub.security import signed_reference
from messaging import receipts
from messaging.mail_addresses import Door, inbound_address
from messaging.models import Delivery, DeliveryState
from messaging.receipts import Receipt
from messaging.rendering import DELIVERY_TOKEN
from partnerships.models import ContactKind, ContactPoint
from tests import in_process
from tests.citizens import text_from
from tests.feedback.seen_things import DISPATCHER, NOON, alert, at

pytestmark = pytest.mark.usefixtures("demo_zone")

PHONES = 12
STRANGER = "+32470998877"
HELP = "Au secours, il y a quelqu'un dans ma maison"


@pytest.fixture(autouse=True)
def _at_noon(demo_zone: str) -> None:
    at(timedelta())
    # Put together before the crowd comes: else each of it would do so.
    in_process.client().close()


Posted = tuple[str, str, str]  # number, words, the carrier's id


def at_once(posts: Sequence[Posted]) -> list[str]:
    """What the hub answers when all of these knock at its door in the same moment."""
    together = threading.Barrier(PHONES)

    def knock(some: Sequence[Posted]) -> list[str]:
        together.wait(20)
        return [text_from(number, words, sid) for number, words, sid in some]

    with ThreadPoolExecutor(PHONES) as phones:
        shares = [posts[first::PHONES] for first in range(PHONES)]
        answered = list(phones.map(knock, shares))
    by_post = dict[int, str]()
    for first, answers in enumerate(answered):
        by_post |= {first + PHONES * number: answer for number, answer in enumerate(answers)}
    return [by_post[number] for number in range(len(posts))]


def members() -> list[str]:
    with unit_of_work(read_only=True) as session:
        mobile = select(ContactPoint).where(ContactPoint.kind == ContactKind.MOBILE)
        return [one.value for one in session.exec(mobile.order_by(col(ContactPoint.id)))]


def kept() -> Counter[str]:
    with unit_of_work(read_only=True) as session:
        return Counter(session.exec(select(InboundMessage.carrier_id)))


def decisions(action: str) -> int:
    with unit_of_work(read_only=True) as session:
        assert first_broken_link(session) is None
        its = select(func.count()).where(col(Decision.action) == action)
        return session.exec(its).one()


def test_texts_from_many_phones_are_each_kept_once() -> None:
    alert(in_process.api(DISPATCHER))
    known = members()
    strangers = [f"+3247099{number:04}" for number in range(20)]
    posts = [
        (sender, f"vu quelque chose {number}", f"SM{number}")
        for number, sender in enumerate([*known, *strangers] * 3)
    ]
    # The carrier posts some of them twice, half of those in the same breath.
    again = [post for post in posts if int(post[2][2:]) % 4 == 0]
    at_once([*posts, *again])
    assert kept() == Counter({sid: 1 for _number, _words, sid in posts})


def test_a_burst_from_one_phone_is_kept_whole_and_answered_once() -> None:
    answers = at_once([(STRANGER, f"message {number}", f"SM{number}") for number in range(48)])
    assert kept() == Counter({f"SM{number}": 1 for number in range(48)})
    assert len([one for one in answers if one]) == 1


def test_calls_for_help_among_many_texts_are_kept_and_each_told_where_to_call() -> None:
    callers = [f"+3247088{number:04}" for number in range(10)]
    posts = [(f"+3247077{number:04}", "merci", f"SM{number}") for number in range(60)]
    calls = [(caller, HELP, f"HELP{number}") for number, caller in enumerate(callers)]
    answers = at_once([*posts[:30], *calls, *posts[30:]])
    assert kept() == Counter({sid: 1 for _number, _words, sid in [*posts, *calls]})
    assert all("101" in one for one in answers[30:40])
    with unit_of_work(read_only=True) as session:
        asked = select(InboundMessage).where(InboundMessage.meaning == Meaning.NEED_HELP)
        found = session.exec(asked).all()
        assert {one.sender for one in found} == set(callers)
        assert {one.body for one in found} == {HELP}


def test_every_stop_is_done_once_among_many_texts_and_their_repeats() -> None:
    stopping = members()[:6]
    stops = [(number, "STOP", f"STOP{number}") for number in stopping]
    others = [(f"+3247066{number:04}", "bonjour", f"SM{number}") for number in range(40)]
    answers = at_once([*stops, *others, *stops])
    assert kept() == Counter({sid: 1 for _number, _words, sid in [*stops, *others]})
    assert decisions("member.stop") == len(stopping)
    assert answers[: len(stops)] == answers[-len(stops) :], "a repeat gets the same answer"
    assert all(answers[: len(stops)])


def test_one_text_that_cannot_be_taken_takes_no_other_down_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, gathered = text_answers.answer_to, threading.Event()

    def sometimes(lately: text_answers.Lately, sender: str, *rest: object, **more: object) -> str:
        assert gathered.wait(20)
        if sender == STRANGER:
            raise RuntimeError("of this one")
        return real(lately, sender, *rest, **more) or ""  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(text_answers, "answer_to", sometimes)
    numbers = ["+32470550001", "+32470550002", STRANGER, "+32470550003"]
    with capture_logs() as told:
        asked = [webhooks._texts.ask(IncomingText(f"SM{one}", one, "vu")) for one in numbers]
        gathered.set()
        for number, one in zip(numbers, asked, strict=True):
            if number == STRANGER:
                with pytest.raises(RuntimeError):
                    one.result(20)
            else:
                assert one.result(20)
    assert [one["event"] for one in told] == ["not_done_together"]
    assert kept() == Counter({f"SM{one}": 1 for one in numbers if one != STRANGER})


def test_leaving_by_text_too_often_opens_nothing_that_was_closed() -> None:
    number = members()[0]
    text_from(number, "STOP")
    for count in range(12):
        text_from(number, "STOP PLP", f"SM{count}")
    assert decisions("member.start") == 0
    assert decisions("member.leave") == 0


@pytest.fixture
def _on_postgresql(demo_zone: str) -> None:
    if demo_zone.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time, whatever he writes")


def in_threads(*does: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(does)) as pool:
        for one in [pool.submit(each) for each in does]:
            one.result(60)


def reached() -> dict[str, int]:
    """The number of each member, and the delivery of an alert that has left to him."""
    alert(in_process.api(DISPATCHER))
    with unit_of_work() as session:
        rows = select(Delivery, ContactPoint).where(
            col(ContactPoint.id) == col(Delivery.contact_point_id),
            ContactPoint.kind == ContactKind.MOBILE,
        )
        found = dict[str, int]()
        for delivery, point in session.exec(rows):
            delivery.state, delivery.handed_over_at = DeliveryState.SENT, clock.now()
            session.add(delivery)
            found[point.value] = delivery.id or 0
        return found


_ROUNDS, _FEW_ROUNDS = range(25), range(6)


def write(phones: Iterable[str], name: str, *words: str) -> Callable[[], None]:
    """Each phone writes once a round; the words change from round to round."""
    every = list(phones)

    def post() -> None:
        for number in _ROUNDS:
            for phone in every:
                text_from(phone, words[number % len(words)], f"{name}{number}{phone}")

    return post


def deliver(sent: Iterable[int]) -> Callable[[], None]:
    """The carrier says of all of them, in this order, that they have arrived."""
    every = list(sent)

    def fold() -> None:
        for number in _ROUNDS:
            said = [Receipt(one, "sms", "delivered", f"SM{number}", "", NOON) for one in every]
            with unit_of_work() as session:
                receipts.fold(session, said)

    return fold


@pytest.mark.usefixtures("_on_postgresql")
def test_texts_and_receipts_of_the_same_messages_never_wait_for_each_other_for_ever() -> None:
    sent = reached()
    assert len(sent) >= 3
    phones, numbers = sorted(sent), sorted(sent.values())
    with capture_logs() as told:
        in_threads(
            write(phones, "A", "vu une voiture"),
            write(reversed(phones), "B", "vu une camionnette"),
            write(phones, "C", "STOP", "START"),
            deliver(numbers),
            deliver(reversed(numbers)),
        )
    assert [one for one in told if one["event"] == "not_done_together"] == []
    assert set(kept().values()) == {1}
    assert len(kept()) == 3 * len(_ROUNDS) * len(sent)


def press(sent: Iterable[int], name: str) -> Callable[[], None]:
    """Each presses a key during a call, once a round: he has heard it, or wants to speak."""
    every = list(sent)

    def post() -> None:
        for number in _FEW_ROUNDS:
            for delivery in every:
                path = f"/webhooks/twilio/voice/keys/{signed_reference(DELIVERY_TOKEN, delivery)}"
                form = {"CallSid": f"{name}{number}-{delivery}", "Digits": "12"[number % 2]}
                signature = sign(
                    settings().base_url + path, list(form.items()), settings().twilio_auth_token
                )
                door = in_process.client(**{"X-Twilio-Signature": signature})
                assert door.post(path, data=form).status_code == 200

    return post


def mail(sent: Iterable[int], name: str) -> Callable[[], None]:
    """Each answers by mail, once a round, at the address that names his alert."""
    every = list(sent)

    def post() -> None:
        for number in _FEW_ROUNDS:
            for delivery in every:
                letter = EmailMessage()
                letter["From"], letter["Subject"] = "somebody@mail.example", "Re: alert"
                letter["Message-ID"] = f"<{name}{number}-{delivery}@mail.example>"
                letter.set_content("vu une voiture")
                to = inbound_address(Door.REPLY, delivery)
                with unit_of_work() as session:
                    mail_door.take(session, to, "somebody@mail.example", letter.as_bytes())

    return post


@pytest.mark.usefixtures("_on_postgresql")
def test_keys_mails_texts_and_receipts_of_the_same_messages_never_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUB_MAIL_INBOUND_DOMAIN", "replies.hub.example")
    config.settings.cache_clear()
    sent = reached()
    phones, numbers = sorted(sent), sorted(sent.values())
    in_threads(
        press(numbers, "A"),
        press(reversed(numbers), "B"),
        mail(numbers, "C"),
        mail(reversed(numbers), "D"),
        write(phones, "E", "vu une voiture"),
        deliver(numbers),
    )
    assert set(kept().values()) == {1}
    assert len(kept()) == (4 * len(_FEW_ROUNDS) + len(_ROUNDS)) * len(sent)
