"""The pages of registers: the tiles, one register, one entry, and the clock of a shift."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput
from hub.web.forms import PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from partnerships.documents import Upload
from plan.registers import circle as circles
from plan.registers import clocking, evidence, fields, grids, rows
from plan.registers.cells import Cells
from plan.registers.circle import Circle
from plan.registers.columns import WEEKDAYS
from plan.registers.kinds import Register, register_of

router = APIRouter(include_in_schema=False)

Keeper = Annotated[Actor, allowed(Action.KEEP_REGISTERS)]


class Shown:
    """One person's registers, as a request asks for them."""

    def __init__(self, request: Request, session: Session, actor: Actor) -> None:
        self.request, self.session = request, session
        slug = request.query_params.get("town", "")
        self.circle: Circle = circles.circle_of(session, actor, slug)
        self.cells = Cells(session, self.circle, language_of(request))

    def register(self, kind: str) -> Register:
        found = register_of(kind)
        rows.refuse_town_registers(self.circle, found)
        return found

    def said(self, refusal: BadInput) -> dict[str, str]:
        return sentences(refusal.problems, language_of(self.request))

    def go_to(self, path: str) -> Response:
        slug = self.request.query_params.get("town", "")
        return go_to(f"{path}?town={slug}" if slug else path)

    def page(self, template: str, problems: Mapping[str, str], **context: Any) -> Response:
        slug = self.request.query_params.get("town", "")
        return page(
            self.request,
            f"plan/registers/{template}",
            422 if problems else 200,
            circle=self.circle,
            problems=problems,
            cells=self.cells,
            weekdays=WEEKDAYS,
            of_town=f"?town={slug}" if slug else "",
            **context,
        )

    def list_page(
        self,
        register: Register,
        problems: Mapping[str, str] | None = None,
        typed: Mapping[str, str] | None = None,
        taken: Any = None,
        refused: Any = (),
    ) -> Response:
        """A register: its form, and the newest entries."""
        shown = rows.listed(self.session, self.circle, register, _mark(self.request))
        suggested = rows.suggestions(self.session, self.circle, register)
        first = fields.first_typed(self.circle, register)
        return self.page(
            "register.html",
            problems or {},
            register=register,
            fields=fields.fields(self.circle, register, self.cells, typed or first, suggested),
            shown=shown,
            proofs=evidence.counts(self.session, register.kind, [one.id for one in shown.entries]),
            may_take_back=rows.may_be_taken_back(register),
            has_grid=register.kind in grids.KINDS,
            on_duty=self.on_duty(),
            taken=taken,
            refused=refused,
        )

    def on_duty(self) -> Any:
        own = self.circle.own
        return rows.open_shift(self.session, own.id) if own else None


def _mark(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params.get("after", ""))
    except ValueError:
        return None


@router.get("/registers")
def show_registers(request: Request, actor: Keeper, session: DbSession) -> Response:
    return _tiles(Shown(request, session, actor), {})


def _tiles(shown: Shown, problems: Mapping[str, str]) -> Response:
    circle, session = shown.circle, shown.session
    if not circle.keeps_all and circle.own is None:
        names = circles.in_charge(session, circle.town)
        return shown.page("nobody.html", problems, names=names)
    kept = rows.registers_of(circle)
    last = {one.kind: rows.listed(session, circle, one, most=1).entries for one in kept}
    shifts = register_of("shifts")
    suggested = rows.suggestions(session, circle, shifts)
    return shown.page(
        "registers.html",
        problems,
        registers=kept,
        last=last,
        towns=circles.towns(session, circle.actor),
        on_duty=shown.on_duty(),
        kinds=shown.cells.options(shifts.column("kind")),
        quarters=suggested.get("quarter", []),
    )


@router.post("/registers/shifts/clock-in")
def clock_in(request: Request, actor: Keeper, form: PostedForm, session: DbSession) -> Response:
    shown = Shown(request, session, actor)
    typed = {name: form.text(name) for name in ("kind", "quarter", "is_target_quarter")}
    try:
        clocking.clock_in(session, shown.circle, shown.cells, typed)
    except BadInput as refusal:
        return _tiles(shown, shown.said(refusal))
    return shown.go_to("/registers")


@router.post("/registers/shifts/clock-out")
def clock_out(request: Request, actor: Keeper, _form: PostedForm, session: DbSession) -> Response:
    shown = Shown(request, session, actor)
    try:
        clocking.clock_out(session, shown.circle)
    except BadInput as refusal:
        register = register_of("shifts")
        forgotten = shown.on_duty()
        entry = rows.one(session, shown.circle, register, forgotten.id)
        return _entry_page(shown, register, entry, shown.said(refusal))
    return shown.go_to("/registers")


