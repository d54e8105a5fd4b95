"""How requests reach Twilio: one warm pool, short time-outs, no repeats."""

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from aiohttp import (
    BytesPayload,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
    encode_basic_auth,
)
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]  # twilio ships no types
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from yarl import URL

from channels.answer_shape import note
from channels.contract import Patience

_FORM_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded",
}


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Where and as whom to send. `sender` is a +32 number or a Messaging Service SID (MG...)."""

    api_url: str
    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        url = URL(self.api_url)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError("the carrier's address must start with http:// or https://")


class Refusal(Exception):
    """Twilio answered with an error. Carries what the package's own exceptions lose."""

    def __init__(self, status: int, code: int | None, retry_after: float | None) -> None:
        super().__init__(f"HTTP {status}, code {code}")
        self.status = status
        self.code = code
        self.retry_after = retry_after


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc]  # an untyped base counts as Any
    """The package's HTTP extension point; belongs to the event loop that first uses it.

    Raises Refusal for every answer other than 2xx, and aiohttp's errors for the network's.
    Logs nothing: the package's own log lines hold numbers and texts.
    """

    def __init__(self, account: TwilioAccount) -> None:
        super().__init__(logging.getLogger("channels.twilio"), True, account.patience.total)
        self._base = account.api_url.rstrip("/")
        self._authorization = encode_basic_auth(account.account_sid, account.auth_token)
        self._patience = account.patience
        self._session: ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,  # noqa: ARG002 - encoded once, in the constructor
        timeout: float | None = None,  # noqa: ARG002 - the session's limits hold
        allow_redirects: bool = False,
    ) -> Response:
        headers = headers or {}
        headers["Authorization"] = self._authorization
        async with self._warm_session().request(
            method,
            _rewritten(self._base, url),
            params=params or None,
            data=BytesPayload(_form(data)) if data else None,
            headers=headers,
            allow_redirects=allow_redirects,
        ) as answer:
            content = await _accepted(answer)
            return Response(answer.status, content.decode("utf-8", "replace"), answer.headers)

    async def create(self, url: str, form: dict[str, Any]) -> Any:
        """Post a form to one resource and read the JSON of its answer.

        What the package does around this for a message (its headers, its models, the dates in them)
        costs a fifth of a worker, and of the answer only the id is wanted. Raises as ``request``
        does, and ``ValueError`` for an answer that is no JSON.
        """
        async with self._warm_session().post(
            _rewritten(self._base, url),
            data=BytesPayload(_form(form)),
            headers={**_FORM_HEADERS, "Authorization": self._authorization},
            allow_redirects=False,
        ) as answer:
            return json.loads(await _accepted(answer))

    async def close(self) -> None:
        """Close the pool. The next request opens a new one."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _warm_session(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                # The caller bounds how many are under way; a second bound here would spend the
                # connect time-out on waiting for a free connection.
                connector=TCPConnector(limit=0, ttl_dns_cache=60, keepalive_timeout=30),
                timeout=ClientTimeout(total=self._patience.total, connect=self._patience.connect),
                cookie_jar=DummyCookieJar(),
            )
        return self._session


async def _accepted(answer: ClientResponse) -> bytes:
    """The content of a 2xx; raises Refusal for any other answer."""
    content = await answer.read()
    note(answer.status, answer.content_type, len(content))
    if not 200 <= answer.status < 300:
        retry_after = read_retry_after(answer.headers.get("Retry-After"))
        raise Refusal(answer.status, _error_code(content.decode("utf-8", "replace")), retry_after)
    return content


def open_client(account: TwilioAccount) -> Any:
    """A twilio Client over our HTTP. Opens no connection yet; typed Any as the package is."""
    return Client(account.account_sid, account.auth_token, http_client=TwilioHttp(account))


def read_retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header, given as a number or as an HTTP date; None if neither."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _form(data: dict[str, Any]) -> bytes:
    pairs = []
    for name, value in data.items():
        for one in value if isinstance(value, list) else (value,):
            pairs.append(f"{name}={_quoted(str(one))}")
    return "&".join(pairs).encode()


# Body, sender and period are the same for a whole alert: quoting them anew for each member
# costs more than the rest of this file.
@lru_cache(maxsize=64)
def _quoted(text: str) -> str:
    # A lone surrogate would otherwise raise here and take the batch with it.
    return quote_plus(text, errors="replace")


@lru_cache(maxsize=256)
def _rewritten(base: str, url: str) -> URL:
    _host, _slash, path = url.partition("://")[2].partition("/")
    return URL(f"{base}/{path}", encoded=True)


def _error_code(text: str) -> int | None:
    try:
        return int(json.loads(text)["code"])
    except (ValueError, TypeError, KeyError):
        return None
