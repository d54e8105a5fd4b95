"""The web application: every room's routes under one roof, one policy and one set of answers."""

import asyncio
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Request, Security
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute

import feedback.answer_pages
import feedback.answers_api
import feedback.api
import feedback.box_pages
import feedback.boxes_api
import feedback.call_keys
import feedback.evaluation_api
import feedback.evaluation_pages
import feedback.health_pages
import feedback.hot_spot_change_pages
import feedback.hot_spot_pages
import feedback.hot_spot_proposal_pages
import feedback.hot_spots_api
import feedback.inbox_pages
import feedback.opened_incident_pages
import feedback.own_answers
import feedback.own_records
import feedback.own_reports
import feedback.own_sightings
import feedback.own_surveys
import feedback.own_voicemail
import feedback.pages
import feedback.question_pages
import feedback.questions_api
import feedback.recap_pages
import feedback.report_course_pages
import feedback.report_from_message_pages
import feedback.report_list_keeping_pages
import feedback.report_list_pages
import feedback.report_pages
import feedback.reports_api
import feedback.seen_pages
import feedback.sighting_pages
import feedback.sightings_api
import feedback.silence_pages
import feedback.summary_pages
import feedback.survey_page
import feedback.survey_pages
import feedback.surveys_api
import feedback.unsubscribe_pages
import feedback.voice_pages
import feedback.webhooks
import feedback.written_pages
import messaging.api
import messaging.approval_pages
import messaging.budget_api
import messaging.budget_pages
import messaging.call_doors
import messaging.call_list_pages
import messaging.cap_api
import messaging.cap_pages
import messaging.cap_public_pages
import messaging.cold_api
import messaging.cold_pages
import messaging.composer_api
import messaging.composer_pages
import messaging.digest_pages
import messaging.follow_up_pages
import messaging.incident_pages
import messaging.incidents_api
import messaging.launch_addition_pages
import messaging.own_records
import messaging.pages
import messaging.paper_pages
import messaging.recording_pages
import messaging.relay_api
import messaging.relay_pages
import messaging.series_api
import messaging.series_pages
import messaging.template_pages
import messaging.templates_api
import messaging.webhook_pages
import messaging.webhooks
import messaging.webhooks_api
import messaging.why_pages
import partnerships.api
import partnerships.appointment_pages
import partnerships.document_pages
import partnerships.group_pages
import partnerships.import_pages
import partnerships.join_confirm_pages
import partnerships.join_pages
import partnerships.map_pages
import partnerships.measures_pages
import partnerships.member_goodbye_pages
import partnerships.member_group_pages
import partnerships.member_link_pages
import partnerships.member_pages
import partnerships.members_pages
import partnerships.organisation_pages
import partnerships.overview_pages
import partnerships.pages
import partnerships.password_pages
import partnerships.plan_pages
import partnerships.plans_api
import partnerships.register_api
import partnerships.register_pages
import partnerships.requests_pages
import partnerships.way_proof_pages
import partnerships.zone_pages
import partnerships.zones_api
import plan.dashboard.pages
import plan.dashboard.public_pages
import plan.entries.api
import plan.entries.colour_pages
import plan.entries.colours_api
import plan.entries.pages
import plan.entries.table_pages
import plan.keeping.api
import plan.keeping.feed_pages
import plan.keeping.list_pages
import plan.keeping.plan_pages
import plan.keeping.reading_pages
import plan.keeping.sheet_pages
import plan.keeping.tree_pages
import plan.measures.api
import plan.measures.pages
import plan.methods.pages
import plan.registers.api
import plan.registers.bulk_pages
import plan.registers.pages
import plan.report.pages
import plan.rises.count_pages
import plan.rises.counts_api
import plan.rises.pages
from hub import __version__, health, home, simulator_carrier, simulator_pages
from hub.access import Actor, OpenRule, rule_of
from hub.config import production_faults, settings
from hub.db import unit_of_work
from hub.errors import ConfigurationError
from hub.web.answers import answer_errors
from hub.web.headers import SecurityHeaders
from hub.web.unstorable import refuse_unstorable
from messaging.receipt_door import ReceiptDoor
from partnerships.accounts import actor_with_token
from partnerships.pages import session_cookie
from partnerships.sign_in import actor_signed_in, is_due_to_be_seen, seen

STATIC_FOLDER = Path(__file__).parent / "static"
# Carriers post at most 64 kB; no form of ours comes near it.
MOST_BODY_BYTES = 64 * 1024

