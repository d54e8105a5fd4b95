"""What counts as a call to 101: words of calling, or the number as a sentence by itself."""

import pytest

from hub.i18n import Language
from messaging import alarm_line

FR, NL, DE, EN = Language.FRENCH, Language.DUTCH, Language.GERMAN, Language.ENGLISH
NOBODY = {
    FR: "Ne suivez personne.",
    NL: "Achtervolg niemand.",
    DE: "Niemanden verfolgen.",
    EN: "Do not follow anyone.",
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (FR, "Vu quelque chose ? 101."),
        (FR, "Appelez la police au 101."),
        (FR, "Police : 101."),
        (FR, "Vol rue Haute 12. Appelez tout de suite le 101."),
        (NL, "Iets gezien? Bel meteen de politie op 101."),
        (NL, "Gezien in de Hoogstraat? Bel 101."),
        (NL, "101 bellen."),
        (DE, "Rufen Sie sofort 101 an."),
        (DE, "Drinnen bleiben. 101."),
        (DE, "Notruf 101."),
        (EN, "Seen something? Call 101."),
    ],
)
def test_a_call_to_101_is_known(language: Language, text: str) -> None:
    assert alarm_line.is_in(f"{text} {NOBODY[language]}", language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (FR, "Vol rue Haute 101."),
        (FR, "Vol rue Haute, 101."),
        (FR, "Adresse : 101, rue Haute."),
        (FR, "La police est rue Haute 101."),
        (FR, "Ligne 1010, bus 2101."),
        (NL, "Diefstal Hoogstraat 101."),
        (NL, "Bel aan in de Hoogstraat 101."),
        (NL, "Grote Markt 101."),
        (DE, "Einbruch Hochstraße 101."),
        (DE, "Einbruch Hochstr. 101."),
        (EN, "Burglary at 101 High Street."),
    ],
)
def test_the_number_of_a_house_calls_nobody(language: Language, text: str) -> None:
    assert not alarm_line.is_in(f"{text} {NOBODY[language]}", language)
