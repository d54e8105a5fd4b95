"""The urgent composer: one set of facts, the words of every language, who gets it, and why.

In the demo zone Haut-Valdor and Valdor-Gare lie one above the other, some 150 metres apart.
"""

import html
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session, select

from hub import clock
from hub.config import settings
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import cost_counting, fan_out, rendering
from messaging.claims import Claimed
from messaging.models import Broadcast, BroadcastFacts, BroadcastText, Delivery, Incident
from messaging.texts import Words
from partnerships.models import (
    Channel,
    ContactKind,
    ContactPoint,
    Membership,
    Partnership,
    PartnershipKind,
    Person,
)
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor
from workers import timetable

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
# In the middle of Haut-Valdor, near its southern edge, and in a wood far from both.
MIDDLE, SOUTH, WOOD = "50.64380, 5.57570", "50.64030, 5.57570", "50.30000, 5.60000"
FACTS = {
    "form_id": "one",
    "phenomenon": "cambriolage",
    "place": "rue de la Gare",
    "facts_at": "2026-06-03T11:50",
    "drawn": "point",
}


@pytest.fixture
def visitor(demo_zone: str, templates: Templates) -> Visitor:
    clock.set_source(lambda: NOON)
    account = templates.accounts["dispatcher"]
    return in_process.signed_in(account["email"], account["password"])


@pytest.fixture
def api(demo_zone: str) -> httpx.Client:
    clock.set_source(lambda: NOON)
    return english("dispatcher@demo.example")


def english(email: str) -> httpx.Client:
    http = in_process.api(email).http
    http.cookies.set("plp_language", "en")
    return http


def looked_at(visitor: Visitor, **typed: Any) -> str:
    """The page after a look, without any script."""
    answer = visitor.post("/alerts", look="1", **{**FACTS, **typed})
    assert answer.status_code == 200, answer.text
    return answer.text


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="partnerships" value="([^"]+)" checked', page))


def text(page: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}"[^>]*>\n?([^<]*)</textarea>', page)
    assert found, name
    return html.unescape(found[1])


def on_the_page(page: str) -> dict[str, Any]:
    """What a browser would post back from this page: its texts, their marks, what is ticked."""
    posted: dict[str, Any] = {"partnerships": sorted(ticked(page))}
    posted["languages"] = re.findall(r'name="languages" value="(\w+)"', page)
    for name, value in re.findall(r'<input[^>]*name="([\w.]+)"[^>]*value="([^"]*)"', page):
        if name == "offered" or name.endswith((".made", ".subject")):
            posted[name] = html.unescape(value)
    for code in posted["languages"]:
        for name in ("short", "spoken", "long"):
            posted[f"{code}.{name}"] = text(page, f"{code}.{name}")
    return posted


def problems(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    found = re.findall(r'id="problem-([\w.]+)">([^<]*)</p>', answer.text)
    return {name: html.unescape(sentence) for name, sentence in found}


# The words


def test_the_words_appear_in_every_language_from_one_set_of_facts(visitor: Visitor) -> None:
    page = looked_at(visitor, ground=MIDDLE, vehicle="camionnette blanche")
    assert text(page, "fr.short").startswith(
        "PLP ALERTE 11h50 rue de la Gare: Cambriolage. camionnette blanche."
    )
    assert text(page, "nl.short").startswith("BIN ALARM 11:50 rue de la Gare: Inbraak.")
    assert text(page, "de.short").startswith("NIN ALARM 11:50 rue de la Gare: Einbruch.")
    assert "à 11h50" in text(page, "fr.spoken")
    assert "camionnette blanche" in text(page, "nl.long")


def test_a_text_somebody_changed_is_never_overwritten(visitor: Visitor) -> None:
    first = on_the_page(looked_at(visitor, ground=MIDDLE))
    mine = first["fr.short"].replace("Restez chez vous", "Restez bien chez vous")
    page = looked_at(visitor, ground=MIDDLE, **{**first, "fr.short": mine, "place": "rue Neuve"})
    assert text(page, "fr.short") == mine
    assert "The facts or the template changed after you wrote this yourself." in page
    # What nobody touched follows the facts.
    assert "rue Neuve" in text(page, "nl.short")
    assert "rue Neuve" in text(page, "fr.long")
    # Asked for, it is filled in anew.
    again = looked_at(visitor, **{**on_the_page(page), "place": "rue Neuve", "anew": "fr.short"})
    assert "rue Neuve: Cambriolage. Restez chez vous" in text(again, "fr.short")


def test_another_language_for_the_page_loses_nothing(visitor: Visitor) -> None:
    first = on_the_page(looked_at(visitor, ground=MIDDLE))
    mine = first["de.short"] + " Danke!"
    answer = visitor.post(
        "/alerts", **FACTS, ground=MIDDLE, **{**first, "de.short": mine, "language": "nl"}
    )
    assert 'lang="nl"' in answer.text[:200]
    assert text(answer.text, "de.short") == mine
    assert 'value="rue de la Gare"' in answer.text
    assert ticked(answer.text) == set(first["partnerships"])
    assert 'lang="nl"' in visitor.get("/alerts/new").text[:200]


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("fr.short", "Cambriolage rue de la Gare. Ne suivez personne."),
        ("fr.long", "Cambriolage rue de la Gare. Appelez le 101."),
        ("nl.spoken", "Inbraak. Blijf binnen."),
    ],
)
def test_the_line_about_101_cannot_be_edited_out(visitor: Visitor, name: str, changed: str) -> None:
    first = on_the_page(looked_at(visitor, ground=MIDDLE))
    answer = visitor.post("/alerts", **FACTS, ground=MIDDLE, **{**first, name: changed})
    assert "every alert says to call 101 and to follow nobody" in problems(answer)[f"texts.{name}"]
    assert changed in html.unescape(answer.text)
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(Incident)).all() == []


