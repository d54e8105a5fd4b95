"""Signed posts to the hub: a bounded pool with warm connections."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote_plus, urlsplit

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from channels.signature import sign
from channels.simulator.callback_rules import CallbackRules, rules_of

POSTERS = 32
FIRST_PAUSE = 0.2  # seconds; doubled after each failed try
WRONG_TOKEN = "not-the-token-of-this-account"  # noqa: S105 - signs what is to be refused

Form = list[tuple[str, str]]
Job = Callable[[], Awaitable[None]]


class Signing(StrEnum):
    """Who seems to have posted: the carrier, or somebody who only knows the address."""

    GENUINE = "genuine"
    WRONG_TOKEN = "wrong_token"  # noqa: S105 - a choice, not a token
    NONE = "none"


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What the hub answered; `status` is None if it gave no answer."""

    status: int | None
    text: str = ""
    connected: bool = True


class Webhooks:
    """Posts forms to the hub. Start it inside the loop, stop it before the loop ends."""

    def __init__(self, auth_token: str) -> None:
        self._token = auth_token
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: ClientSession | None = None
        # Counts how often everything was forgotten: jobs of before are not done after.
        self._era = 0

    async def start(self) -> None:
        """Open the pool."""
        self._session = ClientSession(
            connector=TCPConnector(limit=0, keepalive_timeout=30), cookie_jar=DummyCookieJar()
        )
        for _ in range(POSTERS):
            self.spawn(self._work())

    async def stop(self) -> None:
        """Drop what is waiting and close the connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def enqueue(self, job: Job, wait: float = 0.0) -> None:
        """Have a poster do `job`, `wait` seconds from now."""
        if wait:
            asyncio.get_running_loop().call_later(wait, self._due, self._era, job)
        else:
            self._jobs.put_nowait(job)

    def spawn(self, work: Awaitable[None]) -> None:
        """Do something beside the queue; it ends with `stop`."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget(self) -> None:
        """Throw away all waiting jobs, also those whose time has not come."""
        self._era += 1
        while not self._jobs.empty():
            self._jobs.get_nowait()

    async def notify(self, callback: str, form: Form, voice: bool = False) -> None:
        """Post a callback and repeat it as its URL's fragment says."""
        await self._try(rules_of(callback), form, voice, 1, "")

    async def forge(self, callback: str, form: Form, signing: Signing) -> WebhookAnswer:
        """Post once as somebody else than the carrier would."""
        return await self._post(rules_of(callback), form, False, "", signing)

    async def ask(self, url: str, form: Form, voice: bool = False) -> WebhookAnswer:
        """Post once, for an answer that matters (TwiML)."""
        return await self._post(rules_of(url), form, voice, "")

    def _due(self, era: int, job: Job) -> None:
        if era == self._era:
            self._jobs.put_nowait(job)

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            # A job that fails must not take its poster along: 32 of them, and all is silent.
            with suppress(Exception):
                await job()

    async def _try(
        self, rules: CallbackRules, form: Form, voice: bool, tries: int, token: str
    ) -> None:
        answer = await self._post(rules, form, voice, token)
        if rules.again(answer.status, answer.connected, tries):
            token = token or str(uuid.uuid4())
            pause = FIRST_PAUSE * 2 ** (tries - 1)
            self.enqueue(lambda: self._try(rules, form, voice, tries + 1, token), pause)

    async def _post(
        self,
        rules: CallbackRules,
        form: Form,
        voice: bool,
        token: str,
        signing: Signing = Signing.GENUINE,
    ) -> WebhookAnswer:
        assert self._session is not None, "start() first"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
        }
        if signing is not Signing.NONE:
            key = self._token if signing is Signing.GENUINE else WRONG_TOKEN
            headers["X-Twilio-Signature"] = sign(_signed_url(rules.url, voice), form, key)
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        try:
            async with self._session.post(
                URL(rules.url, encoded=True),
                data=_body(form),
                headers=headers,
                timeout=_timeout(rules.total, rules.connect),
                allow_redirects=False,
            ) as answer:
                return WebhookAnswer(answer.status, await answer.text("utf-8", "replace"))
        except ClientConnectorError:
            return WebhookAnswer(None, connected=False)
        except (ClientError, TimeoutError, OSError, ValueError):
            return WebhookAnswer(None)


def _body(form: Form) -> bytes:
    return "&".join([f"{name}={_quoted(value)}" for name, value in form]).encode()


# Names and most values are the same for all receipts of a run.
@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    return quote_plus(text, errors="replace")


@lru_cache(maxsize=64)
def _timeout(total: float, connect: float) -> ClientTimeout:
    return ClientTimeout(total=total, connect=connect)


def _signed_url(url: str, voice: bool) -> str:
    """Calls over https are signed without the port, messages with it (Twilio docs, security)."""
    parts = urlsplit(url)
    if voice and parts.scheme == "https" and parts.port:
        return parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()
    return url
