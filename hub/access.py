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
    KEEP_PARTNERSHIPS = "partnerships.keep"
    KEEP_ORGANISATIONS = "organisations.keep"
    DRAW_ZONE = "zones.draw"
    SEE_HEALTH = "health.see"
    SEE_MEMBERS = "members.see"
    KEEP_MEMBERS = "members.keep"
    IMPORT_MEMBERS = "members.import"
    EXPORT_MEMBERS = "members.export"
    SEE_MEASURES = "measures.see"
    DECIDE_MEASURE = "measures.decide"
    WRITE_COMMUNICATION_PLAN = "communication_plan.write"
    AGREE_COMMUNICATION_PLAN = "communication_plan.agree"
    SEE_APPOINTMENTS = "appointments.see"
    APPOINT = "appointments.appoint"
    SEE_INCIDENTS = "incidents.see"
    OPEN_INCIDENT = "incidents.open"
    DECIDE_LAUNCH = "incidents.decide"
    COMPOSE_BROADCAST = "broadcasts.compose"
    SEND_BROADCAST = "broadcasts.send"
    APPROVE_BROADCAST = "broadcasts.approve"
    SEE_BROADCASTS = "broadcasts.see"
    SEE_BROADCAST_SUMMARIES = "broadcasts.see_summaries"
    STOP_BROADCAST = "broadcasts.stop"
    KEEP_TEMPLATES = "templates.keep"
    COMPOSE_COLD = "cold.compose"
    SEE_COLD = "cold.see"
    RELAY = "relay.decide"
    SEE_CAP = "cap.see"
    IMPORT_CAP = "cap.import"
    KEEP_WEBHOOKS = "webhooks.keep"
    SEE_BUDGETS = "budgets.see"
    KEEP_BUDGETS = "budgets.keep"
    SEE_CALL_LIST = "call_list.see"
    TICK_CALL_LIST = "call_list.tick"
    SEE_INBOX = "inbox.see"
    GIVE_FEEDBACK = "feedback.give"
    SEE_QUESTIONS = "questions.see"
    SEE_SIGHTINGS = "sightings.see"
    KEEP_SIGHTINGS = "sightings.keep"
    SEE_REPORTS = "reports.see"
    SEE_CONFIDENTIAL_REPORTS = "reports.see_confidential"
    KEEP_REPORTS = "reports.keep"
    KEEP_REPORT_LISTS = "reports.keep_lists"
    KEEP_BOXES = "boxes.keep"
    EMPTY_BOX = "boxes.empty"
    SEE_HOT_SPOTS = "hot_spots.see"
    KEEP_HOT_SPOTS = "hot_spots.keep"
    LOG_PRESENCE = "hot_spots.log_presence"
    ANSWER_SIGHTING = "answers.give_on_sighting"
    ANSWER_REPORT = "answers.give_on_report"
    SEE_SILENCE = "silence.see"
    SEE_SURVEYS = "surveys.see"
    KEEP_SURVEYS = "surveys.keep"
    SEE_EVALUATION = "evaluations.see"
    WRITE_EVALUATION = "evaluations.write"
    SIGN_AS_OFFICER = "evaluations.sign_as_officer"
    SIGN_AS_COORDINATOR = "evaluations.sign_as_coordinator"
    SEE_PLAN = "plan.see"
    KEEP_PLAN = "plan.keep"
    KEEP_REGISTERS = "registers.keep"
    ENTER_FIGURES = "figures.enter"
    APPROVE_FIGURES = "figures.approve"
    DECIDE_COLOUR = "colours.decide"
    ISSUE_REPORT = "plan_reports.issue"
    TYPE_COUNTS = "context_counts.type"
    USE_SIMULATOR = "simulator.use"


