"""A running simulator, a hub's doors that write down what comes in, and an account with both."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from channels.signature import verify
from channels.simulator import Simulator, SimulatorSettings
from channels.simulator.client import SimulatorClient
from channels.twilio_http import TwilioAccount

SID, TOKEN, SENDER = "AC" + "0" * 32, "not-a-real-token", "+32460111111"


class Loop:
    """An event loop in a thread of its own, as another process would be."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class Hub:
    """What the hub's doors got, and what they answer."""

    received: list[dict[str, str]] = field(default_factory=list)
    genuine: list[bool] = field(default_factory=list)
    status: int = 200
    answer: str = "<Response/>"
    base: str = ""

    async def take(self, request: web.Request) -> web.Response:
        form = parse_qsl((await request.read()).decode(), keep_blank_values=True)
        signature = request.headers.get("X-Twilio-Signature")
        self.genuine.append(verify(self.base + request.path_qs, form, signature, [TOKEN]))
        self.received.append(dict(form))
        return web.Response(status=self.status, text=self.answer, content_type="text/xml")

    def statuses(self, sid: str) -> list[str]:
        return [
            form.get("MessageStatus") or form.get("CallStatus", "")
            for form in self.received
            if sid in (form.get("MessageSid"), form.get("CallSid"))
        ]


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.end()


@pytest.fixture(scope="session")
def running_hub(loop: Loop) -> Iterator[Hub]:
    hub = Hub()
    application = web.Application()
    application.router.add_post("/{door:.*}", hub.take)
    runner = web.AppRunner(application, shutdown_timeout=0.2)
    loop.do(runner.setup())
    loop.do(web.TCPSite(runner, "127.0.0.1", 0).start())
    hub.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield hub
    loop.do(runner.cleanup())


@pytest.fixture(scope="session")
def simulator(loop: Loop, running_hub: Hub) -> Iterator[Simulator]:
    inbound = running_hub.base + "/inbound"
    simulator = Simulator(SimulatorSettings("127.0.0.1", 0, 0, SID, TOKEN, inbound, SENDER))
    loop.do(simulator.start())
    yield simulator
    loop.do(simulator.stop())


@pytest.fixture
def carrier(simulator: Simulator) -> Iterator[SimulatorClient]:
    carrier = SimulatorClient(f"http://127.0.0.1:{simulator.port}")
    yield carrier
    carrier.reset()


@pytest.fixture
def hub(running_hub: Hub) -> Hub:
    running_hub.received.clear()
    running_hub.genuine.clear()
    running_hub.status, running_hub.answer = 200, "<Response/>"
    return running_hub


@pytest.fixture
def account(simulator: Simulator, carrier: SimulatorClient) -> TwilioAccount:
    return TwilioAccount(f"http://127.0.0.1:{simulator.port}", SID, TOKEN, SENDER)


@pytest.fixture
def soon() -> Callable[[Callable[[], bool]], None]:
    """Wait until something is true, five seconds at most."""

    def wait(test: Callable[[], bool]) -> None:
        end = time.monotonic() + 5
        while not test():
            assert time.monotonic() < end, "it did not happen within five seconds"
            time.sleep(0.01)

    return wait
