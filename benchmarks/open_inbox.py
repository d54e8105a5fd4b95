"""An officer's inbox, open in a browser that only looks: when each text was first on it."""

import asyncio
import time

import httpx
from sqlmodel import Session

from benchmarks.inbound_texts import MARK
from benchmarks.members import Zone
from hub.access import Role
from hub.db import unit_of_work
from hub.security import new_token
from partnerships import accounts
from tests.running_hub import Visitor

_EMAIL = "officer@bench.example"
# What the page of the inbox opens by itself.
_STREAM = "/inbox/events?show=all"


class OpenInbox:
    """``shown`` has the moment (``time.perf_counter``) at which each text was first there."""

    def __init__(self, url: str, cookies: httpx.Cookies) -> None:
        self._url, self._cookies = url, cookies
        self.shown: dict[int, float] = {}
        self.changes = 0
        self.is_open = asyncio.Event()

    async def look(self) -> None:
        """Read the stream until cancelled."""
        async with (
            httpx.AsyncClient(base_url=self._url, cookies=self._cookies, timeout=None) as http,  # noqa: S113 - a stream
            http.stream("GET", _STREAM) as answer,
        ):
            assert answer.status_code == 200, answer.status_code
            async for line in answer.aiter_lines():
                self._read(line)

    def _read(self, line: str) -> None:
        at = time.perf_counter()
        self.is_open.set()
        self.changes += line.startswith("event: replies")
        for found in MARK.finditer(line):
            self.shown.setdefault(int(found[1]), at)


def sign_in(url: str, zone: Zone) -> httpx.Cookies:
    """The cookies of a new officer of the zone who has signed in on the page."""
    password = new_token()
    with unit_of_work() as session:
        _officer(session, zone, password)
    with httpx.Client(base_url=url, timeout=20) as http:
        Visitor(http).post("/sign-in", email=_EMAIL, password=password)
        assert http.get("/inbox").status_code == 200, "the officer may not see the inbox"
        return http.cookies


def _officer(session: Session, zone: Zone, password: str) -> None:
    officer = accounts.create(session, email=_EMAIL, name="Officer", password=password)
    accounts.appoint(session, officer, Role.MANDATED_OFFICER, zone.police_zone_id)
