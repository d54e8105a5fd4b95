"""What the pages of one report show beside its own words."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlmodel import Session, col, select

from feedback import (
    report_attachments,
    report_categories,
    report_forms,
    report_merging,
    report_services,
    report_words,
    reports,
    reports_reach,
)
from feedback.models import (
    BoxEmptying,
    InboundMessage,
    ProblemBox,
    Report,
    ReportEvent,
    ReportEventKind,
)
from hub.access import Action, Actor
from hub.i18n import Language, day, mark, moment, translate
from hub.web.pages import language_of
from partnerships import map_features
from partnerships.models import Account, Organisation, Partnership, Person


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a history, in words."""

    event: ReportEvent
    who: str
    what: str
    before: str
    after: str


def words(request: Request) -> dict[str, Any]:
    """What codes are called, for the templates."""
    language = language_of(request)
    return {
        "source_name": lambda code: report_words.source(code, language),
        "status_name": lambda code: report_words.status(code, language),
        "sources": report_words.SOURCES,
        "statuses": report_words.STATUSES,
    }


def choices(session: Session, town: Organisation, language: Language) -> dict[str, Any]:
    """What the forms of a report of this town offer."""
    return {
        "town": town,
        "categories": report_categories.offered(session, town.id, language),
        "services": [one for one in report_services.of_towns(session, [town.id]) if one.is_used],
        "workers": report_services.workers(session, town),
        "zones": zones_of(session, town),
    }


def zones_of(session: Session, town: Organisation) -> list[dict[str, Any]]:
    """The zones of the partnerships of a town, drawn on its maps to look at the right place."""
    its = select(Partnership.id).where(Partnership.municipality_id == town.id)
    return map_features.of_partnerships(session, session.exec(its).all())


def whole(
    session: Session, actor: Actor, report: Report, request: Request, *, with_form: bool
) -> dict[str, Any]:
    """Everything on the page of one report."""
    language = language_of(request)
    town = session.get_one(Organisation, report.municipality_id)
    names = report_categories.names(session, [town.id], language)
    merged = report.merged_into_id
    shown = report_forms.as_typed(report)
    return {
        **words(request),
        **(choices(session, town, language) if with_form else {"town": town}),
        "report": report,
        "category": names.get(report.category, report.category),
        "service": _service(session, report),
        "assigned": account_name(session, report.assigned_to),
        "reporter": _reporter(session, actor, report, language),
        "attachments": report_attachments.of_report(session, report.id),
        "history": history(session, report, reports.events(session, report.id), language),
        "doubles": report_merging.suggested(session, actor, report) if with_form else (),
        "same": report_merging.merged_into(session, actor, report.id),
        "merged_into": seen(session, actor, merged) if merged else None,
        "box": box_of(session, report.box_emptying_id),
        "as_typed": shown,
        "as_point": shown["point"],
    }


def _service(session: Session, report: Report) -> str:
    found = report_services.of_towns(session, [report.municipality_id])
    return next((one.name for one in found if one.id == report.service_id), "")


def account_name(session: Session, account_id: UUID | None) -> str:
    """Who that is; nothing for nobody."""
    found = session.get(Account, account_id) if account_id else None
    return found.name if found else ""


def account_names(session: Session, reports_shown: list[Report]) -> dict[UUID, str]:
    """The names of those to whom these reports are given."""
    ids = {one.assigned_to for one in reports_shown if one.assigned_to}
    found = session.exec(select(Account).where(col(Account.id).in_(ids))) if ids else ()
    return {one.id: one.name for one in found}


def _reporter(session: Session, actor: Actor, report: Report, language: Language) -> str:
    """Who reported it, for this reader: a member's name is for those who read his message."""
    if report.reporter_name or report.reporter_contact:
        return ", ".join(filter(None, (report.reporter_name, report.reporter_contact)))
    if report.person_id is None:
        return ""
    message = session.get(InboundMessage, report.message_id) if report.message_id else None
    reach = actor.reach(Action.SEE_INBOX)
    if message and message.police_zone_id and reach.covers(message.police_zone_id):
        return session.get_one(Person, report.person_id).name
    return translate(language, mark("A member of a partnership"))


def seen(session: Session, actor: Actor, report_id: UUID) -> Report | None:
    """The report, if this reader may see it."""
    wanted = select(Report).where(Report.id == report_id, reports_reach.seen_by(session, actor))
    return session.exec(wanted).first()


def box_of(session: Session, emptying_id: UUID | None) -> ProblemBox | None:
    """The problem box a report came out of."""
    emptying = session.get(BoxEmptying, emptying_id) if emptying_id else None
    return session.get(ProblemBox, emptying.box_id) if emptying else None


def history(session: Session, report: Report, events: Any, language: Language) -> list[Line]:
    """What happened to it in words, oldest first."""
    told = _Told(session, report, language)
    return [told.line(one) for one in events]


class _Told:
    def __init__(self, session: Session, report: Report, language: Language) -> None:
        self._session, self._language = session, language
        town = [report.municipality_id]
        self._categories = report_categories.names(session, town, language)
        self._services = {str(one.id): one.name for one in report_services.of_towns(session, town)}

    def line(self, event: ReportEvent) -> Line:
        field = report_words.field(event.field, self._language)
        kind = report_words.kind(event.kind, self._language)
        if event.kind is ReportEventKind.MERGED:
            before, after = "", f"#{event.after}"
            kind = translate(self._language, _MERGED[event.field])
        elif event.kind is ReportEventKind.ATTACHED:
            before, after = "", ""
        else:
            before = self._said(event.field, event.before)
            after = self._said(event.field, event.after)
        who = account_name(self._session, event.by)
        return Line(event, who, field or kind, before, after)

    def _said(self, field: str, value: str) -> str:
        if not value:
            return ""
        if field == "assigned_to":
            return account_name(self._session, UUID(value))
        if field == "service_id":
            return self._services.get(value, "")
        if field == "category":
            return self._categories.get(value, value)
        return _plain(field, value, self._language)


_MERGED = {"into": mark("Same as"), "from": mark("The same was reported in")}


def _plain(field: str, value: str, language: Language) -> str:
    if field == "status":
        return report_words.status(value, language)
    if field == "source":
        return report_words.source(value, language)
    if field == "is_confidential":
        return translate(language, mark("yes") if value == "True" else mark("no"))
    if field in ("observed_at", "received_at"):
        return moment(datetime.fromisoformat(value), language)
    return day(date.fromisoformat(value), language) if field == "due_on" else value
