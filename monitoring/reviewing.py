"""What people do with suggestions: accept, dismiss, snooze, assign elsewhere, and take it back.

Every verb takes the version that the person saw. Whoever comes second gets AlreadyDecided with the name of the
first; nothing is written then. Accepting is the only way from the watch into the record.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from commitments.models import Commitment, Evidence, EvidenceLink
from commitments.people import display_name
from monitoring import stories
from monitoring.models import Action, Band, Decision, Item, ReasonCode, State, Suggestion

UNDO_FOR = timedelta(seconds=10)
_SLACK = timedelta(seconds=5)
"""The page counts ten seconds; a slow line may bring the click a little later."""


class AlreadyDecided(Exception):
    """Somebody was faster, or the page is old. The message says who and what."""


class CannotUndo(Exception):
    """Too late, or something has been built on the decision since. The message says which."""


@dataclass(frozen=True)
class Verdict:
    """How an accepted story counts: stance and act towards the promise, and the tier of the source."""

    stance: str
    act: str
    tier: str
    fact: str = ""


@transaction.atomic
def accept(pk: int, *, version: int, verdict: Verdict, by: User, now: datetime) -> Decision:
    """Make the suggestion's item evidence of its commitment. The story is the evidence's origin: copies count once."""
    suggestion = _take(pk, version, State.ACCEPTED, by, now)
    item = suggestion.item
    if item is None:
        raise AlreadyDecided("Its item has been deleted from the watch; enter the evidence by hand.")
    known = Evidence.objects.at_address(item.link).exists() if item.link else False
    linked = set(suggestion.commitment.evidence_links.values_list("pk", flat=True))
    link = _attach(suggestion, item, verdict, by, now)
    made = {"link": None if link.pk in linked else link.pk, "evidence": None if known else link.evidence_id}
    return _note(suggestion, Action.ACCEPT, by, now, made=made)


def _attach(suggestion: Suggestion, item: Item, verdict: Verdict, by: User, now: datetime) -> EvidenceLink:
    return suggestion.commitment.add_evidence(
        title=item.title or item.link or item.uid,
        url=item.link,
        publisher=item.said_by,
        published_on=item.dated_at.date(),
        tier=verdict.tier,
        stance=verdict.stance,
        act=verdict.act,
        fact=verdict.fact,
        snapshot=item.text,
        origin=f"story-{suggestion.story_id}",
        now=now,
        by=by,
    )


@transaction.atomic
def dismiss(pk: int, *, version: int, reason_code: str, by: User, now: datetime, batch: str = "") -> Decision:
    suggestion = _take(pk, version, State.DISMISSED, by, now, reason_code=ReasonCode(reason_code))
    return _note(suggestion, Action.DISMISS, by, now, reason_code=reason_code, batch=batch)


def dismiss_all(
    wanted: Iterable[tuple[int, int]], *, reason_code: str, by: User, now: datetime
) -> tuple[list[Decision], list[str]]:
    """Dismiss several (pk, version); what somebody else decided meanwhile is left alone and said."""
    batch, done, refused = secrets.token_hex(8), [], []
    for pk, version in wanted:
        try:
            done.append(dismiss(pk, version=version, reason_code=reason_code, by=by, now=now, batch=batch))
        except AlreadyDecided as taken:
            refused.append(str(taken))
    return done, refused


@transaction.atomic
def snooze(pk: int, *, version: int, until: datetime, by: User, now: datetime) -> Decision:
    before = Suggestion.objects.values_list("snoozed_until_at", flat=True).get(pk=pk)
    if not Suggestion.objects.take(pk, version, snoozed_until_at=until):
        raise AlreadyDecided(_who(pk))
    suggestion = Suggestion.objects.get(pk=pk)
    made = {"snoozed_until_at": before.isoformat() if before else None}
    return _note(suggestion, Action.SNOOZE, by, now, made=made)


@transaction.atomic
def suggest(item: Item, to: Commitment, *, by: User, now: datetime) -> tuple[Suggestion, bool]:
    """An item that the matcher passed over, put before an editor by hand; also whether that is new.

    A pair that was decided stays decided.
    """
    story = stories.assign([item], now=now)[item.pk]
    return Suggestion.objects.get_or_create(
        story=story, commitment=to, defaults={"item": item, "found_at": now, **_by_hand("Suggested", by)}
    )


def _by_hand(verb: str, by: User) -> dict[str, Any]:
    reason = {"sentence": f"{verb} by {display_name(by)}.", "hits": [], "shares": {}, "setback": ""}
    return {"score": 1.0, "band": Band.LIKELY, "reason": reason, "by_hand": True}


@transaction.atomic
def assign(pk: int, *, version: int, to: Commitment, by: User, now: datetime) -> tuple[Decision, Suggestion]:
    """The story belongs to another commitment: this suggestion is dismissed, the other one waits, likely."""
    suggestion = _take(pk, version, State.DISMISSED, by, now, reason_code=ReasonCode.SAME_WORD)
    target, is_new = Suggestion.objects.get_or_create(
        story=suggestion.story,
        commitment=to,
        defaults={
            **_by_hand("Assigned", by),
            "item": suggestion.item,
            "score": suggestion.score,
            "setback": suggestion.setback,
            "found_at": now,
        },
    )
    made = {"target": target.pk if is_new else None}
    return _note(suggestion, Action.ASSIGN, by, now, note=str(to), made=made), target


@transaction.atomic
def undo(*, by: User, now: datetime) -> list[Decision]:
    """Take back this person's last click, if it is young enough: one decision, or all of a batch."""
    young = Decision.objects.undoable_by(by, now, UNDO_FOR + _SLACK).select_related("suggestion")
    last = young.first()
    if last is None:
        raise CannotUndo("There is nothing to take back: a decision can be undone for ten seconds.")
    decisions = [row for row in young if row.batch == last.batch] if last.batch else [last]
    for decision in decisions:
        _take_back(decision, now)
    return decisions


