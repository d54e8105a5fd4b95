"""Mail as servers and programs really write it: bounces, absences, and what is new in a reply."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.bounce_reading import Bounce
from channels.mail_reading import IncomingMail, read_mail

MEMBER = "Anne Martin <Anne.Martin@Example.org>"


def lines(*text: str) -> bytes:
    return "\r\n".join(text).encode()


def report(*fields: str, said: str = "Your message could not be delivered.") -> bytes:
    """A report after RFC 3464, as most servers write it."""
    return lines(
        "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
        "",
        "--B",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        said,
        "--B",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.example.net",
        "Arrival-Date: Mon, 1 Jun 2026 12:00:00 +0200",
        "",
        *fields,
        "",
        "--B",
        "Content-Type: message/rfc822",
        "",
        "Subject: the mail that was sent",
        "",
        "550 5.7.1 these words are ours",
        "--B--",
    )


POSTFIX = report(
    "Final-Recipient: rfc822; nobody@example.org",
    "Original-Recipient: rfc822;nobody@example.org",
    "Action: failed",
    "Status: 5.1.1",
    "Remote-MTA: dns; mail.example.org",
    "Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.org>: Recipient address rejected:",
    "    User unknown in virtual mailbox table",
)
EXCHANGE = report(
    "Final-Recipient: RFC822; nobody@example.org",
    "Action: failed",
    "Status: 5.1.10",
    "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP lookup",
)
GMAIL_FULL = report(
    "Final-Recipient: rfc822; full@example.com",
    "Action: failed",
    "Status: 5.2.2",
    "Diagnostic-Code: smtp; 552-5.2.2 The recipient's inbox is out of storage space.",
)
# The status says nothing; the server's own words do.
GENERAL_STATUS = report(
    "Final-Recipient: rfc822; nobody@example.org",
    "Action: failed",
    "Status: 5.0.0",
    "Diagnostic-Code: smtp; 550 5.1.1 No such user",
)
DELAYED = report(
    "Final-Recipient: rfc822; slow@example.org",
    "Action: delayed",
    "Status: 4.4.1",
    "Diagnostic-Code: smtp; connect to mail.example.org: Connection timed out",
    "Will-Retry-Until: Sat, 6 Jun 2026 12:00:00 +0200",
)
# Its queue time is over: nobody tries again, though the code is a temporary one.
GIVEN_UP = report("Final-Recipient: rfc822; a@b.example", "Action: failed", "Status: 4.4.1")
NO_ACTION = report("Final-Recipient: rfc822; a@b.example", "Status: 5.7.1 (refused by policy)")
ARRIVED = report("Final-Recipient: rfc822; a@b.example", "Action: delivered", "Status: 2.0.0")
ONE_OF_TWO = report(
    "Final-Recipient: rfc822; a@b.example",
    "Action: delayed",
    "Status: 4.2.0",
    "",
    "Final-Recipient: rfc822; b@b.example",
    "Action: failed",
    "Status: 5.1.1",
)
QMAIL = lines(
    "From: MAILER-DAEMON@mail.example.net",
    "Subject: failure notice",
    "",
    "Hi. This is the qmail-send program at mail.example.net.",
    "I'm afraid I wasn't able to deliver your message to the following addresses.",
    "This is a permanent error; I've given up. Sorry it didn't work out.",
    "",
    "<nobody@example.org>:",
    "192.0.2.7 does not like recipient.",
    "Remote host said: 550 5.1.1 Unknown user",
    "Giving up on 192.0.2.7.",
    "",
    "--- Below this line is a copy of the message.",
    "",
    "Subject: STOP 451 4.7.1 greylisted",
)
WORDS_ONLY = lines(
    "From: postmaster@old.example.net",
    "Subject: Undeliverable: Alerte",
    "",
    "Your message was not delivered: mailbox unavailable.",
)


@pytest.mark.parametrize(
    ("content", "bounce", "is_dead"),
    [
        (POSTFIX, Bounce("5.1.1", True), True),
        (EXCHANGE, Bounce("5.1.10", True), True),
        (GMAIL_FULL, Bounce("5.2.2", True), False),
        (GENERAL_STATUS, Bounce("5.1.1", True), True),
        (DELAYED, Bounce("4.4.1", False), False),
        (GIVEN_UP, Bounce("4.4.1", True), False),
        (NO_ACTION, Bounce("5.7.1", True), False),
        (ONE_OF_TWO, Bounce("5.1.1", True), True),
        (QMAIL, Bounce("5.1.1", True), True),
        (WORDS_ONLY, Bounce("5.0.0", True), False),
    ],
)
def test_a_bounce_is_read_whatever_server_wrote_it(
    content: bytes, bounce: Bounce, is_dead: bool
) -> None:
    read = read_mail(content, "<>")
    assert read.bounce == bounce
    assert read.bounce.address_is_dead is is_dead
    assert read.is_automatic


def test_a_report_of_a_success_is_no_bounce() -> None:
    read = read_mail(ARRIVED, "<>")
    assert read.bounce is None
    assert read.is_automatic


def test_a_report_without_its_end_is_read_as_far_as_it_goes() -> None:
    cut = POSTFIX[: POSTFIX.index(b"Remote-MTA")]
    assert read_mail(cut, "").bounce == Bounce("5.1.1", True)


def test_a_report_that_its_server_encoded_is_read_too() -> None:
    encoded = POSTFIX.replace(
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: message/delivery-status\r\nContent-Transfer-Encoding: 7bit\r\n",
    )
    assert read_mail(encoded, "").bounce == Bounce("5.1.1", True)


def reply(text: str, *, return_path: str = "anne@example.org", **headers: str) -> IncomingMail:
    message = EmailMessage()
    message["From"] = MEMBER
    message["Subject"] = "Re: Alerte"
    message["Message-ID"] = "<reply-1@example.org>"
    message["In-Reply-To"] = "<7.abc@hub.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return read_mail(message.as_bytes(), return_path)


def test_who_wrote_about_which_mail() -> None:
    read = reply("Vu un homme.", References="<0.x@other.example> <7.abc@hub.example>")
    assert read.sender == "anne.martin@example.org"
    assert read.message_id == "<reply-1@example.org>"
    assert read.answers == ("<7.abc@hub.example>", "<0.x@other.example>")
    assert (read.is_automatic, read.may_be_answered, read.bounce) == (False, True, None)


GMAIL = """Une camionnette blanche, rue Haute.

