"""What carriers' codes mean, and what is kept of an answer that means nothing to us."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from channels import answer_shape
from channels.contract import Meaning, Refused, Result, Sms, Unclear
from channels.error_table import ALARMS, explained
from channels.sms import SmsChannel
from channels.smtp_errors import code_in, smtp_error
from channels.twilio_errors import RECEIPTS, REFUSALS, receipt_meaning
from channels.twilio_http import TwilioAccount
from tests.channels.conftest import SENDER, SID, TOKEN

MEMBER = "+32475123456"


@pytest.mark.parametrize(
    ("code", "meaning", "alarm"),
    [
        ("20003", Meaning.STOP_SENDER, True),
        ("20429", Meaning.SLOW_DOWN, False),
        ("21211", Meaning.STOP_POINT, False),
        ("21610", Meaning.OPTED_OUT, False),
        ("21611", Meaning.SLOW_DOWN, False),
        ("30002", Meaning.STOP_SENDER, True),
        ("30003", Meaning.RETRY, False),
        ("30005", Meaning.STOP_POINT, False),
        ("30007", Meaning.FAULT, True),
        ("30017", Meaning.RETRY, False),
        ("30036", Meaning.FAULT, False),
        ("30410", Meaning.RETRY, False),
        ("30450", Meaning.FAULT, True),
        ("30500", Meaning.RETRY, False),
        ("63016", Meaning.FAULT, True),
        ("63018", Meaning.SLOW_DOWN, False),
        ("401", Meaning.STOP_SENDER, True),
        ("429", Meaning.SLOW_DOWN, False),
        ("5.1.1", Meaning.STOP_POINT, False),
        ("5.1.99", Meaning.STOP_POINT, False),
        ("5.2.2", Meaning.FAULT, False),
        ("4.2.2", Meaning.RETRY, False),
        ("4.9.9", Meaning.RETRY, False),
        ("5.7.1", Meaning.FAULT, False),
        ("5.7.26", Meaning.FAULT, True),
        ("535", Meaning.STOP_SENDER, True),
        ("599", Meaning.FAULT, False),
        ("connect", Meaning.RETRY, False),
        ("certificate", Meaning.STOP_SENDER, True),
    ],
)
def test_a_code_says_what_to_do_and_whom_to_wake(code: str, meaning: Meaning, alarm: bool) -> None:
    known = explained(code)
    assert known is not None
    assert (known.meaning, known.alarm, code in ALARMS) == (meaning, alarm, alarm)
    assert known.sentence.endswith(".")


@pytest.mark.parametrize("code", ["99999", "", "5.7", "6.1.1", "200", "nonsense", "5.1.1 x"])
def test_a_code_in_no_table_is_unknown(code: str) -> None:
    assert explained(code) is None
    assert code not in ALARMS


def test_what_stops_the_sender_is_always_an_alarm() -> None:
    lines = [*REFUSALS.values(), *RECEIPTS.values()]
    stops = [one for one in lines if one.meaning is Meaning.STOP_SENDER]
    assert stops
    assert all(one.alarm for one in stops)


def test_receipts_and_answers_never_disagree_about_a_code() -> None:
    shared = REFUSALS.keys() & RECEIPTS.keys()
    assert all(REFUSALS[code] == RECEIPTS[code] for code in shared)
    assert receipt_meaning(30003) is Meaning.RETRY


@pytest.mark.parametrize(
    ("reply", "text", "code"),
    [
        (550, "5.1.1 No such user", "5.1.1"),
        (550, "5.1.1", "5.1.1"),
        (451, "Greylisted", "451"),
        (550, "2.0.0 no enhanced code of a refusal", "550"),
        (421, "", "421"),
    ],
)
def test_the_most_telling_code_of_a_mail_server_is_kept(reply: int, text: str, code: str) -> None:
    assert code_in(reply, text) == code
    assert smtp_error(code) is not None


JSON, UNREADABLE = "application/json", Unclear("unreadable answer")
SECRET = f"{MEMBER} Marie, rue Haute 1"


def told(*answers: Callable[[], web.Response]) -> tuple[list[Result], list[dict[str, Any]]]:
    """Send one text per answer to a carrier that says these; the results and our log."""
    left = list(answers)

    async def take(_request: web.Request) -> web.Response:
        return left.pop(0)()

    async def each() -> list[Result]:
        application = web.Application()
        application.router.add_post("/{path:.*}", take)
        runner = web.AppRunner(application, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        channel = SmsChannel(TwilioAccount(url, SID, TOKEN, SENDER))
        results = [await channel.send(Sms(MEMBER, "Hello", "http://h/r", 60)) for _ in answers]
        await channel.close()
        await runner.cleanup()
        return results

    answer_shape._told.clear()
    with capture_logs() as events:
        results = asyncio.run(each())
    return results, [dict(one) for one in events if one["event"] == "carrier_answer_unknown"]


def as_page() -> web.Response:
    return web.Response(status=201, text=f"<p>{SECRET}</p>", content_type="text/html")


def without_sid() -> web.Response:
    return web.json_response({"to": SECRET}, status=201)


def unknown_code() -> web.Response:
    return web.json_response({"code": 29999, "message": SECRET}, status=400)


def strange_status() -> web.Response:
    return web.Response(status=520, text=SECRET)


def strange_type() -> web.Response:
    return web.Response(status=201, text="x", headers={"Content-Type": f"text/{SECRET}"})


@pytest.mark.parametrize(
    ("answer", "result", "shape"),
    [
        (as_page, UNREADABLE, (201, "text/html", len(SECRET) + 7, None)),
        (
            without_sid,
            Unclear("unreadable answer"),
            (201, JSON, len(SECRET) + 10, None),
        ),
        (
            unknown_code,
            Refused(Meaning.FAULT, "29999"),
            (400, "application/json", len(SECRET) + 30, 29999),
        ),
        (strange_status, Unclear("520"), (520, "text/plain", len(SECRET), None)),
    ],
)
def test_an_answer_we_do_not_know_is_logged_by_its_shape_alone(
    answer: Callable[[], web.Response], result: Result, shape: tuple[object, ...]
) -> None:
    [seen], [event] = told(answer)
    assert seen == result
    assert tuple(event[name] for name in ("status", "content_type", "length", "code")) == shape
    assert "Marie" not in json.dumps(event)


def test_a_type_that_is_none_is_not_repeated_in_the_log() -> None:
    _results, [event] = told(strange_type)
    assert event["content_type"] == "other"
    assert "Marie" not in json.dumps(event)


def test_a_carrier_that_is_strange_to_everybody_is_one_line_a_minute() -> None:
    results, events = told(*[as_page] * 20, unknown_code)
    assert len(results) == 21
    assert [event["status"] for event in events] == [201, 400]
