"""What an entry keeps in a table beside its own: who was at a meeting, the first day of an action,
the first version of a tool."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func
from sqlmodel import Session, SQLModel, col, select

from hub.db import Condition
from plan.models import CampaignDay, Meeting, MeetingAttendance, ToolVersion
from plan.registers.circle import Circle

Values = Mapping[str, Any]
Found = dict[UUID, dict[str, Any]]


def read(session: Session, kind: str, ids: Sequence[UUID]) -> Found:
    """What is kept beside these entries, by entry."""
    return _READ[kind](session, ids) if kind in _READ and ids else {}


def write(session: Session, circle: Circle, kind: str, row: Any, values: Values) -> None:
    """Keep it anew, after its entry."""
    if kind in _WRITTEN:
        _WRITTEN[kind](session, circle, row, values)


def organisations(within: Condition, most: int) -> Select[Any]:
    """Asks for the names of those who came to meetings, the most frequent first."""
    name = col(MeetingAttendance.organisation)
    return (
        select(name)
        .join(Meeting, col(Meeting.id) == col(MeetingAttendance.meeting_id))
        .where(within)
        .group_by(name)
        .order_by(func.count().desc(), name)
        .limit(most)
    )


def _present(session: Session, ids: Sequence[UUID]) -> Found:
    found: Found = {one: {"present": {}} for one in ids}
    wanted = select(MeetingAttendance).where(col(MeetingAttendance.meeting_id).in_(ids))
    for one in session.exec(wanted.order_by(MeetingAttendance.organisation)):
        found[one.meeting_id]["present"][one.organisation] = one.people
    return found


def _keep_present(session: Session, _circle: Circle, row: Any, values: Values) -> None:
    its = col(MeetingAttendance.meeting_id) == row.id
    session.execute(delete(MeetingAttendance).where(its))
    for name, people in values["present"].items():
        session.add(MeetingAttendance(meeting_id=row.id, organisation=name, people=people))


def _first_days(session: Session, ids: Sequence[UUID]) -> Found:
    wanted = select(CampaignDay).where(
        col(CampaignDay.campaign_id).in_(ids), col(CampaignDay.taken_back_at).is_(None)
    )
    found: Found = {}
    for one in session.exec(wanted.order_by(col(CampaignDay.day))):
        found.setdefault(one.campaign_id, {"first_day": one.day})
    return found


def _keep_first_day(session: Session, _circle: Circle, row: Any, values: Values) -> None:
    wanted = select(CampaignDay).where(
        CampaignDay.campaign_id == row.id, col(CampaignDay.taken_back_at).is_(None)
    )
    first = session.exec(wanted.order_by(col(CampaignDay.day), col(CampaignDay.id))).first()
    _move(session, first or CampaignDay(campaign_id=row.id, day=values["first_day"]), "day",
          values["first_day"])  # fmt: skip


def _first_versions(session: Session, ids: Sequence[UUID]) -> Found:
    wanted = select(ToolVersion).where(
        col(ToolVersion.tool_id).in_(ids), col(ToolVersion.taken_back_at).is_(None)
    )
    found: Found = {}
    for one in session.exec(wanted.order_by(col(ToolVersion.published_on))):
        found.setdefault(one.tool_id, {"published_on": one.published_on})
    return found


def _keep_first_version(session: Session, circle: Circle, row: Any, values: Values) -> None:
    wanted = select(ToolVersion).where(ToolVersion.tool_id == row.id)
    versions = session.exec(wanted.order_by(col(ToolVersion.published_on))).all()
    day = values["published_on"]
    same = next((one for one in versions if one.published_on == day), None)
    kept = next((one for one in versions if one.taken_back_at is None), None)
    made = (
        same
        or kept
        or ToolVersion(tool_id=row.id, published_on=day, entered_by=circle.actor.account_id)
    )
    made.taken_back_at = None
    _move(session, made, "published_on", day)


def _move(session: Session, row: SQLModel, name: str, day: date) -> None:
    setattr(row, name, day)
    session.add(row)


_READ: Mapping[str, Callable[[Session, Sequence[UUID]], Found]] = {
    "meetings": _present,
    "campaigns": _first_days,
    "tools": _first_versions,
}
_WRITTEN: Mapping[str, Callable[[Session, Circle, Any, Values], None]] = {
    "meetings": _keep_present,
    "campaigns": _keep_first_day,
    "tools": _keep_first_version,
}
