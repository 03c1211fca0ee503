"""Five editors, a reviewer and their readers, by script: what they decide in a week, and who is owed a letter."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from commitments import flags
from commitments.digests.models import Subscriber
from commitments.models import Agreement, Commitment, EvidenceLink, Organisation, Sector, StatusChange
from commitments.models.publishing import Refused
from commitments.status import ChangeKind, ReviewMode
from monitoring import reviewing
from monitoring.models import ReasonCode, State, Suggestion

EDITORS = ("Erin", "Ed", "Ella", "Emil", "Esra")
DECISIONS = 8  # suggestions that an editor answers in a week
SCOPES = (("everything", 40), ("owner", 25), ("sector", 15), ("agreement", 10), ("commitment", 10))
CORRECTED_EVERY = 5  # weeks


@dataclass
class Desk:
    """The people of the desk; `work` is what they do on one afternoon."""

    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        names = [*EDITORS, "Rita"]
        people = [User.objects.create_user(name.lower(), first_name=name, is_staff=True) for name in names]
        self.editors, self.reviewer = people[:-1], people[-1]

    def work(self, week: int, now: datetime) -> None:
        waiting = list(Suggestion.objects.filter(state=State.OPEN).order_by("-score", "pk")[: DECISIONS * len(EDITORS)])
        for number, suggestion in enumerate(waiting):
            self._answer(suggestion, self.editors[number % len(EDITORS)], number, now)
        if week and week % CORRECTED_EVERY == 0:
            self._correct(now)

    def _answer(self, suggestion: Suggestion, editor: User, number: int, now: datetime) -> None:
        if number % 2:
            code = ReasonCode.values[number % len(ReasonCode.values)]
            reviewing.dismiss(suggestion.pk, version=suggestion.version, reason_code=code, by=editor, now=now)
            self.done["dismissed"] += 1
            return
        verdict = reviewing.Verdict("supports", "action", suggestion.proposed_tier)
        made = reviewing.accept(suggestion.pk, version=suggestion.version, verdict=verdict, by=editor, now=now).made
        self.done["accepted"] += 1
        if made["link"] and number % 4 == 0:
            self._rate(EvidenceLink.objects.get(pk=made["link"]), editor, closing=number % 16 == 0, now=now)

    def _rate(self, link: EvidenceLink, editor: User, *, closing: bool, now: datetime) -> None:
        promise = link.commitment
        on = max(link.evidence.published_on, promise.last_change.effective_on if promise.last_change else date.min)
        details: dict[str, Any] = {"reason": "The news of the week.", "evidence": [link.evidence], "by": editor}
        details |= {"effective_on": on, "now": now}
        try:
            if closing:
                promise.propose_status("met", **details).approve(by=self.reviewer, now=now)
                self.done["proposed and approved"] += 1
            else:
                promise.change_status("in_progress", **details)
                self.done["status changes"] += 1
        except Refused:
            self.done["refused by the rules"] += 1

    def _correct(self, now: datetime) -> None:
        wrong = StatusChange.objects.filter(status="in_progress").exclude(review_mode=ReviewMode.IMPORTED).last()
        if wrong is None:
            return
        wrong.commitment.change_status(
            "in_progress",
            reason="The date was wrong.",
            evidence=list(wrong.evidence.all()),
            by=self.editors[0],
            effective_on=wrong.effective_on,
            now=now,
            corrects=wrong,
        )
        self.done["corrections"] += 1


def sign_up(count: int, now: datetime) -> None:
    """Confirmed readers with mixed choices; every tenth has two."""
    chance = random.Random(7)
    targets = {
        "owner": list(Organisation.objects.filter(commitments__isnull=False).distinct().values_list("pk", flat=True)),
        "sector": list(Sector.objects.values_list("pk", flat=True)),
        "agreement": list(Agreement.objects.values_list("pk", flat=True)),
        "commitment": list(Commitment.objects.published().values_list("pk", flat=True)),
    }
    kinds, weights = zip(*SCOPES, strict=True)
    for number in range(count):
        reader = Subscriber.objects.create(
            email=f"reader{number}@reader.example", state="active", created_at=now, confirmed_at=now
        )
        for kind in chance.choices(kinds, weights, k=2 if number % 10 == 0 else 1):
            reader.add_choice("weekly", kind, chance.choice(targets[kind]) if kind in targets else None)


def owed(start: datetime, end: datetime, zone: Any) -> set[str]:
    """The addresses that a letter is due to, worked out from the record without the post room."""
    told = set(
        StatusChange.objects.filter(recorded_at__gte=start, recorded_at__lt=end)
        .exclude(review_mode=ReviewMode.IMPORTED)
        .exclude(kind=ChangeKind.REVIEW)
        .values_list("commitment_id", flat=True)
    )
    told |= set(
        EvidenceLink.objects.filter(added_at__gte=start, added_at__lt=end, evidence__imported=False).values_list(
            "commitment_id", flat=True
        )
    )
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    soon = flags.DUE_SOON_WINDOW + timedelta(days=1)
    for since, until in ((first, last), (first + soon, last + soon)):
        dated = Commitment.objects.still_open().filter(due_on__gte=since, due_on__lt=until)
        told |= set(dated.values_list("pk", flat=True))
    touched = {"everything"}
    for promise in Commitment.objects.published().filter(pk__in=told).prefetch_related("owners", "sectors"):
        touched |= {f"commitment:{promise.pk}", f"agreement:{promise.agreement_id}"}
        touched |= {f"owner:{owner.pk}" for owner in promise.owners.all()}
        touched |= {f"sector:{sector.pk}" for sector in promise.sectors.all()}
    if len(touched) == 1:
        return set()
    rows = Subscriber.objects.values_list("email", "weekly_scope")
    return {email for email, scope in rows if touched & set(scope.split(","))}