def test_a_placeholder_left_open_names_its_language_and_its_field(visitor: Visitor) -> None:
    first = on_the_page(looked_at(visitor, ground=MIDDLE))
    left = first["nl.short"] + " {direction}"
    found = problems(visitor.post("/alerts", **FACTS, ground=MIDDLE, **{**first, "nl.short": left}))
    assert found["texts.nl.short"] == "Nederlands: nothing was given for {direction}."


def test_every_mistake_is_named_at_once_and_nothing_is_half_done(visitor: Visitor) -> None:
    typed = {**FACTS, "place": "", "phenomenon": "", "facts_at": "2026-06-03T13:00"}
    answer = visitor.post("/alerts", **typed, ground=WOOD)
    found = problems(answer)
    assert set(found) >= {"phenomenon", "place", "facts_at", "partnerships"}
    with unit_of_work(read_only=True) as session:
        assert session.exec(select(Incident)).all() == []
        assert session.exec(select(Broadcast)).all() == []


@pytest.mark.parametrize(
    ("ground", "drawn", "field"),
    [
        ("somewhere", "point", "ground"),
        ("95.0, 5.0", "point", "ground"),
        (MIDDLE, "street", "ground"),
        ("50.64, 5.57\n50.65, 5.58\n50.64, 5.58\n50.65, 5.57", "area", "ground"),
        ("\n".join(["50.64, 5.57"] * 201), "street", "ground"),
    ],
)
def test_a_place_that_is_none_is_named(
    visitor: Visitor, ground: str, drawn: str, field: str
) -> None:
    answer = visitor.post("/alerts", **{**FACTS, "drawn": drawn}, ground=ground)
    assert field in problems(answer)


def test_a_distance_that_is_none_is_named(visitor: Visitor) -> None:
    assert "metres" in problems(visitor.post("/alerts", **FACTS, ground=MIDDLE, metres="far"))


# Who gets it


def test_the_partnerships_in_or_near_the_place_are_ticked(visitor: Visitor) -> None:
    assert ticked(looked_at(visitor, ground=MIDDLE)) == {"haut-valdor"}
    assert ticked(looked_at(visitor, ground=SOUTH)) == {"haut-valdor", "valdor-gare"}
    assert ticked(looked_at(visitor, ground=SOUTH, metres="0")) == {"haut-valdor"}


def test_a_street_and_an_area_reach_as_far_as_they_go(visitor: Visitor) -> None:
    street = f"{MIDDLE}\n50.63500, 5.57570"
    assert ticked(looked_at(visitor, ground=street, drawn="street", metres="0")) == {
        "haut-valdor",
        "valdor-gare",
    }
    area = "50.6330, 5.5720\n50.6330, 5.5760\n50.6370, 5.5760"
    found = looked_at(visitor, ground=area, drawn="area", metres="0")
    assert ticked(found) == {"valdor-gare"}


