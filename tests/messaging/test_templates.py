"""Templates: the hub's own words measured, a zone's own kept version after version."""

import html
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from channels.sms_length import measure
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import (
    alarm_line,
    follow_up_words,
    follow_ups,
    placeholders,
    starter_templates,
    template_filling,
)
from messaging.facts import Facts
from messaging.models import Broadcast, Step, TemplateUse
from tests import in_process
from tests.conftest import Templates
from tests.running_hub import Visitor

NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
STARTERS = [
    *((TemplateUse.URGENT_ALERT, code) for code in starter_templates.WITH_OWN_WORDS),
    *((use, "") for use in starter_templates.USES if use is not TemplateUse.URGENT_ALERT),
]
any_starter = pytest.mark.parametrize(("use", "phenomenon"), STARTERS)
any_language = pytest.mark.parametrize("language", list(Language))
# French runs longest; about a hundred septets leave room for the facts in one text. What follows an
# alert has fewer facts to tell.
MOST_FIXED = {TemplateUse.URGENT_ALERT: 100}
MOST_FIXED_AFTER = 115


def words(use: TemplateUse, phenomenon: str, language: Language) -> Any:
    return starter_templates.starter(use, phenomenon)[language]


# The hub's own words


@any_language
@any_starter
def test_the_fixed_words_leave_room_for_the_facts(
    use: TemplateUse, phenomenon: str, language: Language
) -> None:
    fixed = measure(placeholders.fixed(words(use, phenomenon, language).short))
    assert fixed.encoding == "GSM-7", fixed.offending
    assert fixed.units <= MOST_FIXED.get(use, MOST_FIXED_AFTER)


@any_language
@any_starter
def test_an_ordinary_call_is_one_text(
    use: TemplateUse, phenomenon: str, language: Language
) -> None:
    facts = Facts(
        phenomenon or "cambriolage",
        "rue de la Gare 12",
        NOON,
        news="2 arrestations.",
        now=NOON,
        alert_at=NOON,
    )
    short = template_filling.fill(words(use, phenomenon, language), facts, language).short
    length = measure(short)
    assert (length.encoding, length.segments) == ("GSM-7", 1), short
    assert "{" not in short


@any_language
@any_starter
def test_each_of_them_is_written_as_a_template_must_be(
    use: TemplateUse, phenomenon: str, language: Language
) -> None:
    ready = words(use, phenomenon, language)
    for text in (ready.subject, ready.short, ready.long, ready.spoken):
        shape = placeholders.shape(text)
        assert (shape.unknown, shape.is_broken, shape.has_idle_part) == ((), False, False), text


@any_language
@pytest.mark.parametrize("phenomenon", starter_templates.WITH_OWN_WORDS)
def test_every_alert_says_101_and_follow_nobody(phenomenon: str, language: Language) -> None:
    ready = words(TemplateUse.URGENT_ALERT, phenomenon, language)
    for text in (ready.short, ready.long, ready.spoken):
        assert alarm_line.is_in(text, language), text


@any_language
def test_what_is_known_is_told_and_what_is_not_leaves_no_gap(language: Language) -> None:
    ready = words(TemplateUse.URGENT_ALERT, "cambriolage", language)
    bare = Facts("cambriolage", "rue Haute", NOON)
    full = Facts(
        "cambriolage",
        "rue Haute",
        NOON,
        person="homme, veste rouge",
        vehicle="camionnette blanche",
        direction="Liège",
        measures="Notez la plaque",
    )
    told = template_filling.fill(ready, full, language)
    for text in (told.short, told.long, told.spoken):
        for fact in ("homme, veste rouge, camionnette blanche", "Liège", "Notez la plaque"):
            assert fact in text
    left_out = template_filling.fill(ready, bare, language)
    for text in (left_out.short, left_out.long, left_out.spoken):
        assert "  " not in text
        assert "\n\n\n" not in text
        assert "[" not in text


# A zone's own, by the API

ZONE = "/zones/zone-valdor/templates"
OWN = {
    "fr": "PLP {time} {place}: {what}. Fermez tout. Appelez le 101. Ne suivez personne.",
    "nl": "BIN {time} {place}: {what}. Sluit alles. Bel 101. Achtervolg niemand.",
    "de": "NIN {time} {place}: {what}. Alles schließen. 101. Niemanden verfolgen.",
}


def own(**changes: str) -> dict[str, dict[str, str]]:
    return {
        code: {"subject": "{what}, {place}", "short": text, "long": text}
        for code, text in {**OWN, **changes}.items()
    }


def english(email: str) -> httpx.Client:
    http = in_process.api(email).http
    http.cookies.set("plp_language", "en")
    return http


@pytest.fixture
def officer(demo_zone: str) -> httpx.Client:
    clock.set_source(lambda: NOON)
    return english("officer@demo.example")


def save(
    http: httpx.Client, texts: dict[str, Any], based_on: int = 0, place: str = "urgent_alert/any"
) -> httpx.Response:
    return http.put(f"{ZONE}/{place}", json={"texts": texts, "based_on": based_on})


