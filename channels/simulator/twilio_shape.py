"""What Twilio's answers look like (Twilio OpenAPI, 2010-04-01)."""

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from aiohttp import web

from channels.simulator.records import Message, PhoneCall

API = "/2010-04-01"


def message_json(account_sid: str, message: Message) -> dict[str, object]:
    """A Message as the API shows it."""
    fresh_from_service = message.service is not None and message.status == "accepted"
    moment = _rfc2822(message.at.replace(microsecond=0))
    path = f"{API}/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": moment,
        "date_sent": None if message.status in ("accepted", "queued") else moment,
        "date_updated": moment,
        "direction": "outbound-api",
        "error_code": message.code,
        "error_message": None,
        "from": None if fresh_from_service else message.prefix + message.sender,
        "messaging_service_sid": message.service,
        "num_media": "0",
        "num_segments": "0" if fresh_from_service else str(message.segments),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.prefix + message.to,
        "uri": f"{path}.json",
    }


def call_json(account_sid: str, call: PhoneCall) -> dict[str, object]:
    """A Call as the API shows it."""
    path = f"{API}/Accounts/{account_sid}/Calls/{call.sid}"
    return {
        "account_sid": account_sid,
        "answered_by": call.answered_by or None,
        "api_version": "2010-04-01",
        "date_created": format_datetime(call.at),
        "date_updated": format_datetime(call.ended or call.answered or call.at),
        "direction": "outbound-api",
        "duration": seconds(call.answered, call.ended) if call.ended else None,
        "end_time": format_datetime(call.ended) if call.ended else None,
        "from": call.sender,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": call.sid,
        "start_time": format_datetime(call.at),
        "status": call.status,
        "subresource_uris": {},
        "to": call.to,
        "uri": f"{path}.json",
    }


@lru_cache(maxsize=16)
def _rfc2822(moment: datetime) -> str:
    return format_datetime(moment)


def seconds(start: datetime | None, end: datetime | None) -> str:
    """A duration in whole seconds, as text; "0" if it never began."""
    return str(round((end - start).total_seconds())) if start and end else "0"


def page(name: str, uri: str, size: int, items: Sequence[object]) -> web.Response:
    """One page, always the only one, of a list."""
    return answer(
        {
            name: items,
            "page": 0,
            "page_size": size,
            "start": 0,
            "end": max(len(items) - 1, 0),
            "first_page_uri": uri,
            "next_page_uri": None,
            "previous_page_uri": None,
            "uri": uri,
        }
    )


def answer(body: object, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(
        body=json.dumps(body).encode(), status=status, content_type="application/json"
    )


def error(code: int, http: int, retry_after: int | None = None) -> web.Response:
    """An error answer in Twilio's older form."""
    response = answer(
        {
            "code": code,
            "message": "Refused by the simulator",
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": http,
        },
        http,
    )
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response
