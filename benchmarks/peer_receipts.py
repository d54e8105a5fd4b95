"""What the hub's intake of receipts is compared with: a FastAPI handler that updates its row.

The signature is checked with the twilio package's own validator, as its documentation shows.
"""

import os
from collections.abc import Iterator
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Form, HTTPException, Request
from sqlmodel import Session
from twilio.request_validator import (  # type: ignore[import-untyped]  # twilio ships no types
    RequestValidator,
)

from benchmarks import peer_task
from tests.running_hub import AUTH_TOKEN

PORT_VARIABLE = "BENCHMARK_PORT"
app = FastAPI()
_validator = RequestValidator(AUTH_TOKEN)


async def _signed(request: Request) -> None:
    form = dict(await request.form())
    signature = request.headers.get("X-Twilio-Signature", "")
    if not _validator.validate(str(request.url), form, signature):
        raise HTTPException(403)


def _session() -> Iterator[Session]:
    with Session(peer_task.engine()) as session:
        yield session


@app.post("/status/{message_id}", status_code=204, dependencies=[Depends(_signed)])
def take_status(
    message_id: int,
    status: Annotated[str, Form(alias="MessageStatus")],
    session: Annotated[Session, Depends(_session)],
) -> None:
    """One receipt, one row, one commit."""
    message = session.get_one(peer_task.PeerMessage, message_id)
    message.state = status
    session.add(message)
    session.commit()


def main() -> None:
    """Serve until told to stop."""
    port = int(os.environ[PORT_VARIABLE])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
