"""A plan read from its document: every line in its place, to the letter, however it was printed."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plan import objectives
from plan.reading import as_json
from plan.reading.document import NoPlan, read
from plan.reading.found import PlanRead
from plan.targets.folding import words
from tests.plan import plan_documents as documents

KNOWN = yaml.safe_load((documents.FOLDER / "plan-2023-2024.yaml").read_text("utf-8"))
PLACE = ("section", "service", "strategic", "operational")
Places = list[tuple[object, ...]]


def written(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


def places(plan: PlanRead) -> tuple[Places, Places]:
    """Every result and indicator with its place in the tree, its text and its line."""
    results: Places = []
    indicators: Places = []
    for section in plan.sections:
        name = "coordination" if section.is_coordination else section.catalogue
        for service in section.services:
            for one in service.strategic:
                where = (name, service.label, one.label)
                results += [
                    (*where, each.label, result.raw, result.line)
                    for each in one.operational
                    for result in each.results
                ]
                indicators += [(*where, each.text, each.line) for each in one.indicators]
    return results, indicators


def without_spaces(found: Places) -> list[tuple[str, ...]]:
    """The same without lines and spaces, for documents that have others."""
    return sorted(tuple(words(str(part)) for part in one[:-1]) for one in found)


RESULTS: Places = [
    (*(one[part] for part in PLACE), one["raw"], one["line"]) for one in KNOWN["results"]
]
INDICATORS: Places = [
    (*(one[part] for part in PLACE[:3]), one["text"], one["line"]) for one in KNOWN["indicators"]
]


def test_every_line_of_a_real_plan_is_in_its_place_to_the_letter() -> None:
    plan = read(written(documents.PLAN))
    results, indicators = places(plan)
    assert (len(results), len(indicators)) == (81, 75)
    assert results == RESULTS
    assert indicators == INDICATORS
    assert plan.not_placed == []
    assert (str(plan.start), str(plan.end)) == ("2023-01-01", "2024-12-31")


def test_no_line_is_dropped_silently() -> None:
    told = as_json.plan(read(written(documents.PLAN)))
    named = set(lines_named(told))
    for number, line in enumerate(documents.PLAN, start=1):
        assert not line.strip() or number in named, line


def lines_named(told: object) -> Iterator[int]:
    if isinstance(told, dict):
        for name, value in told.items():
            if name == "line" and isinstance(value, int):
                yield value
            elif name == "lines":
                yield from value
            else:
                yield from lines_named(value)
    elif isinstance(told, list):
        for one in told:
            yield from lines_named(one)


CHANGES = [
    documents.without_trailing_tabs,
    documents.without_bold_marks,
    documents.bold_parts_on_lines_of_their_own,
    documents.columns_the_other_way_round,
    documents.in_markdown,
    documents.with_windows_endings,
    documents.with_wide_spaces,
    documents.with_indicators_right_after,
    documents.with_capitals,
    documents.with_pages(1),
    documents.with_pages(2),
    documents.with_rules_and_blanks(1),
    documents.with_heads_again(1),
    documents.with_cells_cut(1),
    lambda lines: [line.strip() for line in lines],
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_plan_written_otherwise_is_the_same_plan(change: documents.Change) -> None:
    plan = read(written(change(documents.PLAN)))
    results, indicators = places(plan)
    assert without_spaces(results) == without_spaces(RESULTS)
    assert without_spaces(indicators) == without_spaces(INDICATORS)
    assert plan.not_placed == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_of_it_is_read(encoding: str) -> None:
    plan = read("\n".join(documents.PLAN).encode(encoding, "replace"))
    assert len(plan.results) == 81


def test_a_word_document_is_read() -> None:
    results, indicators = places(read(documents.as_word(documents.PLAN), "plan.docx"))
    assert without_spaces(results) == without_spaces(RESULTS)
    assert without_spaces(indicators) == without_spaces(INDICATORS)


def test_a_pdf_is_read_as_far_as_paper_tells_and_says_that_it_is_a_reading() -> None:
    plan = read(documents.as_pdf(documents.PLAN), "plan.pdf")
    results, indicators = places(plan)
    right = set(without_spaces(results)) & set(without_spaces(RESULTS))
    shown = set(without_spaces(indicators)) & set(without_spaces(INDICATORS))
    assert len(right) >= 70
    assert len(shown) >= 66
    assert all("layout" in one.inferred for one in plan.results)


@pytest.mark.parametrize("mark", ["• ", "- ", "o ", "➢ "])
def test_results_in_a_list_are_as_many_and_keep_their_sign(mark: str) -> None:
    listed = documents.with_bullets(mark)(documents.PLAN)
    for plan in (read(written(listed)), read(documents.as_word(listed), "plan.docx")):
        assert [one.raw.removeprefix(mark) for one in plan.results] == [
            one.raw for one in read(written(documents.PLAN)).results
        ]


_IN_MARKDOWN = """\
# Plan stratégique de sécurité et de prévention 2025-2026
**Commune de Valmont**
## PHENOMENE 1 : Cybercriminalité
### Objectifs stratégiques
#### Diminuer les comportements à risque
| Objectifs opérationnels | Résultats attendus |
| --- | --- |
| Sensibiliser<br>les seniors | Séances : >/= à 6/an<br>Seniors informés : 150/an |
| Informer les commerçants | X commerçants informés |

