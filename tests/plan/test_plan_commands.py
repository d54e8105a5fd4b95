"""The commands about plans, as a script calls them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plan.plan_documents import FOLDER

COMMAND = [sys.executable, "-m", "hub.cli"]


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], input=given, capture_output=True, text=True, encoding="utf-8"
    )


def test_a_plan_is_printed_as_read_and_not_stored() -> None:
    done = run("plan", "read", str(FOLDER / "plan-2023-2024.txt"), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["counts"]["expected_results"] == 81
    first = told["coordination"]["strategic_objectives"][0]["operational_objectives"][0]
    assert first["expected_results"][0]["kind"] == "delay"
    assert told["phenomena"][7]["services"][3]["label"] == "Médibus"
    assert (
        "   81  expected results" in run("plan", "read", str(FOLDER / "plan-2023-2024.txt")).stdout
    )


def test_what_is_no_plan_ends_with_code_one(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Madame, Monsieur,\n", encoding="utf-8")
    done = run("plan", "read", str(letter), "--json")
    assert done.returncode == 1
    assert len(json.loads(done.stdout)["not_found"]) == 7
    assert "Objectifs opérationnels" in done.stderr
    assert run("plan", "read", str(tmp_path / "none.txt")).returncode == 1


@pytest.mark.parametrize(
    ("check", "asked", "answer"),
    [
        ("target", {"raw": "X situations"}, {"kind": "count", "target": None}),
        (
            "colour",
            {"fn": "yes_no", "input": {"state": "yes", "closed": False}},
            {"colour": "green", "reason": "done"},
        ),
        (
            "rise",
            {"method": "combine", "input": {"recent": "normal", "seasonal": "normal"}},
            {"level": "normal"},
        ),
    ],
)
def test_a_check_answers_each_line_and_goes_on_after_a_bad_one(
    check: str, asked: dict[str, object], answer: dict[str, object]
) -> None:
    line = json.dumps(asked)
    done = run("check", check, given=f"{line}\nnonsense\n{line}\n")
    first, bad, last = (json.loads(one) for one in done.stdout.splitlines())
    assert first == last
    assert answer.items() <= first.items()
    assert set(bad) == {"error"}
    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert run("check", check, given=f"{line}\n").returncode == 0
