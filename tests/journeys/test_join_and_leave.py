"""A citizen joins by the poster's address, gets the next alert, leaves, and is forgotten."""

import re

import pytest

from tests.citizens import Citizen, solution, words
from tests.running_hub import RunningHub, eventually

pytestmark = pytest.mark.journey

# Default of the hub: what a browser's script takes a second for.
BITS = 18
UPPER = "haut-valdor"


def citizen_of(hub: RunningHub) -> Citizen:
    http = hub.visitor().http
    http.headers["Accept-Language"] = "en"
    return Citizen(http)


def texts_on(hub: RunningHub, number: str) -> list[str]:
    return [str(one["text"]) for one in hub.carrier.phone(number)["entries"]]


def newest_text(hub: RunningHub, number: str, sign: str) -> str:
    """The newest text on a phone that has this in it, once it is there."""

    def look() -> str:
        try:
            found = [one for one in texts_on(hub, number) if sign in one]
        except LookupError:
            return ""
        return found[-1] if found else ""

    return eventually(look, f"a text with {sign}")


def newest_mail(hub: RunningHub, address: str, sign: str) -> str:
    def look() -> str:
        try:
            letters = hub.carrier.mailbox(address)
        except LookupError:
            return ""
        found = [str(one) for one in letters if sign in str(one)]
        return found[-1] if found else ""

    return eventually(look, f"a mail with {sign}")


def link_in(message: str) -> str:
    found = re.search(r"https?://[^/\s]+(/(?:me|join)/[A-Za-z0-9_/-]+)", message)
    assert found, message
    return found[1]


def join(hub: RunningHub, number: str, name: str) -> Citizen:
    """By the page, without a mail address: the script's puzzle earns the code."""
    citizen = citizen_of(hub)
    page = citizen.get(f"/join/{UPPER}")
    challenge = re.findall(r'name="challenge" value="([^"]+)"', page.text)[0]
    citizen.post(
        f"/join/{UPPER}",
        challenge=challenge,
        answer=solution(challenge, BITS),
        language="en",
        name=name,
        telephone=number,
        email="",
        street="Rue Haute",
        purposes=["urgent_alerts", "prevention"],
        statement="yes",
    )
    code = re.findall(r"\d{6}", newest_text(hub, number, "code"))[0]
    citizen.post(f"/join/{UPPER}/confirm", code=code)
    assert "This number is yours" in words(citizen.page)
    return citizen


def approve(hub: RunningHub, name: str) -> None:
    coordinator = hub.signed_in("coordinator")
    page = coordinator.get(f"/partnerships/{UPPER}/requests").text
    mine = page[page.index(name) :]
    found = re.findall(r'action="([^"]+/approve)"', mine)
    assert coordinator.post(found[0]).status_code == 303


def open_own_page(hub: RunningHub, number: str) -> Citizen:
    citizen = citizen_of(hub)
    citizen.get("/me/link")
    citizen.post("/me/link", way=number)
    path = link_in(newest_text(hub, number, "/me/open/"))
    citizen.get(path)
    citizen.post(path)
    return citizen


def alerts_on(hub: RunningHub, number: str) -> int:
    return sum("ALERTE" in one or "ALARM" in one for one in texts_on(hub, number))


def reached(hub: RunningHub, number: str) -> bool:
    """Whether the next alert is texted to this number."""
    before = alerts_on(hub, number)
    api = hub.api()
    alert = api.send(UPPER, incident_id=api.incident()["id"])
    eventually(lambda: api.broadcast(alert)["audience"], "the alert is fanned out")
    waiting = {"queued", "sending"}
    eventually(lambda: not waiting & set(api.counts(alert)), "the alert has left")
    return alerts_on(hub, number) > before


def test_a_citizen_joins_is_warned_leaves_and_is_forgotten(hub: RunningHub) -> None:
    number = "+32471550001"
    join(hub, number, "Jo Nouveau")
    approve(hub, "Jo Nouveau")
    assert "member of PLP Haut-Valdor" in newest_text(hub, number, "You are now")
    assert reached(hub, number)

    # What he changes on his own page counts for the very next alert.
    page = open_own_page(hub, number)
    assert "Jo Nouveau" in words(page.page)
    page.post("/me/consents/urgent_alerts", what="withdraw")
    assert not reached(hub, number)
    page.post("/me/consents/urgent_alerts", what="give")
    assert reached(hub, number)

    page.get("/me/erase")
    page.post("/me/erase")
    assert "You are forgotten" in words(page.page)
    newest_text(hub, number, "erased")
    assert not reached(hub, number)
    assert number not in hub.signed_in("coordinator").get(f"/partnerships/{UPPER}/members").text
    assert number.removeprefix("+") not in hub.logs()


def test_a_member_leaves_by_text_with_the_code_we_ask_for(hub: RunningHub) -> None:
    number = "+32471550002"
    join(hub, number, "Lea Partante")
    approve(hub, "Lea Partante")
    newest_text(hub, number, "You are now")
    hub.carrier.reply(number, "STOP PLP")
    question = newest_text(hub, number, "To confirm")
    code = re.findall(r"\d{6}", question)[0]
    hub.carrier.reply(number, f"STOP PLP {code}")
    newest_text(hub, number, "You have left")
    assert not reached(hub, number)


def test_an_invited_citizen_joins_by_the_link_in_his_mail(hub: RunningHub) -> None:
    coordinator = hub.signed_in("coordinator")
    invite = f"/partnerships/{UPPER}/invitations"
    assert coordinator.post(invite, way="ina@example.be", language="fr").status_code == 303
    path = link_in(newest_mail(hub, "ina@example.be", "/invited/"))
    citizen = citizen_of(hub)
    page = citizen.get(path)
    challenge = re.findall(r'name="challenge" value="([^"]+)"', page.text)[0]
    citizen.post(
        path,
        challenge=challenge,
        language="fr",
        name="Ina Invitée",
        street="",
        purposes=["urgent_alerts"],
        statement="yes",
    )
    assert "ina@example.be" in words(citizen.page)
    approve(hub, "Ina Invitée")
    newest_mail(hub, "ina@example.be", "PLP Haut-Valdor: Bienvenue")
