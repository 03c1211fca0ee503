"""What a letter says: contents in, subject, text and HTML out. One rendering serves every reader of a scope.

What is a reader's own (their links) stands in the letter as a mark and is put
in when it is handed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string

from commitments.digests import tokens
from commitments.digests.contents import Contents
from commitments.digests.scheduling import Period, Schedule

UNSUBSCRIBE_MARK = "[[unsubscribe]]"
MANAGE_MARK = "[[manage]]"
# Gmail cuts a letter at 102 kB; a long one says how many lines the site has more of.
MOST_LINES = 40
SECTIONS = ("corrections", "changes", "overdue", "due_soon", "evidence")


@dataclass(frozen=True)
class Composed:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Frame:
    """What stands around the contents: the period, the ledger's head, why the reader gets it."""

    period: Period
    schedule: Schedule
    head_sequence: int
    head_hash: str
    is_alert: bool = False


def compose(contents: Contents, frame: Frame) -> Composed:
    """The letter of one scope. A letter without news says so in one line."""
    first, last = frame.schedule.local_day(frame.period.start), frame.schedule.local_day(frame.period.end)
    shown, left_out = _shortened(contents)
    context = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contents": contents,
        "shown": shown,
        "left_out": left_out,
        "first": first,
        "last": last,
        "frame": frame,
        "unsubscribe": UNSUBSCRIBE_MARK,
        "manage": MANAGE_MARK,
        "subject": (said := subject(contents, frame)),
    }
    text = "\n".join(line.rstrip() for line in render_to_string("digests/mail/letter.txt", context).splitlines())
    html = css_inline.inline(render_to_string("digests/mail/letter.html", context), keep_style_tags=False)
    return Composed(said, text.strip() + "\n", html)


def subject(contents: Contents, frame: Frame) -> str:
    """Says what happened, most important first: a reader may never open it."""
    counted = (
        (len(contents.corrections), "correction", "corrections"),
        (len(contents.changes), "status change", "status changes"),
        (len(contents.overdue), "overdue", "overdue"),
        (len(contents.evidence), "new piece of evidence", "new pieces of evidence"),
        (len(contents.due_soon), "due soon", "due soon"),
    )
    said = ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counted if number)
    if frame.is_alert and len(contents.changes) == 1 and not contents.corrections:
        change = contents.changes[0]
        said = f"{change.promise.title}: {change.status_to.lower()}"
    return tokens.header(f"{settings.SITE_NAME}: {said or 'nothing changed'}")


def _shortened(contents: Contents) -> tuple[Mapping[str, Any], int]:
    """The first lines of the letter, section by section, and how many are left for the site."""
    room, shown = MOST_LINES, {}
    for name in SECTIONS:
        lines = getattr(contents, name)
        shown[name] = lines[:room]
        room -= len(shown[name])
    return shown, sum(len(getattr(contents, name)) for name in SECTIONS) - (MOST_LINES - room)