def _take_back(decision: Decision, now: datetime) -> None:
    suggestion, made = decision.suggestion, decision.made
    _remove_evidence(made, suggestion.commitment)
    if made.get("target"):
        Suggestion.objects.undecided().filter(pk=made["target"]).delete()
    before = made.get("snoozed_until_at")
    suggestion.go_back(State.OPEN, datetime.fromisoformat(before) if before else None)
    decision.mark_undone(now)


def _remove_evidence(made: dict[str, Any], commitment: Commitment) -> None:
    if made.get("evidence"):
        evidence = Evidence.objects.filter(pk=made["evidence"]).first()
        if evidence is not None and evidence.status_changes.exists():
            raise CannotUndo("A status change already rests on this evidence; correct the record instead.")
    if made.get("link"):
        EvidenceLink.objects.filter(pk=made["link"]).delete()
    if made.get("evidence"):
        Evidence.objects.filter(pk=made["evidence"], links__isnull=True).delete()
    commitment.refresh_last_seen()


def _take(pk: int, version: int, state: str, by: User, now: datetime, **more: Any) -> Suggestion:
    changes = dict(state=state, decided_at=now, decided_by=by, snoozed_until_at=None, **more)
    if not Suggestion.objects.take(pk, version, **changes):
        raise AlreadyDecided(_who(pk))
    return Suggestion.objects.select_related("story", "item__source", "commitment").get(pk=pk)


def _who(pk: int) -> str:
    suggestion = Suggestion.objects.select_related("decided_by", "story").filter(pk=pk).first()
    if suggestion is None:
        return "This suggestion is gone; reload the list."
    if suggestion.state == State.OPEN:
        return f"“{suggestion.story}” was changed since you opened it; look again."
    name = display_name(suggestion.decided_by) or "Somebody"
    return (
        f"“{suggestion.story}” was {suggestion.get_state_display().lower()} by {name} meanwhile; nothing was changed."
    )


def _note(suggestion: Suggestion, action: str, by: User, now: datetime, **more: Any) -> Decision:
    return Decision.objects.create(suggestion=suggestion, action=action, by=by, decided_at=now, **more)
