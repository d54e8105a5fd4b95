"""The pages of a report: to read and print, to download, to issue, to compare with today."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from feedback.models import ReportService
from hub import audit
from hub.access import Action, Actor, allowed
from hub.db import DbSession, ReadingSession, unit_of_work
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import Language, mark, translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.models import Account
from plan.keeping import tree
from plan.measures.period import Period
from plan.models import ExpectedResult, IssuedReport, NodeKind, Plan, PlanNode
from plan.report import choices, comparing, cut, gathering, issuing, words
from plan.report.choices import Choices
from plan.report.contents import from_json
from plan.report.files import MEDIA_TYPES, Kind, made
from plan.standing import periods

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_PLAN)]
Issue = Annotated[Actor, allowed(Action.ISSUE_REPORT)]
_FIELDS = ("as_of", "period", "language", "drafts", "section", "service")


def _plan(session: Session, plan_id: UUID, actor: Actor, action: Action) -> Plan:
    plan = session.get(Plan, plan_id)
    if plan is None or not actor.reach(action).covers(plan.municipality_id):
        raise NotFound
    return plan


@router.get("/plans/{plan_id}/report")
def show_report(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    """The report as chosen in the address, with the form to choose by."""
    plan = _plan(session, plan_id, actor, Action.SEE_PLAN)
    typed = {name: request.query_params.get(name, "") for name in _FIELDS}
    return _shown(request, session, actor, plan, typed)


def _shown(
    request: Request, session: Session, actor: Actor, plan: Plan, typed: dict[str, str]
) -> Response:
    language = language_of(request)
    problems: dict[str, str] = {}
    try:
        chosen = choices.read(plan, typed, language)
        report = gathering.gather(session, plan, chosen)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language)
        chosen = choices.usual(plan, language)
        report = None
    return page(
        request,
        "plan/report/report.html",
        422 if problems else 200,
        plan=plan,
        report=report,
        typed=typed if problems else chosen.as_typed(),
        problems=problems,
        periods=[
            (choices.name_of(one), _period_named(plan, one, language)) for one in periods.of(plan)
        ],
        sections=cut.sections_of(tree.of_plan(session, plan)),
        services=_services(session, plan),
        kinds=list(Kind),
        words=words,
        titles=words.titles(chosen.language),
        may_issue=actor.reach(Action.ISSUE_REPORT).covers(plan.municipality_id),
    )


def _period_named(plan: Plan, one: Period, language: Language) -> str:
    if (one.first, one.last) == (plan.starts_on, plan.ends_on):
        return translate(language, mark("The whole plan"))
    return words.days(one.first, one.last, language)


def _services(session: Session, plan: Plan) -> list[tuple[UUID, str]]:
    """The parts of the plan that are a service's, and the services its results are entered by."""
    parts = session.exec(
        select(PlanNode.id, PlanNode.label)
        .where(PlanNode.plan_id == plan.id, PlanNode.kind == NodeKind.SERVICE)
        .order_by(col(PlanNode.code), col(PlanNode.ordinal))
    )
    entered_by = session.exec(
        select(ReportService.id, ReportService.name)
        .where(
            col(ReportService.id).in_(
                select(ExpectedResult.service_id)
                .join(PlanNode, col(PlanNode.id) == col(ExpectedResult.node_id))
                .where(PlanNode.plan_id == plan.id)
            )
        )
        .order_by(col(ReportService.name))
    )
    return [(one, name) for one, name in parts] + [(one, name) for one, name in entered_by]


def _chosen(plan: Plan, form: Form, language: Language) -> Choices:
    return choices.read(plan, {name: form.text(name) for name in _FIELDS}, language)


def _kind(form: Form) -> Kind:
    try:
        return Kind(form.text("kind"))
    except ValueError:
        raise BadInput(FieldProblem("kind", mark("Choose one of the list."))) from None


