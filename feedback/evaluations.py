"""The yearly evaluation of a partnership: written by both sides, signed by both, then frozen.

Whoever signs, signs an edition: what was changed since he read it is not signed by him, and a
change takes back the signature that was there.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from feedback import evaluation_figures
from feedback.crime_figures import CrimeFigures
from feedback.evaluation_figures import Figures
from feedback.evaluation_years import Year
from feedback.models import EvaluationMark, YearlyEvaluation
from hub import audit, clock
from hub.access import Action, Actor
from hub.db import hold_alone
from hub.errors import BadInput, Conflict, FieldProblem, NotAllowed
from hub.i18n import mark
from partnerships import scope
from partnerships.models import Partnership

LONGEST_WORDS = 4000
WORDS = (
    "follow_up_words",
    "safety_words",
    "relation_words",
    "activities_words",
    "conclusion",
)


class Side(StrEnum):
    """For whom somebody signs."""

    OFFICER = "officer"
    COORDINATOR = "coordinator"


_SIGNS = {
    Side.OFFICER: Action.SIGN_AS_OFFICER,
    Side.COORDINATOR: Action.SIGN_AS_COORDINATOR,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What people typed. ``crime_figures`` is ``None`` from somebody who may not type them."""

    words: dict[str, str] = field(default_factory=dict)
    hot_felt: EvaluationMark | None = None
    cold_felt: EvaluationMark | None = None
    crime_figures: CrimeFigures | None = None


def newest(session: Session, partnership: Partnership, year: Year) -> YearlyEvaluation | None:
    """The newest version of a year's evaluation; ``None`` before anybody wrote in it."""
    versions = select(YearlyEvaluation).where(
        YearlyEvaluation.partnership_id == partnership.id, YearlyEvaluation.year == year.number
    )
    return session.exec(versions.order_by(col(YearlyEvaluation.version).desc()).limit(1)).first()


def versions(session: Session, partnership: Partnership, year: Year) -> list[YearlyEvaluation]:
    """Every version, the newest first."""
    its = select(YearlyEvaluation).where(
        YearlyEvaluation.partnership_id == partnership.id, YearlyEvaluation.year == year.number
    )
    return list(session.exec(its.order_by(col(YearlyEvaluation.version).desc())))


def of_partnerships(
    session: Session, partnership_ids: Sequence[UUID], year: Year
) -> dict[UUID, YearlyEvaluation]:
    """The newest version of each that has one."""
    its = select(YearlyEvaluation).where(
        col(YearlyEvaluation.partnership_id).in_(partnership_ids),
        YearlyEvaluation.year == year.number,
    )
    ordered = session.exec(its.order_by(col(YearlyEvaluation.version)))
    return {one.partnership_id: one for one in ordered}


def is_frozen(evaluation: YearlyEvaluation) -> bool:
    """Whether both have signed it."""
    return bool(evaluation.officer_signed_at and evaluation.coordinator_signed_at)


def figures_of(
    session: Session, partnership: Partnership, year: Year, evaluation: YearlyEvaluation | None
) -> Figures:
    """What is shown: as it was signed where it was, else as the hub counts now."""
    if evaluation is not None and evaluation.figures is not None:
        return evaluation.figures
    return evaluation_figures.of(session, partnership.id, year)


def may_sign(actor: Actor, partnership: Partnership, side: Side) -> bool:
    """Whether somebody may sign for this side of this partnership."""
    return scope.covers(actor, _SIGNS[side], partnership)


def may_type_crime_figures(actor: Actor, partnership: Partnership) -> bool:
    """Only the police know them."""
    return may_sign(actor, partnership, Side.OFFICER)


def write(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    year: Year,
    typed: Typed,
    edition: int,
) -> YearlyEvaluation:
    """Keep what was typed on the page that showed this edition (0: nobody had written yet).

    Raises ``BadInput`` naming words that are too long; ``Conflict`` for what is signed by both, or
    was changed by somebody else since.
    """
    _refuse_too_long(typed)
    kept = _held(session, partnership, year, edition)
    if is_frozen(kept):
        raise Conflict(mark("Both have signed it: it stays as it is. Begin a new version."))
    before = _said(kept)
    for name in WORDS:
        setattr(kept, name, typed.words.get(name, "").strip())
    kept.hot_felt, kept.cold_felt = typed.hot_felt, typed.cold_felt
    if typed.crime_figures is not None:
        kept.crime_figures = typed.crime_figures
    if kept.edition and _said(kept) == before:
        return kept
    _unsign(kept)
    kept.edition += 1
    kept.changed_by, kept.changed_at = actor.account_id, clock.now()
    session.add(kept)
    session.flush()
    subject = ("yearly_evaluation", kept.id)
    audit.record(session, "evaluation.write", subject, by=actor.account_id, edition=kept.edition)
    return kept


