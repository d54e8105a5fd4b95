"""What no partners can agree on, and what they should think about once more."""

from collections.abc import Iterator

from hub import clock
from hub.access import Role
from hub.errors import FieldProblem
from hub.i18n import mark
from partnerships.models import COLD_KINDS, BroadcastKind, Channel
from partnerships.plan_content import KindRules, PlanContent

LEAST_ESCALATION, MOST_ESCALATION = 30, 3600
MOST_CALL_TRIES = 5
MOST_FEEDBACK_HOURS = 720
MOST_RELAY_HOURS = 336
MOST_PEOPLE = 1_000_000

_LONG_ESCALATION = 15 * 60
_LONG_FEEDBACK_HOURS = 7 * 24
_FEW_PEOPLE = 10

# Who may be named as a sender. Judging what happened and calling the partnerships is for police
# alone (domain.md 2b); a deputy stands in for his officer and is not named apart.
_POLICE = (Role.DISPATCHER, Role.MANDATED_OFFICER)
SENDERS = {
    kind: (*_POLICE, Role.PREVENTION_OFFICER) if kind in COLD_KINDS else _POLICE
    for kind in BroadcastKind
}
# WhatsApp carries nothing urgent.
CHANNELS = {
    kind: tuple(Channel)
    if kind in COLD_KINDS
    else tuple(one for one in Channel if one is not Channel.WHATSAPP)
    for kind in BroadcastKind
}


def problems(content: PlanContent) -> list[FieldProblem]:
    """Everything that makes this plan impossible, by field."""
    return [
        *(one for kind, rules in content.kinds.items() for one in _problems_of(kind, rules)),
        *_number_problems(content),
        *_time_problems(content),
        *_relay_problems(content),
    ]


def _relay_problems(content: PlanContent) -> Iterator[FieldProblem]:
    if content.relay_deputy_hours <= content.relay_reminder_hours:
        problem = mark("His deputy is asked after he was reminded: give more hours.")
        yield FieldProblem("relay_deputy_hours", problem)
    if content.relay_overdue_hours <= content.relay_deputy_hours:
        problem = mark("It is overdue after the deputy was asked: give more hours.")
        yield FieldProblem("relay_overdue_hours", problem)


def _problems_of(kind: BroadcastKind, rules: KindRules) -> Iterator[FieldProblem]:
    senders = f"kinds.{kind}.sent_by"
    # Feedback has no ways of its own.
    if kind is not BroadcastKind.FEEDBACK:
        yield from _way_problems(kind, rules)
    if not set(rules.sent_by) <= set(SENDERS[kind]):
        yield FieldProblem(senders, mark("This role cannot send messages of this kind."))
    if not rules.sent_by and (rules.channels or kind is BroadcastKind.FEEDBACK):
        yield FieldProblem(senders, mark("Say who may send it."))
    if rules.needs_relay and kind not in COLD_KINDS:
        problem = mark("What is urgent goes straight to the members.")
        yield FieldProblem(f"kinds.{kind}.needs_relay", problem)
    if rules.rings_in_closed_hours and kind is not BroadcastKind.URGENT_ALERT:
        problem = mark("Only an urgent alert may ring in hours a member closed.")
        yield FieldProblem(f"kinds.{kind}.rings_in_closed_hours", problem)


def _way_problems(kind: BroadcastKind, rules: KindRules) -> Iterator[FieldProblem]:
    ways = f"kinds.{kind}.channels"
    if len(set(rules.channels)) < len(rules.channels):
        yield FieldProblem(ways, mark("The same way is there twice."))
    if not set(rules.channels) <= set(CHANNELS[kind]):
        yield FieldProblem(ways, mark("WhatsApp carries nothing urgent. Choose another way."))
    if kind is BroadcastKind.URGENT_ALERT and not rules.channels:
        yield FieldProblem(ways, mark("An urgent alert needs at least one way."))


