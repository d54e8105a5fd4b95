"""What is different about a WhatsApp message: its addresses, its template, its last receipt."""

import json

from channels.simulator.faults import DELIVERED, SENT, Step, last_digits
from channels.simulator.records import Message

PREFIX = "whatsapp:"
# The last digits of a number that WhatsApp does not know; an SMS to it arrives.
NOT_THERE = "38"
_READ = Step("read")
_UNKNOWN = Step("undelivered", 63024)
_NOT_ASKED_FOR = Step("failed", 63016)


def without_prefix(form: dict[str, str]) -> tuple[dict[str, str], str]:
    """The form with plain numbers, and the prefix they had."""
    prefix = PREFIX if form.get("To", "").startswith(PREFIX) else ""
    plain = {name: form[name].removeprefix(PREFIX) for name in ("To", "From") if name in form}
    return form | plain, prefix


def mixed_up(form: dict[str, str]) -> int | None:
    """The code for a recipient and a sender of different kinds."""
    sender = form.get("From", "")
    same = form.get("To", "").startswith(PREFIX) == sender.startswith(PREFIX)
    return 21910 if sender and not same else None


def template_text(form: dict[str, str]) -> str:
    """The text of a template whose only variable is the whole message; empty without a template."""
    try:
        return str(json.loads(form.get("ContentVariables", ""))["1"])
    except (ValueError, KeyError, TypeError):
        return ""


def wrong_template(form: dict[str, str]) -> int | None:
    """The code for a template that does not exist, or for what no template takes."""
    if not form.get("ContentSid"):
        return None
    if not form["ContentSid"].startswith("HX"):
        return 21655
    text = template_text(form)
    return 21656 if not text or set(text) & {"\n", "\t", "\r"} or " " * 5 in text else None


def steps(message: Message) -> tuple[Step, ...]:
    """Read at last; but nobody here ever wrote to us first, so free text is refused."""
    if not message.is_template:
        return (_NOT_ASKED_FOR,)
    return (SENT, _UNKNOWN) if last_digits(message.to) == NOT_THERE else (SENT, DELIVERED, _READ)
