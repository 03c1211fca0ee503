"""What is printed is what would have been written out, byte for byte, and no reader gets another's letter."""

import email
import email.policy

import pytest

from commitments.digests import addressing, building, printing
from commitments.digests.models import Delivery, Letter
from tests.digests.builders import MONDAY, news, reader

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def own(row: Delivery) -> addressing.Own:
    return addressing.own(row.subscriber.email, row.subscriber_key, MONDAY)


def written_out(row: Delivery) -> printing.Sheet:
    return printing.write_out(addressing.made_out(row.letter, own(row)))


def printed(row: Delivery, press: printing.Press | None = None) -> printing.Sheet:
    return (press or printing.Press()).print(row.letter, own(row))


def alike(one: bytes, other: bytes) -> bool:
    """The border between the parts is drawn by lot; everything else must agree."""
    borders = [email.message_from_bytes(raw).get_boundary() for raw in (one, other)]
    return one.replace(borders[0].encode(), b"border") == other.replace(borders[1].encode(), b"border")


def deliveries(*addresses: str) -> list[Delivery]:
    news()
    for address in addresses:
        reader(address)
    building.build_weekly(MONDAY)
    return list(Delivery.objects.select_related("letter", "subscriber"))


@pytest.fixture
def by_hand(monkeypatch):
    """What was written out instead of printed."""
    written, write = [], printing.write_out
    monkeypatch.setattr(printing, "write_out", lambda message: written.append(message) or write(message))
    return written


def test_printed_and_written_letters_are_the_same_bytes(by_hand):
    press = printing.Press()
    rows = deliveries("rosa@example.org", "s.a-m+x_1@mail.example.org", f"{'t' * 30}@{'u' * 15}.example")
    for row in [*rows, *rows]:
        sheet = printed(row, press)
        assert not by_hand
        assert (sheet.sender, sheet.recipient) == ("<tracker@localhost>", f"<{row.subscriber.email}>")
        assert alike(sheet.raw, written_out(row).raw)
        by_hand.clear()
        assert sheet.raw.count(row.subscriber.email.encode()) == 1
        said = email.message_from_bytes(sheet.raw, policy=email.policy.default)
        assert row.subscriber.unsubscribe_token in said.get_body(("plain",)).get_content()
        assert row.subscriber.unsubscribe_token in said["List-Unsubscribe"].replace("\r\n", "")
        assert b"gap-" not in sheet.raw


@pytest.mark.parametrize(
    "address", ["r\u00f6sa@example.org", "r" * 61 + "@example.org", '"rosa b"@example.org', "o'brien@example.org"]
)
def test_an_address_that_would_change_the_headers_is_written_out(address, by_hand):
    (row,) = deliveries(address)
    assert printed(row).recipient.startswith("<")
    assert len(by_hand) == 1


@pytest.mark.parametrize("text", ["long line " * 200 + "{marks}", "gap-to@reader.invalid {marks}"])
def test_a_body_that_hides_the_gaps_is_written_out(text, by_hand):
    (row,) = deliveries("rosa@example.org")
    marks = f"{addressing.MARKS[0]} {addressing.MARKS[1]}"
    Letter.objects.update(text=text.format(marks=marks), html=f"<p>{marks}</p>")
    row.letter.refresh_from_db()
    assert printed(row).raw.count(row.subscriber.email.encode()) == 1
    assert len(by_hand) == 1


@pytest.mark.parametrize("address", ["rosa@example.org", "o'brien@example.org"])
def test_a_line_that_begins_with_a_dot_does_not_end_the_letter(address):
    (row,) = deliveries(address)
    marks = f"{addressing.MARKS[0]} {addressing.MARKS[1]}"
    Letter.objects.update(text=f".\n.hidden\nend {marks}", html=f"<p>{marks}</p>")
    row.letter.refresh_from_db()
    raw = printed(row).raw
    assert b"\r\n..\r\n..hidden\r\n" in raw
    assert raw.index(b"\r\n.\r\n") == len(raw) - 5


def test_the_press_forgets_what_it_no_longer_needs():
    (row,) = deliveries("rosa@example.org")
    first, press = row.letter, printing.Press(kept=1)
    for number in range(3):
        row.letter = Letter.objects.create(
            run=row.run, scope=f"{number}", subject="S", text=first.text, html=first.html
        )
        assert printed(row, press).raw
        assert len(press._forms) == 1
