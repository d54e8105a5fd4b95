"""The quick part of the fault drill (``make drill`` plays all of it): break it, then count."""

from collections.abc import Iterator

import pytest

from benchmarks.drill import stories
from benchmarks.drill.installation import Template, template
from benchmarks.drill.play import play
from benchmarks.drill.scenario import ALL_DATABASES, Scenario
from tests.conftest import forget_settings
from tests.running_hub import SECRET_KEY

pytestmark = pytest.mark.journey

QUICK = [
    pytest.param(kind, one, id=f"{one.name}, {kind}")
    for kind in ALL_DATABASES
    for one in stories.ALL
    if kind in one.quick
]


@pytest.fixture(scope="module")
def prepared(request: pytest.FixtureRequest) -> Iterator[Template]:
    with template(request.param) as made:
        yield made


@pytest.mark.parametrize(("prepared", "scenario"), QUICK, indirect=["prepared"], scope="module")
def test_nothing_is_lost_or_doubled(
    prepared: Template, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_SECRET_KEY", SECRET_KEY)
    forget_settings()
    row = play(prepared, scenario, True, print)
    assert (row.lost, row.unrecorded, row.broken, row.skipped) == (0, 0, [], "")