def test_what_was_taken_out_by_hand_stays_out_and_what_was_put_in_stays_in(
    visitor: Visitor,
) -> None:
    first = on_the_page(looked_at(visitor, ground=SOUTH))
    without = {**first, "partnerships": ["haut-valdor"]}
    assert ticked(looked_at(visitor, ground=SOUTH, **without)) == {"haut-valdor"}
    # The place moves: what it ticked goes, what was ticked by hand stays.
    moved = on_the_page(looked_at(visitor, ground=MIDDLE))
    by_hand = {**moved, "partnerships": ["haut-valdor", "valdor-gare"]}
    assert ticked(looked_at(visitor, ground=WOOD, **by_hand)) == {"valdor-gare"}


def test_a_place_near_nobody_says_so_and_shows_the_nearest(visitor: Visitor) -> None:
    page = looked_at(visitor, ground="50.66000, 5.57570")
    assert ticked(page) == set()
    assert "No partnership is in or near this place. The nearest:" in page
    assert re.search(r'value="haut-valdor"> PLP Haut-Valdor <span class="meta">1[.,]\d', page)


def test_only_traders_near_the_place(visitor: Visitor) -> None:
    with unit_of_work() as session:
        gare = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare")).one()
        gare.kind = PartnershipKind.SELF_EMPLOYED
        session.add(gare)
    assert ticked(looked_at(visitor, ground=SOUTH, kind="self_employed")) == {"valdor-gare"}


@pytest.mark.parametrize("typed", ["GARE", "gàre valdor", "Valdor-Gare"])
def test_a_partnership_is_found_by_a_part_of_its_name(visitor: Visitor, typed: str) -> None:
    page = looked_at(visitor, find=typed)
    assert re.findall(r'name="partnerships" value="([^"]+)"', page) == ["valdor-gare"]


def test_a_name_nobody_has_offers_nothing_and_keeps_what_is_ticked(visitor: Visitor) -> None:
    page = looked_at(visitor, find="100%", partnerships=["haut-valdor"], ground=WOOD)
    assert re.findall(r'name="partnerships" value="([^"]+)"', page) == ["haut-valdor"]


def test_the_nearest_are_offered_once(visitor: Visitor) -> None:
    page = looked_at(visitor, ground="50.66000, 5.57570")
    assert Counter(re.findall(r'id="to-([^"]+)"', page)).most_common(1)[0][1] == 1


