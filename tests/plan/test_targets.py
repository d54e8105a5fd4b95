"""What the text of an expected result promises, read from texts nobody wrote for this reader."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from plan.target_check import check
from plan.targets.reading import read

DOCUMENTS = Path(__file__).parent / "documents"
KNOWN = yaml.safe_load((DOCUMENTS / "plan-2023-2024.yaml").read_text("utf-8"))["results"]
FIELDS = ("kind", "comparator", "target", "unit", "period")


def test_the_targets_of_a_real_plan_are_read_as_a_person_read_them() -> None:
    wrong = []
    for one in KNOWN:
        found = read(one["raw"]).as_json()
        differ = [field for field in FIELDS if found[field] != one[field]]
        if differ or set(found["inferred"]) != set(one["inferred"]):  # type: ignore[call-overload] # as_json is what JSON is
            wrong.append((one["raw"], differ))
    # One noun of two ("aide et accompagnement") is counted by its first; no number is wrong.
    assert [differ for _raw, differ in wrong] == [["unit"]]


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("Nombre de réunions de concertation : ≥ 6 par an", "count >= 6 meeting year"),
        ("Au moins 3 réunions par an avec les partenaires", "count >= 3 meeting year"),
        ("Minimum 12 visites à domicile par mois", "count >= 12 visit month"),
        ("Organiser deux campagnes de sensibilisation par an", "count = 2 campaign year"),
        ("75% des habitants satisfaits", "ratio = 75 percent plan"),
        ("cinquante pour cent des dossiers", "ratio = 50 percent plan"),
        ("La moitié des dossiers traités", "ratio = 50 percent plan"),
        ("8 écoles sur 10 participent", "ratio = 80 percent plan"),
        ("Nombre d'heures de présence : > 4h30/jour", "hours > 4.5 hour day"),
        ("Présence sur le terrain : minimum 6 heures par jour", "hours >= 6 hour day"),
        ("Réponse à toute demande dans les 48 heures", "delay <= 48 hour plan"),
        ("Traitement des plaintes endéans les quinze jours", "delay <= 15 day plan"),
        ("90 % des plaintes traitées dans les 15 jours ouvrables", "ratio = 90 percent plan"),
        ("100% des rapports transmis dans les délais prescrits", "ratio = 100 percent plan"),
        ("Nombre de vélos gravés >/= à 1 000/an", "count >= 1000 bicycle year"),
        ("Nombre de plaintes : <= 10/an", "count <= 10 case year"),
        ("20 visites max. par an", "count <= 20 visit year"),
        ("Nombre de réunions : 2/an minimum", "count >= 2 meeting year"),
        ("Nombre  de visites : > / =  à  100  / an", "count >= 100 visit year"),
        ("Nombre de visites &gt;= à 10/an", "count >= 10 visit year"),
        ("Nombre de visites $\\geq$ 15/an", "count >= 15 visit year"),
        ("Nombre de visites >= à vingt-cinq par an", "count >= 25 visit year"),
        ("Une réunion par trimestre avec la police", "count = 1 meeting quarter"),
        ("Ateliers pour les jeunes de 12 à 18 ans : 10/an", "count = 10 workshop year"),
        ("Accompagnement des +65 ans : 20/an", "count = 20 accompaniment year"),
        ("Nombre de visites en 2023-2024 : 30", "count = 30 visit plan"),
        ("Nombre de visites : 2000/an", "count = 2000 visit year"),
        ("Réunion mensuelle avec la zone de police", "count = 1 meeting month"),
        ("Rapport annuel remis au collège", "existence = 1 report year"),
        ("Existence d'une charte signée: oui / non", "yes_no = None oui/non plan"),
        ("Diagnostic réalisé avant le 30 juin 2024", "delay <= None date plan"),
        ("Permanence 24h/24 et 7j/7", "existence None None None plan"),
        ("Présence de 7h à 19h dans le quartier", "existence None None None plan"),
        ("Aantal vergaderingen: >= 4 per jaar", "count >= 4 meeting year"),
        ("Aanwezigheid op het terrein: minimaal 5 uur per dag", "hours >= 5 hour day"),
        ("Opleiding gevolgd door 100% van de agenten", "ratio = 100 percent plan"),
        ("Folder beschikbaar: ja/nee", "yes_no = None oui/non plan"),
        ("Chaque travailleur de rue a au moins x contacts par mois", "count >= None contact month"),
        ("Le nombre de suivis s'élève chaque année à plus de x.", "count > None follow-up year"),
        ("Le nombre de notes est > ou = à 1.", "count >= 1 note plan"),
        ("L'organe de concertation se réunit x fois par an.", "count = None meeting year"),
        ("X % des accompagnements résultent dans une activité", "ratio = None percent plan"),
        ("Le réseau s'élargit de mois en mois", "count increase None None month"),
        ("Nombre de cambriolages : 0", "count = 0 incident plan"),
    ],
)
def test_a_target_is_read_whatever_way_it_is_written(raw: str, wanted: str) -> None:
    found = read(raw)
    kind, comparator, target, unit, period = wanted.split()
    assert (found.kind.value, str(found.comparator), str(found.target)) == (
        kind,
        comparator,
        target,
    )
    assert found.period == period
    assert unit in ("None", found.unit)


@pytest.mark.parametrize(
    "raw", ["X Nombre de situations", "Nombre de contacts : ……", "Nombre de contacts : ", "x", ""]
)
def test_a_blank_is_never_a_zero(raw: str) -> None:
    assert read(raw).target is None


def test_a_text_that_contradicts_itself_is_read_both_ways() -> None:
    share = read("X victime de cambriolage, qui le demande, conseillé: 30%")
    assert [(one.kind.value, one.target) for one in share.readings] == [
        ("ratio", 30),
        ("count", None),
    ]
    assert "comparator" in share.inferred
    answer = read("X Nombre de Gardiens sensibilisés au RGP: Oui/non")
    assert [one.kind.value for one in answer.readings] == ["yes_no", "count"]


@pytest.mark.parametrize(
    "raw",
    [
        "Entre 5 et 10 ateliers par an",
        "Nombre de réunions : ≥ 2x/an et 3x/mois",
        "Visites à domicile : 7h par jour, 5 jours par semaine",
        "Nombre de visites >= à 10 O/an",
        "Nombre de visites >= à 2 0/an",
        "Nombre de visites >= à l0/an",
        "Nombre d'élèves touchés : 1.250/an",
        "Nombre de visites : environ 30/an",
        "Tous les deux mois, réunion du comité",
        "Réunion bimensuelle du comité",
        "tout nouvel agent ayant suivi la formation",
    ],
)
def test_what_may_be_read_in_two_ways_is_asked(raw: str) -> None:
    assert "target" in read(raw).inferred


NUMBERS = st.integers(min_value=1, max_value=999)
SIGNS = st.sampled_from(
    [(">/= à", ">="), ("\\geq", ">="), (">=", ">="), ("≥", ">="), ("> à", ">"), (">", ">"),
     ("au moins", ">="), ("minimum", ">="), ("maximum", "<="), ("≤", "<="), ("plus de", ">"),
     ("moins de", "<"), ("minstens", ">="), ("meer dan", ">")]
)  # fmt: skip
PERIODS = st.sampled_from(
    [("/an", "year"), (" par an", "year"), ("x/an", "year"), (" /mois", "month"),
     (" par semaine", "week"), (" fois par jour", "day"), (" / trimestre", "quarter"),
     (" per jaar", "year"), ("", "plan")]
)  # fmt: skip
NOUNS = st.sampled_from(["réunions", "visites", "contacts avec les écoles", "actions ciblées"])
SPACES = st.sampled_from([" ", "  ", "\u00a0", ""])
ENDS = st.sampled_from(["", ".", " .", ":", " ;"])


@given(NOUNS, SIGNS, NUMBERS, PERIODS, SPACES, ENDS)
@example("réunions", (">/= à", ">="), 7, ("/an", "year"), " ", ":")
def test_any_count_any_sign_any_period(
    noun: str, sign: tuple[str, str], number: int, period: tuple[str, str], space: str, end: str
) -> None:
    gap = space or (" " if sign[0][-1].isalpha() else "")
    found = read(f"Nombre de {noun} : {sign[0]}{gap}{number}{period[0]}{end}")
    assert (found.target, found.comparator, found.period) == (number, sign[1], period[1])
    assert "target" not in found.inferred


@given(st.text(max_size=120))
def test_no_number_comes_from_nowhere(raw: str) -> None:
    found = read(raw)
    if found.target is not None and not found.inferred:
        assert re.search(r"\d", raw)
    json.dumps(found.as_json())


@given(
    st.lists(
        st.sampled_from(
            ["X", "x", "30%", ">= à 2/an", "oui/non", "dans les 2 semaines", "réunions",
             "Nombre de",
             "visites", "par mois", "annuelle", "deux", "100", ":", "…", "tous les", "au moins",
             "7h/jour", "2023", "-", "et", "sur", "1.000", "minimum", "\\geq", "chaque année"]
        ),
        max_size=8,
    )
)  # fmt: skip
def test_a_number_that_is_not_asked_about_stands_in_the_text(parts: list[str]) -> None:
    raw = " ".join(parts)
    found = read(raw)
    if found.target is None or {"target", "target_from_words"} & set(found.inferred):
        return
    digits = re.sub(r"[ .]", "", raw)
    assert str(found.target) in digits
    # Two different targets in one text are never one answer.
    stated = set(re.findall(r"(?:>= à |\\geq )(\d+)", raw))
    assert len(stated) < 2 or found.readings or stated == {str(found.target)}


def told(*lines: bytes) -> list[dict[str, object]]:
    return list(check(lines))


def test_a_bad_line_is_told_and_the_next_one_answered() -> None:
    bad = [b"no json", b'{"raw": 3}', b"[]", b"\xff", b"", b'{"raw": NaN}', b"[" * 100_000]
    answers = told(*bad, b'{"raw": "Nombre de visites : >= 3/an"}')
    assert all(set(one) == {"error"} for one in answers[:-1])
    assert answers[-1] == {
        "kind": "count",
        "comparator": ">=",
        "target": 3,
        "unit": "visit",
        "period": "year",
        "inferred": [],
    }


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "raw", ["9" * 100_000, "X " * 50_000, "> / = " * 20_000, "un " * 50_000, " " * 100_000 + "3/an"]
)
def test_an_endless_text_takes_no_endless_time(raw: str) -> None:
    assert read(raw).kind