# What concerns the police is read by all who work there.
_POLICE_READER = frozenset(
    {
        Action.SEE_HOME,
        Action.SEE_PARTNERSHIPS,
        Action.SEE_APPOINTMENTS,
        Action.SEE_INCIDENTS,
        Action.SEE_BROADCASTS,
        Action.SEE_INBOX,
        Action.SEE_COLD,
        Action.SEE_CAP,
        Action.SEE_SIGHTINGS,
        Action.SEE_REPORTS,
        Action.SEE_CONFIDENTIAL_REPORTS,
        Action.SEE_HOT_SPOTS,
        Action.SEE_SURVEYS,
        Action.SEE_EVALUATION,
    }
)
# What the neighbourhood team follows up (R34, R35), and every sender too.
_FOLLOWS_UP = frozenset(
    {
        Action.KEEP_SIGHTINGS,
        Action.KEEP_REPORTS,
        Action.ANSWER_SIGHTING,
        Action.ANSWER_REPORT,
        Action.LOG_PRESENCE,
    }
)
_SENDER = (
    _POLICE_READER
    | _FOLLOWS_UP
    | {
        Action.OPEN_INCIDENT,
        Action.DECIDE_LAUNCH,
        Action.IMPORT_CAP,
        Action.COMPOSE_BROADCAST,
        Action.STOP_BROADCAST,
        Action.SEND_BROADCAST,
        Action.APPROVE_BROADCAST,
        Action.SEE_CALL_LIST,
        Action.TICK_CALL_LIST,
        Action.GIVE_FEEDBACK,
        Action.USE_SIMULATOR,
    }
)
# The register of one partnership, or of a zone's.
_REGISTER = frozenset(
    {
        Action.SEE_HEALTH,
        Action.SEE_MEMBERS,
        Action.KEEP_MEMBERS,
        Action.IMPORT_MEMBERS,
        Action.EXPORT_MEMBERS,
        Action.SEE_APPOINTMENTS,
        Action.WRITE_COMMUNICATION_PLAN,
    }
)
_OFFICER = (
    _SENDER
    | _REGISTER
    | {
        Action.KEEP_PARTNERSHIPS,
        Action.KEEP_ORGANISATIONS,
        Action.DRAW_ZONE,
        Action.SEE_MEASURES,
        Action.DECIDE_MEASURE,
        Action.AGREE_COMMUNICATION_PLAN,
        Action.APPOINT,
        Action.KEEP_TEMPLATES,
        Action.COMPOSE_COLD,
        # Where a partnership has nobody else (messaging.relay).
        Action.RELAY,
        Action.KEEP_WEBHOOKS,
        Action.SEE_BUDGETS,
        Action.KEEP_BUDGETS,
        Action.KEEP_HOT_SPOTS,
        Action.SEE_SILENCE,
        Action.KEEP_SURVEYS,
        Action.WRITE_EVALUATION,
        Action.SIGN_AS_OFFICER,
        Action.TYPE_COUNTS,
    }
)
_COORDINATOR = _REGISTER | {
    Action.SEE_HOME,
    Action.SEE_PARTNERSHIPS,
    Action.SEE_BROADCAST_SUMMARIES,
    Action.SEE_CALL_LIST,
    Action.TICK_CALL_LIST,
    Action.COMPOSE_COLD,
    Action.SEE_COLD,
    Action.RELAY,
    # What stops a message that he passes on; others set it.
    Action.SEE_BUDGETS,
    # Only what the police passed on to him, or members asked him.
    Action.SEE_QUESTIONS,
    Action.SEE_SILENCE,
    Action.SEE_SURVEYS,
    Action.KEEP_SURVEYS,
    Action.SEE_EVALUATION,
    Action.WRITE_EVALUATION,
    Action.SIGN_AS_COORDINATOR,
}
_TOWN_READER = frozenset(
    {
        Action.SEE_HOME,
        Action.SEE_PARTNERSHIPS,
        Action.SEE_PLAN,
        Action.SEE_HOT_SPOTS,
        Action.SEE_SURVEYS,
        Action.SEE_EVALUATION,
    }
)