def test_it_is_counted_whom_it_reaches_and_what_it_costs(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = looked_at(visitor, ground=MIDDLE)
    assert re.search(r'class="figure"><strong>2\d</strong>', page)
    assert "euros" not in page
    monkeypatch.setenv("HUB_SMS_SEGMENT_PRICE", "0.08")
    settings.cache_clear()
    page = html.unescape(looked_at(visitor, ground=MIDDLE))
    parts, euros = re.search(  # type: ignore[union-attr]
        r"About (\d+) SMS parts in all. About ([\d.]+) euros", page
    ).groups()
    assert float(euros) == pytest.approx(int(parts) * 0.08, abs=0.005)


def test_one_person_one_message_with_every_reason(visitor: Visitor, api: httpx.Client) -> None:
    sent = sent_alert(visitor, ground=SOUTH)
    with unit_of_work() as session:
        rows = session.exec(select(Delivery).where(Delivery.broadcast_id == sent)).all()
        assert Counter(Counter(one.person_id for one in rows).values()) == {1: len(rows)}
        memberships = session.exec(select(Membership.person_id)).all()
        twice = next(one for one, count in Counter(memberships).items() if count == 2)
    why = api.get(f"/broadcasts/{sent}/people/{twice}").json()
    assert why["is_written_to"] is True
    assert [(one["partnership"], one["how"]) for one in why["member_of"]] == [
        ("haut-valdor", "inside"),
        ("valdor-gare", "near"),
    ]
    told = api.get(f"/broadcasts/{sent}/audience").json()
    assert told["metres"] == 300
    assert told["geometry"]["type"] == "Point"


def sent_alert(visitor: Visitor, **typed: Any) -> UUID:
    """Composed, confirmed and fanned out; its id."""
    composed = visitor.post("/alerts", **{**FACTS, **typed})
    assert composed.status_code == 303, composed.text
    broadcast_id = UUID(composed.headers["location"].split("/")[2])
    confirmed = {"is_drill": "on"} if typed.get("is_drill") else {}
    assert visitor.post(f"/broadcasts/{broadcast_id}/send", **confirmed).status_code == 303
    with unit_of_work() as session:
        fan_out.fan_out(session, broadcast_id)
    return broadcast_id


def test_whoever_asks_by_telephone_is_told_why(visitor: Visitor) -> None:
    sent = sent_alert(visitor, ground=MIDDLE, only_languages=["fr"])
    with unit_of_work(read_only=True) as session:
        dutch = contact_of(session, sent, Language.DUTCH)
        french = contact_of(session, sent, Language.FRENCH)
    place = f"/broadcasts/{sent}/why"
    answer = html.unescape(visitor.post(place, contact=french).text)
    assert "He was written to." in answer
    assert "He is a member of PLP Haut-Valdor: the place is in its zone." in answer
    answer = html.unescape(visitor.post(place, contact=dutch).text)
    assert "He was not counted." in answer
    assert "and it goes to those who read another language" in answer
    nobody = visitor.post(place, contact="+32470999999")
    assert nobody.status_code == 422
    assert "No member of these partnerships has this number" in html.unescape(nobody.text)


def contact_of(session: Session, broadcast_id: UUID, language: Language) -> str:
    """The number of a member of Haut-Valdor who reads this language."""
    return session.exec(
        select(ContactPoint.value)
        .join(Person, ContactPoint.person_id == Person.id)  # type: ignore[arg-type]
        .join(Membership, Membership.person_id == Person.id)  # type: ignore[arg-type]
        .join(Partnership, Membership.partnership_id == Partnership.id)  # type: ignore[arg-type]
        .where(
            Person.language == language,
            ContactPoint.kind == ContactKind.MOBILE,
            Partnership.slug == "haut-valdor",
        )
        .order_by(ContactPoint.value)
        .limit(1)
    ).one()


def test_only_those_who_read_a_language_get_it(visitor: Visitor) -> None:
    sent = sent_alert(visitor, ground=MIDDLE, only_languages=["nl"])
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(Delivery).where(Delivery.broadcast_id == sent)).all()
        texts = session.exec(select(BroadcastText.language)).all()
    assert {one.language for one in rows} == {Language.DUTCH}
    assert list(texts) == [Language.DUTCH]


# Sending once


def test_the_same_form_sent_twice_is_one_incident_and_one_draft(visitor: Visitor) -> None:
    first = visitor.post("/alerts", **FACTS, ground=MIDDLE)
    again = visitor.post("/alerts", **FACTS, ground=MIDDLE)
    assert first.headers["location"] == again.headers["location"]
    changed = visitor.post("/alerts", **{**FACTS, "place": "rue Neuve"}, ground=MIDDLE)
    assert changed.headers["location"] != first.headers["location"]
    with unit_of_work(read_only=True) as session:
        assert len(session.exec(select(Incident)).all()) == 2


def test_back_in_the_browser_another_place_is_another_alert_though_the_words_are_by_hand(
    visitor: Visitor,
) -> None:
    line = {
        "fr": "Appelez le 101. Ne suivez personne.",
        "nl": "Bel 101. Achtervolg niemand.",
        "de": "101 anrufen. Niemanden verfolgen.",
    }
    words = {
        f"{one}.{name}": f"{one}: {text}"
        for one, text in line.items()
        for name in ("short", "long")
    }
    words |= {f"{one}.subject": one for one in line} | {f"{one}.spoken": "" for one in line}
    typed = {**FACTS, **words, "languages": list(line), "form_id": "one", "ground": MIDDLE}
    first = visitor.post("/alerts", **typed)
    assert first.status_code == 303, first.text
    again = visitor.post("/alerts", **typed)
    assert again.headers["location"] == first.headers["location"]
    elsewhere = visitor.post("/alerts", **{**typed, "place": "rue Neuve"})
    assert elsewhere.headers["location"] != first.headers["location"]
    person = visitor.post("/alerts", **{**typed, "person": "homme en noir"})
    on_the_map = visitor.post("/alerts", **{**typed, "ground": SOUTH})
    found = {one.headers["location"] for one in (first, elsewhere, person, on_the_map)}
    assert len(found) == 4


