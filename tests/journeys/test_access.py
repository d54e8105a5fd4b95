"""Who may do what: every page and every API operation, for every role; refused unless allowed."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from hub.access import (
    POLICY,
    SCOPE_OF_ROLE,
    Action,
    OpenRule,
    Role,
    Rule,
    ScopeKind,
    rule_of,
)
from hub.app import all_routes, create_app
from hub.errors import ConfigurationError
from tests.running_hub import RunningHub, eventually

ROUTES = [route for route in all_routes() if isinstance(route, APIRoute | Route)]
GUARDED = [route for route in ROUTES if isinstance(rule_of(route), Rule)]


def label(route: APIRoute | Route) -> str:
    return f"{'-'.join(sorted(route.methods or ()))} {route.path}"


def filled(path: str) -> str:
    return re.sub(r"{\w+(?::\w+)?}", str(uuid4()), path)


def action_of(route: APIRoute | Route) -> Action:
    rule = rule_of(route)
    assert isinstance(rule, Rule)
    return rule.action


@pytest.mark.parametrize("route", ROUTES, ids=label)
def test_every_route_has_a_rule(route: APIRoute | Route) -> None:
    assert rule_of(route) is not None


def test_every_operation_of_the_api_document_is_guarded() -> None:
    operations = {
        (path, method) for path, item in create_app().openapi()["paths"].items() for method in item
    }
    guarded = {(r.path, m.lower()) for r in GUARDED for m in r.methods or ()}
    assert operations
    assert operations <= guarded


def test_what_is_open_to_all_is_this_and_nothing_else() -> None:
    open_paths = {r.path for r in ROUTES if isinstance(rule_of(r), OpenRule)}
    assert open_paths == {
        "/sign-in",
        "/language/{code}",
        "/choose-password/{token}",
        "/unsubscribe/{token}",
        # A member answers by the link in his mail; it shows no answer.
        "/survey/{reference}",
        # Anybody may ask to join; what a link or a cookie proves is in its page's own rule.
        "/join/{slug}",
        "/join/{slug}/confirm",
        "/join/{slug}/confirm/again",
        "/join/{slug}/invited/{token}",
        "/join/{slug}/poster.pdf",
        "/join/{slug}/qr.svg",
        "/join/mail/{token}",
        # A member is let in by a link of his own, and known by the cookie of his visit.
        "/me",
        "/me/address",
        "/me/ask",
        "/me/calls",
        "/me/channels",
        "/me/close",
        "/me/confirm/{token}",
        "/me/consents/{purpose}",
        "/me/data",
        "/me/data.json",
        "/me/erase",
        "/me/language",
        "/me/leave/{membership_id}",
        "/me/link",
        "/me/mails",
        "/me/open/{token}",
        "/me/partnerships",
        "/me/pause",
        "/me/seen",
        "/me/ways",
        "/me/ways/{point_id}",
        "/me/ways/{point_id}/code",
        # What somebody saw, by the signed link in the alert he got: it shows nothing of anybody.
        "/seen/{reference}",
        "/seen/{reference}/sent",
        # A paper opened from the mail; its address cannot be guessed.
        "/papers/{reference}",
        # A plan that its officer published: approved figures, and nobody's name.
        "/public/plan/{reference}",
        # Alerts that were marked public, and what proves them.
        "/cap/certificate",
        "/cap/public/{slug}",
        "/cap/public/{slug}/{identifier}",
        "/healthz",
        "/readyz",
        "/webhooks/twilio/sms/inbound",
        "/webhooks/twilio/sms/status/{token}",
        "/webhooks/twilio/voice/status/{token}",
        "/webhooks/twilio/voice/keys/{token}",
        "/webhooks/twilio/voice/words/{token}",
        "/webhooks/twilio/voice/inbound",
        "/webhooks/twilio/voice/spoken",
        "/webhooks/twilio/voice/stored",
        "/webhooks/twilio/voice/recordings/{token}",
        "/webhooks/twilio/whatsapp/status/{token}",
    }


def test_the_hub_does_not_start_with_a_route_without_a_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.app.all_routes", lambda: [Route("/forgotten", lambda _request: None)])
    with pytest.raises(ConfigurationError, match="No access rule"):
        create_app()


def test_a_coordinator_never_reaches_what_members_report() -> None:
    forbidden = {
        Action.SEE_INBOX,
        Action.SEE_INCIDENTS,
        Action.SEE_SIGHTINGS,
        Action.KEEP_SIGHTINGS,
        Action.USE_SIMULATOR,
        Action.GIVE_FEEDBACK,
    }
    assert not forbidden & POLICY[Role.COORDINATOR]


@pytest.fixture(params=[*Role, None], ids=lambda role: role or "nobody")
def role(request: pytest.FixtureRequest) -> Any:
    return request.param


# Where no other test's messages go: a role more must not change who relays or approves them.
SCOPES = {
    ScopeKind.POLICE_ZONE: "zone-access",
    ScopeKind.MUNICIPALITY: "access",
    ScopeKind.PARTNERSHIP: "valdor-commerces",
}


@pytest.fixture(scope="module")
def staffed(hub: RunningHub) -> RunningHub:
    """The hub with an account for every role; the demo has the usual ones only."""
    hub.command("zone", "create", "Zone Access", "--municipality", "Access")
    for role in Role:
        if role not in hub.accounts:
            scope = SCOPES[SCOPE_OF_ROLE[role]]
            words = ("--email", f"{role}@demo.example", "--role", role, "--scope", scope)
            hub.accounts[role] = json.loads(hub.command("account", "create", *words, "--json"))
    return hub


@pytest.mark.journey
def test_each_role_reaches_what_the_policy_allows_and_nothing_more(
    staffed: RunningHub, role: Role | None
) -> None:
    pages = staffed.signed_in(role) if role else staffed.visitor()
    api = staffed.api(role).http if role else staffed.visitor().http
    for route in GUARDED:
        is_api = route.path.startswith("/api/")
        http = api if is_api else pages.http
        path = filled(route.path)
        url = f"{staffed.url}{path}"
        may = role is not None and action_of(route) in POLICY[role]
        for method in route.methods or ():
            if method == "HEAD":
                continue
            # Of a live stream only the beginning: it has no end.
            with http.stream(method, url) as answer:
                status, to = answer.status_code, answer.headers.get("location", "")
            told = f"{role} {method} {route.path}: {status}"
            if role is None:
                assert status in ((303, 401) if not is_api else (401,)), told
            elif not may:
                assert status == 403, told
            elif method == "GET" or is_api:
                # To a page of the only police zone there is; never to the door.
                leads_on = status == 303 and not to.startswith("/sign-in")
                assert leads_on or status in (200, 404, 409, 422), told
            else:
                # Allowed, but without the form's own token.
                assert status == 403, told


@pytest.mark.journey
def test_another_zones_partnership_is_not_found(hub: RunningHub) -> None:
    api = hub.api()
    alert = api.send("haut-valdor", incident_id=api.incident()["id"])
    eventually(lambda: api.broadcast(alert)["audience"], "the alert is fanned out")
    stranger = f"stranger-{uuid4().hex[:8]}@demo.example"
    made = hub.command(
        "account", "create", "--email", stranger, "--role", "coordinator", "--scope", "valdor-gare"
    )
    assert stranger in made
    hub.accounts["stranger"] = {"email": stranger, "password": made.split()[-1]}
    home = hub.signed_in("stranger").get("/").text
    assert "Valdor-Gare" in home
    assert "Haut-Valdor" not in home
    assert hub.api("stranger").http.get(f"/broadcasts/{alert}").status_code == 403
