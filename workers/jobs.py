"""The jobs a bell may start. Each is a door: ids in, one function called."""

from uuid import UUID

from hub.db import unit_of_work
from hub.metrics import deliveries_taken
from messaging import dispatch
from messaging import fan_out as fanning
from workers import warm


def fan_out(broadcast_id: str) -> None:
    """Make the deliveries of a released broadcast."""
    with unit_of_work() as session:
        fanning.fan_out(session, UUID(broadcast_id))


def deliver_chunk(broadcast_id: str, chunk: int) -> None:
    """Send what is due of one chunk."""
    taken = warm.run(lambda carriers: dispatch.deliver_chunk(carriers, UUID(broadcast_id), chunk))
    deliveries_taken.inc(taken)