def test_nothing_on_the_check_page_is_pressed_by_a_key_still_held(visitor: Visitor) -> None:
    composed = visitor.post("/alerts", **FACTS, ground=MIDDLE)
    page = visitor.get(composed.headers["location"]).text
    assert "Send now to" in page
    assert "autofocus" not in page


def test_back_from_the_check_everything_is_as_it_was(visitor: Visitor) -> None:
    first = on_the_page(looked_at(visitor, ground=SOUTH, person="homme en noir"))
    mine = first["nl.short"] + " Dank u."
    without = {**first, "nl.short": mine, "partnerships": ["haut-valdor"]}
    typed = {**FACTS, **without, "ground": SOUTH, "person": "homme en noir", "is_drill": "on"}
    composed = visitor.post("/alerts", **typed)
    assert composed.status_code == 303, composed.text
    check = visitor.get(composed.headers["location"]).text
    back = re.search(r'href="([^"]+)">Back to the text', check)
    assert back
    page = visitor.get(html.unescape(back[1])).text
    assert ticked(page) == {"haut-valdor"}
    assert text(page, "nl.short") == "OEFENING: " + mine
    assert text(page, "ground") == SOUTH
    assert 'value="homme en noir"' in page
    assert re.search(r'name="is_drill" value="on" checked', page)
    assert page.count("Written by you: it stays as it is.") == 1


def test_a_wrong_street_is_put_right_until_something_was_said(visitor: Visitor) -> None:
    composed = visitor.post("/alerts", **FACTS, ground=MIDDLE)
    check = visitor.get(composed.headers["location"]).text
    back = re.search(r'href="([^"]+)">Back to the text', check)
    assert back
    place = html.unescape(back[1]).partition("?")[0]
    right = {**FACTS, "place": "rue Neuve", "has_happened": "yes", "ground": MIDDLE}
    again = visitor.post(place, **right)
    assert again.status_code == 303, again.text
    with unit_of_work(read_only=True) as session:
        assert [one.place for one in session.exec(select(Incident))] == ["rue Neuve"]
    assert "rue Neuve" in visitor.get(again.headers["location"]).text
    broadcast_id = again.headers["location"].split("/")[2]
    assert visitor.post(f"/broadcasts/{broadcast_id}/send").status_code == 303
    # What the members were told stays on record as it was told.
    visitor.post(place, **{**right, "place": "rue Basse"})
    assert 'id="place"' not in visitor.get(place).text
    with unit_of_work(read_only=True) as session:
        assert [one.place for one in session.exec(select(Incident))] == ["rue Neuve"]


# An exercise


def test_an_exercise_says_so_in_every_text_and_is_confirmed_as_one(visitor: Visitor) -> None:
    composed = visitor.post("/alerts", **FACTS, ground=MIDDLE, is_drill="on")
    place = composed.headers["location"]
    page = html.unescape(visitor.get(place).text)
    assert "drill-page" in page
    assert "Send the exercise to" in page
    broadcast_id = UUID(place.split("/")[2])
    with unit_of_work(read_only=True) as session:
        texts = session.exec(
            select(BroadcastText).where(BroadcastText.broadcast_id == broadcast_id)
        ).all()
    prefixes = {"fr": "EXERCICE: ", "nl": "OEFENING: ", "de": "ÜBUNG: "}
    for one in texts:
        for words in (one.subject, one.short, one.long, one.spoken):
            assert words.startswith(prefixes[one.language])
    refused = visitor.post(f"/broadcasts/{broadcast_id}/send")
    assert refused.status_code == 422
    assert "Say that it is an exercise." in refused.text
    assert visitor.post(f"/broadcasts/{broadcast_id}/send", is_drill="on").status_code == 303


def test_no_real_alert_says_that_it_is_an_exercise(visitor: Visitor) -> None:
    drill = on_the_page(looked_at(visitor, ground=MIDDLE, is_drill="on"))
    assert drill["fr.short"].startswith("EXERCICE: ")
    mine = {**drill, "fr.short": drill["fr.short"] + " Merci."}
    # The tick is taken away: what the page had put before somebody's own words goes with it.
    page = looked_at(visitor, ground=MIDDLE, was_drill="on", **mine)
    assert text(page, "fr.short").startswith("PLP ALERTE")
    assert text(page, "fr.short").endswith(" Merci.")
    # Written by hand it is refused.
    answer = visitor.post("/alerts", **FACTS, ground=MIDDLE, **mine)
    assert "says that it is an exercise" in problems(answer)["texts.fr.short"]


