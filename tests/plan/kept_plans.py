"""What the tests of plans that are kept share: people, the document, and a look at the tables."""

import csv
import io
from collections.abc import Iterator
from uuid import UUID

import httpx
from sqlmodel import Session, select

from hub.db import unit_of_work
from hub.roles import Role
from partnerships import accounts
from partnerships.models import Organisation
from plan.keeping import tree
from plan.models import ExpectedResult, Plan, PlanNode
from tests import in_process
from tests.conftest import Templates
from tests.plan.plan_documents import FOLDER
from tests.running_hub import Visitor

DOCUMENT = FOLDER / "plan-2023-2024.txt"
PASSWORD = "four words that I remember"


def visitor(templates: Templates, role: str) -> Visitor:
    account = templates.accounts[role]
    return in_process.signed_in(account["email"], account["password"])


def somebody(role: Role, scope: str = "valdor", email: str = "") -> Visitor:
    email = email or f"{role}@demo.example"
    with unit_of_work() as session:
        made = accounts.create(session, email=email, name=f"Test {role}", password=PASSWORD)
        accounts.appoint(session, made, role, accounts.scope_named(session, role, scope))
    return in_process.signed_in(email, PASSWORD)


def upload(
    who: Visitor, path: str, content: bytes, name: str = "plan.txt", **fields: str
) -> httpx.Response:
    page = who.get("/")
    token = page.text.split('name="form_token" value="')[1].split('"')[0]
    return who.http.post(
        path, data={"form_token": token, **fields}, files={"file": (name, content)}
    )


def read_in(who: Visitor) -> str:
    """The document read; the address of its plan."""
    answer = upload(who, "/plans/read", DOCUMENT.read_bytes())
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removesuffix("/reading")


def plan_id(address: str) -> UUID:
    return UUID(address.rsplit("/", 1)[1])


def another_town() -> UUID:
    with unit_of_work() as session:
        valdor = session.exec(select(Organisation).where(Organisation.slug == "valdor")).one()
        made = Organisation(
            kind=valdor.kind, slug="autreville", name="Autreville", part_of_id=valdor.part_of_id
        )
        session.add(made)
        session.flush()
        return made.id


def whole(session: Session, address: str) -> tree.PlanTree:
    return tree.of_plan(session, session.get_one(Plan, plan_id(address)))


def result(address: str, code: str) -> ExpectedResult:
    with unit_of_work(read_only=True) as session:
        return next(o for o in whole(session, address).results.values() if o.code == code)


def node(address: str, code: str) -> PlanNode:
    with unit_of_work(read_only=True) as session:
        return next(o.node for o in whole(session, address).walk() if o.node.code == code)


def rows_of(who: Visitor, address: str) -> list[dict[str, str]]:
    """The plan's table as saved for a spreadsheet."""
    saved = who.get(f"{address}/sheet.csv")
    assert saved.status_code == 200
    text = saved.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def as_table(rows: list[dict[str, str]]) -> bytes:
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


def told(plan_tree: tree.PlanTree) -> Iterator[tuple[object, ...]]:
    """What a plan says, without its ids."""
    shown = {one.id: one.code for one in plan_tree.indicators.values()}
    for one in plan_tree.walk():
        yield (one.node.kind, one.node.code, one.node.label, one.node.catalogue_code)
        for each in one.results:
            links = [shown[i] for i in plan_tree.indicators_of.get(each.id, ())]
            fed = [m.measure for m in plan_tree.measures_of.get(each.id, ())]
            yield (each.code, each.raw, each.kind, each.comparator, each.target, each.unit)
            yield (each.period, each.evaluate_as, each.inferred, each.flags, links, fed)
        for shows in one.indicators:
            yield (shows.code, shows.text, shows.indicator_class)
