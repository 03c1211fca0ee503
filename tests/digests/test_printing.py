"""What is printed is what would have been written out, byte for byte, and no reader gets another's letter."""

import email
import email.policy

import pytest

from commitments.digests import addressing, building, printing
from commitments.digests.models import Delivery, Letter
from tests.digests.builders import MONDAY, news, reader

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def written_out(row: Delivery) -> bytes:
    return addressing.digest(row, row.subscriber, MONDAY).message().as_bytes(linesep="\r\n")


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


def test_printed_and_written_letters_are_the_same_bytes():
    press = printing.Press()
    rows = deliveries("rosa@example.org", "s.a-m+x_1@mail.example.org", f"{'t' * 30}@{'u' * 15}.example")
    for row in [*rows, *rows]:
        sender, raw = press.print(row, row.subscriber, MONDAY)
        assert (sender, alike(raw, written_out(row))) == ("Commitment Tracker <tracker@localhost>", True)
        assert raw.count(row.subscriber.email.encode()) == 1
        said = email.message_from_bytes(raw, policy=email.policy.default)
        assert row.subscriber.unsubscribe_token in said.get_body(("plain",)).get_content()
        assert row.subscriber.unsubscribe_token in said["List-Unsubscribe"].replace("\r\n", "")
        assert b"gap-" not in raw


@pytest.mark.parametrize(
    "address", ["r\u00f6sa@example.org", "r" * 61 + "@example.org", '"rosa b"@example.org', "o'brien@example.org"]
)
def test_an_address_that_would_change_the_headers_is_written_out(address):
    (row,) = deliveries(address)
    assert printing.Press().print(row, row.subscriber, MONDAY) is None
    assert written_out(row)


@pytest.mark.parametrize("text", ["long line " * 200 + "{marks}", "gap-to@reader.invalid {marks}"])
def test_a_body_that_hides_the_gaps_is_written_out(text):
    (row,) = deliveries("rosa@example.org")
    marks = f"{addressing.MARKS[0]} {addressing.MARKS[1]}"
    Letter.objects.update(text=text.format(marks=marks), html=f"<p>{marks}</p>")
    row.letter.refresh_from_db()
    assert printing.Press().print(row, row.subscriber, MONDAY) is None


def test_the_press_forgets_what_it_no_longer_needs():
    (row,) = deliveries("rosa@example.org")
    first, press = row.letter, printing.Press(kept=1)
    for number in range(3):
        row.letter = Letter.objects.create(
            run=row.run, scope=f"{number}", subject="S", text=first.text, html=first.html
        )
        assert press.print(row, row.subscriber, MONDAY)
        assert len(press._forms) == 1