| Indicateurs | Analyse SPF IBZ | Evaluation Code couleur |
| --- | --- | --- |
| Organiser des séances<br/>Informer les commerçants | | |
"""


def test_headings_bold_words_and_broken_cells_of_markdown_are_read() -> None:
    plan = read(_IN_MARKDOWN.encode())
    assert plan.title == "Plan stratégique de sécurité et de prévention 2025-2026"
    assert plan.municipality == "Commune de Valmont"
    (aim,) = plan.strategic()
    assert [(one.label, [each.raw for each in one.results]) for one in aim.operational] == [
        ("Sensibiliser les seniors", ["Séances : >/= à 6/an", "Seniors informés : 150/an"]),
        ("Informer les commerçants", ["X commerçants informés"]),
    ]
    assert [one.text for one in aim.indicators] == [
        "Organiser des séances",
        "Informer les commerçants",
    ]
    assert plan.not_placed == []


def test_a_service_stands_before_an_objective_of_the_towns_own() -> None:
    told = """\
PHENOMENE 1 Violence entre partenaires
Objectifs stratégiques
Service d'aide aux victimes X
Assurer une prise en charge globale
Objectifs opérationnels\tRésultats attendus
Accueillir les victimes\tRendez-vous dans les 5 jours ouvrables
"""
    plan = read(told.encode())
    (section,) = plan.sections
    assert [one.label for one in section.services] == ["Service d'aide aux victimes X"]
    assert [one.label for one in plan.strategic()] == ["Assurer une prise en charge globale"]
    assert plan.not_placed == []


def test_bullets_on_paper_are_bullets() -> None:
    plan = read(documents.as_pdf(documents.with_bullets("• ")(documents.PLAN)), "plan.pdf")
    assert sum(one.raw.startswith("• ") for one in plan.results) >= 70


def test_what_a_page_cut_in_two_says_so() -> None:
    plan = read(written(documents.with_cells_cut(1)(documents.PLAN)))
    cut = [one for one in plan.results if len(one.lines) > 1]
    assert cut
    assert all(one.inferred == ["joined"] for one in cut)


def test_a_line_that_fits_nowhere_is_told() -> None:
    at = documents.PLAN.index("PHENOMENE 2**Vol de et dans véhicules****Objectifs généraux**")
    lines = [
        *documents.PLAN[:at],
        "",
        "Perdue au milieu\tdes\ttables\tdu plan",
        "",
        *documents.PLAN[at:],
    ]
    plan = read(written(lines))
    assert plan.not_placed == [(at + 2, "du plan")]
    assert len(plan.results) == 81


# Plans nobody has written

TEXT = st.text(st.sampled_from("abcdeilnorstuvé "), min_size=5, max_size=40).map(
    lambda text: " ".join(f"R{text}".split())
)
TARGETS = st.sampled_from(
    [(" : >/= à 3/an", 3), (" \\geq 12/an", 12), (": 40 %", 40), ("", None), (" 2x/semaine", 2)]
)


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, str, str]], list[tuple[str, str]]]:
    """A plan, its results with their objectives, and its indicators with theirs."""
    lines, results, indicators = ["période : 01-01-2025 - 31-12-2026", ""], [], []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        name = draw(st.sampled_from(["Cambriolage", "Vol à la tire", "Terrorisme", "Un autre"]))
        lines += [f"PHENOMENE {number}**{name}****Objectifs généraux**", "", "Réduire.", ""]
        lines += ["Objectifs stratégiques", ""]
        tables = []
        for code in draw(
            st.lists(st.sampled_from(sorted(objectives.PHENOMENA)), min_size=1, unique=True,
                     max_size=3)
        ):  # fmt: skip
            label = objectives.label(code)
            lines += [label, "", documents.LEFT_HEAD]
            table = ["Indicateurs\tAnalyse SPF IBZ\tEvaluation Code couleur"]
            for objective in range(draw(st.integers(1, 3))):
                operational = f"O{number}{objective} {draw(TEXT)}"
                for place in range(draw(st.integers(1, 3))):
                    raw = draw(TEXT) + draw(TARGETS)[0]
                    lines.append(f"{'' if place else operational}\t{raw}")
                    results.append((label, operational, raw))
                    table.append(f"I {raw}\t\t")
                    indicators.append((label, f"I {raw}"))
            lines.append("")
            tables.append(table)
        for table in tables:
            lines += [*table, ""]
    return lines, results, indicators


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(0, 1000))
def test_any_plan_of_this_shape_is_read(
    plan: tuple[list[str], list[tuple[str, str, str]], list[tuple[str, str]]], seed: int
) -> None:
    lines, results, indicators = plan
    found = read(written(documents.with_rules_and_blanks(seed)(lines)))
    got, shown = places(found)
    assert [one[2:5] for one in got] == results
    assert [one[2:4] for one in shown] == indicators
    assert not found.not_placed
    for strategic in found.strategic():
        assert strategic.alignment == "one_to_one"


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_lines_in_any_order_are_all_accounted_for(seed: int) -> None:
    lines = list(documents.PLAN)
    random.Random(seed).shuffle(lines)
    try:
        told = as_json.plan(read(written(lines)))
    except NoPlan:
        return
    named = set(lines_named(told))
    assert all(not line.strip() or at in named for at, line in enumerate(lines, start=1))


def test_many_rows_are_read_in_one_document() -> None:
    rows = [f"\tNombre de visites : >= {number}/an" for number in range(1, 3001)]
    lines = [
        "PHENOMENE 1**Cambriolage****Objectifs stratégiques**",
        "Diminuer les comportements à risque",
        documents.LEFT_HEAD,
        "Visiter" + rows[0],
        *rows[1:],
    ]
    plan = read(written(lines))
    assert [one.target.target for one in plan.results] == list(range(1, 3001))


# No plan


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n\n",
        "Procès-verbal de la réunion du conseil.\nPoint 1: budget\n".encode(),
        b"PK\x03\x04 and nothing of a zip",
        b"%PDF-1.7 and nothing of a PDF",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00",
        documents.word_file("<w:p><w:r><w:t>Bonjour</w:t></w:r></w:p>"),
        documents.word_file("<w:p>"),
        b"Indicateurs\tAnalyse SPF IBZ\nUne chose\t\n",
    ],
)
def test_a_document_that_is_no_plan_is_told_what_was_looked_for(content: bytes) -> None:
    with pytest.raises(NoPlan) as refused:
        read(content, "document")
    told: dict[str, Any] = dict(as_json.refusal(refused.value))
    assert told["error"]
    if told["looked_for"]:
        assert "a table « Objectifs opérationnels | Résultats attendus »" in told["not_found"]


def test_a_word_document_that_swells_is_refused() -> None:
    bomb = "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"
    with pytest.raises(NoPlan):
        read(documents.word_file("").replace(b"<w:document", bomb.encode() + b"<w:document"))


@pytest.mark.timeout(60)
def test_a_long_document_of_anything_is_soon_refused() -> None:
    chance = random.Random(7)
    lines = ["".join(chance.choices("abcdefghij       ", k=60)) for _line in range(2_000)]
    with pytest.raises(NoPlan):
        read(written(lines))
