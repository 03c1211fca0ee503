"""Documents that mean harm, or look as if: each is a sentence, soon, and costs nobody else anything."""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from bench import documents, fuzzing
from monitoring import parsing
from monitoring.parsing import Job, Kind, Parsed, Sandbox, sandbox
from monitoring.parsing.shapes import MOST_ENTRIES
from tests.watch.loopback import item, rss

LOL = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
OUTSIDE = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>'
FEEDPARSER_NEEDS = 15  # seconds and more, for the shapes refused here
ATTRIBUTES = b" ".join(b'a%d="1"' % n for n in range(40_000))


def read(body: bytes, kind: Kind = Kind.FEED) -> Parsed:
    return parsing.parse(Job(kind, body, "https://feeds.example/rss"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (LOL, "entities that no feed needs"),
        (OUTSIDE, "asks to read another file"),
        (b"<rss><channel><item " + ATTRIBUTES + b"/></channel></rss>", "more than 256 attributes"),
        (b"<rss><channel>&bad;<item " + ATTRIBUTES + b"/></channel></rss>", "more than 256 attributes"),
        (b"<rss><channel>" + b"<a>" * 5_000, "levels deep"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 200_000, "nests too deep"),
    ],
)
def test_shapes_that_no_feed_has_are_refused_at_once(body: bytes, said: str) -> None:
    began = time.monotonic()
    assert said in read(body).error
    assert time.monotonic() - began < FEEDPARSER_NEEDS


def test_entities_that_real_feeds_declare_are_read() -> None:
    declared = b'<!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!ENTITY pound "&#163;">]>'
    feed = rss(item(1, title="&pound;2bn&nbsp;more")).replace(b"<rss", declared + b"<rss")
    assert read(feed).entries[0].title == "£2bn more"


def test_one_bad_entry_costs_no_other() -> None:
    parsed = read(rss(item(1), "<item></item>", "<item><title>x</title><pubDate>&#1;</pubDate></item>", item(2)))
    assert {"Story 1", "Story 2"} <= {entry.title for entry in parsed.entries}
    assert any("left out" in note or "Not well-formed" in note for note in parsed.notes)


def test_a_truncated_feed_gives_what_came_whole() -> None:
    whole = rss(item(1), item(2), item(3))
    parsed = read(whole[: whole.index(b"Story 3") - 20])
    assert [entry.title for entry in parsed.entries][:2] == ["Story 1", "Story 2"]
    assert "Not well-formed" in parsed.notes[0]


def test_of_a_whole_history_the_newest_entries_are_read_whichever_end_they_are_at() -> None:
    dates = [f"{1 + n % 28:02} {('Jan', 'Feb', 'Mar')[n % 3]} {2000 + n // 100} 10:00:00 GMT" for n in range(2_400)]
    oldest_first = rss(*(item(n, date=f"Mon, {date}") for n, date in enumerate(dates)))
    entries = read(oldest_first).entries
    assert len(entries) == MOST_ENTRIES
    assert entries[-1].title == "Story 2399"
    assert "Story 0" not in {entry.title for entry in entries}


def test_a_document_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    sandbox = Sandbox(wall_seconds=0.02)  # so many entries take several times that, however fast the machine
    # out of the strict reader's profile, so that a fast machine, too, needs seconds for it
    slow = b"<!DOCTYPE rss>" + rss(*(item(n) for n in range(20_000)))
    assert "given up" in sandbox.parse(Job(Kind.FEED, slow)).error
    patient = Sandbox()
    assert patient.parse(Job(Kind.FEED, rss(item(1)))).entries
    sandbox.close()
    patient.close()


def test_a_document_that_needs_too_much_memory_is_a_sentence() -> None:
    deep = b"<html><body>" + b"<p>word</p>" * 800_000
    sandbox = Sandbox(wall_seconds=4)
    parsed = sandbox.parse(Job(Kind.PAGE, deep))
    assert "memory" in parsed.error or "given up" in parsed.error
    assert sandbox.parse(Job(Kind.FEED, rss(item(1)))).entries
    sandbox.close()


def test_one_slow_document_holds_up_no_other() -> None:
    slow = threading.Thread(target=read, args=(b"<!DOCTYPE rss>" + rss(*(item(n) for n in range(8_000))),))
    slow.start()
    assert read(rss(item(1))).entries
    assert slow.is_alive()
    slow.join()


def test_a_child_that_was_killed_is_replaced() -> None:
    sandbox = Sandbox()
    assert sandbox.parse(Job(Kind.FEED, rss(item(1)))).entries
    assert sandbox._child is not None
    sandbox._child.kill()
    sandbox._child.wait()
    assert sandbox.parse(Job(Kind.FEED, rss(item(2)))).entries[0].title == "Story 2"
    sandbox.close()


def test_the_child_knows_no_secret_and_has_what_its_interpreter_needs() -> None:
    given = sandbox.environment({"SECRET_KEY": "x", "DATABASE_URL": "y", "LD_LIBRARY_PATH": "/opt/python/lib"})
    assert given["LD_LIBRARY_PATH"] == "/opt/python/lib"
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(given)


def test_a_child_that_cannot_start_is_not_blamed_on_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_ROOT", Path(tempfile.gettempdir()))  # where there is no such module
    broken = Sandbox()
    parsed = broken.parse(Job(Kind.FEED, rss(item(1))))
    assert "does not start" in parsed.error
    assert "No module named" in parsed.error
    assert "computing time" not in parsed.error
    assert parsed.is_our_fault


@pytest.mark.parametrize(("says", "why"), [("raise SystemExit('no library')", "no library"), ("input()", "not ready")])
def test_what_a_child_said_before_it_gave_up_is_told(says: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.Popen
    monkeypatch.setattr(sandbox, "START_SECONDS", 1.0)
    monkeypatch.setattr(subprocess, "Popen", lambda _command, **how: real([sys.executable, "-c", says], **how))
    assert why in Sandbox().parse(Job(Kind.FEED, rss(item(1)))).error


def test_eight_hundred_mutants_raise_nothing() -> None:
    """The seeded short version of `make fuzz`."""
    seeds = [*documents.SEEDS, *documents.sample_files()]
    tally = fuzzing.run((body, "") for body in documents.mutants(seeds, 800, seed=7))
    assert tally.errors == []
    assert tally.slowest < fuzzing.SECONDS_ALLOWED
    assert 0 < tally.megabytes < fuzzing.MEGABYTES_ALLOWED
    assert tally.with_items > 200
