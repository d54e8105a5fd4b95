"""The JSON door for yearly evaluations."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from feedback import crime_figures, evaluations
from feedback.evaluation_years import FIRST_YEAR, Year, is_known
from feedback.evaluations import Side, Typed
from feedback.models import EvaluationMark, YearlyEvaluation
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem, NotFound
from hub.i18n import mark
from partnerships import scope

router = APIRouter(prefix="/api/v1")

YearNumber = Annotated[int, Path(ge=FIRST_YEAR, le=9999)]


class EvaluationOutput(BaseModel):
    """A partnership's year. ``figures`` are counted now until somebody signs; then they stay."""

    partnership: str
    year: int
    version: int = Field(description="0: nobody has written in it yet.")
    edition: int = Field(description="Say it back when you write or sign.")
    figures: dict[str, Any]
    crime_figures: dict[str, dict[str, int]]
    hot_felt: EvaluationMark | None
    cold_felt: EvaluationMark | None
    words: dict[str, str]
    officer_signed_at: datetime | None
    coordinator_signed_at: datetime | None
    sha256: str = Field(description="Of all that was signed, once both have signed.")


class EvaluationInput(BaseModel):
    """What people know. Crime figures are taken from the police alone."""

    model_config = ConfigDict(extra="forbid")

    edition: int = Field(ge=0, le=1_000_000)
    words: dict[str, str] = Field(default_factory=dict)
    hot_felt: EvaluationMark | None = None
    cold_felt: EvaluationMark | None = None
    crime_figures: dict[str, dict[str, int]] | None = None


class SignatureInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    edition: int = Field(ge=0, le=1_000_000)
    side: Side


@router.get("/partnerships/{slug}/evaluations/{number}")
def read_evaluation(
    slug: str,
    number: YearNumber,
    actor: Annotated[Actor, allowed(Action.SEE_EVALUATION)],
    session: DbSession,
) -> EvaluationOutput:
    """The newest version of one year's evaluation."""
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_EVALUATION)
    year = _year(number)
    kept = evaluations.newest(session, partnership, year)
    figures = evaluations.figures_of(session, partnership, year, kept)
    none_yet = YearlyEvaluation(partnership_id=UUID(int=0), year=number, version=0, edition=0)
    return _output(slug, kept or none_yet, figures)


def _year(number: int) -> Year:
    if not is_known(number):
        raise NotFound
    return Year(number)


def _output(slug: str, kept: YearlyEvaluation, figures: dict[str, Any]) -> EvaluationOutput:
    return EvaluationOutput(
        partnership=slug,
        year=kept.year,
        version=kept.version,
        edition=kept.edition,
        figures=figures,
        crime_figures=kept.crime_figures,
        hot_felt=kept.hot_felt,
        cold_felt=kept.cold_felt,
        words={name: getattr(kept, name) for name in evaluations.WORDS},
        officer_signed_at=kept.officer_signed_at,
        coordinator_signed_at=kept.coordinator_signed_at,
        sha256=kept.sha256,
    )


@router.put("/partnerships/{slug}/evaluations/{number}")
def write_evaluation(
    slug: str,
    number: YearNumber,
    actor: Annotated[Actor, allowed(Action.WRITE_EVALUATION)],
    wanted: EvaluationInput,
    session: DbSession,
) -> EvaluationOutput:
    """Write what only people know; a signature that was there is taken back."""
    partnership = scope.partnership_by_slug(session, slug, actor, Action.WRITE_EVALUATION)
    year = _year(number)
    may_type = evaluations.may_type_crime_figures(actor, partnership)
    kept = evaluations.write(
        session, actor, partnership, year, _typed(wanted, may_type), wanted.edition
    )
    return _output(slug, kept, evaluations.figures_of(session, partnership, year, kept))


def _typed(wanted: EvaluationInput, may_type_crime_figures: bool) -> Typed:
    unknown = sorted(set(wanted.words) - set(evaluations.WORDS))
    if unknown:
        said = mark("There is no such field: {name}.")
        raise BadInput(FieldProblem("words", said, (("name", unknown[0][:40]),)))
    if wanted.crime_figures is not None and not may_type_crime_figures:
        raise BadInput(FieldProblem("crime_figures", mark("Only the police give these figures.")))
    return Typed(wanted.words, wanted.hot_felt, wanted.cold_felt, _crimes(wanted))


def _crimes(wanted: EvaluationInput) -> crime_figures.CrimeFigures | None:
    if wanted.crime_figures is None:
        return None
    flat = {
        f"{row}.{column}": str(figure)
        for row, columns in wanted.crime_figures.items()
        for column, figure in columns.items()
    }
    known = {f"{row}.{one}" for row in crime_figures.ROWS for one in crime_figures.COLUMNS}
    for name in sorted(set(flat) - known):
        said = mark("There is no such field: {name}.")
        raise BadInput(FieldProblem("crime_figures", said, (("name", name[:40]),)))
    return crime_figures.read(flat)


@router.post("/partnerships/{slug}/evaluations/{number}/signatures", status_code=201)
def sign_evaluation(
    slug: str,
    number: YearNumber,
    actor: Annotated[Actor, allowed(Action.SEE_EVALUATION)],
    wanted: SignatureInput,
    session: DbSession,
) -> EvaluationOutput:
    """Sign the edition that was read, for one side."""
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_EVALUATION)
    year = _year(number)
    kept = evaluations.sign(session, actor, partnership, year, wanted.side, wanted.edition)
    return _output(slug, kept, evaluations.figures_of(session, partnership, year, kept))
