"""The carriers' stand-in: a real HTTP server with Twilio's API, and an SMTP server, in memory."""

from channels.simulator.knobs import Knobs
from channels.simulator.server import Simulator, run, serve
from channels.simulator.settings import SimulatorSettings

__all__ = ["Knobs", "Simulator", "SimulatorSettings", "run", "serve"]
