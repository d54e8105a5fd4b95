"""Whether this process lives, and whether it can take work."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hub.access import open_to_all
from hub.db import unit_of_work
from hub.queue import redis_answers

router = APIRouter(
    include_in_schema=False, dependencies=[open_to_all("It tells only whether the hub works.")]
)


@router.get("/healthz")
def alive() -> JSONResponse:
    """This process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready() -> JSONResponse:
    """The database answers. Without Redis the hub still stores and sends, so it stays ready."""
    redis = "ok" if redis_answers() else "away"
    try:
        with unit_of_work(read_only=True) as session:
            session.connection().execute(text("SELECT number FROM decision LIMIT 1"))
    except SQLAlchemyError:
        return JSONResponse({"status": "no database", "redis": redis}, status_code=503)
    return JSONResponse({"status": "ok", "redis": redis})