API_ROUTERS: tuple[APIRouter, ...] = (
    partnerships.zones_api.router,
    partnerships.api.router,
    partnerships.plans_api.router,
    partnerships.register_api.router,
    messaging.api.router,
    messaging.incidents_api.router,
    messaging.templates_api.router,
    messaging.composer_api.router,
    messaging.cap_api.router,
    messaging.webhooks_api.router,
    messaging.cold_api.router,
    messaging.series_api.router,
    messaging.relay_api.router,
    messaging.budget_api.router,
    feedback.api.router,
    feedback.evaluation_api.router,
    feedback.sightings_api.router,
    feedback.answers_api.router,
    feedback.questions_api.router,
    feedback.surveys_api.router,
    feedback.reports_api.router,
    feedback.boxes_api.router,
    feedback.hot_spots_api.router,
    plan.rises.counts_api.router,
    plan.measures.api.router,
    plan.registers.api.router,
    plan.keeping.api.router,
    plan.entries.api.router,
    plan.entries.colours_api.router,
)
PAGE_ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    partnerships.pages.router,
    partnerships.register_pages.router,
    partnerships.document_pages.router,
    partnerships.organisation_pages.router,
    partnerships.group_pages.router,
    partnerships.member_group_pages.router,
    partnerships.appointment_pages.router,
    partnerships.zone_pages.router,
    partnerships.map_pages.router,
    partnerships.join_confirm_pages.router,
    partnerships.join_pages.router,
    partnerships.member_pages.router,
    partnerships.member_link_pages.router,
    partnerships.member_goodbye_pages.router,
    partnerships.plan_pages.router,
    partnerships.import_pages.router,
    partnerships.members_pages.router,
    partnerships.way_proof_pages.router,
    partnerships.requests_pages.router,
    partnerships.measures_pages.router,
    # Last of its pages: every other one has an address of its own.
    partnerships.overview_pages.router,
    partnerships.password_pages.router,
    feedback.health_pages.router,
    feedback.summary_pages.router,
    messaging.incident_pages.router,
    messaging.launch_addition_pages.router,
    messaging.follow_up_pages.router,
    messaging.composer_pages.router,
    messaging.why_pages.router,
    messaging.template_pages.router,
    messaging.cap_pages.router,
    messaging.cap_public_pages.router,
    messaging.webhook_pages.router,
    # Before the pages of one message, whose address would take it for one.
    messaging.digest_pages.router,
    messaging.series_pages.router,
    messaging.cold_pages.router,
    messaging.paper_pages.router,
    messaging.relay_pages.router,
    messaging.budget_pages.router,
    messaging.pages.router,
    messaging.approval_pages.router,
    messaging.recording_pages.router,
    messaging.call_doors.router,
    messaging.call_list_pages.router,
    feedback.pages.router,
    feedback.seen_pages.router,
    feedback.written_pages.router,
    feedback.sighting_pages.router,
    feedback.inbox_pages.router,
    # The list and what is kept for it come before the pages of one report, as do those of boxes.
    feedback.report_list_pages.router,
    feedback.report_list_keeping_pages.router,
    feedback.report_pages.router,
    feedback.report_course_pages.router,
    feedback.report_from_message_pages.router,
    feedback.box_pages.router,
    feedback.opened_incident_pages.router,
    feedback.evaluation_pages.router,
    feedback.answer_pages.router,
    feedback.silence_pages.router,
    feedback.hot_spot_proposal_pages.router,
    feedback.hot_spot_change_pages.router,
    feedback.hot_spot_pages.router,
    feedback.recap_pages.router,
    feedback.unsubscribe_pages.router,
    feedback.survey_pages.router,
    feedback.survey_page.router,
    feedback.webhooks.router,
    feedback.call_keys.router,
    feedback.voice_pages.router,
    feedback.question_pages.router,
    plan.keeping.list_pages.router,
    plan.keeping.sheet_pages.router,
    plan.keeping.plan_pages.router,
    plan.keeping.reading_pages.router,
    plan.keeping.tree_pages.router,
    plan.keeping.feed_pages.router,
    plan.rises.count_pages.router,
    plan.rises.pages.router,
    plan.dashboard.pages.router,
    plan.dashboard.public_pages.router,
    plan.measures.pages.router,
    plan.methods.pages.router,
    plan.registers.pages.router,
    plan.registers.bulk_pages.router,
    plan.report.pages.router,
    plan.entries.pages.router,
    plan.entries.table_pages.router,
    plan.entries.colour_pages.router,
    health.router,
)

# Records about people in the rooms above partnerships, which a member may see and have forgotten.
HOLDERS = (
    messaging.own_records.SENT,
    # Before what he wrote: whose message it was is told no more after that.
    feedback.own_voicemail.SPOKEN,
    feedback.own_records.WRITTEN,
    feedback.own_sightings.SEEN,
    feedback.own_reports.REPORTED,
    feedback.own_answers.ANSWERED,
    feedback.own_surveys.ASKED,
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
        dependencies=[Depends(refuse_unstorable)],
    )
    app.state.identify = identify
    app.state.stopping = asyncio.Event()
    app.state.holders = HOLDERS
    for router in page_routers():
        app.include_router(router)
    bearer = HTTPBearer(auto_error=False, description="plp-hub api-token create")
    for router in API_ROUTERS:
        app.include_router(router, dependencies=[Security(bearer)])
    app.router.routes.extend(messaging.webhooks.routes)
    _describe(app)
    app.mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static")
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ReceiptDoor)
    answer_errors(app)
    _refuse_unruled_routes()
    return app


def page_routers() -> tuple[APIRouter, ...]:
    """The routers of pages and doors; the simulator's only with the simulated carrier."""
    simulated = settings().carrier_is_simulated
    trial = (simulator_pages.router, simulator_carrier.router) if simulated else ()
    return (*PAGE_ROUTERS, *trial)


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
