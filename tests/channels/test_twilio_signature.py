"""Signatures against Twilio's documented vector and Twilio's own validator."""

from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import (  # type: ignore[import-untyped]  # twilio ships no types
    RequestValidator,
)

from channels.signature import sign, verify

URL = "https://example.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675310"),
    ("Digits", "1234"),
    ("From", "+14158675310"),
    ("To", "+18005551212"),
]
DOCUMENTED = "L/OH5YylLD5NRKLltdqwSvS0BnU="
forms = st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=6)


def test_the_documented_vector_holds() -> None:
    assert sign(URL, FORM, "12345") == DOCUMENTED
    assert verify(URL, FORM, DOCUMENTED, ["12345"])
    assert verify(URL, reversed(FORM), DOCUMENTED, ["12345"])


@given(forms)
def test_it_agrees_with_twilios_own_validator(form: dict[str, str]) -> None:
    mine = sign(URL, form.items(), "secret")
    assert mine == RequestValidator("secret").compute_signature(URL, form)
    assert verify(URL, form.items(), mine, ["secret"])
    assert not verify(URL, [*form.items(), ("Extra", "1")], mine, ["secret"])


def test_both_tokens_work_while_one_replaces_the_other() -> None:
    assert verify(URL, FORM, DOCUMENTED, ["new", "12345"])
    assert not verify(URL, FORM, DOCUMENTED, ["new"])
    assert not verify(URL, FORM, DOCUMENTED, [])


def test_a_port_may_be_signed_or_not() -> None:
    with_port, without = "https://hub.example:8443/x", "https://hub.example/x"
    assert verify(with_port, FORM, sign(without, FORM, "t"), ["t"])
    assert verify(without, FORM, sign("https://hub.example:443/x", FORM, "t"), ["t"])
    assert verify("http://[::1]:80/x", FORM, sign("http://[::1]/x", FORM, "t"), ["t"])


def test_fragment_and_login_are_not_signed() -> None:
    plain = "https://hub.example/x?mail=a@b"
    assert sign("https://me:secret@hub.example/x?mail=a@b#rc=5", FORM, "t") == sign(
        plain, FORM, "t"
    )


def test_blank_and_repeated_values_count_as_twilio_counts_them() -> None:
    form = [("A", ""), ("B", "2"), ("B", "1"), ("B", "2")]
    assert sign(URL, form, "t") == sign(URL, [("A", ""), ("B", "1"), ("B", "2")], "t")
    assert sign(URL, [("A", " ")], "t") != sign(URL, [("A", "")], "t")


@given(st.text(), st.text(), forms)
def test_junk_is_refused_and_never_raises(url: str, signature: str, form: dict[str, str]) -> None:
    assert not verify(url, form.items(), signature, ["secret", "é", ""])


def test_hostile_input_is_refused() -> None:
    for url in ("http://x:99999/", "http://[oops/", "http://a@b:x/", ""):
        assert not verify(url, [("\ud800", "\udfff")], "é" * 28, ["t"])
    assert not verify(URL, FORM, None, ["12345"])
    assert not verify(URL, FORM, "", ["12345"])
