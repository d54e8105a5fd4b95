"""The prevention plan of a fictional town: promises that its registers, its messages and a few
typed figures answer, so that there is something to look at. It replaces the plan of one line."""

import csv
import io
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, delete, select

from hub import clock
from hub.clock import in_brussels
from partnerships.models import Organisation
from plan.keeping import course, importing, sheet_importing
from plan.keeping.storing import Source
from plan.measures import buckets, taking
from plan.models import (
    Entry,
    EntryState,
    EntryStatus,
    ExpectedResult,
    Indicator,
    Plan,
    PlanNode,
    ResultIndicator,
    ResultMeasure,
)
from plan.standing import spans

# So far back reach the registers that are filled for the same town.
_MONTHS_BACK = 6
_TITLE = "Plan stratégique de sécurité et de prévention (fictif)"
_COORDINATION = "Coordination"
_THEFT, _NUISANCE, _BICYCLES = "Cambriolage", "Nuisances sociales", "Vol de vélo"
_CODES = {_THEFT: "cambriolage", _NUISANCE: "nuisances-sociales", _BICYCLES: "vol-de-velo"}


class _Promise(NamedTuple):
    """One result: where it stands, its words, how they are read, its indicator, what feeds it."""

    part: str
    strategic: str
    operational: str
    result: str
    reading: tuple[str, str, str, str, str]  # kind, comparator, target, unit, period
    indicator: str
    measure: str = ""


_PILOT = "Piloter la politique locale de prévention"
_PARTNERSHIPS = "Développer les partenariats locaux de prévention"
_HOMES = "Rendre les habitations moins vulnérables"
_STREET = "Renforcer la présence dans l'espace public"
_MARKED = "Marquage : au moins 200 vélos par an"
_GUARDED = "Un parking vélo gardé lors du marché annuel : oui/non"
_PLAN = (
    _Promise(_COORDINATION, _PILOT, "Réunir les partenaires",
             "Au moins 8 réunions locales par an", ("count", ">=", "8", "meeting", "year"),
             "Nombre de réunions locales", "m.meetings[level=local]"),
    _Promise(_COORDINATION, _PILOT, "Rendre compte à l'autorité subsidiante",
             "100 % des documents transmis dans les délais",
             ("ratio", ">=", "100", "percent", "year"),
             "Part des documents transmis à temps", "m.obligations_on_time"),
    _Promise(_COORDINATION, _PARTNERSHIPS, "Entretenir la communication avec les membres des PLP",
             "80 % des alertes PLP reçoivent un retour d'information dans le délai convenu",
             ("ratio", ">=", "80", "percent", "year"),
             "Part des alertes avec retour dans le délai du plan de communication",
             "m.alerts_with_feedback_in_time"),
    _Promise(_COORDINATION, _PARTNERSHIPS, "Garder des partenariats vivants",
             "Au moins 2 PLP actifs chaque année", ("count", ">=", "2", "partnership", "year"),
             "Nombre de PLP actifs", "m.active_partnerships"),
    _Promise(_THEFT, _HOMES, "Conseiller les habitants chez eux",
             "90 % des visites de techno-prévention dans les deux semaines",
             ("ratio", ">=", "90", "percent", "year"),
             "Part des visites faites à temps", "m.visits_on_time_share"),
    _Promise(_THEFT, _HOMES, "Informer la population",
             "Au moins 2 actions de prévention par an", ("count", ">=", "2", "action", "year"),
             "Nombre d'actions de prévention", "m.prevention_actions[phenomenon=cambriolage]"),
    _Promise(_THEFT, _HOMES, "Informer la population",
             "Au moins 3 outils de communication actualisés par an",
             ("count", ">=", "3", "tool", "year"),
             "Nombre d'outils actualisés", "m.comm_tools_updated[phenomenon=cambriolage]"),
    # Nobody has typed it yet: something for a service to do.
    _Promise(_THEFT, _HOMES, "Informer la population",
             "Au moins 60 participants aux séances d'information par an",
             ("count", ">=", "60", "person", "year"),
             "Nombre de participants aux séances d'information"),
    _Promise(_NUISANCE, _STREET, "Être présent aux heures sensibles",
             "Au moins 10 sorties par semaine", ("count", ">=", "10", "outing", "week"),
             "Nombre de sorties par semaine", "m.presence_outings"),
    _Promise(_NUISANCE, _STREET, "Aller vers les personnes en rue",
             "Au moins 120 contacts par mois", ("count", ">=", "120", "contact", "month"),
             "Nombre de contacts en rue", "m.street_counts[counted=contacts]"),
    _Promise(_NUISANCE, "Former le personnel de terrain", "Former les gardiens de la paix",
             "Tous les gardiens de la paix formés à la gestion de conflits",
             ("ratio", ">=", "100", "percent", "year"),
             "Part des gardiens de la paix formés", "m.trained_share"),
    _Promise(_BICYCLES, "Protéger les vélos", "Marquer les vélos", _MARKED,
             ("count", ">=", "200", "bicycle", "year"), "Nombre de vélos marqués"),
    _Promise(_BICYCLES, "Protéger les vélos", "Garder les vélos lors des événements", _GUARDED,
             ("yes_no", "=", "", "oui/non", "year"), "Existence d'un parking vélo gardé"),
)  # fmt: skip
# What a service typed of each quarter that is over, and its officer approved.
_BICYCLES_MARKED = (38.0, 52.0, 44.0, 47.0)


