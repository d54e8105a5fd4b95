"""What was seen goes to the police alone (R17): whoever else looks finds neither a word, nor a
plate, nor a number of it, on any page, in any export, by any door for machines."""

import html
import re
from collections import Counter, deque
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlmodel import SQLModel, select

from feedback.models import SightingPhoto
from hub.access import POLICY, SCOPE_OF_ROLE, Action, Role, ScopeKind
from hub.app import all_routes
from hub.db import unit_of_work
from messaging.models import Broadcast
from partnerships import accounts
from partnerships.models import Membership
from tests import in_process
from tests.citizens import Citizen, link_in, text_from
from tests.feedback.seen_things import (
    DISPATCHER,
    DUTCH,
    alert,
    at,
    kept,
    photo_with_place,
    tell,
)
from tests.running_hub import Api, Visitor

pytestmark = pytest.mark.usefixtures("demo_zone")

PLATE, WORDS, PLACE, REFERENCE = "1QQQ987", "Zebramask", "Quagmirelane", "PV-XYZZY-1"
NEVER = (PLATE, "1-QQQ-987", WORDS, PLACE, REFERENCE)
# Who has no right to see what was seen, and signs in.
OTHERS = tuple(role for role in Role if Action.SEE_SIGHTINGS not in POLICY[role])
# Their tables, and what a member wrote himself; an answer that is owed names no fact.
_OF_SIGHTINGS = ("sighting", "sighting_event", "sighting_photo", "inbound_message")

# What differs from one showing of a page to the next, whatever happened.
_PASSING = re.compile(
    r'name="(?:form_token|form_id|challenge)" value="[^"]*"|data-challenge="[^"]*"'
)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+|=[^&]*")

Walk = dict[str, str]


@pytest.fixture
def api(demo_zone: str) -> Api:
    at(timedelta())
    return in_process.api(DISPATCHER)


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_the_police_finds_a_trace_of_a_sighting(api: Api, role: Role) -> None:
    incident, delivery = alert(api)
    text_from(DUTCH, "Yes, I have read it")
    visitor, known = _signed_in(role), _known(incident)
    before = _walk(visitor)

    _seen_and_followed_up(api, delivery)

    after = _walk(visitor)
    assert len(after) > 2
    _same(before, after, role)
    _no_word_of_it(_by_api(role, known), role)
    exported = visitor.post("/partnerships/haut-valdor/export", format="csv")
    _no_word_of_it({"export": exported.text}, role)


def test_no_member_and_no_stranger_finds_a_trace_of_a_sighting(api: Api) -> None:
    incident, delivery = alert(api)
    text_from(DUTCH, "Yes, I have read it")
    other, known = Visitor(_member("+32470001000").http), _known(incident)
    before = _walk(other, "/me")

    _seen_and_followed_up(api, delivery)

    _same(before, _walk(other, "/me"), "a member")
    _no_word_of_it(_walk_for_anybody(known), "anybody")


def _seen_and_followed_up(api: Api, delivery: int) -> None:
    """By form with a photo, and by text; looked at, completed, handed on, joined."""
    first = tell(delivery, photo=photo_with_place(), plate=PLATE, description=WORDS, place=PLACE)
    assert first.status_code == 200
    one = kept()[0]
    message = api.http.get("/replies").json()[0]["id"]
    wanted = {"observed_at": one.observed_at.isoformat(), "plate": PLATE, "words": WORDS}
    made = api.http.post(f"/replies/{message}/sighting", json=wanted)
    assert made.status_code == 201, made.text
    handed = {"version": 1, "reference": REFERENCE}
    assert api.http.post(f"/sightings/{one.id}/hand-on", json=handed).status_code == 200
    joined = {"version": 1, "of": str(one.id)}
    path = f"/sightings/{made.json()['id']}/duplicate"
    assert api.http.post(path, json=joined).status_code == 200


def _signed_in(role: Role) -> Visitor:
    """Somebody with this role over the demo's zone, town or partnership."""
    with unit_of_work() as session:
        account = accounts.create(
            session, email=_email(role), name=f"Trace {role}", password="x" * 20
        )
        scope = accounts.scope_named(session, role, _SLUGS[SCOPE_OF_ROLE[role]])
        accounts.appoint(session, account, role, scope)
    return in_process.signed_in(_email(role), "x" * 20)


_SLUGS = {
    ScopeKind.POLICE_ZONE: "zone-valdor",
    ScopeKind.MUNICIPALITY: "valdor",
    ScopeKind.PARTNERSHIP: "haut-valdor",
    ScopeKind.INSTALLATION: "",
}


def _email(role: Role) -> str:
    return f"{role}@trace.example"


def _member(number: str) -> Citizen:
    """Another member on her own page."""
    citizen = Citizen()
    citizen.get("/me/link")
    citizen.post("/me/link", way=number)
    path = link_in("member_link")
    citizen.get(path)
    citizen.post(path)
    return citizen


# Every page that leads to another


def _walk(visitor: Visitor, start: str = "/") -> Walk:
    """Every page and file that can be reached by links from here, and what stands in it."""
    found: Walk = {}
    shapes: Counter[str] = Counter()
    waiting = deque([start])
    while waiting:
        path = waiting.popleft()
        shape = _ID.sub("*", path)
        if path in found or shapes[shape] == _MOST_OF_ONE_SHAPE:
            continue
        shapes[shape] += 1
        answer = visitor.get(path)
        found[path] = _as_read(answer)
        assert len(found) < _ENDLESS, sorted(shapes)
        if answer.is_redirect:
            waiting.append(_inside(answer.headers["location"]))
        elif answer.headers.get("content-type", "").startswith("text/html"):
            waiting.extend(one for one in _links(answer.text) if one not in found)
    return found


