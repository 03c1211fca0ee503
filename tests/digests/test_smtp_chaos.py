"""Every way in which a mail server can misbehave, and what becomes of the letters."""

import smtplib
from datetime import timedelta

import pytest

from commitments.digests import carrying, marking
from commitments.digests.models import Delivery, DigestRun, Register, Suppression
from tests.digests.builders import MONDAY, news, reader
from tests.digests.test_sending import run_at
from tests.support.mailing import closed_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

# What the server does the first time, the state then, the state in the end, copies of the letter, doubt, blocked.
TABLE = {
    "451 to the letter": ({"answer": lambda _: "451 later"}, "due", "sent", 1, 0, 0),
    "452 at the recipient": ({"say_at": {"RCPT": "452 full"}}, "due", "sent", 1, 0, 0),
    "421 at the sender": ({"say_at": {"MAIL": "421 closing"}}, "due", "sent", 1, 0, 0),
    "421 as greeting": ({"say_at": {"HELLO": "421 busy"}}, "due", "sent", 1, 0, 0),
    "554 as greeting": ({"say_at": {"HELLO": "554 not you"}}, "due", "sent", 1, 0, 0),
    "550 at the sender": ({"say_at": {"MAIL": "550 not from here"}}, "due", "sent", 1, 0, 0),
    "550 at the recipient": ({"say_at": {"RCPT": "550 no such box"}}, "failed", "failed", 0, 0, 1),
    "554 to the letter": ({"answer": lambda _: "554 looks like spam"}, "failed", "failed", 0, 0, 0),
    "nobody answers": ({"away": True}, "due", "sent", 1, 0, 0),
    "line dropped at the greeting": ({"cut_at": "HELLO"}, "due", "sent", 1, 0, 0),
    "line dropped at the sender": ({"cut_at": "MAIL"}, "due", "sent", 1, 0, 0),
    "line dropped at the recipient": ({"cut_at": "RCPT"}, "due", "sent", 1, 0, 0),
    "line dropped in the letter": ({"cut_at": "DATA"}, "due", "sent", 1, 1, 0),
    "time-out after the letter": ({"delay": 1.5}, "due", "sent", 2, 1, 0),
    "kept, and cut before saying so": ({"lose_answers": 1}, "due", "sent", 2, 1, 0),
    "250 and then cut": ({"hang_up_after": True}, "sent", "sent", 1, 0, 0),
}


@pytest.mark.parametrize("fault", TABLE)
def test_the_right_end_after_every_fault_of_the_server(sink, settings, fault):
    wrong, first, last, copies, doubt, blocked = TABLE[fault]
    settings.EMAIL_TIMEOUT = 1
    usual = {name: getattr(sink, name) for name in wrong if name != "away"}
    port = settings.EMAIL_PORT
    news()
    reader()
    if "away" in wrong:
        settings.EMAIL_PORT = closed_port()
    for name in usual:
        setattr(sink, name, wrong[name])
    run_at(MONDAY)
    assert Delivery.objects.get().state == first
    for name, value in usual.items():
        setattr(sink, name, value)
    settings.EMAIL_PORT = port
    if fault.startswith("time-out"):
        sink.wait_for(1)
    for minutes in (5, 30, 31):
        run_at(MONDAY + timedelta(minutes=minutes))
    row = Delivery.objects.get()
    assert (row.state, len(sink.letters)) == (last, copies)
    assert (row.repeats, marking.TWICE in row.note) == (doubt, bool(doubt))
    assert len({letter.message["Message-ID"] for letter in sink.letters}) == min(copies, 1)
    assert Suppression.objects.count() == blocked
    assert DigestRun.objects.weekly().get().state == "done"


# What a server that takes one command at a time may say up to "go on"; the table above is spoken in one breath.
STEPS = ("452 at the recipient", "421 at the sender", "550 at the sender", "550 at the recipient")


@pytest.mark.parametrize("fault", STEPS)
def test_a_refusal_means_the_same_to_a_sender_that_goes_step_by_step(sink, fault):
    wrong, first, *_, blocked = TABLE[fault]
    sink.offers_pipelining, sink.say_at = False, wrong["say_at"]
    news()
    reader()
    run_at(MONDAY)
    assert (Delivery.objects.get().state, Suppression.objects.count(), sink.letters) == (first, blocked, [])


