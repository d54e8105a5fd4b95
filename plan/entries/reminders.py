"""Mails about figures that nobody has typed: a fortnight before a year of the plan ends, and when
it has ended; each once, however many timetables run."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from hub import clock
from hub.access import Action
from hub.config import settings
from hub.i18n import mark, translate
from partnerships import notices, who_may
from partnerships.days import today
from partnerships.models import Account, Channel
from partnerships.notices import About, Words
from plan.entries import cockpit
from plan.entries.cockpit import OWED
from plan.models import Plan, PlanStatus, StaffMember
from plan.standing import spans
from plan.standing.spans import Span

NOTICE_KIND = "figures_missing"
_GOOD_FOR = timedelta(days=2)
_BEFORE = timedelta(days=14)
# Later nobody is reminded any more: the report has been handed in without them.
_AFTER = timedelta(days=60)
_SUBJECT = mark("Figures of {year} to type in: {count}")
_BODY = mark(
    "{title}\n\nFigures of {year} that are still wanted: {count}.\n\nType them in here:\n{link}"
)


def due(session: Session) -> Sequence[UUID]:
    """The plans of whose figures somebody must be reminded now."""
    plans = session.exec(select(Plan).where(Plan.status == PlanStatus.IN_FORCE))
    return [one.id for one in plans if _asked(one) not in ("", one.figures_asked_for)]


def remind(session: Session, plan_id: UUID) -> int:
    """Write the mails about one plan, to those of its services and to those who approve; to how
    many people. Who owes nothing gets none."""
    plan = session.get_one(Plan, plan_id)
    wanted = _asked(plan)
    span = _span(plan)
    taken = session.execute(
        update(Plan)
        .where(col(Plan.id) == plan_id, col(Plan.figures_asked_for) != wanted)
        .values(figures_asked_for=wanted)
        .returning(col(Plan.id))
        .execution_options(synchronize_session=False)
    ).all()
    if not taken or span is None:
        return 0
    at = clock.now()
    told = 0
    for account, own in _who(session, plan):
        owed = sum(
            number
            for want, number in cockpit.of_plan(session, plan, span, at, own).counts.items()
            if want in OWED
        )
        if owed:
            _write(session, account, plan, span, owed)
            told += 1
    return told


def _span(plan: Plan) -> Span | None:
    """The year of the plan that ends soon, or ended lately."""
    day = today()
    return next(
        (
            one
            for one in spans.years(plan)
            if one.period.last - _BEFORE <= day <= one.period.last + _AFTER
        ),
        None,
    )


def _asked(plan: Plan) -> str:
    """Which reminder its day asks for; nothing on most days."""
    span = _span(plan)
    if span is None:
        return ""
    return f"{span.key}:{2 if today() > span.period.last else 1}"


def _who(session: Session, plan: Plan) -> list[tuple[Account, frozenset[UUID] | None]]:
    """Whoever types: with the services whose figures are his; ``None`` for all of them."""
    town = plan.municipality_id
    approvers = {o.id: o for o in who_may.in_scope(session, town, Action.APPROVE_FIGURES)}
    typists = who_may.in_scope(session, town, Action.ENTER_FIGURES)
    services = _services(session, plan)
    workers = [
        (one, services[one.id]) for one in typists if one.id in services and one.id not in approvers
    ]
    return [*((one, None) for one in approvers.values()), *workers]


def _services(session: Session, plan: Plan) -> dict[UUID, frozenset[UUID]]:
    rows = session.exec(
        select(StaffMember.account_id, StaffMember.service_id).where(
            StaffMember.municipality_id == plan.municipality_id,
            col(StaffMember.account_id).is_not(None),
            col(StaffMember.left_on).is_(None),
        )
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for account_id, service_id in rows:
        if account_id is not None:
            found[account_id] = found.get(account_id, frozenset()) | {service_id}
    return found


def _write(session: Session, account: Account, plan: Plan, span: Span, owed: int) -> None:
    language = account.language
    values: dict[str, str | int] = {
        "count": owed,
        "year": span.key,
        "title": plan.title,
        "link": f"{settings().base_url}/figures?plan={plan.id}&span={span.key}",
    }
    words = Words(
        language, translate(language, _BODY, **values), translate(language, _SUBJECT, **values)
    )
    about = About("plan", plan.id)
    notices.write(session, NOTICE_KIND, about, Channel.EMAIL, account.email, words, _GOOD_FOR)
