"""The whole loop, as it happens: a news item becomes a suggestion, evidence, a status, a page and a letter.

Real processes: a web server, a worker and a beat on a real broker, a feed over HTTP, an SMTP server that keeps
what it gets. Nothing is called from inside; everything is done on pages and by commands, as people would.
"""

import re
import sys
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from time import sleep
from zoneinfo import ZoneInfo

import pytest

from tests.support import processes
from tests.support.visiting import Visitor
from tests.watch.loopback import Loopback
from tracker import servers

LONDON = ZoneInfo("Europe/London")
HEADLINE = "Ministry of Defence starts trial of OpenAI models at two bases"
PASSWORD = "a-long-phrase-for-erin"


def feed(today):
    item = f"""<item><title>{HEADLINE}</title><guid>mod-1</guid><link>https://defence.example/trial</link>
    <pubDate>{today:%a, %d %b %Y} 07:00:00 +0000</pubDate>
    <description>A contract with OpenAI covers a defence pilot for armed forces planners.</description></item>"""
    return f'<rss version="2.0"><channel><title>Defence notices</title>{item}</channel></rss>'.encode()


@contextmanager
def the_house(tmp_path, broker, smtp_sink):
    """Web, worker and beat of one installation in its own folder; yields its site and its manage.py."""
    port = servers.free_port()
    settings = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'story.sqlite3'}",
        "REDIS_URL": broker.url,
        "EMAIL_URL": smtp_sink.url,
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }

    def manage(*words):
        done = processes.manage(*words, var=tmp_path, **settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    environment = processes.environment(tmp_path, **settings)
    celery = [sys.executable, "-m", "celery", "-A", "tracker"]
    started = []

    def start():
        web = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
        worker = [*celery, "worker", "-P", "threads", "-c", "2", "-Q", "poll,match,mail,default", "-l", "info"]
        started.extend(processes.Running(command, environment) for command in (web, worker, [*celery, "beat"]))
        started[0].wait_for("Listening at")
        started[1].wait_for("ready.")

    try:
        yield settings["SITE_URL"], manage, start
    finally:
        processes.end_all(started)


def wait_for_letter(sink, to, saying):
    found = []

    def arrived():
        found[:] = [letter for letter in sink.letters if letter.recipients == (to,) and saying in text_of(letter)]
        return found

    processes.wait_until(arrived, 90, lambda: str([text_of(letter) for letter in sink.letters]))
    return text_of(found[0])


def text_of(letter):
    return letter.message.get_body(("plain",)).get_content()


def next_monday():
    """08:01 in London on the Monday after today."""
    today = datetime.now(LONDON)
    monday = today.date() + timedelta(days=7 - today.weekday())
    return datetime.combine(monday, time(8, 1), LONDON)


@pytest.mark.slow
@pytest.mark.services
def test_one_news_item_from_a_feed_to_a_letter(tmp_path, broker, smtp_sink):
    today = datetime.now(LONDON).date()
    wire = Loopback()
    with the_house(tmp_path, broker, smtp_sink) as (site, manage, start):
        # A desk is set up with the shipped record and one source: the ministry's own notices.
        manage("migrate", "--verbosity", "0")
        manage("seed")
        manage("createsuperuser", "--noinput", "--username", "erin", "--email", "erin@desk.example")
        outline = tmp_path / "sources.opml"
        outline.write_text(
            f"""<opml version="2.0" xmlns:tracker="urn:commitment-tracker:sources"><body><outline type="rss"
            text="Defence notices" xmlUrl="{wire.set("/notices.xml", feed(today))}"
            tracker:publisher="Ministry of Defence" tracker:tier="T1"/></body></opml>"""
        )
        manage("import_sources", str(outline))
        start()

        # Rosa asks for the weekly letter, and presses the button that the mail leads her to.
        rosa = Visitor(site).open("/digest/")
        sleep(2.1)  # nobody fills a form in faster
        rosa.press("", email="rosa@reader.example")
        mail = wait_for_letter(smtp_sink, "rosa@reader.example", "/digest/confirm/")
        rosa.open(re.search(r"http\S+/digest/confirm/\S+", mail)[0])
        rosa.press("")

        # Beat rings, the worker reads the feed over HTTP, and the item waits in Erin's inbox with its reason.
        erin = Visitor(site).open("/admin/")
        erin.press("Sign in" if "Sign in" in erin.words else "", login="erin", password=PASSWORD)
        processes.wait_until(lambda: HEADLINE in erin.open("/staff/triage/").words, 90, lambda: erin.words)
        card = next(link["href"] for link in erin.page.find_all("a") if HEADLINE in link.get_text())
        for row in erin.page.find_all("li"):
            if HEADLINE in row.get_text() and "UKOAI-07" in row.get_text():
                card = row.find("a")["href"]
        erin.open(card)
        assert "UKOAI-07" in erin.words
        assert "OpenAI" in erin.words

        # She accepts it: evidence, a concrete action, from an official record.
        erin.press("Accept as evidence", stance="supports", act="action", tier="T1")

        # And she decides what it means: the promise was without evidence, now it is in progress.
        erin.open("/admin/commitments/commitment/?q=UKOAI-07")
        number = re.search(r"/admin/commitments/commitment/(\d+)/change/", str(erin.page))[1]
        erin.open(f"/admin/commitments/commitment/{number}/status/")
        proof = erin.value_beside(HEADLINE)
        erin.press(
            "Publish",
            status="in_progress",
            effective_on=today.isoformat(),
            reason="A trial with two bases has begun.",
            evidence=proof,
        )

        # Everybody can read it at once, with the proof.
        reader = Visitor(site).open("/c/defence-deployments/")
        assert "In progress" in reader.words
        assert "A trial with two bases has begun." in reader.words
        assert HEADLINE in reader.words
        assert manage("verify_ledger").strip()

        # On Monday at eight the letter of the week is due, and Rosa gets one; a second ring sends nothing.
        manage("send_digests", "--now", next_monday().isoformat())
        letter = wait_for_letter(smtp_sink, "rosa@reader.example", "AI projects in defence")
        assert "In progress" in letter
        assert "A trial with two bases has begun." in letter
        before = len(smtp_sink.letters)
        manage("send_digests", "--now", next_monday().isoformat())
        assert len(smtp_sink.letters) == before
    wire.close()