# A language without a text


def settle(rule: str) -> None:
    officer = english("officer@demo.example")
    answer = officer.put(
        "/zones/zone-valdor/writing", json={"near_metres": 300, "missing_text": rule}
    )
    assert answer.status_code == 200, answer.text


def wanted(**changes: Any) -> dict[str, Any]:
    return {
        "client_request_id": "one",
        "facts": {
            "phenomenon": "Inbraak",
            "place": "rue Haute",
            "facts_at": "2026-06-03T11:50:00",
        },
        "partnerships": ["haut-valdor"],
        **changes,
    }


def letter(broadcast_id: str) -> rendering.Letter:
    with unit_of_work(read_only=True) as session:
        return rendering.letter_of(session, session.get_one(Broadcast, UUID(broadcast_id)))


def test_the_zone_decides_what_somebody_reads_without_a_text_of_his(api: httpx.Client) -> None:
    settle("zone_language")
    made = api.post("/alerts", json=wanted()).json()
    only = letter(made["id"])
    assert set(only.texts) == {Language.FRENCH}
    assert only.words_for(Language.GERMAN, None).short.startswith("PLP ALERTE")
    settle("both")
    made = api.post("/alerts", json=wanted(client_request_id="two")).json()
    both = letter(made["id"])
    assert set(both.texts) == {Language.FRENCH, Language.DUTCH}
    words = both.words_for(Language.GERMAN, None)
    assert words.short.startswith("PLP ALERTE")
    assert "\nBIN ALARM" in words.short
    assert both.words_for(Language.DUTCH, None).short.startswith("BIN ALARM")
    assert both.segments == 2


def test_what_stands_in_is_that_of_the_partnership_somebody_is_a_member_of(
    api: httpx.Client,
) -> None:
    settle("zone_language")
    with unit_of_work() as session:
        gare = session.exec(select(Partnership).where(Partnership.slug == "valdor-gare")).one()
        upper = session.exec(select(Partnership).where(Partnership.slug == "haut-valdor")).one()
        gare.languages = [Language.DUTCH]
        session.add(gare)
    preview = wanted(partnerships=["haut-valdor", "valdor-gare"])
    made = api.post("/alerts", json=preview)
    assert made.status_code == 201, made.text
    both = letter(made.json()["id"])
    assert set(both.texts) == {Language.FRENCH, Language.DUTCH}
    assert both.words_for(Language.GERMAN, upper.id).short.startswith("PLP ALERTE")
    assert both.words_for(Language.GERMAN, gare.id).short.startswith("BIN ALARM")
    called = Claimed(1, 1, 1, False, Channel.VOICE, Language.GERMAN, "+3242000004", NOON, gare.id)
    assert "nl-BE" in rendering.words_for_machine(both, called)


def test_what_was_typed_of_persons_is_dropped_a_year_after_its_incident_was_closed(
    api: httpx.Client,
) -> None:
    facts = {**wanted()["facts"], "person": "Man, 30, black cap"}
    made = api.post("/alerts", json=wanted(facts=facts)).json()

    def kept_after(days: int) -> int:
        clock.set_source(lambda: NOON + timedelta(days=days))
        timetable.forget_old()
        with unit_of_work(read_only=True) as session:
            return len(session.exec(select(BroadcastFacts)).all())

    assert kept_after(400) == 1, "its incident is open"
    incident = made["incident_id"]
    closed = api.post(f"/incidents/{incident}/close", json={"reason": "No more to do."})
    assert closed.status_code == 200, closed.text
    assert kept_after(700) == 1
    assert kept_after(770) == 0
    # Its words stay, and the page that shows them.
    assert api.get(f"/broadcasts/{made['id']}").status_code == 200


