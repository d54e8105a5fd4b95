"""What a rule reads out of a message; an officer reads it too, and decides."""

from datetime import UTC, datetime, timedelta

import pytest

from feedback import plates, sighting_hints
from hub.errors import BadInput
from hub.security import blind_index

EVENING = datetime(2026, 6, 3, 20, 0, tzinfo=UTC)  # ten o'clock in Belgium


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (
            "Camionnette blanche Peugeot 1-ABC-234 rue du Moulin 12 direction gare, il y a 5 min",
            {
                "plate": "1-ABC-234",
                "vehicle": "Camionnette blanche Peugeot",
                "place": "rue du Moulin 12",
                "direction": "gare",
                "observed_at": EVENING - timedelta(minutes=5),
            },
        ),
        (
            "Zwarte Audi 2abc??? richting station om 21u40 in de Molenstraat",
            {
                "plate": "2-ABC-???",
                "vehicle": "Zwarte Audi",
                "place": "Molenstraat",
                "direction": "station",
                "observed_at": EVENING - timedelta(minutes=20),
            },
        ),
        (
            "Weißer Lieferwagen AC-XY 123 Richtung Bahnhof vor 10 Minuten",
            {
                "plate": "ACXY123",
                "vehicle": "Weißer Lieferwagen",
                "direction": "Bahnhof",
                "observed_at": EVENING - timedelta(minutes=10),
            },
        ),
        (
            "Man in red jacket near the church, just now",
            {
                "person_seen": "Man in red jacket near the church, just now",
                "observed_at": EVENING,
            },
        ),
        ("plaque commence par 1XY", {"plate": "1XY"}),
        ("Kenteken GB-12-CD", {"plate": "GB12CD"}),
        # Nothing of the kind is made up.
        ("ok merci, bien reçu", {}),
        ("bus 456, prix 100", {}),
        ("", {}),
        ("\U0001f697 שלום <script>", {}),
    ],
)
def test_what_can_be_read_out_of_it(text: str, seen: dict[str, object]) -> None:
    read = sighting_hints.read(text, EVENING)
    nothing = sighting_hints.Hints()
    expected = {name: seen.get(name, getattr(nothing, name)) for name in nothing.__slots__}
    assert {name: getattr(read, name) for name in nothing.__slots__} == expected


def test_a_long_message_is_read_at_once() -> None:
    started = datetime.now(UTC)
    sighting_hints.read("a-1 " * 2_500 + "plaque " * 200, EVENING)
    assert datetime.now(UTC) - started < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1-abc-234", "1ABC234"),
        (" 1 ABC 234 ", "1ABC234"),
        ("mü·ab 12", "MUAB12"),
        ("AB-123-CD", "AB123CD"),
        ("1ab*2_4", "1AB?2?4"),
        ("", ""),
    ],
)
def test_a_plate_has_one_spelling(typed: str, kept: str) -> None:
    assert plates.normalised(typed) == kept


@pytest.mark.parametrize(
    "typed", ["?", "???", "<b>", "A", "A" * 13, "1ABC-234; DROP", "АВС123", "🚗"]
)
def test_what_can_be_no_plate_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        plates.normalised(typed)


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("1ABC234", "1ABC234", True),
        ("1ABC234", "1ABC235", False),
        ("1AB?234", "1ABC234", True),
        ("1AB?2?4", "1A?C234", True),
        ("ABC2", "1ABC234", True),
        ("ABC3", "1ABC234", False),
        ("", "1ABC234", False),
    ],
)
def test_two_plates_may_be_one(one: str, other: str, may_be: bool) -> None:
    assert plates.may_be_one(one, other) is may_be
    assert plates.may_be_one(other, one) is may_be


def test_a_plate_is_found_by_an_index_that_tells_nothing_of_it() -> None:
    assert plates.index("1AB?234") is None
    assert plates.index("1ABC234") != blind_index("1ABC234")
    assert len(plates.part_indexes("1ABC234")) == 5
    assert len(plates.part_indexes("1AB?234")) == 2
