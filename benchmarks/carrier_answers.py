"""What the fast carrier answers: Twilio's JSON for a message and a call, made of ready parts."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

_SPLIT = "\0"


def response(status: bytes, body: bytes, kind: bytes = b"application/json") -> bytes:
    """A whole HTTP answer."""
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
    return head % (status, kind, len(body)) + body


def json_response(value: object) -> bytes:
    return response(b"200 OK", json.dumps(value).encode())


NOT_FOUND = response(b"404 Not Found", b'{"code":20404,"status":404,"message":"Not found"}')


@lru_cache(maxsize=8)
def moment(second: int) -> str:
    """A moment as Twilio writes it (RFC 2822)."""
    return format_datetime(datetime.fromtimestamp(second, UTC))


def message(account: str, sid: str, to: str, body: str, at: int, status: str) -> dict[str, object]:
    """A Message as the API shows it (Twilio OpenAPI, 2010-04-01)."""
    path = f"/2010-04-01/Accounts/{account}/Messages/{sid}"
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": body,
        "date_created": moment(at),
        "date_sent": None if status == "queued" else moment(at),
        "date_updated": moment(at),
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "+32460000001",
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": to,
        "uri": f"{path}.json",
    }


def call(account: str, sid: str, to: str, at: int, status: str) -> dict[str, object]:
    """A Call as the API shows it."""
    return {
        "account_sid": account,
        "answered_by": None,
        "api_version": "2010-04-01",
        "date_created": moment(at),
        "date_updated": moment(at),
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "from": "+32460000001",
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": sid,
        "start_time": moment(at),
        "status": status,
        "subresource_uris": {},
        "to": to,
        "uri": f"/2010-04-01/Accounts/{account}/Calls/{sid}.json",
    }


class Created:
    """The answer to a create, but for id and number: most of it is the same for a whole second."""

    def __init__(self, made: dict[str, object]) -> None:
        parts = json.dumps(made).split(json.dumps(_SPLIT)[1:-1])
        self._parts = [part.encode() for part in parts]

    def answer(self, sid: bytes, to: bytes) -> bytes:
        before, *rest = self._parts
        body = [before]
        for part, value in zip(rest, self._values(sid, to), strict=True):
            body += (value, part)
        return response(b"201 Created", b"".join(body))

    def _values(self, sid: bytes, to: bytes) -> tuple[bytes, ...]:
        # In the order of the JSON: id, media of a message, number, address.
        return (sid, sid, to, sid) if len(self._parts) == 5 else (sid, to, sid)


@lru_cache(maxsize=256)
def created_message(account: str, body: str, second: int) -> Created:
    return Created(message(account, _SPLIT, _SPLIT, body, second, "queued"))


@lru_cache(maxsize=256)
def created_call(account: str, second: int) -> Created:
    return Created(call(account, _SPLIT, _SPLIT, second, "queued"))
