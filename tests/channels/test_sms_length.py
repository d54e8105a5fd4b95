"""Parts of a text message, against a slow but obvious count."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms_length import as_sent, measure, plain_replacement, plain_spelling

EXTENDED = "\f^{}\\[~]|€"


def counted_by_hand(units: list[int], alone: int, part: int) -> int:
    if sum(units) <= alone:
        return min(sum(units), 1)
    parts = [0]
    for unit in units:
        if parts[-1] + unit > part:
            parts.append(0)
        parts[-1] += unit
    return len(parts)


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units"),
    [
        ("", "GSM-7", 0, 0),
        ("a" * 160, "GSM-7", 1, 160),
        ("a" * 161, "GSM-7", 2, 161),
        ("a" * 306, "GSM-7", 2, 306),
        ("a" * 307, "GSM-7", 3, 307),
        ("€" * 80, "GSM-7", 1, 160),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306),
        ("ê" * 70, "UCS-2", 1, 70),
        ("ê" * 71, "UCS-2", 2, 71),
        ("ê" * 66 + "🚒" + "ê" * 66, "UCS-2", 3, 134),
        ("e\u0301" * 160, "GSM-7", 1, 160),
    ],
)
def test_a_text_takes_this_many_parts(text: str, encoding: str, segments: int, units: int) -> None:
    length = measure(text)
    assert (length.encoding, length.segments, length.units) == (encoding, segments, units)


def test_the_characters_that_double_the_price_are_named_once_and_in_order() -> None:
    assert measure("Reçu: l’été où ça… België").offending == ("ç", "’", "…", "ë")
    assert measure("Été à Liège, où? Ça coûte 5€").offending == ("û",)


def test_plain_signs_make_it_cheap_again_but_letters_stay() -> None:
    fancy = "« Alerte » – l’eau… “gaz”\u00a0!"
    assert plain_replacement(fancy) == '"Alerte" - l\'eau... "gaz" !'
    assert measure(plain_replacement(fancy)).encoding == "GSM-7"
    assert plain_replacement("ça") == "ça"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Reçu : l’été où ça… À Noël, cœur", "Recu : l'été où ca... A Noel, coeur"),
        ("België geëvacueerd", "Belgie geevacueerd"),
        ("ÊTES ÎLE ÔTÉ ÈRE ŒUVRE", "ETES ILE OTÉ ERE OEUVRE"),
        ("é è à ù ì ò ä ö ü ñ ß å ø æ É Ä Ö Ü Ñ Ç", "é è à ù ì ò ä ö ü ñ ß å ø æ É Ä Ö Ü Ñ Ç"),
        ("Łódź, Đorđe, ẞ", "Lodz, Dorde, SS"),
        ("🚒 Привет ½", "🚒 Привет ½"),
    ],
)
def test_the_plain_spelling_drops_only_the_accents_that_cost(text: str, plain: str) -> None:
    assert plain_spelling(text) == plain
    assert plain_spelling(plain) == plain


@given(st.text())
def test_the_plain_spelling_is_settled_and_leaves_cheap_texts_alone(text: str) -> None:
    plain = plain_spelling(text)
    assert plain_spelling(plain) == plain
    if measure(text).encoding == "GSM-7":
        assert plain == as_sent(text)


@given(st.text(st.sampled_from("abé €çêœÀ’«»…\u00a0")))
def test_french_is_cheap_in_its_plain_spelling(text: str) -> None:
    assert measure(plain_spelling(text)).encoding == "GSM-7"


@given(st.text(st.sampled_from("abcé €[]~\n"), max_size=700))
def test_gsm7_is_packed_without_splitting_a_pair(text: str) -> None:
    units = [2 if c in EXTENDED else 1 for c in text]
    assert measure(text).segments == counted_by_hand(units, 160, 153)


@given(st.text(st.sampled_from("abçœ🚒🏠"), min_size=1, max_size=300))
def test_ucs2_is_packed_without_splitting_a_pair(text: str) -> None:
    length = measure(text + "ç")
    units = [2 if c > "\uffff" else 1 for c in text + "ç"]
    assert (length.encoding, length.segments) == ("UCS-2", counted_by_hand(units, 70, 67))


@given(st.text())
def test_any_text_can_be_measured(text: str) -> None:
    length = measure(text)
    assert length == measure(unicodedata.normalize("NFD", text))
    assert (length.segments == 0) == (text == "")
    assert bool(length.offending) == (length.encoding == "UCS-2")
    assert plain_replacement(plain_replacement(text)) == plain_replacement(text)