def _refuse_too_long(typed: Typed) -> None:
    count = (("count", LONGEST_WORDS),)
    said = mark("At most {count} characters.")
    long = [name for name in WORDS if len(typed.words.get(name, "")) > LONGEST_WORDS]
    if long:
        raise BadInput(*(FieldProblem(name, said, count) for name in long))


def _held(session: Session, partnership: Partnership, year: Year, edition: int) -> YearlyEvaluation:
    """The newest version, which nobody else writes in until the commit."""
    # By the partnership: before the first of a year is written there is no row to lock.
    hold_alone(session, partnership.id)
    kept = newest(session, partnership, year)
    if kept is not None:
        session.refresh(kept)
    found = kept or YearlyEvaluation(partnership_id=partnership.id, year=year.number, edition=0)
    if found.edition != edition:
        raise Conflict(
            mark("Somebody else has changed it since you opened the page. Read it again first.")
        )
    return found


def _said(evaluation: YearlyEvaluation) -> dict[str, Any]:
    return {
        **{name: getattr(evaluation, name) for name in WORDS},
        "hot_felt": evaluation.hot_felt,
        "cold_felt": evaluation.cold_felt,
        "crime_figures": evaluation.crime_figures,
    }


def _unsign(evaluation: YearlyEvaluation) -> None:
    evaluation.officer_signed_by = evaluation.officer_signed_at = None
    evaluation.coordinator_signed_by = evaluation.coordinator_signed_at = None
    evaluation.figures = None


def sign(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    year: Year,
    side: Side,
    edition: int,
) -> YearlyEvaluation:
    """Sign the edition that was read, for one side; with the second signature it is frozen.

    The figures are frozen with the first. Signing twice changes nothing. Raises ``NotAllowed`` for
    whoever may not sign for this side; ``Conflict`` while the year is not over, when nobody wrote
    in it, when it was changed since, or when the same person signed for the other side.
    """
    if not may_sign(actor, partnership, side):
        raise NotAllowed
    if not year.is_over:
        raise Conflict(mark("This year is not over yet: sign it once it is."))
    kept = _held(session, partnership, year, edition)
    if not kept.edition:
        raise Conflict(mark("Nobody has written in it yet. Write and save it first."))
    if _signed_by(kept, side) is not None:
        return kept
    other = Side.COORDINATOR if side is Side.OFFICER else Side.OFFICER
    if _signed_by(kept, other) == actor.account_id:
        raise Conflict(
            mark("You have signed for the other side: somebody else signs for this one.")
        )
    _freeze(session, partnership, year, kept)
    setattr(kept, f"{side}_signed_by", actor.account_id)
    setattr(kept, f"{side}_signed_at", clock.now())
    if is_frozen(kept):
        kept.sha256 = fingerprint(kept)
    session.add(kept)
    session.flush()
    subject = ("yearly_evaluation", kept.id)
    audit.record(session, "evaluation.sign", subject, by=actor.account_id, side=side)
    return kept


def _signed_by(evaluation: YearlyEvaluation, side: Side) -> UUID | None:
    who: UUID | None = getattr(evaluation, f"{side}_signed_by")
    return who


def _freeze(
    session: Session, partnership: Partnership, year: Year, evaluation: YearlyEvaluation
) -> None:
    if evaluation.figures is None:
        evaluation.figures = evaluation_figures.of(session, partnership.id, year)


def fingerprint(evaluation: YearlyEvaluation) -> str:
    """The SHA-256 of all that was signed, by whom and when."""
    signed = {
        **_said(evaluation),
        "partnership": str(evaluation.partnership_id),
        "year": evaluation.year,
        "version": evaluation.version,
        "figures": evaluation.figures,
        "officer": _mark_of(evaluation.officer_signed_by, evaluation.officer_signed_at),
        "coordinator": _mark_of(evaluation.coordinator_signed_by, evaluation.coordinator_signed_at),
    }
    plain = json.dumps(signed, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _mark_of(who: UUID | None, at: datetime | None) -> list[str]:
    return [str(who), at.isoformat() if at else ""]


def begin_again(
    session: Session, actor: Actor, partnership: Partnership, year: Year
) -> YearlyEvaluation:
    """A new version of what both have signed, with the same words; the signed one stays.

    Raises ``Conflict`` where the newest is not signed by both.
    """
    hold_alone(session, partnership.id)
    signed = newest(session, partnership, year)
    if signed is None or not is_frozen(signed):
        raise Conflict(mark("There is one that can still be changed."))
    again = YearlyEvaluation(
        partnership_id=partnership.id,
        year=year.number,
        version=signed.version + 1,
        changed_by=actor.account_id,
        changed_at=clock.now(),
        **_said(signed),
    )
    session.add(again)
    session.flush()
    subject = ("yearly_evaluation", again.id)
    audit.record(session, "evaluation.begin_again", subject, by=actor.account_id)
    return again
