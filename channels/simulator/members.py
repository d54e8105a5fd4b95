"""Members who text back by themselves, as the settings' script says."""

from collections.abc import Iterator
from functools import partial

from channels.simulator.chance import belongs
from channels.simulator.replies import reply
from channels.simulator.script import ScriptLine
from channels.simulator.world import World


def answer(world: World, number: str) -> None:
    """Let this phone answer a text that has just arrived, if anything says so."""
    for line in _lines(world, number):
        world.webhooks.enqueue(partial(_reply, world, number, line.text), line.after)


def _lines(world: World, number: str) -> Iterator[ScriptLine]:
    knobs = world.knobs
    if knobs.script:
        yield from knobs.lines.get(number, ())
    if knobs.reply_text and belongs(knobs.seed, number, knobs.reply_percent):
        yield ScriptLine(knobs.reply_after_seconds, knobs.reply_text)


async def _reply(world: World, number: str, text: str) -> None:
    await reply(world, number, text, None)
