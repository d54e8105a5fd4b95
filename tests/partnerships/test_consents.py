"""Consent: purpose by purpose, word for word; taken back by page, by text and by mail."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from channels.sms_length import measure
from feedback import leaving_by_text
from feedback.models import InboundKind, InboundMessage
from hub import clock
from hub.db import unit_of_work
from hub.i18n import Language, translate
from partnerships import consent, contact
from partnerships.consent_wordings import CURRENT, wording
from partnerships.models import Consent, Membership, Person, Purpose
from tests.citizens import text_from

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NUMBER = "+32470001000"
# What somebody agreed to is never rewritten: a change of one letter is a new version.
FINGERPRINTS = {"2026-1": "ec1998723f578156"}

zone = pytest.mark.usefixtures("demo_zone")


@pytest.fixture
def later(demo_zone: str) -> Callable[[timedelta], None]:
    """A day in June; the clock is moved by calling this."""
    times = [NOW]
    clock.set_source(lambda: times[0])

    def move(by: timedelta) -> None:
        times[0] += by

    return move


@pytest.mark.parametrize("version", FINGERPRINTS)
def test_published_words_are_never_changed(version: str) -> None:
    words = "\n".join(
        wording(purpose, language, version) or "" for purpose in Purpose for language in Language
    )
    assert hashlib.sha256(words.encode()).hexdigest()[:16] == FINGERPRINTS[version]


def test_every_purpose_has_words_of_its_own_in_every_language() -> None:
    assert CURRENT in FINGERPRINTS
    said = [wording(purpose, language) for purpose in Purpose for language in Language]
    assert all(said)
    assert len(set(said)) == len(said)


def test_the_words_of_a_list_taken_over_are_not_made_up() -> None:
    assert wording(Purpose.SURVEYS, Language.FRENCH, "register-1") is None


@zone
def test_the_oldest_proof_stands_and_a_new_yes_after_a_no_is_a_new_row() -> None:
    with unit_of_work() as session:
        person = Person(name="Nora", language=Language.DUTCH)
        session.add(person)
        session.flush()
        for how in ("own_page", "paper"):
            consent.give(session, person, Purpose.SURVEYS, wording=CURRENT, how=how)
        consent.withdraw(session, person.id, Purpose.SURVEYS, "own_page")
        consent.withdraw(session, person.id, Purpose.SURVEYS, "texted")
        consent.give(
            session, person, Purpose.SURVEYS, wording=CURRENT, how="paper", language=Language.FRENCH
        )
        told = consent.history(session, person)
    assert sorted((one.row.given_how, one.row.withdrawn_how) for one in told) == [
        ("own_page", "own_page"),
        ("paper", None),
    ]
    in_force = next(one for one in told if one.row.withdrawn_at is None)
    assert in_force.words == wording(Purpose.SURVEYS, Language.FRENCH)


# By text


def memberships(number: str) -> list[Membership]:
    with unit_of_work(read_only=True) as session:
        people = {one.person_id for one in contact.points_with_value(session, number)}
        rows = select(Membership).where(col(Membership.person_id).in_(people))
        return [one for one in session.exec(rows) if one.left_at is None]


def test_stop_closes_the_number_and_says_how_to_leave(later: Callable[..., None]) -> None:
    assert "STOP PLP" in text_from(NUMBER, "STOP")
    assert len(memberships(NUMBER)) == 1


@pytest.mark.parametrize("body", ["STOP PLP", "Stop le PLP svp", "quitter PLP", "stop bin aub"])
def test_leaving_by_text_is_asked_back_before_it_is_done(
    later: Callable[..., None], body: str
) -> None:
    question = text_from(NUMBER, body)
    assert "PLP Haut-Valdor" in question
    assert len(memberships(NUMBER)) == 1
    code = re.findall(r"\d{6}", question)[0]
    answer = text_from(NUMBER, f"STOP PLP {code}")
    assert "101" in answer
    assert memberships(NUMBER) == []
    with unit_of_work(read_only=True) as session:
        kinds = {one.kind for one in session.exec(select(InboundMessage))}
    assert kinds == {InboundKind.LEAVE}


def test_a_wrong_or_old_code_ends_nothing(later: Callable[[timedelta], None]) -> None:
    code = re.findall(r"\d{6}", text_from(NUMBER, "STOP PLP"))[0]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    text_from(NUMBER, f"STOP PLP {wrong}")
    later(timedelta(minutes=61))
    text_from(NUMBER, f"STOP PLP {code}")
    assert len(memberships(NUMBER)) == 1


def test_a_repeated_text_gets_the_same_answer_and_no_second_code(
    later: Callable[..., None],
) -> None:
    first = text_from(NUMBER, "STOP PLP", "SM" + "a" * 32)
    assert text_from(NUMBER, "STOP PLP", "SM" + "a" * 32) == first
    code = re.findall(r"\d{6}", first)[0]
    text_from(NUMBER, f"STOP PLP {code}")
    assert memberships(NUMBER) == []


def test_codes_to_leave_are_not_sent_all_day(later: Callable[..., None]) -> None:
    """The sender can be forged: each such text costs us one, and rings at the victim's."""
    answers = [text_from(NUMBER, "STOP PLP") for _time in range(4)]
    assert [bool(re.search(r"\d{6}", one)) for one in answers] == [True, True, True, False]
    assert "/me/link" in answers[3]


def test_an_unknown_number_is_told_so(later: Callable[..., None]) -> None:
    assert "101" in text_from("+32471999999", "STOP PLP")


@pytest.mark.parametrize("language", list(Language))
def test_each_answer_about_leaving_is_one_text(language: Language) -> None:
    link = "https://plp.zone-valdor.example.be/me/link"
    values = {"partnerships": "PLP Sint-Katelijne-Waver Dorp en Omgeving", "code": "123456"}
    for name in ("_QUESTION", "_SHARED", "_LEFT", "_WRONG", "_ENOUGH", "NO_MEMBER"):
        sentence = getattr(leaving_by_text, name)
        length = measure(translate(language, sentence, link=link, **values))
        assert (length.encoding, length.segments) == ("GSM-7", 1), (name, length.offending)


@zone
def test_agreement_to_alerts_is_none_to_surveys() -> None:
    with unit_of_work() as session:
        person = Person(name="Nora", language=Language.DUTCH)
        session.add(person)
        session.flush()
        consent.give(session, person, Purpose.URGENT_ALERTS, wording=CURRENT, how="own_page")
        rows = session.exec(select(Consent).where(Consent.person_id == person.id)).all()
        assert [one.purpose for one in rows] == [Purpose.URGENT_ALERTS]
        assert consent.in_force(session, person.id, Purpose.SURVEYS) is None
