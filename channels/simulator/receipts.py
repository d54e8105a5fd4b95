"""How a text fares after it was accepted, and what the hub is told about it."""

from functools import partial

from channels.simulator.faults import ORDINARY, SMS_FAULTS, Step, last_digits
from channels.simulator.records import Message, now
from channels.simulator.webhooks import Form
from channels.simulator.world import World


def plan(message: Message) -> tuple[Step, ...]:
    """The receipts that this text will get, in order."""
    fault = SMS_FAULTS.get(last_digits(message.to))
    steps = fault.steps if fault and fault.steps is not None else ORDINARY
    # Only a Messaging Service reports "queued": without one it is the answer's own status.
    return (Step("queued"), *steps) if message.service else steps


def schedule(world: World, message: Message) -> None:
    """Let the receipts come by themselves."""
    steps = plan(message)
    world.webhooks.enqueue(partial(report, world, message, steps), steps[0].wait if steps else 0)


async def report(world: World, message: Message, steps: tuple[Step, ...]) -> None:
    """Go through the steps one after the other, posting a receipt for each."""
    for step in steps:
        message.status, message.code = step.status, step.code
        if step.posted and world.knobs.receipts and message.callback:
            form = _form(world.settings.account_sid, message, step)
            await world.webhooks.notify(message.callback, form)


def _form(account_sid: str, message: Message, step: Step) -> Form:
    form = [
        ("AccountSid", account_sid),
        ("ApiVersion", "2010-04-01"),
        ("From", message.sender),
        ("MessageSid", message.sid),
        ("MessageStatus", step.status),
        ("SmsSid", message.sid),
        ("SmsStatus", step.status),
        ("To", message.to),
    ]
    if message.service:
        form.append(("MessagingServiceSid", message.service))
    if step.code is not None:
        form.append(("ErrorCode", str(step.code)))
    if step.status in ("delivered", "undelivered"):
        form.append(("RawDlrDoneDate", now().strftime("%y%m%d%H%M")))
    return form
