"""What a letter says: contents in, subject, text and HTML out. One rendering serves every reader of a scope.

What is a reader's own (their links) stands in the letter as a mark and is put
in when it is handed over.
"""

import quopri
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
MOST_NAMED = 40
# Under 60 kB with headers and links; see `Composed.size`.
MOST_BYTES = 56_000
LONGEST_MAIL_LINE = 998
SECTIONS = ("corrections", "changes", "overdue", "due_soon", "evidence")


@dataclass(frozen=True)
class Composed:
    subject: str
    text: str
    html: str

    @property
    def size(self) -> int:
        """Bytes on the way: a part with a line that mail cannot carry is encoded, others go as they are."""
        return sum(_size(part) for part in (self.text, self.html))


def _size(part: str) -> int:
    raw = part.encode()
    longest = max(map(len, raw.splitlines()), default=0)
    return len(quopri.encodestring(raw)) if longest > LONGEST_MAIL_LINE else len(raw)


@dataclass(frozen=True)
class Frame:
    """What stands around the contents: the period, the ledger's head, why the reader gets it."""

    period: Period
    schedule: Schedule
    head_sequence: int
    head_hash: str
    is_alert: bool = False
    address: str = ""  # of the same letter in the public archive


def compose(contents: Contents, frame: Frame) -> Composed:
    """The letter of one scope, at most 60 kB. A letter without news says so in one line."""
    lines = MOST_LINES
    made = _composed(contents, frame, lines)
    while made.size > MOST_BYTES and lines:
        lines = lines * 4 // 5
        made = _composed(contents, frame, lines)
    return made


def _composed(contents: Contents, frame: Frame, lines: int) -> Composed:
    first, last = frame.schedule.local_day(frame.period.start), frame.schedule.local_day(frame.period.end)
    shown, left_out = _shortened(contents, lines)
    context = {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "archive": settings.SITE_URL + (frame.address or "/changes/"),
        "contents": contents,
        "shown": shown,
        "left_out": left_out,
        "reviewed": contents.reviewed[:MOST_NAMED],
        "first": first,
        "last": last,
        "frame": frame,
        "unsubscribe": UNSUBSCRIBE_MARK,
        "manage": MANAGE_MARK,
        "subject": (said := subject(contents, frame)),
    }
    text = "\n".join(line.rstrip() for line in _rendered("letter.txt", context).splitlines())
    html = css_inline.inline(_rendered("letter.html", context), keep_style_tags=False)
    return Composed(said, text.strip() + "\n", html)


def _rendered(name: str, context: Mapping[str, Any]) -> str:
    """A half character out of a feed becomes a question mark, here as in headers."""
    return render_to_string(f"digests/mail/{name}", dict(context)).encode("utf-8", "replace").decode()


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


def _shortened(contents: Contents, room: int) -> tuple[Mapping[str, Any], int]:
    """The first lines of the letter, section by section, and how many are left for the site."""
    most, shown = room, {}
    for name in SECTIONS:
        lines = getattr(contents, name)
        shown[name] = lines[:room]
        room -= len(shown[name])
    return shown, sum(len(getattr(contents, name)) for name in SECTIONS) - (most - room)
