"""Plans of towns that do not exist, drawn by chance from the whole catalogue: every line in its
place, to the letter, and none lost."""

import random

import pytest

from hub.languages import Language
from messaging import phenomena
from plan import objectives
from plan.reading.document import read

_AIMS = (
    "Organiser des rondes", "Sensibiliser les jeunes (12-18 ans)", "Accompagnement des victimes",
    "Prévenir le cambriolage des garages", "Mettre en place une coordination",
    "Informer sur les objectifs stratégiques du plan", "Médiation de quartier",
)  # fmt: skip
_RESULTS = (
    "≥ 3 rondes/semaine", "12 rondes par mois", "X", "x contacts par mois", "Coordination",
    "Cambriolage : 10 séances par an", "tous les agents formés", "existence d'une charte",
    "Visites: >/= à 1\u00a0200/an", "5 h/jour", "Oui/non", "Nombre de fiches (annexe 2) : …",
    "Réponse dans les 48h", "- 4 ateliers par an", "Mise en place d'un comité",
)  # fmt: skip
_SERVICES = ("Stewards urbains", "Maison des jeunes Le Phare", "Équipe mobile (EMO)")
_BREAKS: tuple[list[str], ...] = (
    [],
    [],
    [""],
    ["", "--\t--", ""],
    ["", "Page 7", ""],
    ["---\t---"],
)
_LEFT = "Objectifs opérationnels\tRésultats attendus"
_RIGHT = "Indicateurs\tAnalyse SPF IBZ\tEvaluation Code couleur"

_Aims = list[tuple[str, list[str]]]
_Strategic = tuple[str, _Aims, list[str]]
_Section = tuple[str, list[tuple[str | None, list[_Strategic]]]]


def _drawn(chance: random.Random) -> list[_Section]:
    language = chance.choice([Language.FRENCH, Language.DUTCH])
    names = [name for _code, name in phenomena.labels(language)]
    wanted = [name for code, (name, *_more) in objectives.CATALOGUE.items() if code[:2] == "so"]

    def strategic(name: str) -> _Strategic:
        aims = chance.sample(_AIMS, chance.randint(1, 3))
        least = [1, *(0 for _aim in aims[1:])]
        filled = [
            (aim, [chance.choice(_RESULTS) for _ in range(chance.randint(fewest, 4))])
            for aim, fewest in zip(aims, least, strict=True)
        ]
        told = [f"Réaliser ({chance.randint(1, 99)})" for _ in range(chance.randint(1, 4))]
        return name, filled, told

    def services() -> list[tuple[str | None, list[_Strategic]]]:
        named: list[str | None] = [*chance.sample(_SERVICES, chance.randint(0, 2))] or [None]
        return [
            (one, [strategic(name) for name in chance.sample(wanted, chance.randint(1, 3))])
            for one in named
        ]

    return [(name, services()) for name in chance.sample(names, chance.randint(1, 4))]


def _printed(sections: list[_Section], chance: random.Random) -> list[str]:
    heading = chance.choice(["PHENOMENE {} {}", "Phénomène {} : {}", "PHÉNOMÈNE n° {} - {}"])
    apart = chance.random() < 0.5
    lines = ["Plan Stratégique de Sécurité et de Prévention", "", "VILLE de Valmoulin", ""]
    for number, (name, services) in enumerate(sections, start=1):
        lines += [heading.format(number, name), "", "Objectifs généraux", "", "Prévenir.", ""]
        later: list[str] = []
        for service, every in services:
            lines += [service, ""] if service else []
            lines += ["Objectifs stratégiques", ""]
            for title, aims, told in every:
                lines += [title, "", _LEFT, *_rows(aims, chance), ""]
                table = [_RIGHT, *(f"{one}\t\t" for one in told), ""]
                if apart:
                    later += table
                else:
                    lines += table
        lines += [*later, "Evaluation Motivation", ""]
    return lines


def _rows(aims: _Aims, chance: random.Random) -> list[str]:
    found: list[str] = []
    for aim, results in aims:
        for place, result in enumerate(results or [""]):
            found += [f"{'' if place else aim}\t{result}", *chance.choice(_BREAKS)]
    return found


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_plan_that_nobody_prepared_is_read_whole(seed: int, written: str) -> None:
    chance = random.Random(seed)
    sections = _drawn(chance)
    ending = chance.choice(["\n", "\r\n"])
    plan = read(ending.join(_printed(sections, chance)).encode(written))
    found = [
        (
            section.label,
            [
                (
                    service.label,
                    [
                        (
                            one.label,
                            [(aim.label, [r.raw for r in aim.results]) for aim in one.operational],
                            [indicator.text for indicator in one.indicators],
                        )
                        for one in service.strategic
                    ],
                )
                for service in section.services
            ],
        )
        for section in plan.sections
    ]
    assert found == sections
    assert all(section.catalogue for section in plan.sections)
    assert plan.not_placed == []


def test_an_objective_whose_result_is_empty_is_none_itself() -> None:
    lines = [
        "PHENOMENE 1 Cambriolage",
        "Objectifs stratégiques",
        "Diminuer les comportements à risque",
        "",
        _LEFT,
        "Former\t3 ateliers/an",
        "\t2 réunions/an",
        "Médiation de quartier",
    ]
    plan = read("\n".join(lines).encode())
    aims = [one for strategic in plan.strategic() for one in strategic.operational]
    assert [(one.label, len(one.results)) for one in aims] == [
        ("Former", 2),
        ("Médiation de quartier", 0),
    ]
