"""How the simulator starts and stops."""

import asyncio
import signal
import sys
from collections.abc import Callable
from functools import partial

from aiohttp import web
from aiosmtpd.smtp import SMTP

from channels.simulator.call_life import CallLife
from channels.simulator.calls import Calls
from channels.simulator.control import Control
from channels.simulator.messages import Messages
from channels.simulator.settings import SimulatorSettings
from channels.simulator.world import World, new_world

MAX_REQUEST_BYTES = 64 * 1024


class Simulator:
    """Both servers on one event loop. `port` and `smtp_port` are the real ones once started."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._settings = settings
        self._world = new_world(settings)
        self._runner = web.AppRunner(
            _application(self._world), access_log=None, shutdown_timeout=0.5
        )
        self._smtp: asyncio.Server | None = None
        self.port = settings.port
        self.smtp_port = settings.smtp_port

    async def start(self) -> None:
        """Listen. Raises OSError if a port is taken."""
        await self._world.webhooks.start()
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._settings.host, self._settings.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._smtp = await asyncio.get_running_loop().create_server(
            partial(SMTP, self._world.mailboxes, hostname="simulator", enable_SMTPUTF8=True),
            self._settings.host,
            self._settings.smtp_port,
        )
        self.smtp_port = self._smtp.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close both servers and drop what was still to be posted."""
        if self._smtp is not None:
            self._smtp.close()
        await self._world.webhooks.stop()
        await self._runner.cleanup()


async def serve(
    settings: SimulatorSettings,
    stop: asyncio.Event,
    ready: Callable[[Simulator], None] | None = None,
) -> None:
    """Run until `stop` is set; `ready` is called once both ports listen."""
    simulator = Simulator(settings)
    try:
        await simulator.start()
        if ready is not None:
            ready(simulator)
        await stop.wait()
    finally:
        await simulator.stop()


def run(settings: SimulatorSettings) -> None:
    """Run until SIGTERM or SIGINT; prints nothing."""
    if sys.platform != "win32":
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_told(settings))
    else:
        asyncio.run(_until_told(settings))


async def _until_told(settings: SimulatorSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(settings, stop)


def _application(world: World) -> web.Application:
    life = CallLife(world)
    application = web.Application(client_max_size=MAX_REQUEST_BYTES)
    application.add_routes(Messages(world).routes())
    application.add_routes(Calls(world, life).routes())
    application.add_routes(Control(world, life).routes())
    return application
