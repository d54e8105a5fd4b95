"""Whether a plan names somebody as a sender: by the role in which he reaches the partnership."""

from hub.access import POLICY, Action, Actor, Appointed
from hub.roles import Role, ScopeKind
from partnerships.models import Partnership, PlanRule

# Who stands in for whom: a plan that names the one has named the other.
_STANDS_IN_FOR = {
    Role.DEPUTY_OFFICER: Role.MANDATED_OFFICER,
    Role.CO_COORDINATOR: Role.COORDINATOR,
}


def names(rule: PlanRule | None, actor: Actor, partnership: Partnership, action: Action) -> bool:
    """Whether the agreed rule lets ``actor`` do ``action`` for this partnership.

    Where nothing was agreed on a kind of message, nobody sends it.
    """
    if rule is None:
        return False
    held = {
        one.role
        for one in actor.appointments
        if action in POLICY[one.role] and _covers(one, partnership)
    }
    return any(role in rule.sent_by or _STANDS_IN_FOR.get(role) in rule.sent_by for role in held)


def _covers(held: Appointed, partnership: Partnership) -> bool:
    scope_ids = {
        ScopeKind.POLICE_ZONE: partnership.police_zone_id,
        ScopeKind.MUNICIPALITY: partnership.municipality_id,
        ScopeKind.PARTNERSHIP: partnership.id,
        ScopeKind.INSTALLATION: held.scope_id,
    }
    return scope_ids[held.scope_kind] == held.scope_id