# R17: what members report never passes through a coordinator, so no coordinator has SEE_INBOX,
# SEE_SIGHTINGS or SEE_REPORTS; nor
# USE_SIMULATOR, whose phones show the replies. R41: roles stay separate; an administrator runs the
# machine and reads no message, and a peace officer is no policeman. Measures about members are read
# by those who decide them only.
POLICY: dict[Role, frozenset[Action]] = {
    Role.DISPATCHER: _SENDER,
    Role.MANDATED_OFFICER: _OFFICER,
    Role.DEPUTY_OFFICER: _OFFICER,
    Role.CHIEF_OF_POLICE: _POLICE_READER
    | {
        Action.APPROVE_BROADCAST,
        Action.SEE_HEALTH,
        Action.APPOINT,
        Action.SEE_BUDGETS,
        Action.KEEP_BUDGETS,
        Action.SEE_SILENCE,
    },
    Role.NEIGHBOURHOOD_INSPECTOR: _POLICE_READER | _FOLLOWS_UP,
    Role.COORDINATOR: _COORDINATOR,
    Role.CO_COORDINATOR: _COORDINATOR,
    Role.STEERING_GROUP: frozenset(
        {
            Action.SEE_HOME,
            Action.SEE_PARTNERSHIPS,
            Action.SEE_BROADCAST_SUMMARIES,
            Action.SEE_HEALTH,
            # It covers a coordinator's absence.
            Action.RELAY,
            Action.SEE_SURVEYS,
            Action.SEE_EVALUATION,
        }
    ),
    Role.PREVENTION_OFFICER: _TOWN_READER
    | {
        Action.KEEP_PARTNERSHIPS,
        Action.KEEP_ORGANISATIONS,
        Action.SEE_HEALTH,
        Action.SEE_APPOINTMENTS,
        Action.DRAW_ZONE,
        Action.KEEP_TEMPLATES,
        Action.COMPOSE_COLD,
        Action.SEE_COLD,
        # Many a municipality pays for its partnerships.
        Action.SEE_BUDGETS,
        Action.KEEP_BUDGETS,
        # The centre of R32 and R33: one register for whatever door it came by.
        Action.SEE_REPORTS,
        Action.SEE_CONFIDENTIAL_REPORTS,
        Action.KEEP_REPORTS,
        Action.KEEP_REPORT_LISTS,
        Action.ANSWER_REPORT,
        Action.KEEP_BOXES,
        Action.EMPTY_BOX,
        Action.KEEP_HOT_SPOTS,
        Action.LOG_PRESENCE,
        Action.SEE_SILENCE,
        Action.KEEP_SURVEYS,
        Action.KEEP_PLAN,
        Action.KEEP_REGISTERS,
        Action.ENTER_FIGURES,
        Action.APPROVE_FIGURES,
        Action.DECIDE_COLOUR,
        Action.ISSUE_REPORT,
        Action.TYPE_COUNTS,
    },
    # Somebody of a service of the town (street work, techno-prevention, mediation): he writes down
    # what his service does, and reads the plan that it is counted for.
    Role.SERVICE_WORKER: frozenset(
        {
            Action.SEE_HOME,
            Action.SEE_PARTNERSHIPS,
            Action.SEE_PLAN,
            Action.KEEP_REGISTERS,
            Action.ENTER_FIGURES,
        }
    ),
    # R34, R38, R39: he finds nuisances, empties boxes, is present; what the police know is not his.
    Role.PEACE_OFFICER: frozenset(
        {
            Action.SEE_HOME,
            Action.SEE_PARTNERSHIPS,
            Action.SEE_REPORTS,
            Action.KEEP_REPORTS,
            Action.EMPTY_BOX,
            Action.SEE_HOT_SPOTS,
            Action.LOG_PRESENCE,
            Action.KEEP_REGISTERS,
        }
    ),
    Role.MAYOR: _TOWN_READER | {Action.SEE_HEALTH, Action.SEE_BUDGETS},
    Role.ADMINISTRATOR: frozenset(
        {
            Action.SEE_HOME,
            Action.SEE_PARTNERSHIPS,
            Action.KEEP_ORGANISATIONS,
            Action.SEE_APPOINTMENTS,
            Action.APPOINT,
            Action.KEEP_WEBHOOKS,
            Action.USE_SIMULATOR,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one person may do one action. ``everywhere`` is the whole installation."""

    police_zones: frozenset[UUID] = frozenset()
    municipalities: frozenset[UUID] = frozenset()
    partnerships: frozenset[UUID] = frozenset()
    everywhere: bool = False

    def covers(self, *scopes: UUID) -> bool:
        """Whether one of the scopes a thing belongs to (its zone, its town, itself) is in it."""
        held = self.police_zones | self.municipalities | self.partnerships
        return self.everywhere or not held.isdisjoint(scopes)


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
