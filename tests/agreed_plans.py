"""Partners who agree on another communication plan, by the doors the hub has for it."""

from typing import Any

from tests import in_process

OFFICER = "officer@demo.example"
CAPACITIES = ("mayor", "chief_of_police", "mandated_officer", "coordinator")
SIGNATURES = {one: {"name": f"The {one}", "signed_on": "2026-01-15"} for one in CAPACITIES}


def agree_on(slug: str, *, in_force_from: str | None = None, **changes: Any) -> dict[str, Any]:
    """The next version of this partnership's plan, with these changes, signed by everybody."""
    http = in_process.api(OFFICER).http
    plans = f"/partnerships/{slug}/communication-plans"
    draft = http.post(plans).json()
    changed = http.patch(f"{plans}/{draft['version']}", json=changes)
    assert changed.status_code == 200, changed.text
    agreement = {"seal": changed.json()["seal"], "signatures": SIGNATURES}
    if in_force_from:
        agreement["in_force_from"] = in_force_from
    agreed = http.post(f"{plans}/{draft['version']}/agree", json=agreement)
    assert agreed.status_code == 200, agreed.text
    plan: dict[str, Any] = agreed.json()
    return plan
