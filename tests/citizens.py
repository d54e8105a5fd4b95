"""A citizen without an account: he opens pages, fills in their forms, and reads what he is sent."""

import hashlib
import html
import re
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from sqlmodel import col, select

from channels.signature import sign
from hub.config import settings
from hub.db import unit_of_work
from partnerships import member_links
from partnerships.models import Notice
from tests import in_process
from workers import jobs

# Little work for a test, and enough that a wrong answer is wrong.
PUZZLE_BITS = 6
WILLING = {
    "name": "Marie Dupont",
    "telephone": "0471 22 33 44",
    "email": "marie@example.be",
    "street": "Rue Haute 12",
    "purposes": ["urgent_alerts", "prevention"],
    "statement": "yes",
}


class Citizen:
    """A browser that keeps its cookies, at one address of the internet."""

    def __init__(self, http: httpx.Client | None = None, place: str = "127.0.0.1") -> None:
        self.http = http or in_process.client(place=place, **{"Accept-Language": "en"})
        self.page = httpx.Response(200)

    def get(self, path: str) -> httpx.Response:
        self.page = self.http.get(path, follow_redirects=True)
        return self.page

    def post(self, path: str, **values: Any) -> httpx.Response:
        """Send a form of the page that is open, with its token, and follow to the next page."""
        hidden = {"form_token": field(self.page, "form_token")}
        self.page = self.http.post(path, data={**hidden, **values}, follow_redirects=True)
        return self.page

    def ask_to_join(self, slug: str, *, solves: bool = True, **changes: Any) -> httpx.Response:
        """Open the page of a partnership, fill it in and send it."""
        page = self.get(f"/join/{slug}")
        return self.send(f"/join/{slug}", page, solves=solves, **changes)

    def send(
        self, path: str, page: httpx.Response, *, solves: bool = True, **changes: Any
    ) -> httpx.Response:
        """Fill in a page to join that is open, and send it."""
        challenge = field(page, "challenge")
        answer = solution(challenge) if solves else ""
        known = {"challenge": challenge, "answer": answer, "language": field(page, "language")}
        return self.post(path, **{**WILLING, **known, **changes})


def text_from(number: str, body: str, sid: str | None = None) -> str:
    """What the hub answers to a text."""
    path = "/webhooks/twilio/sms/inbound"
    form = {"MessageSid": sid or f"SM{uuid4().hex}", "From": number, "Body": body}
    signature = sign(settings().base_url + path, list(form.items()), settings().twilio_auth_token)
    http = in_process.client(**{"X-Twilio-Signature": signature})
    answer: httpx.Response = http.post(path, data=form)
    assert answer.status_code == 200, answer.text
    found = re.search(r"<Message>(.*)</Message>", answer.text, re.DOTALL)
    return found[1] if found else ""


def field(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, f"the page has no {name}"
    return html.unescape(found[1])


def solution(challenge: str, bits: int = PUZZLE_BITS) -> str:
    """What the page's script finds."""
    for number in count():
        digest = hashlib.sha256(f"{challenge}:{number}".encode()).digest()
        if int.from_bytes(digest) >> (256 - bits) == 0:
            return str(number)
    raise AssertionError


def problems(page: httpx.Response) -> dict[str, str]:
    """What is said beside each field."""
    assert page.status_code == 422, page.text
    return {
        name: html.unescape(words)
        for name, words in re.findall(r'id="problem-([^"]+)">([^<]+)<', page.text)
    }


def words(page: httpx.Response) -> str:
    """What a reader sees of a page."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def notices(kind: str) -> list[Notice]:
    """What waits to be sent, oldest first, once the workers have looked who asked for a link."""
    if kind == "member_link":
        see_to_links()
    with unit_of_work(read_only=True) as session:
        found = select(Notice).where(Notice.kind == kind).order_by(col(Notice.created_at))
        return list(session.exec(found.order_by(col(Notice.id))))


def see_to_links() -> None:
    """What a worker does when somebody has asked for a link to a member's own page."""
    with unit_of_work(read_only=True) as session:
        asked = member_links.waiting(session)
    for one in asked:
        jobs.send_member_links(str(one))


def code_in(kind: str) -> str:
    """The six digits in the newest text of this kind."""
    return str(re.findall(r"\b\d{6}\b", notices(kind)[-1].body)[0])


def link_in(kind: str) -> str:
    """The path of the link in the newest notice of this kind."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", notices(kind)[-1].body)[0]
    return str(found)