def test_two_languages_in_one_message_are_measured_together(api: httpx.Client) -> None:
    settle("both")
    line = {"fr": "Appelez le 101. Ne suivez personne.", "nl": "Bel 101. Achtervolg niemand."}
    texts = {
        one: {"subject": "x", "short": "x" * 800 + ". " + words, "long": "", "spoken": ""}
        for one, words in line.items()
    }
    refused = api.post("/alerts", json=wanted(texts=texts))
    assert refused.status_code == 422, refused.text
    (problem,) = refused.json()["errors"]
    assert problem["field"] == "texts.fr.short"
    assert "11 SMS parts" in refused.text
    # Each alone is not too long.
    settle("zone_language")
    assert api.post("/alerts", json=wanted(texts=texts)).status_code == 201


def test_what_stands_in_is_counted_as_long_as_it_is(api: httpx.Client) -> None:
    settle("both")
    made = api.post("/alerts", json=wanted()).json()["id"]
    assert api.post(f"/broadcasts/{made}/send").status_code == 202
    with unit_of_work() as session:
        fan_out.fan_out(session, UUID(made))
    with unit_of_work(read_only=True) as session:
        rows = session.exec(select(Delivery).where(Delivery.channel == Channel.SMS)).all()
        waiting = [one for one in rows if one.state == "queued"]
        germans = sum(one.language is Language.GERMAN for one in waiting)
        counted = cost_counting.count(session, UUID(made))
    assert germans
    texts = sum(count.first for (_place, way), count in counted.items() if way == Channel.SMS)
    assert texts == len(waiting) + germans


def test_the_page_says_who_reads_another_language_and_what_he_gets(visitor: Visitor) -> None:
    settle("both")
    page = html.unescape(looked_at(visitor, ground=MIDDLE))
    assert re.search(r"people read.*Deutsch.*there is no text in it", page)
    assert '<strong lang="fr">Français</strong> + <strong lang="nl">Nederlands</strong>' in page


# Voice


def test_a_call_reads_the_spoken_text_and_the_short_one_without_it() -> None:
    texts = {
        Language.FRENCH: Words("s", "court", "long", "parle"),
        Language.DUTCH: Words("s", "kort", "lang"),
    }
    one = rendering.Letter(UUID(int=1), None, texts, NOON, 1)  # type: ignore[arg-type]
    for language, heard in ((Language.FRENCH, ">parle<"), (Language.DUTCH, ">kort<")):
        called = Claimed(1, 1, 1, False, Channel.VOICE, language, "+3242000004", NOON)
        assert heard in rendering.words_for_machine(one, called)


# For dispatch systems


def test_a_dispatch_system_sends_facts_and_a_place(api: httpx.Client) -> None:
    ground = {"points": [[50.6403, 5.5757]]}
    seen = api.post("/alerts/preview", json=wanted(partnerships=[], ground=ground)).json()
    assert seen["partnerships"] == ["haut-valdor", "valdor-gare"]
    assert seen["people"] == 40
    assert seen["by_channel"][Channel.SMS] > 20
    assert seen["sms"]["fr"] == {"units": 121, "segments": 1, "encoding": "GSM-7"}
    made = api.post("/alerts", json=wanted(partnerships=[], ground=ground))
    assert made.status_code == 201, made.text
    assert made.json()["partnerships"] == ["haut-valdor", "valdor-gare"]
    again = api.post("/alerts", json=wanted(partnerships=[], ground=ground))
    assert again.json()["id"] == made.json()["id"]


def test_a_dispatch_system_is_told_what_is_wrong(api: httpx.Client) -> None:
    words = {"subject": "x", "short": "Attention", "long": "", "spoken": ""}
    answer = api.post("/alerts", json=wanted(texts={"fr": words}))
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"texts.fr.short"}
    far = wanted(partnerships=[], ground={"points": [[50.66, 5.5757]]})
    assert api.post("/alerts/preview", json=far).json()["nearest"] == ["haut-valdor"]
    unknown = api.post("/alerts", json=wanted(partnerships=["nowhere"]))
    assert unknown.json()["errors"][0]["field"] == "partnerships"


def test_others_people_are_out_of_reach(api: httpx.Client, visitor: Visitor) -> None:
    sent = sent_alert(visitor, ground=MIDDLE)
    with unit_of_work() as session:
        stranger = Person(name="Nobody", language=Language.FRENCH)
        session.add(stranger)
        session.flush()
        stranger_id = stranger.id
    assert api.get(f"/broadcasts/{sent}/people/{stranger_id}").status_code == 404
    coordinator = in_process.api("coordinator@demo.example").http
    assert coordinator.get(f"/broadcasts/{sent}/audience").status_code == 403
