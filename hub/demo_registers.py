"""Half a year of what the services of a fictional town did: meetings, shifts, visits, certificates,
contacts, actions, obligations. Nobody in it exists. The same every time, so that pictures agree."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from feedback.models import ReportService
from feedback.report_services import USUAL
from hub import clock
from hub.i18n import Language, translate
from partnerships import days
from partnerships.models import Partnership
from plan.models import (
    Campaign,
    CampaignDay,
    Certificate,
    CommunicationTool,
    HouseholdCount,
    Meeting,
    MeetingAttendance,
    MeetingLevel,
    MeetingStatus,
    Obligation,
    ObligationKind,
    PreventionVisit,
    RequesterKind,
    ServiceDayChange,
    ServiceDays,
    Shift,
    ShiftKind,
    StaffMember,
    StreetContacts,
    ToolVersion,
)

_WEEKS_BACK = 26
_MONTHS_BACK = 6
_PEACE_OFFICERS = translate(Language.FRENCH, USUAL[1][0])
_TECHNO, _STREET_WORK = "Conseil en techno-prévention", "Travail de rue"
# Quarter and whether the plan calls it a target.
_QUARTERS = (("Haut-Valdor", False), ("Valdor-Gare", True), ("Le Bief", True))
# Body, phenomenon, level, every so many weeks, who comes.
_MEETINGS = (
    ("Conseil zonal de sécurité", "", MeetingLevel.ZONAL, 9, ("Police", "Parquet", "Commune")),
    ("CLP cambriolage", "cambriolage", MeetingLevel.LOCAL, 6, ("Police", "PLP Haut-Valdor")),
    ("Table de quartier de la gare", "nuisances-sociales", MeetingLevel.LOCAL, 4,
     ("Police", "CPAS", "Travail de rue", "Société de transport")),
    ("Plateforme régionale prévention", "", MeetingLevel.REGIONAL, 13, ("Région", "Commune")),
)  # fmt: skip
_STAFF = (
    (_PEACE_OFFICERS, "Gaëtan Fictif", "Gardien de la paix"),
    (_PEACE_OFFICERS, "Wendy Verzonnen", "Gardien de la paix"),
    (_PEACE_OFFICERS, "Milan Inventé", "Gardien de la paix"),
    (_STREET_WORK, "Sarah Imaginaire", "Éducateur de rue"),
    (_STREET_WORK, "Tom Bedacht", "Éducateur de rue"),
    (_TECHNO, "Carla Conseil", "Conseiller en techno-prévention"),
)
_COURSES = {
    "Gardien de la paix": ("Formation de base gardiens de la paix", "Gestion de conflits"),
    "Éducateur de rue": ("Premiers secours", "Gestion de conflits"),
    "Conseiller en techno-prévention": ("Conseiller en techno-prévention",),
}
_CONTACT_CODES = (("contacts", 38, 64), ("new_persons", 3, 9), ("trust_relations", 8, 14),
                  ("referrals", 1, 6))  # fmt: skip
_CAMPAIGNS = (
    ("Rosace : contrôle des cylindres", "cambriolage", ("rosace",), "habitants", 22),
    ("Attention au sac-jacking", "vol-par-ruse", ("sac-jacking",), "automobilistes", 17),
    ("Marquage de vélos à la gare", "vol-de-velo", ("marquage",), "cyclistes", 11),
    ("Faux policiers au téléphone", "vol-par-ruse", ("faux-policiers",), "aînés", 6),
    ("Absence de longue durée : les signaux", "cambriolage", ("vacances",), "habitants", 3),
)
_OBLIGATIONS = (
    (ObligationKind.ACTIVITY_REPORT, "Rapport d'activités de l'année passée", -75, -80),
    (ObligationKind.FINANCIAL_REPORT, "Dossier financier de l'année passée", -45, -38),
    (ObligationKind.INFORMATION_REQUEST, "Question du ministère sur la rue des Tilleuls", -20, -22),
    (ObligationKind.DASHBOARD, "Tableau de bord du semestre", 10, None),
    (ObligationKind.INTERIM_REPORT, "Rapport intermédiaire", 70, None),
)
_TOOLS = (
    ("Dépliant « Dix gestes contre le cambriolage »", "leaflet", "cambriolage", (700, 60)),
    ("Page « Absence de longue durée »", "page", "cambriolage", (400,)),
    ("Affiche « Sac-jacking »", "poster", "vol-par-ruse", (120,)),
)
_FIRST_HOURS = (8, 10, 13, 15)


@dataclass(slots=True)
class _Town:
    session: Session
    id: UUID
    by: UUID
    chance: random.Random
    services: dict[str, ReportService] = field(default_factory=dict)
    staff: dict[str, list[StaffMember]] = field(default_factory=dict)


def fill(session: Session, town_id: UUID, officer_id: UUID) -> None:
    """Six months back from today, and what is due soon."""
    chance = random.Random(2026)  # noqa: S311 - the same fiction every time, and no secret
    town = _Town(session, town_id, officer_id, chance)
    for fills in (_services, _staff, _meetings, _shifts, _visits, _contacts):
        fills(town)
    for fills in (_campaigns, _obligations, _tools, _households):
        fills(town)


def _ago(days_back: int) -> date:
    return days.today() - timedelta(days=days_back)


def _entered(town: _Town, day: date) -> dict[str, Any]:
    """By whom and when: on the evening of the day, and never later than now."""
    at = min(clock.now(), days.start_of(day) + timedelta(hours=18))
    return {"entered_by": town.by, "entered_at": at}


def _services(town: _Town) -> None:
    known = select(ReportService).where(ReportService.municipality_id == town.id)
    town.services = {one.name: one for one in town.session.exec(known)}
    for name in (_PEACE_OFFICERS, _TECHNO, _STREET_WORK):
        if name not in town.services:
            town.services[name] = ReportService(municipality_id=town.id, name=name)
            town.session.add(town.services[name])
    town.session.flush()
    for name in (_PEACE_OFFICERS, _STREET_WORK):
        its = town.services[name].id
        since = _ago(7 * 60)
        town.session.add(ServiceDays(service_id=its, from_day=since, weekdays=[0, 1, 2, 3, 4]))
        # Closed for a day of the team.
        town.session.add(ServiceDayChange(service_id=its, day=_ago(31), is_service_day=False))


def _staff(town: _Town) -> None:
    for number, (service, name, role) in enumerate(_STAFF):
        member = StaffMember(
            municipality_id=town.id,
            service_id=town.services[service].id,
            name=name,
            role=role,
            started_on=_ago(900 - 140 * number),
        )
        town.session.add(member)
        town.staff.setdefault(service, []).append(member)
        town.session.flush()
        # The second of the guards has still to follow the second course.
        for course in _COURSES[role][: 1 if number == 1 else 2]:
            obtained = _ago(170 - 20 * number)
            town.session.add(
                Certificate(
                    staff_member_id=member.id,
                    course=course,
                    obtained_on=obtained,
                    expires_on=obtained + timedelta(days=1095),
                    **_entered(town, obtained),
                )
            )


def _meetings(town: _Town) -> None:
    for body, phenomenon, level, every, organisations in _MEETINGS:
        for weeks in range(_WEEKS_BACK, -every, -every):
            day = _ago(7 * weeks - 2)
            status = MeetingStatus.HELD if day <= days.today() else MeetingStatus.PLANNED
            if weeks == _WEEKS_BACK - 2 * every:
                status = MeetingStatus.CANCELLED
            held = Meeting(
                municipality_id=town.id,
                body=body,
                phenomenon=phenomenon,
                level=level,
                day=day,
                status=status,
                **_entered(town, day),
            )
            town.session.add(held)
            town.session.flush()
            _attendance(town, held, organisations)


def _attendance(town: _Town, meeting: Meeting, organisations: tuple[str, ...]) -> None:
    for name in organisations if meeting.status is MeetingStatus.HELD else ():
        people = town.chance.choice((1, 1, 2, 3))
        town.session.add(MeetingAttendance(meeting_id=meeting.id, organisation=name, people=people))


def _shifts(town: _Town) -> None:
    """Each working day until yesterday: presence of the guards, outings of the street workers."""
    for back in range(7 * _WEEKS_BACK, 0, -1):
        day = _ago(back)
        if day.weekday() > 4:
            continue
        for member in town.staff[_PEACE_OFFICERS]:
            _shift(town, member, ShiftKind.PRESENCE, day)
        for member in town.staff[_STREET_WORK]:
            if (day.toordinal() + len(member.name)) % 2:
                _shift(town, member, ShiftKind.OUTREACH, day)


def _shift(town: _Town, member: StaffMember, kind: ShiftKind, day: date) -> None:
    if town.chance.random() < 0.08:
        kind = town.chance.choice((ShiftKind.LEAVE, ShiftKind.TRAINING, ShiftKind.OFFICE))
    quarter, is_target = town.chance.choice(_QUARTERS)
    began = _at(day, town.chance.choice(_FIRST_HOURS))
    lasted = timedelta(minutes=15 * town.chance.randint(8, 22))
    town.session.add(
        Shift(
            municipality_id=town.id,
            service_id=member.service_id,
            kind=kind,
            worker_id=member.id,
            quarter=quarter,
            is_target_quarter=is_target,
            began_at=began,
            ended_at=began + lasted,
            **_entered(town, day),
        )
    )


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.BRUSSELS)


def _visits(town: _Town) -> None:
    requesters = (RequesterKind.VICTIM, RequesterKind.RESIDENT, RequesterKind.TRADER)
    for number in range(44):
        asked = _ago(178 - 4 * number)
        requester = requesters[number % 3]
        # Most within a fortnight; some late, some not made yet.
        visited = asked + timedelta(days=town.chance.choice((3, 5, 8, 11, 13, 19)))
        is_victim = requester is RequesterKind.VICTIM
        town.session.add(
            PreventionVisit(
                municipality_id=town.id,
                service_id=town.services[_TECHNO].id,
                requester=requester,
                phenomenon="cambriolage",
                requested_on=asked,
                offence_on=asked - timedelta(days=1) if is_victim else None,
                visited_on=visited if visited <= days.today() else None,
                **_entered(town, asked),
            )
        )


def _contacts(town: _Town) -> None:
    """The months that are over: a figure of each kind, per street worker and quarter."""
    month = days.today().replace(day=1)
    for _back in range(_MONTHS_BACK):
        month = (month - timedelta(days=1)).replace(day=1)
        for member in town.staff[_STREET_WORK]:
            for quarter, _is_target in _QUARTERS[:2]:
                _month_of_contacts(town, member, quarter, month)


def _month_of_contacts(town: _Town, member: StaffMember, quarter: str, month: date) -> None:
    for code, least, most in _CONTACT_CODES:
        town.session.add(
            StreetContacts(
                staff_member_id=member.id,
                quarter=quarter,
                month=month,
                code=code,
                count=town.chance.randint(least, most),
                **_entered(town, month + timedelta(days=32)),
            )
        )


def _campaigns(town: _Town) -> None:
    for title, phenomenon, topics, target_group, weeks in _CAMPAIGNS:
        first = _ago(7 * weeks)
        made = Campaign(
            municipality_id=town.id,
            title=title,
            phenomenon=phenomenon,
            topics=list(topics),
            target_group=target_group,
            **_entered(town, first),
        )
        town.session.add(made)
        town.session.flush()
        for number in range(town.chance.choice((1, 2, 3))):
            quarter, is_target = _QUARTERS[number % 3]
            town.session.add(
                CampaignDay(
                    campaign_id=made.id,
                    day=first + timedelta(days=7 * number),
                    quarter=quarter,
                    is_target_quarter=is_target,
                    people=town.chance.randint(12, 90),
                )
            )


def _obligations(town: _Town) -> None:
    for kind, title, due, sent in _OBLIGATIONS:
        town.session.add(
            Obligation(
                municipality_id=town.id,
                kind=kind,
                title=title,
                asked_on=_ago(90),
                due_on=_ago(-due),
                sent_on=_ago(-sent) if sent is not None else None,
                **_entered(town, _ago(90)),
            )
        )


def _tools(town: _Town) -> None:
    for name, kind, phenomenon, published in _TOOLS:
        tool = CommunicationTool(
            municipality_id=town.id,
            name=name,
            kind=kind,
            phenomenon=phenomenon,
            **_entered(town, _ago(published[0])),
        )
        town.session.add(tool)
        town.session.flush()
        for back in published:
            town.session.add(
                ToolVersion(tool_id=tool.id, published_on=_ago(back), **_entered(town, _ago(back)))
            )


def _households(town: _Town) -> None:
    its = select(Partnership).where(Partnership.municipality_id == town.id)
    for number, one in enumerate(town.session.exec(its.order_by(col(Partnership.slug)))):
        town.session.add(
            HouseholdCount(
                partnership_id=one.id,
                day=_ago(200),
                households=420 + 95 * number,
                source="Registre fictif de la population",
                entered_by=town.by,
            )
        )
