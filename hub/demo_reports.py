"""What a fictional town was told over some months: reports, letters in boxes, what became of them.

Streets, names and letters are invented. Made with the same every time, so that pictures agree.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from feedback import owed_answers, report_checks
from feedback.models import (
    BoxEmptying,
    ProblemBox,
    Report,
    ReportEvent,
    ReportEventKind,
    ReportService,
    ReportSource,
    ReportStatus,
)
from feedback.report_services import USUAL
from hub import clock
from hub.i18n import Language, translate
from partnerships import days, working_days
from partnerships.models import Account, Organisation
from partnerships.streets import index_of

_MONTHS_BACK_DAYS = 150
_NUMBER_OF_REPORTS = 40
_STREETS = (
    ("Rue du Lavoir Fictif", 50.6431, 5.5742),
    ("Rue des Tilleuls Fictifs", 50.6357, 5.5779),
    ("Place de la Gare", 50.6342, 5.5758),
    ("Chemin du Bief", 50.6448, 5.5731),
)
_TOLD = (
    ("dumping", "Encore deux fauteuils et des sacs au coin, depuis lundi.", 1),
    ("dumping", "Dépôt de pneus derrière les bulles à verre.", 1),
    ("noise", "Musique jusqu'à trois heures du matin, presque chaque samedi.", 0),
    ("speed", "On roule beaucoup trop vite devant l'école, surtout le soir.", 0),
    ("dogs", "Les crottes sur le trottoir : on ne peut plus passer avec la poussette.", 1),
    ("street-lighting", "Le lampadaire ne fonctionne plus, c'est tout noir.", 4),
    ("wild-plants", "La haie prend tout le trottoir, il faut descendre sur la route.", 3),
    ("abandoned-vehicle", "Une camionnette sans plaque est là depuis des semaines.", 0),
    ("vandalism", "Le banc de la place est cassé et couvert de graffitis.", 2),
    ("loitering", "Een groep jongeren hangt elke avond rond aan de ingang.", 6),
    ("drugs", "Spritzen im Gebüsch hinter dem Bahnhof gefunden.", 0),
    ("parking", "Voiture stationnée chaque matin sur le passage pour piétons.", 0),
)
_SOURCES = (
    ReportSource.PROBLEM_BOX,
    ReportSource.TELEPHONE,
    ReportSource.EMAIL,
    ReportSource.COUNTER,
    ReportSource.NEIGHBOURHOOD_TEAM,
    ReportSource.SOCIAL_MEDIA,
)
_BOXES = (
    ("Maison communale", "À gauche de l'entrée", 0, False),
    ("Gare", "Sous l'abri du quai 1", 2, False),
    ("École du Bief", "Grille de la cour", 3, True),
)


@dataclass(frozen=True, slots=True)
class _Town:
    id: UUID
    worker: UUID
    services: list[ReportService]


def fill(session: Session, municipality: Organisation, worker: Account) -> None:
    """Three boxes emptied most days, and some forty reports, most of them done."""
    chance = random.Random(2026)  # noqa: S311 - the same fiction every time, and no secret
    town = _Town(municipality.id, worker.id, _services(session, municipality.id))
    boxes = [_box(session, town, *one) for one in _BOXES]
    emptied = [row for box in boxes for row in _emptyings(session, town, box, chance)]
    full = [row for row in emptied if row.letters]
    for number in range(1, _NUMBER_OF_REPORTS + 1):
        _report(session, town, number, full, chance)


def _services(session: Session, town_id: UUID) -> list[ReportService]:
    made = [
        ReportService(
            municipality_id=town_id, name=translate(Language.FRENCH, name), is_police=is_police
        )
        for name, is_police in USUAL
    ]
    session.add_all(made)
    session.flush()
    return made


def _box(
    session: Session, town: _Town, name: str, place: str, street: int, working_days_only: bool
) -> ProblemBox:
    _street, latitude, longitude = _STREETS[street]
    made = ProblemBox(
        municipality_id=town.id,
        name=name,
        place=place,
        latitude=latitude,
        longitude=longitude,
        hung_on=days.today() - timedelta(days=_MONTHS_BACK_DAYS),
        working_days_only=working_days_only,
    )
    session.add(made)
    session.flush()
    return made


def _emptyings(
    session: Session, town: _Town, box: ProblemBox, chance: random.Random
) -> list[BoxEmptying]:
    """Each day until yesterday on which it was due, but for a few that were forgotten."""
    made = []
    for back in range(_MONTHS_BACK_DAYS, 0, -1):
        day = days.today() - timedelta(days=back)
        is_due = not box.working_days_only or working_days.is_working_day(day)
        if is_due and chance.random() > 0.06:
            letters = chance.choice((0, 0, 0, 0, 1, 1, 2))
            made.append(_emptying(town, box, day, letters))
    session.add_all(made)
    session.flush()
    return made


def _emptying(town: _Town, box: ProblemBox, day: date, letters: int) -> BoxEmptying:
    at = days.start_of(day) + timedelta(hours=9)
    return BoxEmptying(
        box_id=box.id,
        day=day,
        emptied_at=at,
        letters=letters,
        emptied_by=town.worker,
        entered_at=at,
    )


def _report(
    session: Session, town: _Town, number: int, full: list[BoxEmptying], chance: random.Random
) -> None:
    category, words, service = _TOLD[number % len(_TOLD)]
    street, latitude, longitude = _STREETS[chance.choice((0, 0, 0, 1, 1, 2, 3))]
    back = _MONTHS_BACK_DAYS * (1 - number / (_NUMBER_OF_REPORTS + 1))
    # In office hours, and never later than now.
    on_its_day = days.start_of(days.today() - timedelta(days=int(back) + 1))
    received = on_its_day + timedelta(hours=8, minutes=13 * number % 540)
    source = _SOURCES[number % len(_SOURCES)]
    report = Report(
        municipality_id=town.id,
        number=number,
        source=source,
        category=category,
        words=words,
        street=street,
        street_index=index_of(street),
        house_number="" if number % 3 else str(1 + number % 7),
        latitude=round(latitude + chance.uniform(-0.001, 0.001), 5),
        longitude=round(longitude + chance.uniform(-0.001, 0.001), 5),
        received_at=received,
        entered_at=received,
        entered_by=town.worker,
        box_emptying_id=_last_before(full, received) if source == "problem_box" else None,
        service_id=town.services[service].id,
    )
    _say_who(report, number)
    _follow(report, town, number)
    session.add(report)
    session.flush()
    session.add_all(_events(report, town))
    owed_answers.owe_for_report(session, report)


def _last_before(full: list[BoxEmptying], at: datetime) -> UUID | None:
    before = [one for one in full if one.emptied_at <= at]
    return before[-1].id if before else None


def _say_who(report: Report, number: int) -> None:
    if number % 4 == 1 and report.source != ReportSource.NEIGHBOURHOOD_TEAM:
        report.reporter_name = f"Habitant fictif {number}"
        report.reporter_contact = f"habitant{number}@demo.example"
        report.reporter_language = Language.FRENCH
        report.reporter_index = report_checks.reporter_index(
            report.reporter_contact, report.reporter_name
        )


def _follow(report: Report, town: _Town, number: int) -> None:
    """The older, the more of them are done; a few are late."""
    if number <= _NUMBER_OF_REPORTS - 12:
        report.status = ReportStatus.NOT_FOR_US if number % 11 == 5 else ReportStatus.DONE
        report.closed_at = report.received_at + timedelta(days=1 + number % 9)
        report.version = 2
        if number % 13 == 0:
            report.led_to = "Groupe de travail « propreté »"
    elif number <= _NUMBER_OF_REPORTS - 4:
        report.status = ReportStatus.IN_HAND if number % 2 else ReportStatus.WAITING
        report.version = 2
        report.assigned_to = town.worker
        report.external_reference = f"DEMO-{number:03}" if number % 2 else ""
    report.due_on = clock.in_brussels(report.received_at).date() + timedelta(days=14)
    report.is_confidential = report.category == "drugs"


def _events(report: Report, town: _Town) -> list[ReportEvent]:
    made = [
        ReportEvent(
            report_id=report.id, kind=ReportEventKind.ENTERED, version=1, by=town.worker,
            at=report.received_at,
        )
    ]  # fmt: skip
    if report.version > 1:
        made.append(
            ReportEvent(
                report_id=report.id, kind=ReportEventKind.STATUS, version=2, by=town.worker,
                field="status", before=ReportStatus.NEW, after=report.status,
                at=report.closed_at or report.received_at + timedelta(hours=20),
            )
        )  # fmt: skip
    return made
