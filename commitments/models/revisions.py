"""Edits of published words, kept for ever with what they replaced."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models

from commitments import rules
from commitments.models.refusing import Refused
from commitments.people import NAME_LENGTH, display_name

if TYPE_CHECKING:
    from commitments.models.promises import Commitment


class RevisionManager(models.Manager["Revision"]):
    def record(
        self,
        commitment: "Commitment",
        *,
        subject: str,
        before: Any,
        after: Any,
        reason: str,
        by: User | None,
        now: datetime,
    ) -> "Revision":
        """Keep one edit of something published: what it said before and after, why, who, when."""
        if not reason.strip():
            raise Refused(
                [rules.Refusal("reason_required", "Say why the published words change; the page shows it.", "reason")]
            )
        return self.create(
            commitment=commitment,
            subject=subject,
            before="" if before is None else str(before),
            after="" if after is None else str(after),
            reason=reason.strip(),
            by=by,
            by_name=display_name(by),
            made_at=now,
        )


class Revision(models.Model):
    """An edit of a published wording, owner, deadline, target or criterion. Append-only."""

    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.PROTECT, related_name="revisions")
    subject = models.CharField(max_length=120, help_text="Which field or part changed.")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    made_at = models.DateTimeField(db_index=True)

    objects = RevisionManager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.before} → {self.after}"


class FormerSlug(models.Model):
    """An address that a commitment once had; it redirects for ever."""

    slug = models.SlugField(max_length=80, unique=True)
    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="former_slugs")

    def __str__(self) -> str:
        return self.slug