@router.get("/registers/{kind}")
def show_register(kind: str, request: Request, actor: Keeper, session: DbSession) -> Response:
    shown = Shown(request, session, actor)
    return shown.list_page(shown.register(kind))


@router.post("/registers/{kind}")
def enter(
    kind: str, request: Request, actor: Keeper, form: PostedForm, session: DbSession
) -> Response:
    shown = Shown(request, session, actor)
    register = shown.register(kind)
    typed = fields.of_form(register, form)
    try:
        values = rows.read(session, shown.circle, register, shown.cells, typed)
        rows.enter(session, shown.circle, register, values)
    except BadInput as refusal:
        return shown.list_page(register, shown.said(refusal), typed)
    return shown.go_to(f"/registers/{kind}")


@router.get("/registers/{kind}/{entry_id:uuid}")
def show_entry(
    kind: str, entry_id: UUID, request: Request, actor: Keeper, session: DbSession
) -> Response:
    shown = Shown(request, session, actor)
    register = shown.register(kind)
    return _entry_page(shown, register, rows.one(session, shown.circle, register, entry_id), {})


def _entry_page(
    shown: Shown,
    register: Register,
    entry: rows.Entry,
    problems: Mapping[str, str],
    typed: Mapping[str, str] | None = None,
) -> Response:
    suggested = rows.suggestions(shown.session, shown.circle, register)
    said = typed or fields.of_entry(register, shown.cells, entry)
    return shown.page(
        "entry.html",
        problems,
        register=register,
        entry=entry,
        fields=fields.fields(shown.circle, register, shown.cells, said, suggested),
        may_take_back=rows.may_be_taken_back(register) and not entry.is_taken_back,
        files=evidence.of_subject(shown.session, register.kind, entry.id),
        most_files=evidence.MOST,
        megabytes=evidence.LARGEST_BYTES // (1024 * 1024),
    )


@router.post("/registers/{kind}/{entry_id:uuid}")
def correct(
    kind: str,
    entry_id: UUID,
    request: Request,
    actor: Keeper,
    form: PostedForm,
    session: DbSession,
) -> Response:
    shown = Shown(request, session, actor)
    register = shown.register(kind)
    entry = rows.one(session, shown.circle, register, entry_id)
    typed = fields.of_form(register, form)
    try:
        values = rows.read(session, shown.circle, register, shown.cells, typed, entry_id)
        rows.correct(session, shown.circle, register, entry.row, values)
    except BadInput as refusal:
        return _entry_page(shown, register, entry, shown.said(refusal), typed)
    return shown.go_to(f"/registers/{kind}")


@router.post("/registers/{kind}/{entry_id:uuid}/take-back")
def take_back(
    kind: str,
    entry_id: UUID,
    request: Request,
    actor: Keeper,
    _form: PostedForm,
    session: DbSession,
) -> Response:
    shown = Shown(request, session, actor)
    rows.take_back(session, shown.circle, shown.register(kind), entry_id)
    return shown.go_to(f"/registers/{kind}")


@router.post("/registers/{kind}/{entry_id:uuid}/evidence", max_body_size=evidence.MOST_BODY_BYTES)
def keep_evidence(
    kind: str,
    entry_id: UUID,
    request: Request,
    actor: Keeper,
    form: PostedForm,
    session: DbSession,
) -> Response:
    shown = Shown(request, session, actor)
    register = shown.register(kind)
    entry = rows.one(session, shown.circle, register, entry_id)
    upload = Upload(form.file("file", evidence.LARGEST_BYTES), form.file_name("file"))
    try:
        evidence.keep(session, actor, shown.circle.town.id, kind, entry_id, upload)
    except BadInput as refusal:
        return _entry_page(shown, register, entry, shown.said(refusal))
    return shown.go_to(f"/registers/{kind}/{entry_id}")


@router.get("/registers/{kind}/{entry_id:uuid}/evidence/{evidence_id:uuid}")
def open_evidence(
    kind: str,
    entry_id: UUID,
    evidence_id: UUID,
    request: Request,
    actor: Keeper,
    session: DbSession,
) -> Response:
    shown = Shown(request, session, actor)
    rows.one(session, shown.circle, shown.register(kind), entry_id)
    found, content = evidence.opened(session, actor, kind, entry_id, evidence_id)
    ending = "pdf" if found.media_type == "application/pdf" else "jpg"
    # To be saved, never shown inside the hub's own pages.
    named = {"Content-Disposition": f'attachment; filename="evidence.{ending}"'}
    return Response(content, media_type=found.media_type, headers=named)
