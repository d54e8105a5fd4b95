"""How a text fares after it was accepted, and what the hub is told about it."""

from functools import partial

from channels.simulator import whatsapp
from channels.simulator.faults import ORDINARY, SENT, SMS_FAULTS, Step, last_digits
from channels.simulator.knobs import Forgery, ReceiptOrder
from channels.simulator.records import Message, now
from channels.simulator.webhooks import Form, Signing
from channels.simulator.world import World

_RANK = {"accepted": 0, "queued": 0, "sent": 1}  # every other status is the end
_FORGED = Step("undelivered", 30005)
_FORGED_SIGNING = {
    Forgery.UNSIGNED: Signing.NONE,
    Forgery.WRONG_TOKEN: Signing.WRONG_TOKEN,
}


def plan(world: World, message: Message) -> tuple[Step, ...]:
    """The receipts that this text will get, in the order of their coming."""
    steps = _fate(world, message)
    if message.service:
        # Only a Messaging Service reports "queued": without one it is the answer's own status.
        steps = (Step("queued"), *steps)
    knobs = world.knobs
    if knobs.receipts_order is ReceiptOrder.REVERSED:
        steps = steps[::-1]
    elif knobs.receipts_order is ReceiptOrder.SHUFFLED:
        steps = world.chance.shuffled(steps)
    return tuple(one for one in steps for _ in (1, 2)) if knobs.receipts_doubled else steps


def _fate(world: World, message: Message) -> tuple[Step, ...]:
    """How the text fares: as its magic number says, else by chance badly, else well."""
    fault = SMS_FAULTS.get(last_digits(message.to))
    if fault and fault.steps is not None:
        return fault.steps
    if world.chance.happens(world.knobs.percent_undelivered):
        world.counts["undelivered"] += 1
        return (SENT, Step("undelivered", world.knobs.undelivered_code))
    return whatsapp.steps(message) if message.prefix else ORDINARY


def schedule(world: World, message: Message) -> None:
    """Let the receipts come by themselves."""
    steps = plan(world, message)
    wait = world.knobs.receipts_late_seconds + (steps[0].wait if steps else 0)
    if wait or _is_to_be_told(world, message):
        world.webhooks.enqueue(partial(report, world, message, steps), wait)
    else:
        for step in steps:
            _move(message, step)


def _is_to_be_told(world: World, message: Message) -> bool:
    knobs = world.knobs
    wanted = knobs.receipts or knobs.receipts_forged is not Forgery.OFF
    return wanted and bool(message.callback)


async def report(world: World, message: Message, steps: tuple[Step, ...]) -> None:
    """Go through the steps one after the other, posting a receipt for each."""
    for step in steps:
        _move(message, step)
        if not message.callback or not step.posted:
            continue
        if world.tells_the_hub():
            form = _form(world.settings.account_sid, message, step)
            await world.webhooks.notify(message.callback, form)
        await _forge(world, message)


def _move(message: Message, step: Step) -> None:
    """What the lists show: a receipt that comes late does not undo a later one."""
    if _RANK.get(step.status, 2) >= _RANK.get(message.status, 2):
        message.status, message.code = step.status, step.code


async def _forge(world: World, message: Message) -> None:
    signing = _FORGED_SIGNING.get(world.knobs.receipts_forged)
    if signing is not None:
        form = _form(world.settings.account_sid, message, _FORGED)
        await world.webhooks.forge(message.callback, form, signing)
        world.counts["forged"] += 1


def _form(account_sid: str, message: Message, step: Step) -> Form:
    form = [
        ("AccountSid", account_sid),
        ("ApiVersion", "2010-04-01"),
        ("From", message.prefix + message.sender),
        ("MessageSid", message.sid),
        ("MessageStatus", step.status),
        ("SmsSid", message.sid),
        ("SmsStatus", step.status),
        ("To", message.prefix + message.to),
    ]
    if message.service:
        form.append(("MessagingServiceSid", message.service))
    if step.code is not None:
        form.append(("ErrorCode", str(step.code)))
    if step.status in ("delivered", "undelivered"):
        form.append(("RawDlrDoneDate", now().strftime("%y%m%d%H%M")))
    return form
