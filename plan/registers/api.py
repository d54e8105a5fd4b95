"""Registers for machines: the same columns as the page and the file, each as one text."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, FieldProblem
from hub.i18n import mark
from hub.web.pages import language_of
from plan.registers import circle as circles
from plan.registers import rows
from plan.registers.cells import Cells
from plan.registers.kinds import Register, register_of

router = APIRouter(prefix="/api/v1", tags=["registers"])

_Keep = Annotated[Actor, allowed(Action.KEEP_REGISTERS)]
_LONGEST_CELL = 5000


class EntryInput(BaseModel):
    """One entry: each column by its name, as it would be typed on the page or stand in a file."""

    model_config = ConfigDict(extra="forbid")

    town: str = Field(default="", description="Its slug; the first of one's towns for none.")
    values: dict[str, Annotated[str, Field(max_length=_LONGEST_CELL)]] = Field(max_length=30)


class EntryOutput(BaseModel):
    id: UUID
    is_taken_back: bool
    values: dict[str, str]


class EntriesOutput(BaseModel):
    items: list[EntryOutput]
    next_cursor: UUID | None


class _Kept:
    def __init__(
        self, request: Request, session: Session, actor: Actor, kind: str, town: str
    ) -> None:
        self.circle = circles.circle_of(session, actor, town)
        self.register: Register = register_of(kind)
        rows.refuse_town_registers(self.circle, self.register)
        self.cells = Cells(session, self.circle, language_of(request))

    def output(self, entry: rows.Entry) -> EntryOutput:
        said: dict[str, Any] = {
            one.name: self.cells.typed(one, entry.values.get(one.name))
            for one in self.register.columns
        }
        return EntryOutput(id=entry.id, is_taken_back=entry.is_taken_back, values=said)


@router.get("/registers/{kind}")
def list_entries(
    kind: str,
    request: Request,
    actor: _Keep,
    session: DbSession,
    town: str = "",
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EntriesOutput:
    """The entries of a register within reach, the newest first, those taken back among them."""
    kept = _Kept(request, session, actor, kind, town)
    shown = rows.listed(session, kept.circle, kept.register, cursor, limit)
    return EntriesOutput(items=[kept.output(one) for one in shown.entries], next_cursor=shown.next)


@router.post("/registers/{kind}", status_code=201)
def enter(
    kind: str, request: Request, actor: _Keep, wanted: EntryInput, session: DbSession
) -> EntryOutput:
    """A new entry; the same again within two minutes gives the first one."""
    kept = _Kept(request, session, actor, kind, wanted.town)
    _refuse_unknown(kept.register, wanted.values)
    values = rows.read(session, kept.circle, kept.register, kept.cells, wanted.values)
    made = rows.enter(session, kept.circle, kept.register, values)
    session.flush()
    return kept.output(rows.one(session, kept.circle, kept.register, made.id))


def _refuse_unknown(register: Register, values: dict[str, str]) -> None:
    """Raises ``BadInput`` naming a column that the register has not: a misspelled one must not be
    left out silently."""
    known = {one.name for one in register.columns}
    unknown = sorted(set(values) - known)
    if unknown:
        raise BadInput(FieldProblem(f"values.{unknown[0][:100]}", _NO_SUCH_COLUMN))


_NO_SUCH_COLUMN = mark("This register has no such column.")
