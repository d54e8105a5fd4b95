"""Agreement that a coordinator writes down: on paper or by word of mouth, how and on which day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlmodel import Session

from hub import clock
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from partnerships import consent
from partnerships.days import today
from partnerships.models import Person, Purpose

# The text printed on the form that members sign, and read to those who agree by telephone.
WORDING = "paper-1"
LONGEST_PROOF = 200
# Nothing was agreed before there were partnerships (circular of 1998).
EARLIEST = date(1998, 4, 9)


class GivenHow(StrEnum):
    PAPER = "paper"
    MAIL = "mail"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a member agreed to, how, on which Belgian day, and where the proof is kept."""

    purposes: Sequence[Purpose]
    how: GivenHow
    on: date
    proof: str = ""


def checked(purposes: Sequence[Purpose], how: str, on: str, proof: str) -> Agreement:
    """An agreement as it was typed. Raises ``BadInput`` for ``how``, ``on`` and ``proof``."""
    problems = []
    day = _day(on)
    if how not in set(GivenHow):
        problems.append(FieldProblem("how", mark("Say how he agreed.")))
    if day is None:
        problems.append(FieldProblem("on", mark("Give the day on which he agreed.")))
    elif day > today():
        problems.append(FieldProblem("on", mark("This day is still to come.")))
    elif day < EARLIEST:
        problems.append(FieldProblem("on", mark("Give the day on which he agreed.")))
    if len(proof) > LONGEST_PROOF:
        problem = mark("At most {count} characters.")
        problems.append(FieldProblem("proof", problem, (("count", LONGEST_PROOF),)))
    if problems or day is None:
        raise BadInput(*problems)
    return Agreement(purposes, GivenHow(how), day, proof.strip())


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def write_down(session: Session, person: Person, agreement: Agreement) -> None:
    """Record an agreement for each of its purposes."""
    for purpose in agreement.purposes:
        consent.give(
            session,
            person,
            purpose,
            wording=WORDING,
            how=agreement.how,
            language=person.language,
            at=_noon(agreement.on),
            proof=agreement.proof or None,
        )


def _noon(day: date) -> datetime:
    """A moment that is this day in Belgium; never later than now."""
    noon = datetime.combine(day, time(12), clock.BRUSSELS)
    return min(noon, clock.now())