def told(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def alert_texts(**changes: Any) -> dict[str, str]:
    """The SMS of each language as the dispatcher sees it before anything is sent."""
    wanted = {
        "client_request_id": "one",
        "facts": {"phenomenon": "cambriolage", "place": "rue Haute", "facts_at": str(NOON)},
        "partnerships": ["haut-valdor"],
        **changes,
    }
    answer = in_process.api("dispatcher@demo.example").http.post("/alerts/preview", json=wanted)
    assert answer.status_code == 200, answer.text
    return {code: one["short"] for code, one in answer.json()["texts"].items()}


def test_the_next_alert_is_written_in_the_words_the_zone_keeps(officer: httpx.Client) -> None:
    before = alert_texts()
    assert "Restez chez vous" in before["fr"]
    saved = save(officer, own())
    assert saved.status_code == 200, saved.text
    assert saved.json()["version"] == 1
    assert alert_texts()["fr"].startswith("PLP 12h00 rue Haute: Cambriolage. Fermez tout.")
    # Its words for one phenomenon go before those for any.
    only = own(fr="PLP {place}: porte fermee. Appelez le 101. Ne suivez personne.")
    assert save(officer, only, place="urgent_alert/cambriolage").status_code == 200
    assert "porte fermee" in alert_texts()["fr"]


def test_every_version_is_kept_and_the_hubs_words_come_back(officer: httpx.Client) -> None:
    save(officer, own())
    again = own(fr="PLP {place}. Appelez le 101. Ne suivez personne.")
    assert save(officer, again, based_on=1).json()["version"] == 2
    given_up = officer.delete(f"{ZONE}/urgent_alert/any", params={"based_on": 2})
    assert given_up.json()["is_given_up"] is True
    assert "Restez chez vous" in alert_texts()["fr"]
    assert officer.get(ZONE).json() == []
    # The number goes on: what was sent by version 2 is never another version 2.
    assert save(officer, own(), based_on=3).json()["version"] == 4


def test_two_who_save_over_one_another_are_told(officer: httpx.Client) -> None:
    save(officer, own())
    answer = save(officer, own(fr="PLP {place}. Appelez le 101. Ne suivez personne."))
    assert answer.status_code == 409
    assert "Somebody else saved" in answer.json()["detail"]
    assert officer.get(ZONE).json()[0]["version"] == 1


def test_each_fault_names_its_language_and_its_field(officer: httpx.Client) -> None:
    found = told(
        save(
            officer,
            {
                "fr": {
                    "subject": "{what}",
                    "short": "{plaats} Appelez le 101. Ne suivez personne.",
                    "long": "",
                },
                "nl": {"subject": "x", "short": "Blijf binnen.", "long": "{place Bel 101."},
            },
        )
    )
    assert (
        found["texts.fr.short"] == "Français: {plaats} stands for nothing. Take one from the list."
    )
    assert found["texts.fr.long"] == "Français: this text is empty."
    assert found["texts.nl.short"].startswith("Nederlands: every alert says to call 101")
    assert found["texts.nl.long"] == "Nederlands: a brace or a bracket has no other half."
    assert found["texts.de"].startswith("Deutsch: these words are missing.")
    assert officer.get(ZONE).json() == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[toujours] 101. Ne suivez personne.", "a part in square brackets needs a placeholder"),
        ("[[{place}]] 101. Ne suivez personne.", "a brace or a bracket has no other half"),
        ("{place} 101.", "follow nobody"),
        ("{place} Ne suivez personne. 1012", "follow nobody"),
        ("{} 101. Ne suivez personne.", "{} stands for nothing"),
        ("101. Ne suivez personne." + "x" * 1600, "SMS parts"),
    ],
)
def test_a_text_that_could_go_wrong_is_refused(
    officer: httpx.Client, text: str, sentence: str
) -> None:
    assert sentence in told(save(officer, own(fr=text)))["texts.fr.short"]


def test_others_zones_and_others_words_are_out_of_reach(officer: httpx.Client) -> None:
    assert officer.get("/zones/zone-elsewhere/templates").status_code == 404
    dispatcher = in_process.api("dispatcher@demo.example").http
    assert dispatcher.get(ZONE).status_code == 403
    # A prevention officer keeps what is not urgent; an alert's words are the police's own.
    prevention = in_process.api("prevention@demo.example").http
    assert save(prevention, own()).status_code == 404
    assert save(prevention, own(), place="prevention/any").status_code == 200


def test_what_follows_an_alert_is_told_in_the_zones_words(officer: httpx.Client) -> None:
    api = in_process.api("dispatcher@demo.example")
    incident = api.incident(place="rue Haute", facts_at="2026-06-03T09:50:00Z")
    sent = api.send("haut-valdor", incident_id=incident["id"])
    own_clear = {
        code: {"subject": "{what}", "short": f"{text} {{place}} {{alert}}", "long": "{place}"}
        for code, text in {"fr": "FINI", "nl": "VOORBIJ", "de": "VORBEI"}.items()
    }
    assert save(officer, own_clear, place="all_clear/any").status_code == 200
    with unit_of_work(read_only=True) as session:
        alert = session.get_one(Broadcast, UUID(sent))
        clear = follow_ups.ready_words(session, alert, Step.ALL_CLEAR)
        update = follow_ups.ready_words(session, alert, Step.UPDATE)
    assert clear[Language.FRENCH].short == "FINI rue Haute 12h00"
    assert clear[Language.DUTCH].short == "VOORBIJ rue Haute 12:00"
    # Where it keeps none, the hub's own, which wait for what is new.
    assert follow_up_words.has_gap(update, Language.FRENCH)
    assert save(officer, own(fr=OWN["fr"] + " {news}"), place="update/any").status_code == 200
    with unit_of_work(read_only=True) as session:
        alert = session.get_one(Broadcast, UUID(sent))
        update = follow_ups.ready_words(session, alert, Step.UPDATE)
    assert update[Language.FRENCH].short.endswith("personne. (...)")


