"""Forms: taken only with the token this sign-in was given, so that no other site can post one."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from hub.access import Actor
from hub.clock import BRUSSELS
from hub.config import settings
from hub.errors import BadInput, FieldProblem, FormRefused
from hub.i18n import Language, mark, translate
from hub.security import keyed_digest, same
from hub.web.pages import actor_of

VISITOR_COOKIE = "plp_visitor"
# Days are added to and taken from what is typed; a calendar ends at the years 1 and 9999.
_FIRST_YEAR, _LAST_YEAR = 1000, 9000


class Form:
    """What somebody typed: every value is a string, absent ones are empty."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def text(self, name: str) -> str:
        value = self._data.get(name, "")
        # Browsers end lines with CR LF; the carriers count each of the two.
        return "" if isinstance(value, UploadFile) else _storable(value).replace("\r\n", "\n")

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def all(self, name: str) -> list[str]:
        """Every value of this name, such as the boxes that were ticked."""
        return [_storable(one) for one in self._data.getlist(name) if isinstance(one, str)]

    def file(self, name: str, most: int) -> bytes:
        """An uploaded file, read at most one byte beyond ``most``; empty if there is none."""
        value = self._data.get(name)
        return value.file.read(most + 1) if isinstance(value, UploadFile) else b""

    def file_name(self, name: str) -> str:
        """What the browser says the uploaded file is called; never to be used as a path."""
        value = self._data.get(name)
        return (value.filename or "") if isinstance(value, UploadFile) else ""

    def moment(self, name: str) -> datetime:
        """A time typed on a Belgian clock. Raises ``BadInput`` when it is none, or was skipped or
        doubled by the change of the clock."""
        try:
            local = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise BadInput(FieldProblem(name, mark("Give a date and a time."))) from None
        return on_the_clock(name, local)


def _storable(value: str) -> str:
    # PostgreSQL keeps no NUL, and nobody can type one.
    return value.replace("\0", "")


def on_the_clock(name: str, local: datetime) -> datetime:
    """The moment at which a Belgian clock shows ``local``; an aware one stays as it is.

    Raises ``BadInput`` naming the field for an hour that does not exist or exists twice, and for a
    year so far away that nothing can be counted from it.
    """
    if not _FIRST_YEAR <= local.year <= _LAST_YEAR:
        problem = mark("Give a year from {least} to {most}.")
        values = (("least", _FIRST_YEAR), ("most", _LAST_YEAR))
        raise BadInput(FieldProblem(name, problem, values))
    if local.tzinfo is not None:
        return local
    first = local.replace(tzinfo=BRUSSELS, fold=0)
    second = local.replace(tzinfo=BRUSSELS, fold=1)
    if first.utcoffset() != second.utcoffset():
        problem = mark("The clock changes in this hour. Choose a time before or after it.")
        raise BadInput(FieldProblem(name, problem))
    return first


async def _posted_form(request: Request) -> AsyncIterator[Form]:
    """The form of this request. Raises ``FormRefused`` (403) when it did not come from our page.

    Uploaded files are closed with the request.
    """
    async with request.form() as data:
        token = data.get("form_token")
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        is_ours = isinstance(token, str) and same(token, _expected_token(request))
        if not is_ours or (origin and origin not in _own_origins(request)) or site == "cross-site":
            raise FormRefused
        yield Form(data)


# As a dependency it needs the actor first, so routes name their rule before their form.
PostedForm = Annotated[Form, Depends(_posted_form)]


def _own_origins(request: Request) -> set[str]:
    # Behind a proxy only the configured address is ours; on a laptop "localhost" is used as well.
    return {settings().base_url, f"{request.url.scheme}://{request.url.netloc}"}


def _expected_token(request: Request) -> str:
    actor: Actor | None = actor_of(request)
    if actor is not None:
        return actor.form_token
    # Of a member's visit to his own page, as the route found it.
    visit: str | None = getattr(request.state, "visit_form_token", None)
    if visit is not None:
        return visit
    return visitor_token(request.cookies.get(VISITOR_COOKIE, ""))


def visitor_token(visitor: str) -> str:
    """What the sign-in form carries for a browser that is not signed in yet."""
    return keyed_digest("visitor-form", visitor) if visitor else ""


def sentences(problems: tuple[FieldProblem, ...], language: Language) -> dict[str, str]:
    """Each problem by field, in the reader's language, for showing beside the field."""
    return {one.field: translate(language, one.message, **dict(one.values)) for one in problems}
