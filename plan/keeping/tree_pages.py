"""The editor of a plan's tree: one page with the whole, one page for each part."""

from collections.abc import Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from hub.access import Action, Actor, allowed
from hub.db import DbSession
from hub.errors import BadInput, NotFound
from hub.i18n import Language
from hub.web.forms import Form, PostedForm, sentences
from hub.web.pages import go_to, language_of, page
from messaging import phenomena
from plan import objectives
from plan.keeping import confirming, course, editing, reach, tree
from plan.keeping.editing import Editor
from plan.keeping.plan_pages import facts_of
from plan.keeping.tree import PlanTree, TreeNode
from plan.models import ExpectedResult, Indicator, IndicatorClass, NodeKind, Plan

router = APIRouter(include_in_schema=False)

Keep = Annotated[Actor, allowed(Action.KEEP_PLAN)]


@router.get("/plans/{plan_id}/tree")
def show_tree(plan_id: UUID, request: Request, actor: Keep, session: DbSession) -> Response:
    plan = reach.plan_for(session, plan_id, actor, Action.KEEP_PLAN)
    return _tree_page(request, session, actor, plan)


@router.get("/plans/{plan_id}/tree/{node_id}")
def show_node(
    plan_id: UUID, node_id: UUID, request: Request, actor: Keep, session: DbSession
) -> Response:
    plan = reach.plan_for(session, plan_id, actor, Action.KEEP_PLAN)
    return _node_page(request, session, actor, plan, node_id)


@router.post("/plans/{plan_id}/tree")
def change_top(
    plan_id: UUID, request: Request, actor: Keep, form: PostedForm, session: DbSession
) -> Response:
    """Add to the top of the plan, or move a part of any level."""
    plan = _held(session, plan_id, actor)
    whole = tree.of_plan(session, plan)
    editor = Editor(session, whole, actor.account_id)
    if form.text("do") == "move":
        moved = _node(whole, form.text("node"))
        editor.move(moved.node, form.text("where"))
        return go_to(f"/plans/{plan.id}/tree#node-{moved.node.code}")
    try:
        with session.begin_nested():
            made = editor.add_node(None, _kind(form), form.text("label"), form.text("listed"))
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _tree_page(request, session, actor, plan, form, problems)
    return go_to(f"/plans/{plan.id}/tree#node-{made.code}")


@router.post("/plans/{plan_id}/tree/{node_id}")
def change_node(
    plan_id: UUID,
    node_id: UUID,
    request: Request,
    actor: Keep,
    form: PostedForm,
    session: DbSession,
) -> Response:
    plan = _held(session, plan_id, actor)
    whole = tree.of_plan(session, plan)
    one = whole.nodes.get(node_id)
    do = _DOINGS.get(form.text("do"))
    if one is None or do is None:
        raise NotFound
    try:
        with session.begin_nested():
            place = do(Editor(session, whole, actor.account_id), whole, one, form)
    except BadInput as refusal:
        problems = sentences(refusal.problems, language_of(request))
        return _node_page(request, session, actor, plan, node_id, form, problems)
    return go_to(f"/plans/{plan.id}/{place}")


def _held(session: Session, plan_id: UUID, actor: Actor) -> Plan:
    plan = reach.held(session, plan_id, actor)
    course.refuse_closed(plan)
    return plan


_Row = TypeVar("_Row", ExpectedResult, Indicator)
_Doing = Callable[[Editor, PlanTree, TreeNode, Form], str]


def _here(one: TreeNode, place: str = "") -> str:
    return f"tree/{one.node.id}" + (f"#{place}" if place else "")