def _number_problems(content: PlanContent) -> Iterator[FieldProblem]:
    limits = (
        ("escalate_after_seconds", LEAST_ESCALATION, MOST_ESCALATION),
        ("call_tries", 1, MOST_CALL_TRIES),
        ("feedback_within_hours", 1, MOST_FEEDBACK_HOURS),
        ("relay_reminder_hours", 1, MOST_RELAY_HOURS),
        ("relay_deputy_hours", 1, MOST_RELAY_HOURS),
        ("relay_overdue_hours", 1, MOST_RELAY_HOURS),
        ("second_person_above", 1, MOST_PEOPLE),
    )
    for name, least, most in limits:
        number: int | None = getattr(content, name)
        if number is not None and not least <= number <= most:
            problem = mark("A number from {least} to {most}.")
            yield FieldProblem(name, problem, (("least", least), ("most", most)))


def _time_problems(content: PlanContent) -> Iterator[FieldProblem]:
    if content.messages_from >= content.messages_until:
        problem = mark("No message could ever leave: this must be later than the beginning.")
        yield FieldProblem("messages_until", problem)
    if content.second_person_at_night and content.night_from == content.night_until:
        problem = mark("There is no night between these times.")
        yield FieldProblem("night_until", problem)
    if content.review_on is not None and content.review_on <= clock.in_brussels(clock.now()).date():
        yield FieldProblem("review_on", mark("Choose a day that is still to come."))


def warnings(content: PlanContent) -> list[FieldProblem]:
    """What can be agreed on but is odd, by field."""
    alert = content.kinds[BroadcastKind.URGENT_ALERT]
    return [
        *_alert_warnings(alert),
        *(
            one
            for kind in BroadcastKind
            if kind in COLD_KINDS
            for one in _cold_warnings(kind, content.kinds[kind])
        ),
        *_number_warnings(content),
    ]


def _alert_warnings(rules: KindRules) -> Iterator[FieldProblem]:
    field = f"kinds.{BroadcastKind.URGENT_ALERT}.channels"
    if set(rules.channels) == {Channel.EMAIL}:
        problem = mark("By email alone an alert is read hours later. Add texts or calls.")
        yield FieldProblem(field, problem)
    elif rules.channels and Channel.VOICE not in rules.channels:
        problem = mark("Without calls, members who only have a land line get no alert.")
        yield FieldProblem(field, problem)
    if rules.keeps_quiet_hours:
        problem = mark("An urgent alert that waits for the morning may come too late.")
        yield FieldProblem(f"kinds.{BroadcastKind.URGENT_ALERT}.keeps_quiet_hours", problem)


def _cold_warnings(kind: BroadcastKind, rules: KindRules) -> Iterator[FieldProblem]:
    if not rules.channels:
        problem = mark("Without a way, nobody gets messages of this kind.")
        yield FieldProblem(f"kinds.{kind}.channels", problem)
    if Channel.VOICE in rules.channels:
        problem = mark("Members are called for something that can wait.")
        yield FieldProblem(f"kinds.{kind}.channels", problem)
    if rules.channels and not rules.keeps_quiet_hours:
        problem = mark("Members may be disturbed at night for something that can wait.")
        yield FieldProblem(f"kinds.{kind}.keeps_quiet_hours", problem)


def _number_warnings(content: PlanContent) -> Iterator[FieldProblem]:
    if content.escalate_after_seconds > _LONG_ESCALATION:
        problem = mark("This is long for somebody in danger.")
        yield FieldProblem("escalate_after_seconds", problem)
    if content.feedback_within_hours > _LONG_FEEDBACK_HOURS:
        problem = mark("After more than a week nobody remembers the alert.")
        yield FieldProblem("feedback_within_hours", problem)
    if content.second_person_above is not None and content.second_person_above < _FEW_PEOPLE:
        problem = mark("Almost every alert will wait for a second person.")
        yield FieldProblem("second_person_above", problem)
    if content.review_on is None:
        problem = mark("Without a day, nobody is reminded to look at the plan again.")
        yield FieldProblem("review_on", problem)