def test_commands_go_in_one_breath_only_where_the_server_offers_it(sink, monkeypatch):
    said, send = [], smtplib.SMTP.send
    monkeypatch.setattr(smtplib.SMTP, "send", lambda self, text: said.append(text) or send(self, text))
    news()
    reader()
    run_at(MONDAY)
    assert [text for text in said if str(text).count("\r\n") == 3 and "DATA" in str(text)]
    said.clear()
    sink.offers_pipelining = False
    reader("sam@example.org")
    Delivery.objects.update(state="due")
    DigestRun.objects.update(state="sending")
    run_at(MONDAY + timedelta(minutes=5))
    assert "DATA\r\n" in said
    assert len(sink.letters) == 2


def test_a_server_that_wants_the_letter_of_a_refused_reader_gets_no_empty_one(sink):
    """It says "go on" to DATA although it refused the only recipient, and the next reader's letter is whole."""
    news()
    for name in ("nobody", "tess"):
        reader(f"{name}@example.org")
    sink.refuse_recipient = lambda address: address.startswith("nobody")
    assert run_at(MONDAY) == 1
    assert [letter.recipients for letter in sink.letters] == [("tess@example.org",)]
    assert list(Delivery.objects.values_list("state", flat=True)) == ["failed", "sent"]


def test_a_server_that_is_away_is_asked_once_a_round_and_no_letter_is_lost_or_doubted(sink, settings, monkeypatch):
    news()
    for number in range(60):
        reader(f"r{number}@example.org")
    sink.say_at = {"HELLO": "554 wrong password"}
    asked, pick_up = [], carrying.Post.pick_up
    monkeypatch.setattr(carrying.Post, "pick_up", lambda self: asked.append(1) or pick_up(self))
    assert run_at(MONDAY) == 0
    assert (len(asked), DigestRun.objects.weekly().get().state) == (1, "sending")
    assert Suppression.objects.count() == 0
    sink.say_at = {}
    assert run_at(MONDAY + timedelta(hours=1)) == 60
    assert set(Delivery.objects.values_list("state", "repeats")) == {("sent", 0)}


def test_a_line_that_is_closed_after_each_letter_is_opened_again_at_once_and_doubles_none(sink):
    news()
    for number in range(7):
        reader(f"r{number}@example.org")
    sink.hang_up_after = True
    assert run_at(MONDAY) == 7
    assert sorted(letter.recipients[0] for letter in sink.letters) == [f"r{number}@example.org" for number in range(7)]
    assert set(Delivery.objects.values_list("state", "repeats", "attempts")) == {("sent", 0, 1)}


def test_what_the_server_took_is_written_down_though_the_next_question_fails(sink, monkeypatch):
    news()
    for number in range(3):
        reader(f"r{number}@example.org")
    ask, asked = Register.put_on_the_line, []

    def fall_at_the_second(*args, **options):
        asked.append(1)
        if len(asked) == 2:
            raise SystemExit("told to stop")
        return ask(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Register, "put_on_the_line", fall_at_the_second)
        with pytest.raises(SystemExit):
            run_at(MONDAY)
    assert list(Delivery.objects.values_list("state", flat=True)) == ["sent", "claimed", "claimed"]
    assert run_at(MONDAY + timedelta(minutes=2)) == 2
    assert set(Delivery.objects.values_list("state", "repeats")) == {("sent", 0)}


def test_a_letter_taken_over_meanwhile_stays_behind_and_the_one_before_it_is_marked(sink, monkeypatch):
    news()
    for number in range(3):
        reader(f"r{number}@example.org")
    hand_over = carrying.Post.hand_over

    def while_the_first_is_spoken(self, letter):
        Delivery.objects.filter(subscriber__email="r1@example.org").update(attempt="another sender's")
        return hand_over(self, letter)

    monkeypatch.setattr(carrying.Post, "hand_over", while_the_first_is_spoken)
    assert run_at(MONDAY) == 2
    assert list(Delivery.objects.values_list("state", "attempt")[1:2]) == [("claimed", "another sender's")]
    assert list(Delivery.objects.values_list("state", flat=True)) == ["sent", "claimed", "sent"]


def test_an_address_that_nobody_can_write_to_holds_up_no_other(sink):
    news()
    for address in ("rosa,sam@example.org", "tess@example.org"):
        reader(address)
    assert run_at(MONDAY) == 1
    assert list(Delivery.objects.values_list("state", flat=True)) == ["failed", "sent"]
    assert "rosa" in Delivery.objects.first().answer
    assert DigestRun.objects.weekly().get().state == "done"
