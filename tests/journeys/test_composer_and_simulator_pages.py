"""The plain spelling an officer sees before he takes it, and the page of faults; no script runs."""

import html
import re
from collections.abc import Iterator

import pytest

from channels.simulator.knobs import Knobs
from channels.sms_length import measure
from tests.running_hub import RunningHub, Visitor

pytestmark = pytest.mark.journey

DEAR = (
    "PLP ALERTE : des cambrioleurs ont été aperçus près de l’église. Fermez vos fenêtres, "
    "restez chez vous. Vu quelque chose ? Appelez le 101 où que vous soyez. Ça dure…"
)
PLAIN = (
    "PLP ALERTE : des cambrioleurs ont été apercus près de l'église. Fermez vos fenetres, "
    "restez chez vous. Vu quelque chose ? Appelez le 101 où que vous soyez. Ça dure..."
)
COMPOSER = {
    "form_id": "one",
    "partnerships": "haut-valdor",
    "languages": ["fr", "nl", "de"],
    "fr.subject": "Alerte à Valdor",
    "fr.short": DEAR,
    "fr.long": "Le texte long reçoit ses accents.",
    "nl.subject": "Alarm",
    "nl.short": "België: blijf binnen.",
    "nl.long": "",
    "de.subject": "Alarm",
    "de.short": "Bleiben Sie drinnen.",
    "de.long": "",
}


def officer(hub: RunningHub) -> Visitor:
    visitor = hub.signed_in("dispatcher")
    visitor.get("/language/en?back=/")
    return visitor


def field(page: str, name: str) -> str:
    # The first line break in it is none of its text.
    found = re.search(rf'name="{re.escape(name)}"[^>]*>\n?([^<]*)</textarea>', page)
    assert found, name
    return html.unescape(found[1])


@pytest.fixture
def composer(hub: RunningHub) -> str:
    return f"/incidents/{hub.api().incident()['id']}/alert"


def test_the_preview_names_what_costs_and_what_a_plain_spelling_saves(
    hub: RunningHub, composer: str
) -> None:
    page = officer(hub).post(composer + "/preview", **COMPOSER).text
    assert "<kbd>ç ’ ê …</kbd>" in page
    assert re.search(r"Written plainly: 3 parts → <strong>2 parts</strong>", page)
    assert 'name="plain" value="fr"' in page
    # The Dutch text is one part either way: nothing is offered where nothing is saved.
    assert 'name="plain" value="nl"' not in page


def test_what_cannot_be_written_plainly_is_named(hub: RunningHub, composer: str) -> None:
    typed = {
        **COMPOSER,
        "fr.short": DEAR + " 🚒 " + "x" * 40,
        "nl.short": "Brand\u00a0🚒 " + "x" * 70,
    }
    page = officer(hub).post(composer + "/preview", **typed).text
    assert "Has no plain spelling: <kbd>🚒</kbd>" in page
    assert "Without that, and written plainly: 2 parts → <strong>1 part</strong>" in page
    assert "<kbd>🚒</kbd> and spaces or signs that cannot be seen" in page
    assert 'name="plain" value="nl"' not in page


def test_the_officer_sees_the_plain_words_in_the_field_before_anything_is_kept(
    hub: RunningHub, composer: str
) -> None:
    visitor = officer(hub)
    answer = visitor.post(composer, **COMPOSER, plain="fr")
    assert answer.status_code == 200
    page = answer.text
    assert field(page, "fr.short") == PLAIN
    assert measure(PLAIN).segments < measure(DEAR).segments
    assert "read it again before you go on" in page
    assert field(page, "nl.short") == COMPOSER["nl.short"]
    assert field(page, "fr.long") == COMPOSER["fr.long"]
    assert 'value="Alerte à Valdor"' in page
    assert re.search(r'value="haut-valdor" checked', page)
    assert not re.search(r'value="valdor-gare" checked', page)


