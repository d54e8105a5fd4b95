"""Ready words for prevention: measured, in every language, with the number of the zone in them."""

import re

import pytest
from sqlmodel import select

from channels.sms_length import measure
from hub.db import unit_of_work
from hub.i18n import Language
from messaging import cold_starters, cold_words
from messaging.models import BroadcastKind, ColdText
from partnerships.models import Organisation
from tests import in_process
from tests.conftest import Templates

NUMBER = "04 123 45 67"


@pytest.mark.parametrize("code", cold_starters.CODES)
def test_each_fits_one_text_and_stands_in_every_language(code: str) -> None:
    for number in ("", NUMBER):
        words = cold_starters.words_of(code, number)
        assert set(words) == set(Language)
        assert cold_words.problems(BroadcastKind.PREVENTION, words, list(Language)) == []
        for one in words.values():
            assert measure(one.short).segments == 1
            assert "{" not in one.long
            assert "101" in one.long
            assert (NUMBER in one.long) is bool(number)
    assert len({one.short for one in words.values()}) == len(Language)


def test_the_titles_are_different_in_each_language() -> None:
    for language in Language:
        titles = [name for _code, name in cold_starters.named(language)]
        assert len(set(titles)) == len(cold_starters.CODES) == 6


@pytest.mark.usefixtures("demo_zone")
def test_the_officer_begins_with_ready_words_and_sends_them(templates: Templates) -> None:
    with unit_of_work() as session:
        zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
        zone.public_telephone = NUMBER
        session.add(zone)
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    assert "starter=dark_days" in officer.get("/cold/new?kind=prevention").text
    assert "starter=" not in officer.get("/cold/new?kind=information").text
    form = officer.get("/cold/new?kind=prevention&starter=dark_days").text
    assert '<option value="dark_days" selected>' in form
    assert NUMBER in form
    assert "starter=" not in form
    typed = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL))
    subjects = re.findall(r'name="(\w+\.subject)"[^>]*value="([^"]*)"', form)
    answer = officer.post(
        "/cold",
        kind="prevention",
        topic="dark_days",
        partnerships="haut-valdor",
        languages=[name.partition(".")[0] for name, _value in subjects],
        **typed,
        **dict(subjects),
    )
    assert answer.status_code == 303, answer.text
    with unit_of_work(read_only=True) as session:
        stored = {one.language: one.short for one in session.exec(select(ColdText))}
    assert "fermez tout a cle" in stored[Language.FRENCH]
