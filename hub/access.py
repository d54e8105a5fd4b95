"""The one access policy: role x action x scope, everything else is refused.

Every route carries a rule (``allowed`` or ``open_to_all``); the application refuses to start with a
route that has none. Every query is cut to a ``Reach``, the scopes in which a person may do it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from fastapi import Depends, Request
from starlette.routing import BaseRoute

from hub import log
from hub.errors import NotAllowed, NotSignedIn
from hub.roles import SCOPE_OF_ROLE as SCOPE_OF_ROLE
from hub.roles import Role as Role
from hub.roles import ScopeKind as ScopeKind

_log = log.get(__name__)


class Action(StrEnum):
    SEE_HOME = "home.see"
    SEE_PARTNERSHIPS = "partnerships.see"
    SEE_INCIDENTS = "incidents.see"
    OPEN_INCIDENT = "incidents.open"
    COMPOSE_BROADCAST = "broadcasts.compose"
    SEND_BROADCAST = "broadcasts.send"
    SEE_BROADCASTS = "broadcasts.see"
    SEE_BROADCAST_SUMMARIES = "broadcasts.see_summaries"
    SEE_INBOX = "inbox.see"
    GIVE_FEEDBACK = "feedback.give"
    SEE_PLAN = "plan.see"
    USE_SIMULATOR = "simulator.use"


_POLICE = frozenset(
    {
        Action.SEE_HOME,
        Action.SEE_PARTNERSHIPS,
        Action.SEE_INCIDENTS,
        Action.OPEN_INCIDENT,
        Action.COMPOSE_BROADCAST,
        Action.SEND_BROADCAST,
        Action.SEE_BROADCASTS,
        Action.SEE_INBOX,
        Action.GIVE_FEEDBACK,
        Action.USE_SIMULATOR,
    }
)

# R17: what members report never passes through a coordinator, so no coordinator has SEE_INBOX; nor
# USE_SIMULATOR, whose phones show the replies. R41: roles stay separate; an administrator runs the
# machine and reads no message.
POLICY: dict[Role, frozenset[Action]] = {
    Role.DISPATCHER: _POLICE,
    Role.MANDATED_OFFICER: _POLICE,
    Role.COORDINATOR: frozenset(
        {Action.SEE_HOME, Action.SEE_PARTNERSHIPS, Action.SEE_BROADCAST_SUMMARIES}
    ),
    Role.PREVENTION_OFFICER: frozenset({Action.SEE_HOME, Action.SEE_PARTNERSHIPS, Action.SEE_PLAN}),
    Role.ADMINISTRATOR: frozenset({Action.SEE_HOME, Action.SEE_PARTNERSHIPS, Action.USE_SIMULATOR}),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one person may do one action. ``everywhere`` is the whole installation."""

    police_zones: frozenset[UUID] = frozenset()
    municipalities: frozenset[UUID] = frozenset()
    partnerships: frozenset[UUID] = frozenset()
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Appointed:
    """A role held now, and the scope it is held in (no id for the whole installation)."""

    role: Role
    scope_kind: ScopeKind
    scope_id: UUID | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in, with what they may do. Read anew for each request, so that rights taken
    away are gone on the next one."""

    account_id: UUID
    name: str
    language: str
    appointments: tuple[Appointed, ...]
    # Bound to this sign-in; what forms must send back. Empty for API tokens.
    form_token: str = ""

    def may(self, action: Action) -> bool:
        return any(action in POLICY[held.role] for held in self.appointments)

    def reach(self, action: Action) -> Reach:
        """The scopes in which this person may do ``action``."""
        held = [one for one in self.appointments if action in POLICY[one.role]]
        return Reach(
            police_zones=_ids(held, ScopeKind.POLICE_ZONE),
            municipalities=_ids(held, ScopeKind.MUNICIPALITY),
            partnerships=_ids(held, ScopeKind.PARTNERSHIP),
            everywhere=any(one.scope_kind == ScopeKind.INSTALLATION for one in held),
        )


def _ids(held: list[Appointed], kind: ScopeKind) -> frozenset[UUID]:
    return frozenset(one.scope_id for one in held if one.scope_kind == kind and one.scope_id)


@dataclass(frozen=True, slots=True)
class Rule:
    """The dependency that guards one route."""

    action: Action

    def __call__(self, request: Request) -> Actor:
        # The roof puts the two ways to be known (cookie, bearer token) here at start.
        identify: Callable[[Request], Actor | None] = request.app.state.identify
        actor = identify(request)
        # Known before it is judged, so that a refusal is told in the person's language.
        request.state.actor = actor
        if actor is None:
            raise NotSignedIn
        if not actor.may(self.action):
            _log.warning("access_denied", account_id=str(actor.account_id), action=self.action)
            raise NotAllowed
        return actor


@dataclass(frozen=True, slots=True)
class OpenRule:
    """The dependency that says on purpose: anyone may. The reason is for the reader."""

    reason: str

    def __call__(self) -> None:
        return None


def allowed(action: Action) -> Any:
    """Guard a route: ``actor: Annotated[Actor, allowed(Action.SEE_INBOX)]``."""
    return Depends(Rule(action))


def open_to_all(reason: str) -> Any:
    """Mark a route as public on purpose."""
    return Depends(OpenRule(reason))


def rule_of(route: BaseRoute) -> Rule | OpenRule | None:
    """The rule a route carries, wherever it was declared; ``None`` when there is none."""
    marked = getattr(getattr(route, "endpoint", None), "access_rule", None)
    if isinstance(marked, Rule | OpenRule):
        return marked
    pending = [getattr(route, "dependant", None)]
    while pending:
        dependant = pending.pop()
        if dependant is None:
            continue
        if isinstance(dependant.call, Rule | OpenRule):
            return dependant.call
        pending.extend(dependant.dependencies)
    return None
