"""Whatever fails, at whatever step: nothing lost, nothing doubled without the ledger saying so."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from commitments.digests import sending, signing_up, tasks, witnessing
from commitments.digests.models import Delivery, DigestRun, Letter
from tests.digests.builders import MONDAY, news, reader
from tests.digests.test_sending import run_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


class Faults:
    """Lets operations through and fails the n-th one, of the database or of the line to the mail server."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def tick(self, error: Exception) -> None:
        self.count += 1
        if self.count == self.at:
            raise error

    def database(self, execute, sql, params, many, context):
        self.tick(OperationalError(f"operation {self.at} fails"))
        return execute(sql, params, many, context)


def start_over(sink) -> None:
    sink.letters.clear()
    for model in (Delivery, Letter):
        model.objects.all().delete()
    for run in DigestRun.objects.order_by("-pk"):
        run.delete()
    witnessing._path().unlink(missing_ok=True)


def test_the_nth_operation_fails_for_every_n(sink, monkeypatch):
    """0 lost at every n; a keyed mail path sees each letter once; a plain one at most what the ledger explains."""
    import smtplib

    news()
    reader("rosa@example.org")
    reader("sam@example.org")
    speak = smtplib.SMTP.send
    n, fired = 0, True
    while fired:
        n += 1
        start_over(sink)
        faults = Faults(n)

        def send(self, data, faults=faults):
            faults.tick(OSError(f"operation {faults.at} fails"))
            return speak(self, data)

        with monkeypatch.context() as patch, connection.execute_wrapper(faults.database):
            patch.setattr(smtplib.SMTP, "send", send)
            try:
                run_at(MONDAY)
            except (OperationalError, OSError):
                connection.close()
        fired = faults.count >= n
        for minutes in (11, 30, 60):
            run_at(MONDAY + timedelta(minutes=minutes))
        keys = [letter.message["Message-ID"] for letter in sink.letters]
        repeats = sum(Delivery.objects.values_list("repeats", flat=True))
        states = list(Delivery.objects.values_list("state", flat=True))
        assert (len(set(keys)), states) == (2, ["sent", "sent"]), f"lost when operation {n} failed"
        assert len(keys) - len(set(keys)) <= min(1, repeats), f"doubled in silence when operation {n} failed"
    print(f"{n - 1} operations failed in turn")
    assert n > 30


def test_a_restored_backup_sends_nothing_again_without_a_persons_word(sink):
    news()
    reader()
    assert run_at(MONDAY) == 1
    Delivery.objects.all().delete()
    Letter.objects.all().delete()
    for run in DigestRun.objects.order_by("-pk"):
        run.delete()  # the backup is from before the run
    assert run_at(MONDAY + timedelta(hours=1)) == 0
    held = DigestRun.objects.weekly().get()
    assert (held.state, "restored from a backup" in held.state_reason) == ("held", True)
    witnessing.forget(held)
    held.release()
    assert run_at(MONDAY + timedelta(hours=2)) == 1


def test_an_imported_or_unpublished_entry_never_makes_the_bell_build_empty_runs(sink):
    run_at(MONDAY)
    row = news(at=MONDAY + timedelta(minutes=5))
    row.withdraw(reason="Entered twice.", now=MONDAY)
    for minute in range(10, 20):
        run_at(MONDAY + timedelta(minutes=minute))
    assert DigestRun.objects.alerts().count() <= 2


def test_news_from_before_the_first_run_is_not_dug_up_by_the_second(sink):
    row = news(at=MONDAY - timedelta(days=30))
    reader()
    assert run_at(MONDAY) == 0
    assert run_at(MONDAY + timedelta(days=7)) == 0
    assert row.status == "in_progress"


def test_the_answer_to_unsubscribing_waits_for_the_letter_on_the_line():
    rosa = reader()
    news()
    sending.start_run(MONDAY)
    Delivery.objects.update(state="sending")
    done = []

    def leave():
        signing_up.leave(rosa, MONDAY)
        done.append(True)
        connection.close()

    leaving = threading.Thread(target=leave)
    leaving.start()
    time.sleep(0.5)
    assert not done
    Delivery.objects.update(state="sent", sent_at=MONDAY)
    leaving.join(60)
    assert done


@pytest.mark.parametrize("trouble", [ConnectionRefusedError("no broker"), TimeoutError("slow"), OSError("broken pipe")])
def test_a_broker_that_fails_at_the_bell_costs_nothing(sink, monkeypatch, trouble):
    """The only thing that the post asks of the broker is to ring; the rows are there all the same."""
    news()
    reader()

    def fail(**options):
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(tasks.send_due_digests, "apply_async", fail)
        assert tasks.ring() is None
    assert run_at(MONDAY) == 1
    assert len(sink.letters) == 1
