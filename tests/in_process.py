"""The application in this very process, behind the same HTTP: no server is started for it."""

import asyncio
from functools import lru_cache

import httpx
from fastapi import FastAPI

from hub.app import create_app
from hub.config import settings
from hub.db import unit_of_work
from partnerships import accounts
from tests.running_hub import Api, Visitor


@lru_cache
def _application() -> FastAPI:
    # Its routes are put together at its first request: once is enough.
    return create_app()


class _InProcess(httpx.BaseTransport):
    """Hands each request to the application and waits for the whole answer."""

    def __init__(self, place: str) -> None:
        self._app = httpx.ASGITransport(_application(), client=(place, 40_000))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        content = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)


def client(path: str = "", place: str = "127.0.0.1", **headers: str) -> httpx.Client:
    """Speaks to the application over the database that the settings name now, from an address of
    the internet."""
    return httpx.Client(
        transport=_InProcess(place), base_url=settings().base_url + path, headers=headers
    )


def signed_in(email: str, password: str, language: str = "en") -> Visitor:
    """The pages, for somebody who has signed in and reads ``language``."""
    visitor = Visitor(client())
    visitor.post("/sign-in", email=email, password=password)
    visitor.get(f"/language/{language}")
    return visitor


def api(email: str) -> Api:
    """The JSON door, with a new token of this account."""
    with unit_of_work() as session:
        account = accounts.by_email(session, email)
        assert account
        token = accounts.create_token(session, account, "test")
    return Api(client("/api/v1", Authorization=f"Bearer {token}"))