def test_feedback_begins_in_the_zones_words(officer: httpx.Client, templates: Templates) -> None:
    api = in_process.api("dispatcher@demo.example")
    incident = api.incident(place="rue Haute", facts_at="2026-06-03T09:50:00Z")
    api.send("haut-valdor", incident_id=incident["id"])
    begun = {
        code: {"subject": "{what}", "short": f"{text} {{place}}: {{news}}", "long": "{news}"}
        for code, text in {"fr": "BILAN", "nl": "AFLOOP", "de": "ERGEBNIS"}.items()
    }
    assert save(officer, begun, place="feedback/any").status_code == 200
    account = templates.accounts["mandated_officer"]
    pages = in_process.signed_in(account["email"], account["password"])
    place = f"/incidents/{incident['id']}"
    assert "BILAN rue Haute:" in pages.get(place).text
    unfinished = {f"{code}.{name}": "" for code in ("nl", "de") for name in ("subject", "long")}
    answer = pages.post(
        place,
        languages=["fr", "nl", "de"],
        **unfinished,
        **{"fr.short": "BILAN rue Haute:", "fr.subject": "x", "fr.long": ""},
        **{"nl.short": "AFLOOP rue Haute: 2 gepakt.", "de.short": "ERGEBNIS rue Haute: 2."},
    )
    assert answer.status_code == 422
    assert "Say how it ended." in answer.text


# On the pages


@pytest.fixture
def pages(officer: httpx.Client, templates: Templates) -> Visitor:
    account = templates.accounts["mandated_officer"]
    return in_process.signed_in(account["email"], account["password"])


def typed(**changes: str) -> dict[str, Any]:
    fields = {
        f"{code}.{name}": text
        for code, one in own().items()
        for name, text in {**one, "spoken": ""}.items()
    }
    return {"languages": ["fr", "nl", "de", "en"], "based_on": "0", **fields, **changes}


PAGE = "/templates/zone-valdor/urgent_alert/any"


def test_an_officer_keeps_the_words_on_a_page(pages: Visitor) -> None:
    shown = html.unescape(pages.get(PAGE).text)
    assert "PLP ALERTE {time} {place}" in shown
    assert "Fixed words: 87 characters" in shown
    assert pages.post(PAGE, **typed()).headers["location"] == "/templates/zone-valdor"
    listed = html.unescape(pages.get("/templates/zone-valdor").text)
    assert "yours, version 1" in listed
    again = html.unescape(pages.get(PAGE).text)
    assert "Fermez tout" in again
    assert 'value="1"' in again


def test_what_was_typed_is_kept_beside_its_fault(pages: Visitor) -> None:
    answer = pages.post(
        PAGE, **typed(**{"nl.short": "Sluit {alles}. Bel 101. Achtervolg niemand."})
    )
    assert answer.status_code == 422
    shown = html.unescape(answer.text)
    assert "Sluit {alles}. Bel 101." in shown
    assert re.search(r'id="problem-texts.nl.short">Nederlands: \{alles\} stands for nothing', shown)


def test_whoever_was_overtaken_keeps_his_words(pages: Visitor) -> None:
    pages.post(PAGE, **typed())
    answer = pages.post(PAGE, **typed(**{"fr.subject": "Mine"}))
    assert answer.status_code == 422
    assert "Somebody else saved these words meanwhile" in answer.text
    assert 'value="Mine"' in answer.text
    # He has been told: now it is the next version.
    assert pages.post(PAGE, **typed(based_on="1")).status_code == 303


def test_a_zone_settles_how_it_writes(pages: Visitor) -> None:
    place = "/templates/zone-valdor"
    refused = pages.post(place, near_metres="far", missing_text="both")
    assert refused.status_code == 422
    assert 'value="far"' in refused.text
    assert pages.post(place, near_metres="750", missing_text="both").status_code == 303
    shown = pages.get(place).text
    assert 'value="750"' in shown
    assert re.search(r'value="both" checked', shown)


def test_the_list_and_every_starter_page_are_shown_in_four_languages(pages: Visitor) -> None:
    assert pages.get("/templates").headers["location"] == "/templates/zone-valdor"
    for language in ("fr", "nl", "de", "en"):
        pages.get(f"/language/{language}")
        for use, code in STARTERS:
            place = f"/templates/zone-valdor/{use.value}/{code or 'any'}"
            assert pages.get(place).status_code == 200, place
