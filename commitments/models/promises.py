"""A commitment: the promise, its owners and dates, and the verbs that change it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from commitments import flags
from commitments.models import publishing
from commitments.models.history import StatusChange
from commitments.models.parties import Agreement, Organisation, Sector
from commitments.models.proof import Evidence, EvidenceLink
from commitments.models.proposals import Proposal, propose
from commitments.models.revisions import FormerSlug, Revision
from commitments.status import CLOSING, Confirmation, Firmness, Life, Precision, Status


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def published(self) -> "CommitmentQuerySet":
        return self.filter(life=Life.PUBLISHED)

    def once_public(self) -> "CommitmentQuerySet":
        """Published or withdrawn: everything that must keep an address."""
        return self.filter(life__in=(Life.PUBLISHED, Life.WITHDRAWN))

    def drafts(self) -> "CommitmentQuerySet":
        return self.filter(life=Life.DRAFT)

    def watched(self) -> "CommitmentQuerySet":
        """Commitments whose news we look for: all but the withdrawn."""
        return self.exclude(life=Life.WITHDRAWN)

    def still_open(self) -> "CommitmentQuerySet":
        return self.exclude(status__in=CLOSING)

    def overdue(self, today: date) -> "CommitmentQuerySet":
        return self.still_open().filter(due_on__lt=today)

    def due_soon(self, today: date) -> "CommitmentQuerySet":
        return self.still_open().filter(due_on__gte=today, due_on__lte=today + flags.DUE_SOON_WINDOW)

    def due_between(self, first: date, until: date) -> "CommitmentQuerySet":
        """Still open, with a date in the half-open span of days; the earliest first."""
        return self.still_open().filter(due_on__gte=first, due_on__lt=until).order_by("due_on", "ref")

    def stale(self, today: date) -> "CommitmentQuerySet":
        limit = today - flags.REVIEW_WINDOW
        return self.still_open().filter(Q(last_seen_on__isnull=True) | Q(last_seen_on__lt=limit))

    def contested(self) -> "CommitmentQuerySet":
        from commitments.models.wordings import Conflict

        open_conflicts = Conflict.objects.filter(commitment=OuterRef("pk"), state=Conflict.State.OPEN)
        return self.filter(Exists(open_conflicts) | Q(confirmation=Confirmation.CONTRADICTED))

    def waiting_for(self, user: User) -> "CommitmentQuerySet":
        """Commitments with an open proposal that this person may decide."""
        return self.filter(Exists(Proposal.objects.waiting_for(user).filter(commitment=OuterRef("pk"))))

    def proposed_by(self, user: User) -> "CommitmentQuerySet":
        return self.filter(Exists(Proposal.objects.waiting().filter(commitment=OuterRef("pk"), proposed_by=user)))

    def with_parties(self) -> "CommitmentQuerySet":
        """For lists: everything a row prints, in a constant number of queries."""
        return self.select_related("agreement", "last_change").prefetch_related("owners", "sectors")


class Commitment(models.Model):
    """A promise that somebody can check.

    `status`, `status_since`, `status_reason`, `confirmation` and `last_change`
    repeat the last published `StatusChange`; only publishing one writes them,
    and `verify_ledger` proves that they agree.
    """

    ref = models.CharField(max_length=40, unique=True, help_text="Stable key printed on the page, such as UKOAI-01.")
    slug = models.SlugField(max_length=80, unique=True, help_text="The public address; changing it leaves a redirect.")
    title = models.CharField(max_length=200, help_text="The promise in a few words.")
    statement = models.TextField(help_text="The promise in a sentence or two of our own, at the firmness it was made.")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="commitments")
    owners = models.ManyToManyField(Organisation, related_name="commitments", help_text="Who owes it.")
    owner_note = models.TextField(blank=True, help_text="Who holds the work now, when that changed.")
    sectors = models.ManyToManyField(Sector, related_name="commitments", blank=True)
    firmness = models.CharField(max_length=12, choices=Firmness.choices)
    hedge = models.CharField(max_length=120, blank=True, help_text="The words that set the firmness: “plans to”.")
    wording_source = models.CharField(max_length=40, blank=True, help_text="Where those words were read.")
    in_agreement = models.BooleanField(default=True, help_text="False when it stands beside the agreement, not in it.")
    binding = models.BooleanField(default=False)
    made_on = models.DateField()
    made_on_note = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True, help_text="Last day of the period promised; empty without one.")
    due_precision = models.CharField(max_length=12, choices=Precision.choices, blank=True)
    due_note = models.TextField(blank=True)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children")
    life = models.CharField(max_length=12, choices=Life.choices, default=Life.DRAFT, db_index=True)
    life_note = models.TextField(
        blank=True, help_text="Why it is a draft, or why it was withdrawn. Withdrawals print it."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.NOT_YET_RATED, editable=False)
    status_since = models.DateField(null=True, blank=True, editable=False)
    status_reason = models.TextField(blank=True, editable=False)
    confirmation = models.CharField(max_length=24, choices=Confirmation.choices, blank=True, editable=False)
    last_change = models.ForeignKey(
        "commitments.StatusChange", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    last_evidence_on = models.DateField(null=True, blank=True, editable=False)
    last_seen_on = models.DateField(
        null=True, blank=True, editable=False, help_text="Last evidence, change or review, whichever is latest."
    )

    watch_terms = models.TextField(
        blank=True, help_text="Words that make news worth a look, one phrase to a line: “King's Cross office”."
    )
    watch_query = models.TextField(
        blank=True, help_text='An exact search, such as: OpenAI AND London AND (office OR "King\'s Cross") NOT Dublin.'
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        permissions = [
            ("propose_status", "Can propose a status change"),
            ("approve_status", "Can approve the proposal of another person"),
            ("override_review", "Can publish without a second person, giving a public reason"),
            ("publish_commitment", "Can publish and withdraw commitments"),
        ]
        indexes = [
            # The home page: published commitments, filtered by status, ordered by date due.
            models.Index(fields=["life", "status", "due_on"], name="commitment_home"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="commitment_status_known"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, due_precision="") | (Q(due_on__isnull=False) & ~Q(due_precision="")),
                name="commitment_due_has_precision",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.NOT_YET_RATED) | Q(last_change__isnull=False),
                name="commitment_status_has_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("public:commitment", args=[self.slug])

    @property
    def has_deadline_or_target(self) -> bool:
        return self.due_on is not None or self.targets.filter(value__isnull=False).exists()

    def flags(self, today: date) -> flags.Flags:
        """Computed flags; costs one query unless conflicts are prefetched."""
        return flags.flags(
            status=self.status,
            due_on=self.due_on,
            last_seen_on=self.last_seen_on,
            changed_on=self.status_since,
            has_open_conflict=any(conflict.state == "open" for conflict in self.conflicts.all()),
            contradicted=self.confirmation == Confirmation.CONTRADICTED,
            today=today,
        )

    def change_status(
        self,
        to: str,
        *,
        reason: str,
        evidence: Iterable[Evidence] = (),
        by: User,
        effective_on: date,
        now: datetime,
        seen_sequence: int | None = None,
        **details: Any,
    ) -> StatusChange:
        """Publish a status change: the only way a status comes to be.

        `details` are further fields of `StatusChange` that an editor decides;
        `seen_sequence` is what `publishing.publish` asks for. Raises `Refused`
        with every broken rule, `NeedsSecondPerson` for a closing status by one
        person, `ConcurrentChange` when somebody else published first; nothing
        is written then.
        """
        change = StatusChange(
            commitment=self, status=to, reason=reason, effective_on=effective_on, proposed_by=by, **details
        )
        return publishing.publish(change, evidence=list(evidence), now=now, seen_sequence=seen_sequence)

    def propose_status(
        self,
        to: str,
        *,
        reason: str,
        evidence: Iterable[Evidence] = (),
        by: User,
        effective_on: date,
        now: datetime,
        **details: Any,
    ) -> Proposal:
        """Put a change before a reviewer; the same rules are checked now and again at approval."""
        return propose(
            commitment=self,
            to=to,
            reason=reason,
            evidence=list(evidence),
            by=by,
            effective_on=effective_on,
            now=now,
            **details,
        )

    @transaction.atomic
    def add_evidence(
        self,
        *,
        url: str,
        stance: str,
        act: str,
        now: datetime,
        by: User | None,
        note: str = "",
        repeats_promise: bool = False,
        **facts: Any,
    ) -> EvidenceLink:
        """Attach evidence; the same address attached twice gives the same rows, not new ones.

        `facts` are the fields of `Evidence` (title, publisher, published_on and
        tier at least) for evidence that is new.
        """
        evidence = Evidence.objects.at_address(url).first() if url else None
        if evidence is None:
            evidence = Evidence(url=url, added_at=now, added_by=by, **facts)
            evidence.full_clean(exclude=["ref", "origin"])
            evidence.save()
        link, _ = EvidenceLink.objects.get_or_create(
            evidence=evidence,
            commitment=self,
            defaults={"stance": stance, "act": act, "note": note, "repeats_promise": repeats_promise, "added_at": now},
        )
        self.refresh_last_seen()
        return link

    def refresh_last_seen(self) -> None:
        """Bring `last_evidence_on` and `last_seen_on` in line with evidence and changes."""
        newest = self.evidence_links.aggregate(on=models.Max("evidence__published_on"))["on"]
        changed = self.last_change.effective_on if self.last_change else None
        seen = max((day for day in (newest, changed) if day), default=None)
        Commitment.objects.filter(pk=self.pk).update(last_evidence_on=newest, last_seen_on=seen)
        self.last_evidence_on, self.last_seen_on = newest, seen

    @transaction.atomic
    def revise(self, changes: Mapping[str, Any], *, reason: str, by: User | None, now: datetime) -> list[Revision]:
        """Change published words, dates or addresses, keeping each value before and after with the reason."""
        revisions = []
        for field, after in changes.items():
            before = getattr(self, field)
            if before != after:
                revisions.append(
                    Revision.objects.record(
                        self, subject=field, before=before, after=after, reason=reason, by=by, now=now
                    )
                )
                if field == "slug":
                    FormerSlug.objects.update_or_create(slug=before, defaults={"commitment": self})
                setattr(self, field, after)
        if revisions:
            self.full_clean()
            self.save()
        return revisions

    def publish(self, *, now: datetime) -> None:
        """Make a draft public. Safe to repeat."""
        if self.life != Life.PUBLISHED:
            self.life, self.published_at = Life.PUBLISHED, self.published_at or now
            self.save(update_fields=["life", "published_at", "updated_at"])

    def withdraw(self, *, reason: str, now: datetime) -> None:
        """Take a public record out of the lists; its address keeps answering with the reason."""
        self.life, self.life_note, self.withdrawn_at = Life.WITHDRAWN, reason, now
        self.save(update_fields=["life", "life_note", "withdrawn_at", "updated_at"])
