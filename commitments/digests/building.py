"""Building a run: the period, what happened in it, one letter a scope, one delivery a reader. All or nothing."""

from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from commitments.digests import choosing, composing, scheduling, selecting
from commitments.digests.contents import Contents, Index, Place
from commitments.digests.models import Delivery, DigestRun, Letter, PostOffice, Subscriber
from commitments.digests.scheduling import Period, Schedule
from commitments.models import LedgerHead

# Letters written at once: enough to make statements few, few enough to keep memory flat.
CHUNK = 100


def schedule() -> Schedule:
    return Schedule(settings.DIGEST_ZONE, settings.DIGEST_WEEKDAY, settings.DIGEST_AT)


def build_weekly(now: datetime) -> DigestRun | None:
    """The run of the week, if one is due and not there yet; otherwise None. Safe from any number of beats."""
    with transaction.atomic():
        _one_builder_at_a_time()
        last = DigestRun.objects.last_of(DigestRun.Kind.WEEKLY)
        period = scheduling.due_period(last.ends_at if last else None, now, schedule())
        return _build(DigestRun.Kind.WEEKLY, period, last, now) if period else None


def build_alert(now: datetime) -> DigestRun | None:
    """A run for those who want to know at once, when a status has changed since the last one."""
    with transaction.atomic():
        _one_builder_at_a_time()
        last = DigestRun.objects.last_of(DigestRun.Kind.ALERT)
        if last is None:
            return _first_alert_run(now)
        if not selecting.anything_new(last):
            return None
        end = max(now, selecting.moment_after(last))  # what a clock ahead has stamped waits for no clock
        return _build(DigestRun.Kind.ALERT, Period(last.ends_at, end), last, now)


def _first_alert_run(now: datetime) -> DigestRun:
    """An empty run that marks where telling at once begins; the past is not told."""
    run = DigestRun.objects.create(
        kind=DigestRun.Kind.ALERT,
        starts_at=now - scheduling.FIRST_RETRY,
        ends_at=now,
        through_sequence=LedgerHead.current().sequence,
        built_at=now,
    )
    run.finish(now)
    return run


def _one_builder_at_a_time() -> None:
    PostOffice.open()
    PostOffice.objects.select_for_update().get(pk=1)


def _build(kind: str, period: Period, last: DigestRun | None, now: datetime) -> DigestRun:
    head = LedgerHead.current()
    found = selecting.find(period, last, schedule())
    alert = kind == DigestRun.Kind.ALERT
    contents = found.contents.only_status_changes() if alert else found.contents
    run = DigestRun.objects.create(
        kind=kind,
        follows=last,
        starts_at=period.start,
        ends_at=period.end,
        through_sequence=found.through_sequence,
        told=list(found.told),
        contents=contents.as_json() if contents.is_news else {},
        head_sequence=head.sequence,
        head_hash=head.hash,
        built_at=now,
    )
    address = "" if alert else reverse("digests:past", args=[run.pk])
    frame = composing.Frame(period, schedule(), head.sequence, head.hash, is_alert=alert, address=address)
    _write_letters(run, contents, frame)
    run.total = Delivery.objects.address(run, now)
    run.save(update_fields=["total"])
    if not run.total:
        run.finish(now)
    return run


def _write_letters(run: DigestRun, contents: Contents, frame: composing.Frame) -> None:
    """One letter a scope; scopes with the same news share one rendering. No news, no letter, unless asked for."""
    alert = frame.is_alert
    quiet = set() if alert else set(Subscriber.objects.quiet_scopes())
    index, shared = Index(contents), dict[tuple[Place, ...], list[str]]()
    for key in Subscriber.objects.alert_scopes() if alert else Subscriber.objects.weekly_scopes():
        places = index.places(choosing.read(key))
        if index.at(places).is_news or key in quiet:
            shared.setdefault(places, []).append(key)
    letters = (letter for places, keys in shared.items() for letter in _letters(run, index.at(places), keys, frame))
    while chunk := list(islice(letters, CHUNK)):
        Letter.objects.bulk_create(chunk)


def _letters(run: DigestRun, own: Contents, keys: list[str], frame: composing.Frame) -> list[Letter]:
    made = composing.compose(own, frame)
    body = {"subject": made.subject, "text": made.text, "html": made.html, "is_quiet": not own.is_news}
    return [Letter(run=run, scope=key, **body) for key in keys]