Le lun. 1 juin 2026 à 12:00, PLP Hub <alert@plp-hub.example> a écrit :

> Restez chez vous.
>
> --
> Vu quelque chose ? Appelez le 101.
"""
GMAIL_BROKEN_LINE = """Witte bestelwagen.

Op ma 1 jun 2026 om 12:00 schreef PLP Hub, de politie van de zone Valdor
<alert@plp-hub.example>:

> Blijf binnen.
"""
APPLE = """Weisser Lieferwagen.

Von meinem iPhone gesendet

> Am 01.06.2026 um 12:00 schrieb PLP Hub <alert@plp-hub.example>:
>
> Drinnen bleiben.
"""
OUTLOOK = """Un homme en noir.

Jean

________________________________
De : PLP Hub <alert@plp-hub.example>
Envoyé : lundi 1 juin 2026 12:00
À : Jean
Objet : Alerte

Restez chez vous.
"""
OUTLOOK_DESKTOP = """A man in black.

-----Original Message-----
From: PLP Hub
Sent: Monday
Subject: Alert

Stay inside.
"""
THUNDERBIRD_BELOW = """On 01/06/2026 12:00, PLP Hub wrote:
> Stay inside.
> Seen something? Call 101.

He went to the station.

-- \nAnne Martin
Rue Haute 1
"""
BETWEEN = """> Seen something?
Yes, a van.
> Where?
At the station.
"""
NO_MARKS = """Seen him.

