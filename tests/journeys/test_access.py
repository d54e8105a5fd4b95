"""Who may do what: every page and every API operation, for every role; refused unless allowed."""

import re
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from hub.access import POLICY, Action, OpenRule, Role, Rule, rule_of
from hub.app import all_routes, create_app
from hub.errors import ConfigurationError
from tests.running_hub import RunningHub, eventually

ROUTES = [route for route in all_routes() if isinstance(route, APIRoute | Route)]
GUARDED = [route for route in ROUTES if isinstance(rule_of(route), Rule)]


def label(route: APIRoute | Route) -> str:
    return f"{'-'.join(sorted(route.methods or ()))} {route.path}"


def filled(path: str) -> str:
    return re.sub(r"{\w+}", str(uuid4()), path)


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
        "/healthz",
        "/readyz",
        "/webhooks/twilio/sms/inbound",
        "/webhooks/twilio/sms/status/{token}",
        "/webhooks/twilio/voice/status/{token}",
        "/webhooks/twilio/voice/keys/{token}",
    }


def test_the_hub_does_not_start_with_a_route_without_a_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.app.all_routes", lambda: [Route("/forgotten", lambda _request: None)])
    with pytest.raises(ConfigurationError, match="No access rule"):
        create_app()


def test_a_coordinator_never_reaches_what_members_report() -> None:
    forbidden = {Action.SEE_INBOX, Action.SEE_INCIDENTS, Action.USE_SIMULATOR, Action.GIVE_FEEDBACK}
    assert not forbidden & POLICY[Role.COORDINATOR]


@pytest.fixture(params=[*Role, None], ids=lambda role: role or "nobody")
def role(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.journey
def test_each_role_reaches_what_the_policy_allows_and_nothing_more(
    hub: RunningHub, role: Role | None
) -> None:
    pages = hub.signed_in(role) if role else hub.visitor()
    api = hub.api(role).http if role else hub.visitor().http
    for route in GUARDED:
        is_api = route.path.startswith("/api/")
        http = api if is_api else pages.http
        path = filled(route.path)
        url = f"{hub.url}{path}"
        may = role is not None and action_of(route) in POLICY[role]
        for method in route.methods or ():
            if method == "HEAD":
                continue
            # Of a live stream only the beginning: it has no end.
            with http.stream(method, url) as answer:
                status = answer.status_code
            told = f"{role} {method} {route.path}: {status}"
            if role is None:
                assert status in ((303, 401) if not is_api else (401,)), told
            elif not may:
                assert status == 403, told
            elif method == "GET" or is_api:
                assert status in (200, 404, 409, 422), told
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
