"""What we asked ourselves: searches that found nothing, and the right of reply."""

from django.db import models
from django.db.models import Q


class SearchRecord(models.Model):
    """What was looked for, where and when, before “no evidence found” was given."""

    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="search_records")
    searched_on = models.DateField()
    sources = models.TextField(help_text="Which sources were searched.")
    terms = models.TextField(help_text="Which words were tried.")
    result = models.TextField(help_text="What was found instead, if anything.")
    by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-searched_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "searched_on", "terms"], name="searchrecord_once"),
        ]

    def __str__(self) -> str:
        return f"{self.searched_on}: {self.terms}"

    def as_ledger_entry(self) -> dict[str, str]:
        """The facts of this search that a ledger row keeps and hashes."""
        return {
            "on": self.searched_on.isoformat(),
            "sources": self.sources,
            "terms": self.terms,
            "result": self.result,
        }


class ReplyRequest(models.Model):
    """Right of reply: whom we asked, when, and the answer or the silence."""

    commitment = models.ForeignKey("commitments.Commitment", on_delete=models.CASCADE, related_name="reply_requests")
    organisation = models.ForeignKey("commitments.Organisation", on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    question = models.TextField()
    answered_on = models.DateField(null=True, blank=True)
    answer = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=models.F("asked_on")),
                name="replyrequest_answer_after_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, asked {self.asked_on}"
