"""The pages of the yearly evaluation: which there are, one to read, write, sign and print."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from feedback import (
    crime_figures,
    evaluation_charts,
    evaluation_pdf,
    evaluation_survey,
    evaluations,
)
from feedback.evaluation_years import Year, is_known, this_year
from feedback.evaluations import Side, Typed
from feedback.models import EvaluationMark, YearlyEvaluation
from hub import clock
from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.i18n import Language, translate
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import launch_words, phenomena
from partnerships import scope
from partnerships.models import Account, Partnership

router = APIRouter(include_in_schema=False)

See = Annotated[Actor, allowed(Action.SEE_EVALUATION)]
Write = Annotated[Actor, allowed(Action.WRITE_EVALUATION)]
# Beyond what a year can be nothing is looked for.
YearNumber = Annotated[int, Path(ge=1, le=9999)]


@router.get("/evaluations")
def list_evaluations(request: Request, actor: See, session: DbSession, year: str = "") -> Response:
    """The evaluations of one year of every partnership within reach."""
    chosen = _chosen_year(year)
    within = scope.partnerships_of(session, actor, Action.SEE_EVALUATION)
    found = evaluations.of_partnerships(session, [one.id for one in within], chosen)
    return page(
        request,
        "feedback/evaluations.html",
        rows=[(one, found.get(one.id)) for one in within],
        year=chosen.number,
        newest_year=this_year(),
        is_frozen=evaluations.is_frozen,
    )


def _chosen_year(typed: str) -> Year:
    """The year asked for; else the one that was over last, which is the one evaluated."""
    is_year = typed.isascii() and typed.isdecimal() and len(typed) <= 4 and is_known(int(typed))
    return Year(int(typed)) if is_year else Year(this_year() - 1)


@router.get("/evaluations/{slug}")
def show_newest_evaluation(slug: str, actor: See, session: DbSession) -> Response:
    """The evaluation of the year that was over last."""
    partnership = scope.partnership_by_slug(session, slug, actor, Action.SEE_EVALUATION)
    return go_to(f"/evaluations/{partnership.slug}/{this_year() - 1}")


@router.get("/evaluations/{slug}/{number}")
def show_evaluation(
    slug: str, number: YearNumber, request: Request, actor: See, session: DbSession
) -> Response:
    partnership, year = _found(session, slug, number, actor, Action.SEE_EVALUATION)
    return _shown(request, session, actor, partnership, year, {})


def _found(
    session: Session, slug: str, number: int, actor: Actor, action: Action
) -> tuple[Partnership, Year]:
    if not is_known(number):
        raise NotFound
    return scope.partnership_by_slug(session, slug, actor, action), Year(number)


def _shown(
    request: Request,
    session: Session,
    actor: Actor,
    partnership: Partnership,
    year: Year,
    problems: dict[str, str],
    typed: dict[str, str] | None = None,
) -> Response:
    kept = evaluations.newest(session, partnership, year)
    frozen = kept is not None and evaluations.is_frozen(kept)
    may_write = scope.covers(actor, Action.WRITE_EVALUATION, partnership)
    return page(
        request,
        "feedback/evaluation.html",
        422 if problems else 200,
        typed=typed or _typed_of(kept),
        problems=problems,
        may_write=may_write and not frozen,
        may_begin_again=may_write and frozen,
        may_type_crime_figures=evaluations.may_type_crime_figures(actor, partnership),
        may_sign=[side for side in Side if kept and evaluations.may_sign(actor, partnership, side)],
        edition=kept.edition if kept else 0,
        longest=evaluations.LONGEST_WORDS,
        marks=list(EvaluationMark),
        versions=evaluations.versions(session, partnership, year),
        **told(session, partnership, year, kept, language_of(request)),
    )


def told(
    session: Session,
    partnership: Partnership,
    year: Year,
    kept: YearlyEvaluation | None,
    language: Language,
) -> dict[str, Any]:
    """What the page and the paper say of a year, in one language."""
    figures = evaluations.figures_of(session, partnership, year, kept)
    crimes = kept.crime_figures if kept else {}
    now = figures["years"][-1]
    return {
        "partnership": partnership,
        "year": year,
        "kept": kept,
        "is_frozen": kept is not None and evaluations.is_frozen(kept),
        "as_of": datetime.fromisoformat(figures["as_of"]),
        "now": now,
        "years": figures["years"],
        "charts": evaluation_charts.charts(figures, language),
        "burglaries": evaluation_charts.burglaries(crimes, year.number, language),
        "attempts": crime_figures.attempts(crimes),
        "crime_rows": {code: translate(language, name) for code, name in _ROWS},
        "crime_columns": {code: translate(language, name) for code, name in _COLUMNS},
        "survey": evaluation_survey.rows(figures["years"], language),
        "percent": evaluation_charts.percent,
        "phenomenon": lambda code: phenomena.label(code, language),
        "reason": lambda code: launch_words.label(code, language),
        "signed": [] if kept is None else _signatures(session, kept),
        "printed_at": clock.now(),
    }


_ROWS = tuple(crime_figures.ROWS.items())
_COLUMNS = tuple(crime_figures.COLUMNS.items())


def _signatures(session: Session, kept: YearlyEvaluation) -> list[tuple[Side, str, datetime]]:
    """Who signed for which side, and when."""
    both = (
        (Side.OFFICER, kept.officer_signed_by, kept.officer_signed_at),
        (Side.COORDINATOR, kept.coordinator_signed_by, kept.coordinator_signed_at),
    )
    return [(side, session.get_one(Account, who).name, at) for side, who, at in both if who and at]


def _typed_of(kept: YearlyEvaluation | None) -> dict[str, str]:
    if kept is None:
        return {}
    crimes = {
        f"{row}.{column}": str(figure)
        for row, columns in kept.crime_figures.items()
        for column, figure in columns.items()
    }
    felt = {"hot_felt": kept.hot_felt or "", "cold_felt": kept.cold_felt or ""}
    return {**{name: getattr(kept, name) for name in evaluations.WORDS}, **felt, **crimes}


@router.post("/evaluations/{slug}/{number}")
def write_evaluation(
    slug: str,
    number: YearNumber,
    request: Request,
    actor: Write,
    form: PostedForm,
    session: DbSession,
) -> Response:
    partnership, year = _found(session, slug, number, actor, Action.WRITE_EVALUATION)
    try:
        typed = _typed_in(form, evaluations.may_type_crime_figures(actor, partnership))
        evaluations.write(session, actor, partnership, year, typed, _edition(form))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _shown(request, session, actor, partnership, year, problems, _as_typed(form))
    return go_to(f"/evaluations/{slug}/{number}")


def _typed_in(form: Form, may_type_crime_figures: bool) -> Typed:
    return Typed(
        words={name: form.text(name) for name in evaluations.WORDS},
        hot_felt=_felt(form, "hot_felt"),
        cold_felt=_felt(form, "cold_felt"),
        crime_figures=crime_figures.read(_as_typed(form)) if may_type_crime_figures else None,
    )


def _felt(form: Form, name: str) -> EvaluationMark | None:
    said = form.text(name)
    return EvaluationMark(said) if said in list(EvaluationMark) else None


def _as_typed(form: Form) -> dict[str, str]:
    crimes = [f"{row}.{column}" for row in crime_figures.ROWS for column in crime_figures.COLUMNS]
    names = (*evaluations.WORDS, "hot_felt", "cold_felt", *crimes)
    return {name: form.text(name) for name in names}


def _edition(form: Form) -> int:
    typed = form.text("edition")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else -1


@router.post("/evaluations/{slug}/{number}/sign")
def sign_evaluation(
    slug: str, number: YearNumber, actor: See, form: PostedForm, session: DbSession
) -> Response:
    partnership, year = _found(session, slug, number, actor, Action.SEE_EVALUATION)
    side = Side.OFFICER if form.text("side") == Side.OFFICER else Side.COORDINATOR
    evaluations.sign(session, actor, partnership, year, side, _edition(form))
    return go_to(f"/evaluations/{slug}/{number}")


@router.post("/evaluations/{slug}/{number}/again")
def begin_evaluation_again(
    slug: str, number: YearNumber, actor: Write, _form: PostedForm, session: DbSession
) -> Response:
    partnership, year = _found(session, slug, number, actor, Action.WRITE_EVALUATION)
    evaluations.begin_again(session, actor, partnership, year)
    return go_to(f"/evaluations/{slug}/{number}")


@router.get("/evaluations/{slug}/{number}/pdf")
def print_evaluation(
    slug: str,
    number: YearNumber,
    request: Request,
    actor: See,
    session: DbSession,
    version: Annotated[int | None, Query(ge=1, le=9999)] = None,
) -> Response:
    """One version as a PDF; the newest where none is named."""
    partnership, year = _found(session, slug, number, actor, Action.SEE_EVALUATION)
    every = evaluations.versions(session, partnership, year)
    kept = next((one for one in every if version in (None, one.version)), None)
    if kept is None and version is not None:
        raise NotFound
    language = language_of(request)
    said = told(session, partnership, year, kept, language)
    name = f"{slug}-{number}{f'-{kept.version}' if kept and kept.version > 1 else ''}.pdf"
    return Response(
        evaluation_pdf.paper(said, language),
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
