"""Forms: taken only with the token this sign-in was given, so that no other site can post one."""

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


class Form:
    """What somebody typed: every value is a string, absent ones are empty."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def text(self, name: str) -> str:
        value = self._data.get(name, "")
        # Browsers end lines with CR LF; the carriers count each of the two.
        return (
            "" if isinstance(value, UploadFile) else value.replace("\r\n", "\n").replace("\0", "")
        )

    def all(self, name: str) -> list[str]:
        return [value for value in self._data.getlist(name) if isinstance(value, str)]

    def moment(self, name: str) -> datetime:
        """A time typed on a Belgian clock. Raises ``BadInput`` when it is none, or was skipped or
        doubled by the change of the clock."""
        try:
            local = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise BadInput(FieldProblem(name, mark("Give a date and a time."))) from None
        return on_the_clock(name, local)


def on_the_clock(name: str, local: datetime) -> datetime:
    """The moment at which a Belgian clock shows ``local``; an aware one stays as it is.

    Raises ``BadInput`` naming the field for an hour that does not exist or exists twice.
    """
    if local.tzinfo is not None:
        return local
    first = local.replace(tzinfo=BRUSSELS, fold=0)
    second = local.replace(tzinfo=BRUSSELS, fold=1)
    if first.utcoffset() != second.utcoffset():
        problem = mark("The clock changes in this hour. Choose a time before or after it.")
        raise BadInput(FieldProblem(name, problem))
    return first


async def _posted_form(request: Request) -> Form:
    """The form of this request. Raises ``FormRefused`` (403) when it did not come from our page."""
    data = await request.form()
    token = data.get("form_token")
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    is_ours = isinstance(token, str) and same(token, _expected_token(request))
    if not is_ours or (origin and origin not in _own_origins(request)) or site == "cross-site":
        raise FormRefused
    return Form(data)


# As a dependency it needs the actor first, so routes name their rule before their form.
PostedForm = Annotated[Form, Depends(_posted_form)]


def _own_origins(request: Request) -> set[str]:
    # Behind a proxy only the configured address is ours; on a laptop "localhost" is used as well.
    return {settings().base_url, f"{request.url.scheme}://{request.url.netloc}"}


def _expected_token(request: Request) -> str:
    actor: Actor | None = actor_of(request)
    if actor is not None:
        return actor.form_token
    return visitor_token(request.cookies.get(VISITOR_COOKIE, ""))


def visitor_token(visitor: str) -> str:
    """What the sign-in form carries for a browser that is not signed in yet."""
    return keyed_digest("visitor-form", visitor) if visitor else ""


def sentences(problems: tuple[FieldProblem, ...], language: Language) -> dict[str, str]:
    """Each problem by field, in the reader's language, for showing beside the field."""
    return {one.field: translate(language, one.message, **dict(one.values)) for one in problems}
