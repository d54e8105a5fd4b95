"""The web application: every room's routes under one roof, one policy and one set of answers."""

import asyncio
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute

import feedback.api
import feedback.pages
import feedback.webhooks
import messaging.api
import messaging.pages
import messaging.webhooks
import partnerships.pages
import plan.pages
from hub import __version__, health, home, simulator_pages
from hub.access import Actor, OpenRule, rule_of
from hub.config import production_faults, settings
from hub.db import unit_of_work
from hub.errors import ConfigurationError
from hub.web.answers import answer_errors
from hub.web.headers import SecurityHeaders
from partnerships.accounts import actor_with_token
from partnerships.pages import session_cookie
from partnerships.sign_in import actor_signed_in, is_due_to_be_seen, seen

STATIC_FOLDER = Path(__file__).parent / "static"
# Carriers post at most 64 kB; no form of ours comes near it.
MOST_BODY_BYTES = 64 * 1024

API_ROUTERS: tuple[APIRouter, ...] = (messaging.api.router, feedback.api.router)
PAGE_ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    partnerships.pages.router,
    messaging.pages.router,
    messaging.webhooks.router,
    feedback.pages.router,
    feedback.webhooks.router,
    plan.pages.router,
    health.router,
)


def create_app() -> FastAPI:
    """The application. Raises ``ConfigurationError`` for unsafe settings in production, and for a
    route that carries no access rule."""
    _refuse_unsafe_settings()
    app = FastAPI(
        title="PLP Hub",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        max_body_size=MOST_BODY_BYTES,
    )
    app.state.identify = identify
    app.state.stopping = asyncio.Event()
    for router in page_routers():
        app.include_router(router)
    bearer = HTTPBearer(auto_error=False, description="plp-hub api-token create")
    for router in API_ROUTERS:
        app.include_router(router, dependencies=[Security(bearer)])
    app.router.routes.extend(messaging.webhooks.routes)
    _describe(app)
    app.mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static")
    app.add_middleware(SecurityHeaders)
    answer_errors(app)
    _refuse_unruled_routes()
    return app


def page_routers() -> tuple[APIRouter, ...]:
    """The routers of pages and doors; the simulator's only with the simulated carrier."""
    simulated = settings().carrier_is_simulated
    return (*PAGE_ROUTERS, simulator_pages.router) if simulated else PAGE_ROUTERS


def all_routes() -> list[BaseRoute]:
    """Every route of ours, for the check that each has a rule."""
    routers = (*page_routers(), *API_ROUTERS)
    return [*(route for one in routers for route in one.routes), *messaging.webhooks.routes]


def _refuse_unsafe_settings() -> None:
    faults = production_faults(settings()) if settings().is_production else []
    if faults:
        raise ConfigurationError("Not ready for production:\n{faults}", faults="\n".join(faults))


def _refuse_unruled_routes() -> None:
    unruled = [getattr(route, "path", "?") for route in all_routes() if rule_of(route) is None]
    if unruled:
        raise ConfigurationError("No access rule for: {routes}", routes=", ".join(unruled))


def _describe(app: FastAPI) -> None:
    """The API's own description, without which nobody can write to it."""
    rule = Depends(OpenRule("It describes the doors and holds no data."))

    @app.get("/api/v1/openapi.json", include_in_schema=False, dependencies=[rule])
    def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())


def identify(request: Request) -> Actor | None:
    """Who asks: by bearer token on the API, by cookie on the pages."""
    if request.url.path.startswith("/api/"):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        with unit_of_work(read_only=True) as session:
            return actor_with_token(session, token.strip())
    return _by_cookie(request.cookies.get(session_cookie(), ""))


def _by_cookie(token: str) -> Actor | None:
    if not token:
        return None
    with unit_of_work(read_only=True) as session:
        actor = actor_signed_in(session, token)
        due = actor is not None and is_due_to_be_seen(session, token)
    if due:
        with unit_of_work() as session:
            seen(session, token)
    return actor
