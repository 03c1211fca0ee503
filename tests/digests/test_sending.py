"""One digest a week, no more, no fewer, whatever falls over on the way."""

from datetime import date, timedelta

import pytest
from django.test import Client

from commitments.digests import marking, sending, signing_up
from commitments.digests.models import Delivery, DigestRun, Subscriber, Suppression
from tests.digests.builders import MONDAY, TUESDAY, news, reader
from tests.record.builders import commitment, evidence, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
HEADS = "A bigger office"


def run_at(moment):
    sending.start_run(moment)
    return sending.send_due(lambda: moment)


def test_every_reader_gets_one_letter_and_the_next_bell_rings_for_nothing(sink):
    news()
    reader("rosa@example.org")
    reader("sam@example.org")
    assert run_at(MONDAY) == 2
    assert run_at(MONDAY + timedelta(minutes=1)) == 0
    assert sorted(letter.recipients[0] for letter in sink.letters) == ["rosa@example.org", "sam@example.org"]
    assert DigestRun.objects.weekly().get().state == "done"


def test_nothing_is_sent_when_nothing_happened_but_who_wants_to_know_is_told(sink):
    reader("rosa@example.org")
    reader("quinn@example.org", wants_quiet_letter=True)
    assert run_at(MONDAY) == 1
    assert sink.letters[0].recipients == ("quinn@example.org",)
    assert "Nothing changed in this period." in sink.letters[0].message.get_body(("plain",)).get_content()


def test_a_reader_gets_only_what_they_asked_for(sink):
    office, zones = news(), commitment(title="Zones")
    reader("rosa@example.org", "commitment", office.pk)
    reader("sam@example.org", "commitment", zones.pk)
    assert run_at(MONDAY) == 1
    assert sink.letters[0].recipients == ("rosa@example.org",)


def test_the_whole_letter_reads_like_this(sink):
    news()
    rosa = reader()
    run_at(MONDAY)
    message = sink.letters[0].message
    run = DigestRun.objects.weekly().get()
    stop = f"https://tracker.example/digest/unsubscribe/{rosa.unsubscribe_token}/"
    assert message["Subject"] == "Commitment Tracker: 1 status change"
    assert message["List-Unsubscribe"].strip() == f"<{stop}>"  # long header lines are folded
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"] == f"<digest.{run.pk}.{rosa.key}@tracker.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == (
        "Commitment Tracker\n"
        "26 October 2026 to 2 November 2026\n"
        "\n"
        "STATUS CHANGES\n"
        "\n"
        "* A bigger office\n"
        "  In progress, from 1 August 2025\n"
        "  The lease was signed.\n"
        "  Source: Land Registry, Lease signed https://register.example/lease\n"
        "  https://tracker.example/c/office/\n"
        "\n"
        "--\n"
        "You get this because you asked for it at https://tracker.example/digest/\n"
        f"Stop these letters: {stop}\n"
        f"Change what you get: https://tracker.example/digest/manage/{rosa.manage_token(MONDAY)}/\n"
        f"Ledger entry 1, head {run.head_hash}\n"
    )


def test_text_and_html_carry_the_same_links_and_load_nothing(sink):
    import re

    news()
    reader()
    run_at(MONDAY)
    message = sink.letters[0].message
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    links = set(re.findall(r"https?://[^\s\"<]+", text))
    assert links == set(re.findall(r'href="([^"]+)"', html))
    assert not re.findall(r"<img|<link|<script|url\(", html)
    assert len(sink.letters[0].raw) < 60_000


def test_a_reader_who_left_gets_not_one_more_letter_also_not_a_waiting_one(sink):
    news()
    rosa = reader()
    sending.start_run(MONDAY)
    link = f"/digest/unsubscribe/{rosa.unsubscribe_token}/"
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, len(answer.cookies)) == (200, 0)
    assert sending.send_due(lambda: MONDAY) == 0
    assert (sink.letters, Delivery.objects.get().state) == ([], "withdrawn")


def test_a_scanner_that_opens_every_link_changes_nothing(sink, settings):
    import re

    settings.ALLOWED_HOSTS = ["tracker.example", "testserver"]
    news()
    reader()
    signing_up.ask(signing_up.Wish("tess@example.org"), network="192.0.2.7", page="/digest/", now=MONDAY)
    run_at(MONDAY)
    before = list(Subscriber.objects.order_by("pk").values())
    for letter in sink.letters:
        for link in re.findall(
            r"https://tracker\.example(/digest/[^\s]*)", letter.message.get_body(("plain",)).get_content()
        ):
            for _ in range(2):
                assert Client().get(link).status_code == 200
    assert list(Subscriber.objects.order_by("pk").values()) == before
    assert len(sink.letters) == 2


@pytest.mark.parametrize(
    ("answer", "state"), [("451 later", "due"), ("550 no such user", "failed"), ("552 too big for now", "failed")]
)
def test_the_servers_word_decides_what_becomes_of_a_letter(sink, answer, state):
    news()
    reader()
    sink.answer = lambda letter: answer
    assert run_at(MONDAY) == 0
    assert Delivery.objects.get().state == state


