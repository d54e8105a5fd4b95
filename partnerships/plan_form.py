"""What people type into the form of a communication plan, and what it stands for."""

from collections.abc import Callable
from datetime import date, time
from typing import TypeVar

from hub.access import Role
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.forms import Form
from partnerships import plan_checks
from partnerships.models import BroadcastKind, Channel, ReportingRoute, SignatoryCapacity
from partnerships.plan_agreement import Agreement, Signed
from partnerships.plan_content import KindRules, PlanContent, with_feedback_ways

T = TypeVar("T")
Typed = dict[str, str | list[str]]

_ON = "yes"


def places(kind: BroadcastKind) -> range:
    """The numbered choices of ways that the form offers for this kind."""
    return range(1, len(plan_checks.CHANNELS[kind]) + 1)


def typed_of(content: PlanContent) -> Typed:
    """The form as it stands when it is opened on this content."""
    typed: Typed = {
        "messages_from": content.messages_from.strftime("%H:%M"),
        "messages_until": content.messages_until.strftime("%H:%M"),
        "messages_on_sundays": _tick(content.messages_on_sundays),
        "messages_on_holidays": _tick(content.messages_on_holidays),
        "night_from": content.night_from.strftime("%H:%M"),
        "night_until": content.night_until.strftime("%H:%M"),
        "second_person_at_night": _tick(content.second_person_at_night),
        "second_person_above": str(content.second_person_above or ""),
        "alone_with_reason": _tick(content.alone_with_reason),
        "escalate_after_seconds": str(content.escalate_after_seconds),
        "call_tries": str(content.call_tries),
        "feedback_within_hours": str(content.feedback_within_hours),
        "relay_reminder_hours": str(content.relay_reminder_hours),
        "relay_deputy_hours": str(content.relay_deputy_hours),
        "relay_overdue_hours": str(content.relay_overdue_hours),
        "reviews_coordinator": _tick(content.reviews_coordinator),
        "reporting_route": content.reporting_route.value,
        "review_on": content.review_on.isoformat() if content.review_on else "",
    }
    for kind, rules in content.kinds.items():
        key = f"kinds.{kind}"
        for place in places(kind):
            chosen = rules.channels[place - 1] if place <= len(rules.channels) else ""
            typed[f"{key}.way{place}"] = str(chosen)
        typed[f"{key}.sent_by"] = [str(role) for role in rules.sent_by]
        typed[f"{key}.needs_relay"] = _tick(rules.needs_relay)
        typed[f"{key}.keeps_quiet_hours"] = _tick(rules.keeps_quiet_hours)
        typed[f"{key}.rings_in_closed_hours"] = _tick(rules.rings_in_closed_hours)
    return typed


def _tick(value: bool) -> str:
    return _ON if value else ""


def typed_in(form: Form, content: PlanContent) -> Typed:
    """What was typed, field by field, to be shown again. ``content`` gives the names of fields."""
    return {
        name: form.all(name) if isinstance(before, list) else form.text(name)
        for name, before in typed_of(content).items()
    }