def _rename(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    editor.rename(one, form.text("label"), form.text("responsible"), form.text("due_on"))
    return _here(one)


def _remove(editor: Editor, _whole: PlanTree, one: TreeNode, _form: Form) -> str:
    above = one.node.parent_id
    editor.remove_node(one)
    return f"tree/{above}" if above else "tree"


def _add_node(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    label, listed = form.text("new_label"), form.text("listed")
    made = editor.add_node(one, _kind(form), label, listed, field="new_label")
    return _here(one, f"node-{made.code}")


def _add_result(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    return _here(one, f"result-{editor.add_result(one, form.text('result')).code}")


def _change_result(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    result = _one_of(one.results, form.text("row"))
    editor.reword(result, form.text("result"))
    editor.tie(result, [_id(each) for each in form.all("indicators")])
    return _here(one, f"result-{result.code}")


def _remove_result(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    editor.remove_result(_one_of(one.results, form.text("row")))
    return _here(one)


def _move_result(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    result = _one_of(one.results, form.text("row"))
    editor.move(result, form.text("where"))
    return _here(one, f"result-{result.code}")


def _add_indicator(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    made = editor.add_indicator(one, form.text("indicator"), form.text("class"))
    return _here(one, f"indicator-{made.code}")


def _change_indicator(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    indicator = _one_of(one.indicators, form.text("row"))
    editor.change_indicator(indicator, form.text("indicator"), form.text("class"))
    return _here(one, f"indicator-{indicator.code}")


def _remove_indicator(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    editor.remove_indicator(_one_of(one.indicators, form.text("row")))
    return _here(one)


def _move_indicator(editor: Editor, _whole: PlanTree, one: TreeNode, form: Form) -> str:
    indicator = _one_of(one.indicators, form.text("row"))
    editor.move(indicator, form.text("where"))
    return _here(one, f"indicator-{indicator.code}")


_DOINGS: dict[str, _Doing] = {
    "rename": _rename,
    "remove": _remove,
    "add_node": _add_node,
    "add_result": _add_result,
    "change_result": _change_result,
    "remove_result": _remove_result,
    "move_result": _move_result,
    "add_indicator": _add_indicator,
    "change_indicator": _change_indicator,
    "remove_indicator": _remove_indicator,
    "move_indicator": _move_indicator,
}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _one_of(rows: tuple[_Row, ...], text: str) -> _Row:
    found = next((one for one in rows if one.id == _id(text)), None)
    if found is None:
        raise NotFound
    return found


def _node(whole: PlanTree, text: str) -> TreeNode:
    found = whole.nodes.get(_id(text))
    if found is None:
        raise NotFound
    return found


def _kind(form: Form) -> NodeKind:
    try:
        return NodeKind(form.text("kind"))
    except ValueError:
        raise NotFound from None


def _tree_page(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    form: Form | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "plan/keeping/tree.html",
        422 if problems else 200,
        **facts_of(request, session, actor, plan),
        tree=tree.of_plan(session, plan),
        listed=_listed(None, language_of(request)),
        kinds=editing.UNDER[None],
        typed=form.text if form else lambda _name: "",
        problems=problems or {},
    )


def _node_page(
    request: Request,
    session: Session,
    actor: Actor,
    plan: Plan,
    node_id: UUID,
    form: Form | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    whole = tree.of_plan(session, plan)
    one = whole.nodes.get(node_id)
    if one is None:
        raise NotFound
    home = whole.nearest(node_id, NodeKind.STRATEGIC) or one
    return page(
        request,
        "plan/keeping/node.html",
        422 if problems else 200,
        **facts_of(request, session, actor, plan),
        tree=whole,
        one=one,
        above=whole.above(one.node.parent_id),
        kinds=editing.UNDER.get(one.node.kind, ()),
        holds_indicators=one.node.kind in editing.HOLDS_INDICATORS,
        offered=home.all_indicators,
        classes=list(IndicatorClass),
        listed=_listed(one, language_of(request)),
        waits=confirming.waits,
        lacks_number=confirming.lacks_number,
        typed=form.text if form else lambda _name: "",
        problems=problems or {},
    )


def _listed(one: TreeNode | None, language: Language) -> list[tuple[str, str]]:
    """What the ministry's lists offer here, by code."""
    if one is None:
        return phenomena.labels(language)
    if one.node.kind is NodeKind.SECTION:
        return [(code, objectives.label(code, language)) for code in objectives.COORDINATION]
    if one.node.kind in (NodeKind.PHENOMENON, NodeKind.SERVICE):
        return [(code, objectives.label(code, language)) for code in objectives.PHENOMENA]
    return []
