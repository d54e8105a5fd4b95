"""What the tests of a plan's rooms begin with: a plan in force, a day of its first summer, and the
officer whose plan it is."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from hub import clock
from hub.access import Role
from tests.conftest import Templates
from tests.plan.dashboard_plan import SUMMER, in_force, signed_in
from tests.running_hub import Visitor


@pytest.fixture
def summer(demo_zone: str) -> Iterator[None]:
    clock.set_source(lambda: SUMMER)
    yield
    clock.set_source(None)


@pytest.fixture
def plan_id(summer: None) -> UUID:
    return in_force()


@pytest.fixture
def officer(templates: Templates) -> Visitor:
    return signed_in(templates, Role.PREVENTION_OFFICER)