# One member's page is as good as another's.
_MOST_OF_ONE_SHAPE = 2
# Then links lead on and on, and the test would never end.
_ENDLESS = 250
_ELSEWHERE = ("/static/", "/language/", "/simulator", "/sign-out", "//")


# The walk itself stands there: it follows the links that take a plan's table out.
_OF_THE_WALK = "/journal"


def _links(page: str) -> list[str]:
    links = {html.unescape(one) for one in re.findall(r'(?:href|hx-get|src)="(/[^"#]*)', page)}
    return sorted(one for one in links if not one.startswith(_ELSEWHERE))


def _inside(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _as_read(answer: httpx.Response) -> str:
    """What stands there, without what is another at each showing."""
    kind = answer.headers.get("content-type", "")
    words = answer.text if kind.startswith(("text/", "application/json")) else kind
    return f"{answer.status_code} {_PASSING.sub('', words)}"


def _same(before: Walk, after: Walk, who: str) -> None:
    """Not a page more, not a figure changed."""
    assert sorted(before) == sorted(after), who
    for path, words in after.items():
        assert path.endswith(_OF_THE_WALK) or words == before[path], f"{who} sees another {path}"
    _no_word_of_it(after, who)


def _no_word_of_it(found: Walk, who: str) -> None:
    for path, words in found.items():
        for never in NEVER:
            assert never.casefold() not in words.casefold(), f"{who} reads {never} at {path}"


# Every door for machines


Known = dict[str, str]


def _known(incident: str) -> Known:
    """Names and ids that stand in addresses."""
    with unit_of_work(read_only=True) as session:
        broadcast = session.exec(select(Broadcast.id)).first()
        membership = session.exec(select(Membership.id)).first()
    return {
        "slug": "haut-valdor",
        "incident_id": incident,
        "broadcast_id": str(broadcast),
        "membership_id": str(membership),
    }


def _addresses(known: Known, under: str) -> list[str]:
    """Every address of ours that is read, filled with what is known; the streams go on for ever."""
    paths = {
        one.path
        for one in all_routes()
        if isinstance(one, APIRoute) and "GET" in (one.methods or ()) and one.path.startswith(under)
    }
    nothing = "00000000-0000-0000-0000-000000000000"
    filled = (
        re.sub(r"{(\w+)}", lambda found: known.get(found[1], nothing), path) for path in paths
    )
    return sorted(one for one in filled if not one.endswith("/events"))


def _by_api(role: Role, known: Known) -> Walk:
    http = in_process.api(_email(role)).http
    found = {}
    for path in _addresses(known, "/api/v1/"):
        found[path] = _as_read(http.get(path.removeprefix("/api/v1")))
    for one in kept():
        own = {**known, "sighting_id": str(one.id), "message_id": str(one.message_id)}
        for path in _addresses(own, "/api/v1/sightings"):
            answer = http.get(path.removeprefix("/api/v1"))
            assert answer.status_code == 403, (role, path)
    wanted = http.post("/sightings/search", json={"plate": PLATE})
    assert wanted.status_code == 403, role
    found["search"] = wanted.text
    return found


def _walk_for_anybody(known: Known) -> Walk:
    """Whoever is not signed in: every page there is, the feeds of alerts among them."""
    http = in_process.client()
    paths = [one for one in _addresses(known, "/") if not one.startswith("/simulator")]
    return {path: _as_read(http.get(path)) for path in paths}


@pytest.mark.parametrize("role", OTHERS)
def test_every_stream_and_page_of_the_police_is_closed_to_others(api: Api, role: Role) -> None:
    incident, delivery = alert(api)
    _seen = tell(delivery, photo=photo_with_place(), plate=PLATE)
    visitor, one = _signed_in(role), kept()[0]
    with unit_of_work(read_only=True) as session:
        photo = session.exec(select(SightingPhoto.id)).one()
    for path in (
        "/sightings",
        "/sightings/events",
        f"/sightings/{one.id}",
        f"/sightings/{one.id}/photos/{photo}",
        "/inbox/events",
        f"/incidents/{incident}",
        f"/incidents/{incident}/events",
        f"/replies/{one.id}/sighting",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 403, (role, path)
        _no_word_of_it({path: answer.text}, role)
    for path in ("", "/status", "/hand-on", "/duplicate"):
        assert visitor.post(f"/sightings/{one.id}{path}", version="1").status_code == 403
    assert visitor.post("/sightings/search", plate=PLATE).status_code == 403


def test_nothing_of_it_stands_in_any_other_table(api: Api) -> None:
    """So no webhook, no feed, no notice, no log and no job can carry it."""
    _incident, delivery = alert(api)
    text_from(DUTCH, "Yes, I have read it")
    before = _counts()
    _seen_and_followed_up(api, delivery)
    changed = {name for name, number in _counts().items() if number != before[name]}
    # What is owed to its writer, and that officers decided; neither says what was seen.
    assert changed <= {
        "answer",
        "decision",
        "sighting",
        "sighting_event",
        "sighting_photo",
        "sighting_plate_part",
    }
    for name, rows in _rows().items():
        if name not in _OF_SIGHTINGS:
            _no_word_of_it({name: rows}, "whoever reads the table")


def _rows() -> dict[str, str]:
    with unit_of_work(read_only=True) as session:
        return {
            table.name: "\n".join(str(row) for row in session.execute(table.select()))
            for table in SQLModel.metadata.sorted_tables
        }


def _counts() -> dict[str, int]:
    return {name: len(rows.splitlines()) for name, rows in _rows().items()}
