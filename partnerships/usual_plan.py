"""The plan that goes without saying: what a new partnership starts from until another is agreed."""

from uuid import UUID

from hub.access import Role
from partnerships.models import COLD_KINDS, BroadcastKind, Channel, PlanChannel, PlanRule

_POLICE = (Role.DISPATCHER, Role.MANDATED_OFFICER)
_AUTHORS_OF_COLD = (*_POLICE, Role.PREVENTION_OFFICER)
# Text first: it is read in seconds. A call reaches who has a land line; mail costs nothing.
_URGENT_WAYS = (Channel.SMS, Channel.VOICE, Channel.EMAIL)
# What may wait goes by mail first; nobody is called for it.
_COLD_WAYS = (Channel.EMAIL, Channel.SMS)


def usual_rules(plan_id: UUID) -> list[PlanRule]:
    """Police alone alert (R21); what is not urgent goes through the coordinator (R26), by day."""
    return [
        PlanRule(
            communication_plan_id=plan_id,
            kind=kind,
            sent_by=list(_AUTHORS_OF_COLD if kind in COLD_KINDS else _POLICE),
            needs_relay=kind in COLD_KINDS,
            keeps_quiet_hours=kind in COLD_KINDS,
        )
        for kind in BroadcastKind
    ]


def usual_channels(plan_id: UUID) -> list[PlanChannel]:
    """The ways of each kind, in their order."""
    return [
        PlanChannel(communication_plan_id=plan_id, kind=kind, channel=channel, position=position)
        for kind in BroadcastKind
        for position, channel in enumerate(
            _COLD_WAYS if kind in COLD_KINDS else _URGENT_WAYS, start=1
        )
    ]
