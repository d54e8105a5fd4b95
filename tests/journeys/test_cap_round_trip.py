"""An alert goes out as CAP and to another system; theirs comes in, and ours that comes back does
not."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import capvalidator
import httpx
import pytest

from hub.embedded_redis import EmbeddedRedis
from messaging.cap import reading
from messaging.cap.feed import ATOM
from messaging.cap.vocabulary import MEDIA_TYPE
from tests.conftest import Templates, copy_of, empty_queue
from tests.messaging.cap_samples import ALERT, following
from tests.running_hub import RunningHub, eventually

pytestmark = pytest.mark.journey

FEED = "/cap/zones/zone-valdor/feed"


class OtherSystem:
    """A dispatch room: it is called, and has a feed of its own."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.documents: dict[str, bytes] = {}
        other = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                other.got.append(json.loads(body))
                self._answer(204)

            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                if name == "feed":
                    self._answer(200, other.feed())
                else:
                    self._answer(200 if name in other.documents else 404, other.documents.get(name))

            def _answer(self, status: int, content: bytes | None = None) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_said: Any) -> None:
                """Nothing: tests have their own words."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def feed(self) -> bytes:
        """The newest first, as feeds are."""
        entries = [
            f'<entry><link rel="alternate" type="{MEDIA_TYPE}" href="/{name}"/></entry>'
            # One that is gone must not keep the others out.
            for name in ("gone", *reversed(self.documents))
        ]
        return f'<feed xmlns="{ATOM}">{"".join(entries)}</feed>'.encode()

    def told(self, broadcast_id: str) -> list[str]:
        return [one["type"] for one in self.got if one["data"].get("broadcast_id") == broadcast_id]

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def other() -> Iterator[OtherSystem]:
    system = OtherSystem()
    yield system
    system.stop()


@pytest.fixture
def hub(
    templates: Templates,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    redis: EmbeddedRedis,
) -> Iterator[RunningHub]:
    running = RunningHub(
        tmp_path,
        copy_of(templates.with_demo, templates.kind, tmp_path, request),
        empty_queue(redis, 13 if templates.kind == "sqlite" else 14),
        settings={"HUB_OUTGOING_PRIVATE_ADDRESSES": "true", "HUB_CAP_LOOK_SECONDS": "1"},
        accounts=templates.accounts,
    )
    running.start_all()
    yield running
    running.stop()


def as_of_yesterday(alert: str) -> bytes:
    """What a feed says of long ago is no news."""
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    return alert.replace("2026-06-03", day.isoformat()).encode()


def addresses(answer: httpx.Response) -> list[str]:
    """Where the documents of a feed are, the newest first."""
    assert answer.status_code == 200, answer.text
    found = [part.split('"')[1] for part in answer.text.split('rel="alternate" href=')[1:]]
    return [one.partition("/api/v1")[2] for one in found]


def test_a_round_trip_between_two_systems(hub: RunningHub, other: OtherSystem) -> None:
    api, officer = hub.api(), hub.api("mandated_officer")
    added = officer.http.post("/webhooks", json={"url": f"{other.url}/hook"})
    assert added.status_code == 201, added.text

    # Ours goes out: the other system is called, and fetches what it was called for.
    sent = api.send("haut-valdor", "valdor-gare", incident_id=api.incident()["id"])
    eventually(lambda: "alert.released" in other.told(sent), "the other system is told")
    eventually(lambda: len(addresses(api.http.get(FEED))) == 1, "the alert is published")
    document = api.http.get(addresses(api.http.get(FEED))[0]).content
    assert capvalidator.check_schema(document).passed
    assert len(reading.read(document).infos) == 3
    wanted = {"step": "all_clear", "client_request_id": "clear"}
    clear = api.http.post(f"/broadcasts/{sent}/follow-ups", json=wanted)
    assert clear.status_code == 201, clear.text
    eventually(lambda: other.told(clear.json()["id"]), "the all clear is told")
    clear_document = eventually(
        lambda: addresses(api.http.get(FEED))[:-1], "the all clear is published"
    )[0]
    assert reading.read(api.http.get(clear_document).content).message_type == "Update"

    # Theirs comes in, in the wrong company of ours: ours is not taken for theirs.
    other.documents = {
        "ours": document,
        "alert": as_of_yesterday(ALERT),
        "update": as_of_yesterday(following("OTHER-2", "Update")),
        # From long ago: no news, and no draft.
        "old": ALERT.replace("OTHER-1", "OTHER-0").encode(),
    }
    visitor = hub.signed_in("mandated_officer")
    added_feed = visitor.post("/cap/sources", zone="zone-valdor", url=f"{other.url}/feed")
    assert added_feed.is_redirect, added_feed.text

    def both() -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = api.http.get("/cap/alerts").json()
        return listed if len(listed) == 2 else []

    came = eventually(both, "both alerts of the other system are there")
    update, first = came
    assert (first["identifier"], update["identifier"]) == ("OTHER-1", "OTHER-2")
    assert update["thread_id"] == first["thread_id"]
    assert first["partnerships"] == ["haut-valdor"]

    # A person opens it; nothing was sent by itself.
    opened = api.http.post(f"/cap/alerts/{first['id']}/incident", json={})
    assert opened.status_code == 201, opened.text
    joined = {one["incident_id"] for one in api.http.get("/cap/alerts").json()}
    assert joined == {opened.json()["incident_id"]}
    assert {one["data"]["broadcast_id"] for one in other.got} == {sent, clear.json()["id"]}
    logged = hub.logs()
    assert other.url not in logged
    assert "Traceback" not in logged
