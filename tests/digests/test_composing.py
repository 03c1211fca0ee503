"""How a letter reads: what matters first, no more exact than known, never too long, and nothing smuggled into it."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.test import override_settings

from commitments.digests import addressing, building, composing, tokens
from commitments.digests.contents import SIGNS, Change, Contents, Date, Promise, Proof, Source, in_words
from commitments.digests.models import Letter
from commitments.digests.scheduling import Period
from commitments.status import Status
from tests.digests.builders import MONDAY

SOURCE = Source("Planning statement", "https://register.example/plan", "Land Registry")
NAUGHTY = [
    "a\r\nBcc: all@example.org", "a\nX-Evil: 1", "a\rb", "a\0b", "a\x0b\x0cb", "a\u2028b", "a\u2029b", "a\x85b",
    "\ud800x", "x" * 5_000,
    "\u202eevil", "=?utf-8?q?x?=", '"', "<script>", "\U0001f4ee" * 300, "", " ", "%0d%0aBcc:", "\t",
]  # fmt: skip


def frame(**more) -> composing.Frame:
    period = Period(MONDAY - timedelta(days=7), MONDAY)
    return composing.Frame(period, building.schedule(), 43, "ab" * 32, **more)


def promise(number: int = 1, title: str = "A bigger office") -> Promise:
    return Promise(f"T-{number}", title, f"https://tracker.example/c/p{number}/")


def change(number: int = 1, *, reason: str = "The lease was signed.", corrects: int | None = None, **more) -> Change:
    return Change(promise(number, **more), number, "In progress", "Met", "2026-10-20", reason, (SOURCE,), corrects)


def full() -> Contents:
    return Contents(
        corrections=(change(41, corrects=37),),
        changes=(change(42),),
        overdue=(Date(promise(3, "Report to Parliament"), "2026-10-31", "Stalled or paused"),),
        due_soon=(Date(promise(4, "Name the zone"), "2026-12-31", "Not started", "year"),),
        evidence=(Proof(promise(5, "Hire"), SOURCE, "2026-10-31", "Supports", "Forty posts.", "month"),),
        reviewed=(promise(6), promise(7)),
    )


def test_a_letter_with_everything_reads_like_this():
    text = composing.compose(full(), frame()).text
    assert text == (
        "Commitment Tracker\n26 October 2026 to 2 November 2026\n"
        "\nCORRECTIONS\n\n* A bigger office\n  In progress -> Met, from 20 October 2026."
        " Corrects entry 37 of the ledger.\n"
        "  The lease was signed.\n  Source: Land Registry, Planning statement https://register.example/plan\n"
        "  https://tracker.example/c/p41/\n"
        "\nSTATUS CHANGES\n\n* A bigger office\n  In progress -> Met, from 20 October 2026\n  The lease was signed.\n"
        "  Source: Land Registry, Planning statement https://register.example/plan\n  https://tracker.example/c/p42/\n"
        "\nOVERDUE\n\n* Report to Parliament\n  Was due 31 October 2026: stalled or paused\n  https://tracker.example/c/p3/\n"
        "\nDUE SOON\n\n* Name the zone\n  Due end of 2026: not started\n  https://tracker.example/c/p4/\n"
        "\nNEW EVIDENCE\n\n* Hire\n  Supports: Planning statement (Land Registry, October 2026)\n  Forty posts.\n"
        "  https://register.example/plan\n  https://tracker.example/c/p5/\n"
        "\nChecked, no change: 2 (T-6, T-7).\n"
        "\n--\nYou get this because you asked for it at http://127.0.0.1:8000/digest/\n"
        "Stop these letters: [[unsubscribe]]\nChange what you get: [[manage]]\n"
        f"Ledger entry 43, head {'ab' * 32}\n"
    )


def test_the_html_says_the_same_in_the_same_order_with_headings_and_no_machine_dates():
    made = composing.compose(full(), frame())
    headings = re.findall(r"<h2[^>]*>([^<]+)</h2>", made.html)
    assert headings == ["Corrections", "Status changes", "Overdue", "Due soon", "New evidence"]
    assert 'lang="en-GB"' in made.html
    assert not re.findall(r"\d{4}-\d\d-\d\d", made.text + made.html)
    assert set(re.findall(r"https?://[^\s\"<]+", made.text)) == set(re.findall(r'href="(http[^"]+)"', made.html))
    assert "<style" not in made.html
    assert all(
        f'aria-hidden="true">{SIGNS[status]}</span>' in made.html for status in ("met", "stalled", "not_started")
    )


def test_every_status_has_a_sign_of_its_own_that_is_no_picture():
    assert len({*SIGNS.values()}) == len(Status) == len(SIGNS)


def test_several_pieces_of_evidence_for_one_promise_stand_under_one_heading():
    pieces = tuple(Proof(promise(number), SOURCE, "2026-10-31", "Supports") for number in (1, 1, 2))
    assert composing.compose(Contents(evidence=pieces), frame()).html.count("<h3") == 2


@pytest.mark.parametrize(
    "reason",
    ["The lease was signed.", "Ein sehr langer Grund. " * 90, "\u041f\u0440\u0438\u0447\u0438\u043d\u0430 " * 400],
)
@pytest.mark.parametrize("title", ["A bigger office", "\u4e00" * 250])
def test_five_hundred_changes_stay_under_sixty_kilobytes_and_link_to_the_rest(reason, title):
    many = Contents(
        changes=tuple(change(number, reason=reason, title=title) for number in range(500)),
        reviewed=tuple(promise(number) for number in range(300)),
    )
    made = composing.compose(many, frame(address="/digest/archive/7/"))
    shown = made.text.count("\n* ")
    assert 5 <= shown <= 40
    for part in (made.text, made.html):
        assert f"And {500 - shown} more" in part
        assert "/digest/archive/7/" in part
        assert "Checked, no change: 300" in part
    letter = Letter(run_id=1, subject=made.subject, text=made.text, html=made.html)
    own = addressing.Own("rosa@example.org", "u" * 64, "m" * 72, "k" * 32, "Mon, 02 Nov 2026 08:00:00 +0000")
    assert len(addressing.made_out(letter, own).message().as_bytes(linesep="\r\n")) < 60_000


@pytest.mark.parametrize("text", NAUGHTY)
def test_no_text_from_a_feed_adds_a_header_or_breaks_one(text):
    with override_settings(SITE_NAME=f"Tracker {text}"):
        made = composing.compose(Contents(changes=(change(title=text),)), frame(is_alert=True))
        letter = Letter(run_id=1, subject=made.subject, text="Hello\n", html="<p>Hello</p>")
        own = addressing.Own("rosa@example.org", "u" * 64, "m" * 72, "k" * 32, "Mon, 02 Nov 2026 08:00:00 +0000")
        message = message_from_bytes(addressing.made_out(letter, own).message().as_bytes(), policy=policy.default)
    assert sorted(message.keys()) == sorted(
        ["Content-Type", "MIME-Version", "Subject", "From", "To", "Message-ID", "Idempotency-Key", "Date", "Precedence",
         "Auto-Submitted", "List-Id", "List-Archive", "List-Unsubscribe", "List-Unsubscribe-Post"]
    )  # fmt: skip
    assert len(tokens.header(text)) <= 150
    assert message.get_body(("plain",)).get_content().strip() == "Hello"


@pytest.mark.parametrize(
    ("precision", "words"),
    [("day", "31 March 2026"), ("", "31 March 2026"), ("month", "March 2026"), ("quarter", "quarter 1 of 2026"),
     ("year", "2026"), ("approximate", "about March 2026")],
)  # fmt: skip
def test_a_date_is_said_no_more_exactly_than_it_is_known(precision, words):
    assert in_words("2026-03-31", precision) == words