def fill(session: Session, town: Organisation, officer_id: UUID) -> None:
    """Read in, put in force, measured for the town and its zones, and typed where nobody counts."""
    _take_away(session, town)
    today = in_brussels(clock.now()).date()
    year = today.year if today.month > _MONTHS_BACK else today.year - 1
    days = (date(year, 1, 1), date(year + 1, 12, 31))
    wish = importing.Wish(str(town.id), _TITLE, days[0].isoformat(), days[1].isoformat())
    source = Source("plan-fictif.csv", _table())
    plan = sheet_importing.as_new_plan(session, source, wish, [town], officer_id)
    course.put_in_force(session, plan, officer_id)
    taking.take(session, plan, buckets.begun(plan, today), clock.now(), by_zone=True)
    _type(session, plan, today, officer_id)


def _take_away(session: Session, town: Organisation) -> None:
    plans = select(Plan.id).where(Plan.municipality_id == town.id)
    nodes = select(PlanNode.id).where(col(PlanNode.plan_id).in_(plans))
    results = select(ExpectedResult.id).where(col(ExpectedResult.node_id).in_(nodes))
    session.exec(delete(ResultMeasure).where(col(ResultMeasure.result_id).in_(results)))
    session.exec(delete(ResultIndicator).where(col(ResultIndicator.result_id).in_(results)))
    session.exec(delete(ExpectedResult).where(col(ExpectedResult.node_id).in_(nodes)))
    session.exec(delete(Indicator).where(col(Indicator.node_id).in_(nodes)))
    under = col(PlanNode.parent_id).is_not(None)
    session.exec(delete(PlanNode).where(col(PlanNode.plan_id).in_(plans), under))
    session.exec(delete(PlanNode).where(col(PlanNode.plan_id).in_(plans)))
    session.exec(delete(Plan).where(col(Plan.municipality_id) == town.id))
    session.expire_all()


def _table() -> bytes:
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";")
    rows.writerow((
        "part_kind", "part", "part_catalogue", "strategic_objective", "operational_objective",
        "result", "kind", "comparator", "target", "unit", "period", "confirmed",
        "indicators", "indicator_classes", "measures",
    ))  # fmt: skip
    for one in _PLAN:
        code = _CODES.get(one.part, "")
        kind = "phenomenon" if code else "section"
        rows.writerow((
            kind, one.part, code, one.strategic, one.operational, one.result, *one.reading, "yes",
            one.indicator, "result", one.measure,
        ))  # fmt: skip
    return written.getvalue().encode()


def _type(session: Session, plan: Plan, today: date, officer_id: UUID) -> None:
    ended = [one.period for one in spans.quarters(plan) if one.period.last < today]
    for period, value in zip(ended, _BICYCLES_MARKED, strict=False):
        _entry(session, plan, _MARKED, period.first, period.last, officer_id, value=value)
    first = spans.years(plan)[0].period
    state = EntryState.IN_PROGRESS
    _entry(session, plan, _GUARDED, first.first, first.last, officer_id, state=state)


def _entry(
    session: Session,
    plan: Plan,
    words: str,
    first: date,
    last: date,
    by: UUID,
    *,
    value: float | None = None,
    state: EntryState | None = None,
) -> None:
    nodes = select(PlanNode.id).where(PlanNode.plan_id == plan.id)
    mine = select(ExpectedResult).where(
        col(ExpectedResult.node_id).in_(nodes), ExpectedResult.raw == words
    )
    result = session.exec(mine).one()
    session.add(
        Entry(
            result_id=result.id,
            service_id=result.service_id,
            period_start=first,
            period_end=last,
            value=value,
            state=state,
            status=EntryStatus.APPROVED,
            entered_by=by,
            entered_at=clock.now(),
        )
    )