On Mon, 1 Jun 2026 at 12:00, PLP Hub <alert@plp-hub.example> wrote:
Stay inside.
"""


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (GMAIL, "Une camionnette blanche, rue Haute."),
        (GMAIL_BROKEN_LINE, "Witte bestelwagen."),
        (APPLE, "Weisser Lieferwagen."),
        (OUTLOOK, "Un homme en noir.\n\nJean"),
        (OUTLOOK_DESKTOP, "A man in black."),
        (THUNDERBIRD_BELOW, "He went to the station."),
        (BETWEEN, "Yes, a van.\nAt the station."),
        (NO_MARKS, "Seen him."),
        (
            "From: the station to the bridge.\nHe runs.",
            "From: the station to the bridge.\nHe runs.",
        ),
        (
            "Op 5 juni heb ik hem gezien:\nhij liep weg",
            "Op 5 juni heb ik hem gezien:\nhij liep weg",
        ),
    ],
)
def test_only_what_is_new_in_a_reply_is_kept(text: str, new: str) -> None:
    assert reply(text).text == new


def test_a_reply_that_only_quotes_is_kept_whole() -> None:
    assert reply("> Stay inside.\n").text == "> Stay inside."


@pytest.mark.parametrize(
    ("html", "new"),
    [
        ("<p>Un homme</p><blockquote><p>Restez</p></blockquote>", "Un homme"),
        ("<style>p{}</style><div>Eén</div><div>twee<br>drie</div>", "Eén\n\ntwee\ndrie"),
        ("<p>5 &lt; 6 &amp; so</p><script>alert(1)</script>", "5 < 6 & so"),
        ("<p>cut off", "cut off"),
    ],
)
def test_a_reply_in_html_alone_is_read(html: str, new: str) -> None:
    message = EmailMessage()
    message.set_content(html, subtype="html")
    assert read_mail(message.as_bytes(), "a@b.example").text == new


@pytest.mark.parametrize(
    ("headers", "return_path"),
    [
        ({"Auto-Submitted": "auto-replied (vacation)"}, "anne@example.org"),
        ({"Precedence": "auto_reply"}, "anne@example.org"),
        ({"X-Autoreply": "yes"}, "anne@example.org"),
        ({}, "<>"),
        ({}, ""),
    ],
)
def test_an_absence_notice_is_known_for_one(headers: dict[str, str], return_path: str) -> None:
    read = reply("I am away until 5.5.26 and could not be reached.", return_path=return_path,
                 **headers)  # fmt: skip
    assert read.is_automatic
    assert read.bounce is None


def test_an_absence_notice_of_an_old_server_is_known_by_its_subject() -> None:
    content = lines(
        "From: a@b.example", "Subject: =?utf-8?q?R=C3=A9ponse_automatique?= : A", "", ""
    )
    assert read_mail(content, "a@b.example").is_automatic


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Id": "<neighbours.example.org>"},
        {"Precedence": "list"},
        {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"},
    ],
)
def test_a_list_is_never_answered_though_its_words_are_kept(headers: dict[str, str]) -> None:
    read = reply("Seen him.", **headers)
    assert (read.text, read.is_automatic, read.may_be_answered) == ("Seen him.", False, False)


def test_a_person_who_writes_550_has_not_bounced() -> None:
    assert reply("The message failed: 550 5.1.1").bounce is None


def test_a_mail_without_an_id_has_the_same_one_each_time() -> None:
    content = lines("From: a@b.example", "", "words")
    first, second = read_mail(content, "a@b.example"), read_mail(content, "c@d.example")
    assert first.message_id == second.message_id != ""
    assert read_mail(content + b"!", "a@b.example").message_id != first.message_id


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Content-Type: text/plain; charset=klingon\r\n\r\nVu \xe9", "Vu é"),
        (b"Content-Type: text/plain; charset=utf-8\r\n\r\nVu \xe9", "Vu é"),
        (b"Content-Type: text/plain\r\n\r\nnul \x00 here", "nul  here"),
        (b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!", ""),
        (b'Content-Type: multipart/mixed; boundary="B"\r\n\r\nno parts', ""),
        (b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xe2\x80\xaegnirts", "‮gnirts"),
        (b"no header at all", "no header at all"),
        (b"", ""),
    ],
)
def test_broken_mail_is_read_as_far_as_it_goes(content: bytes, words: str) -> None:
    assert read_mail(content, "a@b.example").text == words


def test_parts_within_parts_without_end_break_nothing() -> None:
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
        for n in range(3000)
    )
    assert read_mail(nested, "a@b.example").bounce is None


_pieces = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [
                b"\r\n",
                b"\r\n\r\n",
                b"--B\r\n",
                b"--B--",
                b"From: ",
                b"Subject: =?utf-8?b?",
                b"Content-Type: ",
                b'multipart/report; boundary="B"',
                b"message/delivery-status",
                b"text/html; charset=utf-16",
                b"Content-Transfer-Encoding: base64\r\n",
                b"Action: ",
                b"Status: 5.1.1\r\n",
                b"In-Reply-To: <",
                b"<![CDATA[",
                b"<!x",
                b"> ",
                b"?=",
            ]
        ),
    ),
    max_size=30,
)


@settings(max_examples=400, deadline=None)
@given(pieces=_pieces, return_path=st.text(max_size=20))
def test_whatever_the_bytes_are_something_is_read(pieces: list[bytes], return_path: str) -> None:
    read = read_mail(b"".join(pieces), return_path)
    told = "".join((read.message_id, read.sender, read.subject, read.text, *read.answers))
    assert "\0" not in told
    assert told.encode("utf-8")
    assert len(read.message_id) > 2