@router.post("/plans/{plan_id}/report/file")
def download_report(
    plan_id: UUID, request: Request, actor: See, form: PostedForm, session: ReadingSession
) -> Response:
    """By POST, because it is noted in the log of decisions."""
    plan = _plan(session, plan_id, actor, Action.SEE_PLAN)
    chosen, kind = _chosen(plan, form, language_of(request)), _kind(form)
    content = made(gathering.gather(session, plan, chosen), kind)
    with unit_of_work() as writing:
        audit.record(
            writing,
            "plan_report.download",
            ("plan", plan.id),
            by=actor.account_id,
            kind=kind.value,
            as_of=chosen.as_of.isoformat(),
        )
    return _file(content, kind, f"{chosen.as_of.isoformat()}")


def _file(content: bytes, kind: Kind, name: str) -> Response:
    return Response(
        content,
        media_type=MEDIA_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="plan-report-{name}.{kind.value}"',
            "Cache-Control": "no-store",
        },
    )


@router.get("/plans/{plan_id}/reports")
def list_issued(plan_id: UUID, request: Request, actor: See, session: DbSession) -> Response:
    plan = _plan(session, plan_id, actor, Action.SEE_PLAN)
    return page(
        request,
        "plan/report/issued_reports.html",
        plan=plan,
        issued=[
            (one, name, _about(one, language_of(request)))
            for one, name in issuing.of_plan(session, plan)
        ],
        words=words,
    )


def _about(issued: IssuedReport, language: Language) -> str:
    period = choices.period_named(issued.choices["period"])
    return words.days(period.first, period.last, language)


@router.post("/plans/{plan_id}/reports")
def issue_report(
    plan_id: UUID, request: Request, actor: Issue, form: PostedForm, session: ReadingSession
) -> Response:
    """Freeze the report as chosen; what is wrong with the choices is said on its page."""
    plan = _plan(session, plan_id, actor, Action.ISSUE_REPORT)
    typed = {name: form.text(name) for name in _FIELDS}
    try:
        chosen = choices.read(plan, typed, language_of(request))
        report = gathering.gather(session, plan, chosen)
    except BadInput:
        return _shown(request, session, actor, plan, typed)
    with unit_of_work() as writing:
        issued = issuing.issue(writing, actor, plan, report, chosen)
    return go_to(f"/plans/{plan.id}/reports/{issued.id}")


@router.get("/plans/{plan_id}/reports/{report_id}")
def show_issued(
    plan_id: UUID, report_id: UUID, request: Request, actor: See, session: DbSession
) -> Response:
    """One issued report: its files, and what is no longer as it says."""
    plan = _plan(session, plan_id, actor, Action.SEE_PLAN)
    issued = issuing.one_of(session, plan, report_id)
    then, language = from_json(issued.figures), language_of(request)
    found: list[comparing.Change] | None
    try:
        now = gathering.gather(session, plan, choices.from_json(plan, issued.choices))
        found = comparing.changes(then, now, language)
    except BadInput:
        # The part it was cut to is no longer in the plan.
        found = None
    return page(
        request,
        "plan/report/issued_report.html",
        plan=plan,
        issued=issued,
        report=then,
        by=session.get_one(Account, issued.issued_by).name,
        changes=found,
        in_words="" if found is None else comparing.in_words(found, language),
        words=words,
        kinds=list(Kind),
    )


@router.get("/plans/{plan_id}/reports/{report_id}/files")
def show_files(
    plan_id: UUID, report_id: UUID, request: Request, actor: See, session: DbSession
) -> Response:
    """The part of the page that tells which files are there, while they are being made."""
    plan = _plan(session, plan_id, actor, Action.SEE_PLAN)
    issued = issuing.one_of(session, plan, report_id)
    return page(
        request, "plan/report/issued_files.html", plan=plan, issued=issued, kinds=list(Kind)
    )


@router.post("/plans/{plan_id}/reports/{report_id}/file")
def download_issued(
    plan_id: UUID, report_id: UUID, actor: See, form: PostedForm, session: DbSession
) -> Response:
    """The file as it was issued, byte for byte."""
    plan = _plan(session, plan_id, actor, Action.SEE_PLAN)
    issued, kind = issuing.one_of(session, plan, report_id), _kind(form)
    content = issuing.file_of(session, issued, kind)
    audit.record(
        session,
        "plan_report.download_issued",
        ("issued_report", issued.id),
        by=actor.account_id,
        kind=kind.value,
    )
    return _file(content, kind, f"{issued.as_of.isoformat()}-issued")
