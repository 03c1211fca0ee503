"""Counts the house: reads the database and the mail server's boxes and says what is lost or doubled."""

from collections.abc import Collection

from commitments.digests.models import Delivery, DigestRun
from commitments.models import StatusChange
from tests.faults import counting
from tests.faults.load import Desk, Feeds
from tests.support.mailing import Letter, Sink

IN_DOUBT = "May have been sent twice"


def take(feeds: Feeds, desk: Desk, sink: Sink, *, leave_out: Collection[int] = ()) -> counting.Tally:
    """`leave_out`: letters on the line of a fallen sender, of which nobody can say yet whether they left."""
    items = counting.missing_and_more(feeds.expected(), feeds.stored())
    kept = list(StatusChange.objects.filter(commitment=desk.promise).values_list("reason", flat=True))
    decisions = counting.missing_and_more(desk.acknowledged, set(kept) & set(desk.acknowledged))
    doubtful = set(in_the_ledger(())) - set(in_the_ledger(leave_out))
    taken, repeats = ([key for key in keys(box) if key not in doubtful] for box in (sink.letters, sink.dropped))
    return counting.Tally(
        items_lost=items[0],
        items_doubled=items[1],
        decisions_lost=decisions[0],
        decisions_doubled=len(kept) - len(set(kept)),
        untold=sum(1 for place in desk.acknowledged.values() if place > told_up_to()),
        **counting.letters(in_the_ledger(leave_out), taken, repeats),
    )


def told_up_to() -> int:
    """The last place in the ledger that a round of letters tells of; letters on the line of a fallen sender aside."""
    waiting = Delivery.objects.filter(state__in=(Delivery.State.DUE, Delivery.State.CLAIMED)).values("run_id")
    last = DigestRun.objects.alerts().exclude(pk__in=waiting).order_by("-through_sequence").first()
    return last.through_sequence if last else 0


def in_the_ledger(leave_out: Collection[int]) -> dict[str, bool]:
    """Every letter that was made out, whatever became of it, and whether its row says that it may have gone twice."""
    rows = Delivery.objects.exclude(pk__in=leave_out).values_list("run_id", "subscriber_key", "note")
    return {f"digest.{run}.{key}": IN_DOUBT in note for run, key, note in rows}


def keys(letters: list[Letter]) -> list[str]:
    return [str(letter.message["Idempotency-Key"]) for letter in letters]
