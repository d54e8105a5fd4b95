"""Errors as answers: problem+json for machines (RFC 9457), a page with a sentence for people."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from hub import log
from hub.db import DATABASE_AWAY
from hub.errors import BadInput, FieldProblem, HubError, NotSignedIn
from hub.i18n import mark, translate
from hub.web.pages import go_to, language_of, page

_log = log.get(__name__)

_RETRY_AFTER_SECONDS = "5"
_SENTENCES = {
    404: mark("This page or item does not exist, or is not within your scope."),
    405: mark("This address does not take this kind of request."),
    413: mark("This is too large to take."),
    422: mark("A number or a date is too large or too small to be kept. Nothing was changed."),
    500: mark("Something went wrong on our side. It has been noted. Please try again."),
    503: mark("The hub is busy for a moment. Please try again."),
}


def answer_errors(app: FastAPI) -> None:
    """Give every refusal and every failure its answer."""
    app.add_exception_handler(HubError, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for away in DATABASE_AWAY:
        app.add_exception_handler(away, _busy)
    for refused in (DataError, OverflowError):
        app.add_exception_handler(refused, _unstorable)
    app.add_exception_handler(Exception, _failure)


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, HubError)
    if isinstance(error, NotSignedIn) and _is_led(request, error):
        return go_to(error.door)
    sentence = translate(language_of(request), error.message, **error.values)
    problems = error.problems if isinstance(error, BadInput) else ()
    return _answer(request, error.status, sentence, problems, error.see)


def _is_led(request: Request, error: NotSignedIn) -> bool:
    return _wants_page(request) and request.method in error.led_from


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = tuple(
        # "body" is where FastAPI found it, not part of the field's path.
        FieldProblem(".".join(str(part) for part in one["loc"][1:]), _as_it_is(one["msg"]))
        for one in error.errors()
    )
    return _refusal(request, BadInput(*problems))


def _as_it_is(foreign: str) -> str:
    """A library's sentence, its braces kept from being read as placeholders."""
    return foreign.replace("{", "{{").replace("}", "}}")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = _SENTENCES.get(error.status_code, _as_it_is(str(error.detail)))
    return _answer(request, error.status_code, translate(language_of(request), sentence), ())


def _busy(request: Request, error: Exception) -> Response:
    _log.error("database_away", cause=type(error).__name__)
    answer = _answer(request, 503, translate(language_of(request), _SENTENCES[503]), ())
    answer.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return answer


def _unstorable(request: Request, error: Exception) -> Response:
    """A number too large to store or to count with, which no field's own check refused."""
    route = getattr(request.scope.get("route"), "path", "")
    _log.error("input_unstorable", route=route, cause=type(error).__name__)
    return _answer(request, 422, translate(language_of(request), _SENTENCES[422]), ())


def _failure(request: Request, error: Exception) -> Response:
    # Not the path itself: some hold a token that is good once, and is still good after a failure.
    route = getattr(request.scope.get("route"), "path", "")
    _log.error("request_failed", route=route, exc_info=error)
    return _answer(request, 500, translate(language_of(request), _SENTENCES[500]), ())


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/webhooks/"))


def _answer(
    request: Request,
    status: int,
    sentence: str,
    problems: Sequence[FieldProblem],
    see: str | None = None,
) -> Response:
    if _wants_page(request):
        return page(request, "hub/error.html", status, sentence=sentence, status=status, see=see)
    language = language_of(request)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": sentence,
        "status": status,
        "detail": sentence,
        "instance": request.url.path,
    }
    if see:
        # The API has each page's thing under the same path.
        body["see"] = f"/api/v1{see}"
    if problems:
        body["errors"] = [
            {"field": one.field, "detail": translate(language, one.message, **dict(one.values))}
            for one in problems
        ]
        body["detail"] = "; ".join(f"{e['field']}: {e['detail']}" for e in body["errors"])
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