def test_a_refused_address_is_blocked_for_good_and_kept_as_a_hash_only(sink):
    news()
    reader()
    sink.refuse_recipient = lambda address: True
    run_at(MONDAY)
    assert (Delivery.objects.get().state, Suppression.objects.count()) == ("failed", 1)
    assert "rosa" not in str(Suppression.objects.values().get())


def test_a_temporary_refusal_is_tried_again_later_and_then_arrives_once(sink):
    news()
    reader()
    sink.answer = lambda letter: "451 later"
    run_at(MONDAY)
    sink.answer = None
    sink.letters.clear()
    assert run_at(MONDAY + timedelta(seconds=30)) == 0
    assert run_at(MONDAY + timedelta(minutes=2)) == 1
    assert len(sink.letters) == 1


def test_a_line_cut_after_the_letter_was_taken_repeats_it_under_the_same_id_and_says_so(sink):
    news()
    reader()
    sink.lose_answers = 1
    assert run_at(MONDAY) == 0
    assert run_at(MONDAY + timedelta(minutes=2)) == 1
    first, second = (letter.message["Message-ID"] for letter in sink.letters)
    row = Delivery.objects.get()
    assert (first, row.state, row.repeats) == (second, "sent", 1)
    assert "line went dead" in row.note


def test_two_weeks_of_silence_bring_one_letter_over_all_of_it(sink):
    reader()
    run_at(MONDAY)
    news(at=MONDAY + timedelta(days=2))
    assert run_at(MONDAY + timedelta(days=23)) == 1
    run = DigestRun.objects.weekly().order_by("-ends_at").first()
    assert (run.starts_at, run.ends_at) == (MONDAY, MONDAY + timedelta(days=21))


def test_imported_history_is_no_news(sink):
    from django.core.management import call_command

    reader()
    call_command("seed", verbosity=0)
    assert run_at(MONDAY + timedelta(days=28)) == 0 or all("STATUS CHANGES" not in str(x.raw) for x in sink.letters)


def test_a_status_change_is_told_at_once_to_who_asked_for_that(sink):
    rosa = reader()
    rosa.choose("weekly", [])
    rosa.add_choice("alert", "everything", None)
    run_at(TUESDAY)
    news(at=TUESDAY + timedelta(hours=1))
    assert run_at(TUESDAY + timedelta(hours=1, minutes=1)) == 1
    assert run_at(TUESDAY + timedelta(hours=1, minutes=2)) == 0
    assert sink.letters[0].message["Subject"] == "Commitment Tracker: A bigger office: in progress"


def test_a_wave_of_bounces_pauses_the_run(sink):
    news()
    for number in range(60):
        reader(f"r{number}@example.org")
    sink.refuse_recipient = lambda address: True
    run_at(MONDAY)
    assert DigestRun.objects.weekly().get().state == "paused"
    assert Delivery.objects.due(MONDAY).count() == 0
    assert Delivery.objects.filter(state="due").count() == 10


def test_only_a_batch_that_left_whole_and_fast_earns_a_larger_one():
    quick, slow = timedelta(seconds=2), timedelta(seconds=3)  # for fifty: 20 and 30 seconds for five hundred
    assert sending.next_size(50, 50, quick) == sending.LARGEST_BATCH
    assert sending.next_size(50, 49, quick) == sending.next_size(50, 50, slow) == sending.BATCH
    assert sending.next_size(200, 200, slow) == sending.LARGEST_BATCH


def test_evidence_of_a_mere_review_is_told_to_those_who_chose_that_promise():
    promise = news(at=TUESDAY - timedelta(days=7))
    reader(scope="commitment", target=promise.pk)
    sending.start_run(MONDAY - timedelta(days=7))
    proof = evidence(promise, now=TUESDAY)
    details = {"reason": "Still so.", "evidence": [proof], "by": person("ed"), "effective_on": date(2025, 8, 2)}
    assert promise.change_status("in_progress", now=TUESDAY, **details).kind == "review"
    (run, *_alert) = sending.start_run(MONDAY)
    assert run.total == 1


@pytest.mark.parametrize("gone", [{"paused": True}, {"state": "left", "left_at": MONDAY}])
def test_the_last_question_before_the_line_is_consent(sink, gone):
    news()
    rosa = reader()
    sending.start_run(MONDAY)
    Subscriber.objects.filter(pk=rosa.pk).update(**gone)  # behind the back of the verbs that withdraw letters
    assert sending.send_due(lambda: MONDAY) == 0
    assert (sink.letters, Delivery.objects.get().state) == ([], "withdrawn")


def test_an_address_that_was_blocked_meanwhile_gets_nothing(sink):
    news()
    reader()
    sending.start_run(MONDAY)
    marking.suppress("rosa@example.org", Suppression.Reason.COMPLAINED, "", MONDAY)
    assert sending.send_due(lambda: MONDAY) == 0
    assert (sink.letters, Delivery.objects.get().state) == ([], "suppressed")