class _Reader:
    """Reads fields one by one and keeps what is wrong with each."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self.problems: list[FieldProblem] = []

    def read(self, name: str, take: Callable[[str], T], otherwise: T, problem: str) -> T:
        """The value of a field, or ``otherwise`` with its problem noted."""
        try:
            return take(self._form.text(name).strip())
        except ValueError:
            self.problems.append(FieldProblem(name, problem))
            return otherwise

    def number(self, name: str, otherwise: int) -> int:
        return self.read(name, int, otherwise, mark("Give a whole number."))

    def time(self, name: str, otherwise: time) -> time:
        return self.read(name, _clock_time, otherwise, mark("Give a time such as 08:00."))

    def is_ticked(self, name: str) -> bool:
        return self._form.text(name) == _ON

    def day(self, name: str) -> date | None:
        problem = mark("Give a day such as 31/12/2027.")
        return self.read(name, lambda typed: _day(typed) if typed else None, None, problem)


def _clock_time(typed: str) -> time:
    return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None)


def _day(typed: str) -> date:
    """A day as a browser sends it, or as a Belgian types it where there is no calendar."""
    if "/" in typed:
        day, month, year = (int(part) for part in typed.split("/"))
        return date(year, month, day)
    return date.fromisoformat(typed)


def content_in(form: Form, before: PlanContent) -> PlanContent:
    """The plan that was typed. Raises ``BadInput`` naming every field that cannot be taken."""
    reader = _Reader(form)
    kinds = {kind: _kind_rules(form, reader, kind) for kind in BroadcastKind}
    above = mark("Give a whole number, or nothing.")
    content = PlanContent(
        kinds=with_feedback_ways(kinds),
        messages_from=reader.time("messages_from", before.messages_from),
        messages_until=reader.time("messages_until", before.messages_until),
        messages_on_sundays=reader.is_ticked("messages_on_sundays"),
        messages_on_holidays=reader.is_ticked("messages_on_holidays"),
        night_from=reader.time("night_from", before.night_from),
        night_until=reader.time("night_until", before.night_until),
        second_person_at_night=reader.is_ticked("second_person_at_night"),
        second_person_above=reader.read("second_person_above", _number_or_none, None, above),
        alone_with_reason=reader.is_ticked("alone_with_reason"),
        escalate_after_seconds=reader.number(
            "escalate_after_seconds", before.escalate_after_seconds
        ),
        call_tries=reader.number("call_tries", before.call_tries),
        feedback_within_hours=reader.number("feedback_within_hours", before.feedback_within_hours),
        relay_reminder_hours=reader.number("relay_reminder_hours", before.relay_reminder_hours),
        relay_deputy_hours=reader.number("relay_deputy_hours", before.relay_deputy_hours),
        relay_overdue_hours=reader.number("relay_overdue_hours", before.relay_overdue_hours),
        reviews_coordinator=reader.is_ticked("reviews_coordinator"),
        reporting_route=reader.read(
            "reporting_route", ReportingRoute, before.reporting_route, mark("Choose one of these.")
        ),
        review_on=reader.day("review_on"),
    )
    unread = {one.field for one in reader.problems}
    found = [one for one in plan_checks.problems(content) if one.field not in unread]
    if reader.problems or found:
        raise BadInput(*reader.problems, *found)
    return content


def _number_or_none(typed: str) -> int | None:
    return int(typed) if typed else None


def _kind_rules(form: Form, reader: _Reader, kind: BroadcastKind) -> KindRules:
    key = f"kinds.{kind}"
    return KindRules(
        channels=_ways(form, reader, kind),
        sent_by=tuple(role for role in Role if role in form.all(f"{key}.sent_by")),
        needs_relay=reader.is_ticked(f"{key}.needs_relay"),
        keeps_quiet_hours=reader.is_ticked(f"{key}.keeps_quiet_hours"),
        rings_in_closed_hours=reader.is_ticked(f"{key}.rings_in_closed_hours"),
    )


def _ways(form: Form, reader: _Reader, kind: BroadcastKind) -> tuple[Channel, ...]:
    """The ways in their order; a place left open is no place."""
    key = f"kinds.{kind}"
    typed = [form.text(f"{key}.way{place}") for place in places(kind)]
    try:
        return tuple(Channel(one) for one in typed if one)
    except ValueError:
        reader.problems.append(FieldProblem(f"{key}.channels", mark("Choose one of these.")))
        return ()


def agreement_in(form: Form) -> Agreement:
    """Who signed and from when, as typed. Raises ``BadInput`` for what is no day or no moment."""
    reader = _Reader(form)
    signatures = [
        Signed(
            capacity,
            form.text(f"signatures.{capacity}.name"),
            reader.day(f"signatures.{capacity}.signed_on"),
        )
        for capacity in SignatoryCapacity
    ]
    problems = list(reader.problems)
    moment = None
    if form.text("in_force_from").strip():
        try:
            moment = form.moment("in_force_from")
        except BadInput as refusal:
            problems += refusal.problems
    if problems:
        raise BadInput(*problems)
    return Agreement(signatures, moment)
