"""One document of any kind, read. Runs in the child; whatever goes wrong becomes a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from monitoring.parsing import govuk, json_feeds, pages, prescan, xml_feeds
from monitoring.parsing.shapes import MOST_ENTRIES, Entry, Job, Kind, Parsed

_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")


def read(job: Job) -> Parsed:
    try:
        return capped(_read(job))
    except prescan.TooOdd as odd:
        return Parsed(error=str(odd))
    except RecursionError:
        return Parsed(error="The document nests too deep to be read.")
    except MemoryError:
        raise
    except Exception as error:  # the parsers raise anything on hostile input; that is what the child is for
        return Parsed(error=f"The document cannot be read: the parser failed with {type(error).__name__}.")


def _read(job: Job) -> Parsed:
    body = job.body
    if not body.strip():
        return Parsed(error="The answer is empty: there is no feed in it.")
    if job.kind is Kind.PAGE:
        return pages.read(body, job.address, job.content_type, job.selector)
    if job.kind is Kind.DISCOVER and _is_html(body):
        return pages.discover(body, job.address, job.content_type)
    if job.kind is Kind.GOVUK:
        return _govuk(body)
    return _feed(job)


def _govuk(body: bytes) -> Parsed:
    document = _json(body)
    if not govuk.is_one(document):
        return Parsed(error="This is no page of the GOV.UK content API: address it as /api/content/….")
    return govuk.read(document)


def _feed(job: Job) -> Parsed:
    body = job.body
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        document = _json(body)
        if json_feeds.is_one(document):
            return json_feeds.read(document, job.address)
        if govuk.is_one(document):
            return govuk.read(document)
        return Parsed(error="This is JSON, but no JSON Feed: it has no version of jsonfeed.org.")
    if _is_html(body):
        return _not_a_feed(job)
    prescan.check(body)
    return xml_feeds.read(body, job.address, job.content_type)


def _is_html(body: bytes) -> bool:
    start = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    while start.startswith((b"<!--", b"<?xml")):
        start = start.partition(b">")[2].lstrip()
    return start.startswith(_HTML_STARTS)


def _not_a_feed(job: Job) -> Parsed:
    found = pages.discover(job.body, job.address, job.content_type)
    said = f"This is an HTML page{f' (“{found.title[:80]}”)' if found.title else ''}, not a feed."
    hint = (
        " It names these feeds: " + ", ".join(feed.address for feed in found.feeds[:5])
        if found.feeds
        else " It names no feed; it can be watched as a page."
    )
    return Parsed(error=said + hint, feeds=found.feeds)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, UnicodeDecodeError):
        return None


def capped(parsed: Parsed) -> Parsed:
    """The newest entries when there are too many, whichever end the document has them at."""
    if len(parsed.entries) <= MOST_ENTRIES:
        return parsed

    def newest(numbered: tuple[int, Entry]) -> tuple[float, int]:
        return (-(numbered[1].stamp or 0.0), numbered[0])

    kept = sorted(enumerate(parsed.entries), key=newest)[:MOST_ENTRIES]
    note = f"{len(parsed.entries)} entries: the newest {MOST_ENTRIES} are read."
    entries = tuple(entry for _number, entry in sorted(kept, key=lambda pair: pair[0]))
    return replace(parsed, entries=entries, notes=(note, *parsed.notes))
