"""What a version of a communication plan says, as one value: read, stored, and put in a seal."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, delete, select

from hub import clock
from hub.access import Role
from partnerships.models import (
    BroadcastKind,
    Channel,
    CommunicationPlan,
    PlanChannel,
    PlanRule,
    ReportingRoute,
)
from partnerships.usual_plan import usual_channels, usual_rules

_REVIEW_AFTER = timedelta(days=365)
# What a plan says since the first seals were printed. As it usually is, it stays out of the seal,
# so that papers signed before keep theirs.
_LATER = (
    "relay_reminder_hours",
    "relay_deputy_hours",
    "relay_overdue_hours",
    "reviews_coordinator",
)
_USUAL = CommunicationPlan()


@dataclass(frozen=True, slots=True)
class KindRules:
    """What is agreed on one kind of message. Without a channel it is not sent at all."""

    channels: tuple[Channel, ...]
    sent_by: tuple[Role, ...]
    needs_relay: bool = False
    keeps_quiet_hours: bool = False
    rings_in_closed_hours: bool = False


@dataclass(frozen=True, slots=True)
class PlanContent:
    """Everything the partners agree on; the columns of ``CommunicationPlan`` say what each is."""

    kinds: Mapping[BroadcastKind, KindRules]
    messages_from: time
    messages_until: time
    messages_on_sundays: bool
    messages_on_holidays: bool
    night_from: time
    night_until: time
    second_person_at_night: bool
    second_person_above: int | None
    alone_with_reason: bool
    escalate_after_seconds: int
    call_tries: int
    feedback_within_hours: int
    relay_reminder_hours: int
    relay_deputy_hours: int
    relay_overdue_hours: int
    reviews_coordinator: bool
    reporting_route: ReportingRoute
    review_on: date | None


def with_feedback_ways(
    kinds: Mapping[BroadcastKind, KindRules],
) -> dict[BroadcastKind, KindRules]:
    """The same with the alert's ways for feedback, which goes by the one that reached each."""
    alert, feedback = kinds[BroadcastKind.URGENT_ALERT], kinds[BroadcastKind.FEEDBACK]
    return {**kinds, BroadcastKind.FEEDBACK: replace(feedback, channels=alert.channels)}


COLUMNS = tuple(name for name in PlanContent.__dataclass_fields__ if name != "kinds")


def usual_content() -> PlanContent:
    """What goes without saying, until the partners of a zone agree on something else."""
    plan = CommunicationPlan()
    return _content(plan, usual_rules(plan.id), usual_channels(plan.id))


def content_of(session: Session, plan: CommunicationPlan) -> PlanContent:
    """What this version says."""
    rules = session.exec(select(PlanRule).where(PlanRule.communication_plan_id == plan.id))
    channels = session.exec(select(PlanChannel).where(PlanChannel.communication_plan_id == plan.id))
    return _content(plan, rules, channels)


def _content(
    plan: CommunicationPlan, rules: Iterable[PlanRule], channels: Iterable[PlanChannel]
) -> PlanContent:
    rule_of = {rule.kind: rule for rule in rules}
    in_order = sorted(channels, key=lambda one: one.position)
    kinds = {
        kind: _kind_rules(
            rule_of.get(kind), tuple(one.channel for one in in_order if one.kind == kind)
        )
        for kind in BroadcastKind
    }
    return PlanContent(kinds=kinds, **{name: getattr(plan, name) for name in COLUMNS})


def _kind_rules(rule: PlanRule | None, channels: tuple[Channel, ...]) -> KindRules:
    if rule is None:
        return KindRules(channels, ())
    return KindRules(
        channels,
        tuple(role for role in Role if role in rule.sent_by),
        rule.needs_relay,
        rule.keeps_quiet_hours,
        rule.rings_in_closed_hours,
    )


def next_review() -> date:
    """A year from today: a plan is looked at again every year (R48)."""
    return clock.in_brussels(clock.now()).date() + _REVIEW_AFTER


def store(session: Session, plan: CommunicationPlan, content: PlanContent) -> None:
    """Let a draft say this and nothing else."""
    for name in COLUMNS:
        setattr(plan, name, getattr(content, name))
    session.add(plan)
    session.flush()
    clear(session, plan)
    for kind, rules in content.kinds.items():
        session.add(_rule_row(plan.id, kind, rules))
        session.add_all(_channel_rows(plan.id, kind, rules))
    session.flush()


def clear(session: Session, plan: CommunicationPlan) -> None:
    """Take away what a draft says of each kind of message."""
    for table in (PlanRule, PlanChannel):
        session.exec(delete(table).where(col(table.communication_plan_id) == plan.id))


def _rule_row(plan_id: UUID, kind: BroadcastKind, rules: KindRules) -> PlanRule:
    return PlanRule(
        communication_plan_id=plan_id,
        kind=kind,
        sent_by=list(rules.sent_by),
        needs_relay=rules.needs_relay,
        keeps_quiet_hours=rules.keeps_quiet_hours,
        rings_in_closed_hours=rules.rings_in_closed_hours,
    )


def _channel_rows(plan_id: UUID, kind: BroadcastKind, rules: KindRules) -> list[PlanChannel]:
    return [
        PlanChannel(communication_plan_id=plan_id, kind=kind, channel=channel, position=position)
        for position, channel in enumerate(rules.channels, start=1)
    ]


def fingerprint(plan: CommunicationPlan, content: PlanContent) -> str:
    """The seal of a version: 64 hexadecimal digits that any change of its content would change.

    It is on the printed page, so that the paper that was signed and the version here can be held
    side by side.
    """
    said: dict[str, Any] = {
        name: value
        for name, value in asdict(content).items()
        if name not in _LATER or value != getattr(_USUAL, name)
    }
    said["kinds"] = {kind: asdict(rules) for kind, rules in sorted(content.kinds.items())}
    whose = str(plan.partnership_id or plan.default_of_zone_id)
    sealed = json.dumps([whose, plan.version, said], sort_keys=True, default=str)
    return hashlib.sha256(sealed.encode()).hexdigest()
