"""A strong rise: the rule itself, and the hint that a person may follow or put aside."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from hub import clock
from hub.audit import Decision
from hub.db import unit_of_work
from messaging.models import Incident
from partnerships import accounts
from partnerships.models import Organisation
from plan.models import RiseDismissal
from plan.rises.chances import at_least
from plan.rises.rule import Level, assess, windows
from tests import in_process
from tests.conftest import Templates

# A Wednesday noon in Belgium; the last complete week ended on Sunday 31 May.
NOON = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
BURGLARY = "cambriolage"


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


# The rule


@pytest.mark.parametrize(
    ("count", "before", "level", "p_value"),
    [
        # More, and surely so, but not half as much again.
        (131, [100, 96, 104, 99, 101, 103, 97, 100, 98, 102, 100, 100], Level.NORMAL, 0.00251383),
        (2, [0] * 12, Level.NORMAL, None),
        (9, [3] * 7, Level.INSUFFICIENT_DATA, None),
        (25, [16] * 12, Level.NORMAL, None),
        # Raised, but chance brings it once in two hundred.
        (9, [3] * 12, Level.TO_CHECK, None),
        (12, [3, 2, 4, 3, 3, 2, 4, 3, 3, 3, 2, 4], Level.STRONG, None),
    ],
)
def test_only_what_chance_would_hardly_bring_is_a_strong_rise(
    count: int, before: list[int], level: Level, p_value: float | None
) -> None:
    found = assess(count, before)
    assert found.level is level
    if p_value is not None:
        assert found.p_value == pytest.approx(p_value, abs=1e-7)


@pytest.mark.parametrize(
    ("mean", "dispersion", "least", "chance"),
    [
        (0.8, 1.0, 3, 0.047422596),
        (5.0, 1.5, 11, 0.037636571),
        (20.0, 2.0, 35, 0.020111782),
        (100.0, 1.2, 150, 1.4916231e-05),
    ],
)
def test_the_chances_are_those_of_the_negative_binomial(
    mean: float, dispersion: float, least: int, chance: float
) -> None:
    assert at_least(least, mean, dispersion) == pytest.approx(chance, abs=1e-9)


def test_the_windows_end_on_sunday_with_a_gap_before_those_compared() -> None:
    found = windows(NOON, NOON - timedelta(days=1000))
    first, last = (clock.in_brussels(one) for one in found.now)
    assert (first.isoformat(), last.isoformat()) == (
        "2026-05-04T00:00:00+02:00",
        "2026-06-01T00:00:00+02:00",
    )
    assert clock.in_brussels(found.before[0][1]).date().isoformat() == "2026-04-06"
    assert len(found.before) == 12
    # What lies before the hub knew anything is not a quiet time.
    assert len(windows(NOON, NOON - timedelta(weeks=44)).before) == 8


# The hint


def opened(facts_at: datetime, phenomenon: str = BURGLARY) -> None:
    with unit_of_work() as session:
        zone = session.exec(select(Organisation).where(Organisation.slug == "zone-valdor")).one()
        account = accounts.by_email(session, "officer@demo.example")
        assert account
        session.add(
            Incident(
                police_zone_id=zone.id,
                phenomenon=phenomenon,
                place="Rue Haute",
                facts_at=facts_at,
                reported_at=facts_at,
                opened_at=facts_at,
                opened_by=account.id,
            )
        )


@pytest.fixture
def _rising(demo_zone: str) -> None:
    """Three burglaries in four weeks, for a year; then twelve."""
    at(NOON)
    for window in range(1, 15):
        for place in range(3):
            opened(NOON - timedelta(days=28 * window + 5 + place))
    for place in range(12):
        opened(NOON - timedelta(days=4 + 2 * place))


def said(templates: Templates, path: str, role: str = "mandated_officer") -> str:
    page = in_process.signed_in(**templates.accounts[role]).get(path)
    assert page.status_code == 200, page.text
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


@pytest.mark.usefixtures("_rising")
def test_the_officer_is_asked_whether_to_write_a_warning(templates: Templates) -> None:
    for path in ("/", "/rises", "/rises/hints"):
        assert "12 in four weeks, 3 usual." in said(templates, path)
    assert "Incidents opened in the hub." in said(templates, "/rises")
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    form = officer.get(f"/cold/new?kind=increase_warning&phenomenon={BURGLARY}").text
    assert f'<option value="{BURGLARY}" selected>' in form
    assert 'hx-get="/rises/hints"' in officer.get("/cold").text


@pytest.mark.usefixtures("_rising")
def test_a_coordinator_and_a_dispatcher_are_not_asked(templates: Templates) -> None:
    assert "in four weeks" not in said(templates, "/", "coordinator")
    assert "in four weeks" not in said(templates, "/rises", "coordinator")
    dispatcher = in_process.signed_in(**templates.accounts["dispatcher"])
    assert dispatcher.get("/rises").status_code == 403


@pytest.mark.usefixtures("_rising")
def test_it_is_put_aside_with_a_reason_and_comes_back(templates: Templates) -> None:
    officer = in_process.signed_in(**templates.accounts["mandated_officer"])
    form = officer.get("/rises").text.partition('action="/rises/')[2].partition('"')[0]
    action = f"/rises/{form}"
    refused = officer.post(action, area="", reason="no")
    assert refused.status_code == 422
    assert "Say why in a few words" in refused.text
    assert officer.post(action, area="", reason="One gang, caught on Monday.").status_code == 303
    assert officer.post(action, area="", reason="Once more").status_code == 404
    assert "in four weeks, 3" not in said(templates, "/")
    with unit_of_work(read_only=True) as session:
        (row,) = session.exec(select(RiseDismissal)).all()
        assert row.reason == "One gang, caught on Monday."
        actions = {one.action for one in session.exec(select(Decision))}
        assert "rise.dismiss" in actions
    for place in range(9):
        opened(NOON - timedelta(days=4 + 2 * place, hours=1))
    assert "21 in four weeks" in said(templates, "/")


@pytest.mark.usefixtures("_rising")
def test_nothing_is_asked_once_a_warning_is_written(templates: Templates) -> None:
    words = {"subject": "Warning", "short": "Warning", "long": "Warning"}
    written = in_process.api("officer@demo.example").http.post(
        "/cold-messages",
        json={
            "client_request_id": "warning",
            "kind": "increase_warning",
            "phenomenon": BURGLARY,
            "partnerships": ["haut-valdor"],
            "texts": dict.fromkeys(("fr", "nl", "de"), words),
        },
    )
    assert written.status_code == 201, written.text
    assert "in four weeks, 3" not in said(templates, "/")


@pytest.mark.usefixtures("demo_zone")
def test_a_young_hub_says_nothing(templates: Templates) -> None:
    at(NOON)
    for place in range(9):
        opened(NOON - timedelta(days=4 + 2 * place))
    assert "too little to compare with" in said(templates, "/rises")
