"""Between the carrier and our webhooks: receipts late, twice, in another order, or never."""

import asyncio
import random

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from benchmarks.drill.lines import Network

# As the carrier: five more tries, with growing pauses.
_TRIES = 6
_FIRST_PAUSE = 0.2
_CARRIED = ("Content-Type", "X-Twilio-Signature", "I-Twilio-Idempotency-Token")


class Postman:
    """Takes what the carrier posts and brings it to the hub in his own way."""

    def __init__(self, network: Network, hub_port: int) -> None:
        self._network = network
        self._hub = f"http://127.0.0.1:{hub_port}"
        self._under_way: set[asyncio.Task[None]] = set()
        self.mend()
        self.port = network.run(self._start())

    def mend(self) -> None:
        """Bring everything at once, once."""
        self.longest_delay = 0.0
        self.doubles = 0.0
        self.loses = 0.0

    async def _start(self) -> int:
        self._session = ClientSession(timeout=ClientTimeout(total=15))
        application = web.Application(client_max_size=1 << 20)
        application.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        port: int = self._runner.addresses[0][1]
        return port

    def stop(self) -> None:
        """Drop what is under way."""
        self._network.run(self._stop())

    async def _stop(self) -> None:
        for task in list(self._under_way):
            task.cancel()
        await self._runner.cleanup()
        await self._session.close()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in _CARRIED if name in request.headers}
        if "/status/" not in request.path:
            return await self._pass_on(request.path_qs, body, headers)
        if random.random() >= self.loses:
            for _copy in range(2 if random.random() < self.doubles else 1):
                task = asyncio.ensure_future(self._bring(request.path_qs, body, headers))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
        return web.Response(status=204)

    async def _bring(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        await asyncio.sleep(random.uniform(0, self.longest_delay))
        for number in range(_TRIES):
            if (await self._post(path, body, headers)) < 300:
                return
            await asyncio.sleep(_FIRST_PAUSE * 2**number)

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        try:
            async with self._session.post(self._hub + path, data=body, headers=headers) as answer:
                await answer.read()
                return answer.status
        except (ClientError, TimeoutError, OSError):
            return 599

    async def _pass_on(self, path: str, body: bytes, headers: dict[str, str]) -> web.Response:
        try:
            async with self._session.post(self._hub + path, data=body, headers=headers) as answer:
                content = await answer.read()
                kind = answer.headers.get("Content-Type", "text/plain")
                return web.Response(
                    body=content, status=answer.status, headers={"Content-Type": kind}
                )
        except (ClientError, TimeoutError, OSError):
            return web.Response(status=502)