def test_nothing_is_changed_unless_the_officer_asks(hub: RunningHub, composer: str) -> None:
    visitor = officer(hub)
    dear = DEAR + " Ne suivez personne."
    mine = {
        "fr.short": dear,
        "fr.long": "",
        "nl.short": "Blijf binnen. Bel 101. Achtervolg niemand.",
        "de.short": "Bleiben Sie drinnen. 101. Niemanden verfolgen.",
    }
    answer = visitor.post(composer, **{**COMPOSER, **mine})
    assert answer.status_code == 303
    assert html.escape(dear, quote=False) in visitor.get(answer.headers["location"]).text


def test_enter_in_a_field_goes_on_and_writes_nothing_plainly(
    hub: RunningHub, composer: str
) -> None:
    page = officer(hub).post(composer, **COMPOSER, plain="fr").text
    form = page[page.index('class="with-aside') :]
    first = re.search(r"<button[^>]*>", form)
    assert first
    assert "name=" not in first[0]


@pytest.fixture
def carrier_page(hub: RunningHub) -> Iterator[Visitor]:
    yield officer(hub)
    hub.carrier.set(**Knobs().model_dump(mode="json"))


def test_the_page_sets_every_knob_and_takes_them_back(
    hub: RunningHub, carrier_page: Visitor
) -> None:
    wanted = {
        **{name: str(value) for name, value in Knobs().model_dump(mode="json").items()},
        "latency_ms": "20",
        "percent_lost": "2.5",
        "receipts": "",
        "receipts_doubled": "on",
        "receipts_early": "",
        "retry_after": "on",
        "receipts_order": "shuffled",
        "answering": "press_1",
        "reply_text": "OK",
        "script": "+32470001000; 5; J’ai vu",
    }
    assert carrier_page.post("/simulator/carrier", **wanted).status_code == 303
    now = hub.carrier.settings()
    assert {name: now[name] for name in ("latency_ms", "percent_lost", "receipts_order")} == {
        "latency_ms": 20,
        "percent_lost": 2.5,
        "receipts_order": "shuffled",
    }
    assert (now["receipts"], now["receipts_doubled"], now["retry_after"]) == ("off", "on", "on")
    assert (now["reply_text"], now["script"]) == ("OK", "+32470001000; 5; J’ai vu")
    page = carrier_page.get("/simulator/carrier").text
    assert "Faults or scripts are on" in page
    assert 'value="2.5"' in page

    assert carrier_page.post("/simulator/carrier/calm").status_code == 303
    assert hub.carrier.settings() == hub.carrier.set()
    assert "Nothing goes wrong" in carrier_page.get("/simulator/carrier").text


def test_a_wrong_value_is_shown_beside_its_field_and_changes_nothing(
    hub: RunningHub, carrier_page: Visitor
) -> None:
    before = hub.carrier.settings()
    wanted = {name: str(value) for name, value in Knobs().model_dump(mode="json").items()}
    answer = carrier_page.post(
        "/simulator/carrier", **{**wanted, "latency_ms": "-1", "script": "nobody"}
    )
    assert answer.status_code == 422
    assert 'id="problem-latency_ms">This value is not possible.' in answer.text
    assert 'id="problem-script">Each line is: number; seconds; text.' in answer.text
    assert "nobody</textarea>" in answer.text
    too_much = carrier_page.post(
        "/simulator/carrier", **{**wanted, "percent_500": "60", "percent_lost": "41"}
    )
    assert "The shares of faults are more than 100 % together." in html.unescape(too_much.text)
    assert hub.carrier.settings() == before


def test_the_magic_numbers_are_told_in_the_readers_language(
    hub: RunningHub, carrier_page: Visitor
) -> None:
    carrier_page.get("/language/de?back=/")
    page = html.unescape(carrier_page.get("/simulator/carrier").text)
    assert "+32470000031" in page
    assert "nicht zugestellt: Telefon aus" in page
    assert "550 5.1.1 No such user" in page


def test_words_on_a_phone_carry_their_time(hub: RunningHub, carrier_page: Visitor) -> None:
    hub.carrier.reply("+32475999999", "Bonjour")
    page = carrier_page.get("/simulator/phones/%2B32475999999").text
    assert re.search(r'Bonjour <time class="at"[^>]*>\d\d:\d\d:\d\d</time>', page)
