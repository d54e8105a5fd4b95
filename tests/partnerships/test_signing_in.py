"""Signing in, seen by everybody else who works at that moment."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from hub.db import unit_of_work
from partnerships.accounts import passwords
from partnerships.models import Organisation
from tests import in_process
from tests.conftest import Templates

pytestmark = pytest.mark.usefixtures("demo_zone")


def test_while_a_password_is_checked_others_write(
    templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = passwords.verify
    written = []

    def while_somebody_writes(password: str, known: str) -> bool:
        with unit_of_work() as session:
            session.execute(update(Organisation).values(name=col(Organisation.name)))
        written.append(password)
        return verify(password, known)

    monkeypatch.setattr(passwords, "verify", while_somebody_writes)
    account = templates.accounts["dispatcher"]
    visitor = in_process.signed_in(**account)
    assert visitor.get("/incidents").status_code == 200
    assert written == [account["password"]]
