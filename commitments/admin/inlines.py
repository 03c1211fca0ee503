"""The parts of a commitment as rows of its one page."""

from django.contrib import admin

from commitments.admin.revising import DailyFormSet, KeptOncePublic, ReasonedFormSet
from commitments.models import Conflict, Criterion, EvidenceLink, Milestone, ReplyRequest, SearchRecord, Target, Wording


class WordingInline(admin.StackedInline):
    model = Wording
    formset = ReasonedFormSet
    extra = 0
    autocomplete_fields = ["document"]
    fields = [("document", "sentence"), "paraphrase", ("hedge", "firmness", "is_primary")]
    classes = ["collapse"]


class EvidenceLinkInline(admin.TabularInline):
    model = EvidenceLink
    formset = DailyFormSet
    extra = 0
    autocomplete_fields = ["evidence"]
    fields = ["evidence", "stance", "act", "repeats_promise", "note"]
    ordering = ["-evidence__published_on"]
    verbose_name_plural = "evidence"


class CriterionInline(admin.TabularInline):
    model = Criterion
    formset = ReasonedFormSet
    extra = 0
    fields = ["kind", "text", "order"]


class TargetInline(admin.TabularInline):
    model = Target
    formset = ReasonedFormSet
    extra = 0
    fields = ["unit", "baseline", "baseline_on", "value", "due_on", "is_headline", "set_later", "note"]


class MilestoneInline(admin.TabularInline):
    model = Milestone
    formset = ReasonedFormSet
    extra = 0
    autocomplete_fields = ["evidence"]
    fields = ["title", "due_on", "reached_on", "evidence", "order"]


class ConflictInline(KeptOncePublic, admin.StackedInline):
    """A disagreement that was public is resolved, not deleted: the page of an earlier day still shows it."""

    model = Conflict
    formset = ReasonedFormSet
    extra = 0
    fields = [("point", "subject", "state"), "detail", "resolution"]
    show_change_link = True
    classes = ["collapse"]


class SearchRecordInline(admin.TabularInline):
    model = SearchRecord
    extra = 0
    fields = ["searched_on", "sources", "terms", "result", "by_name"]


class ReplyRequestInline(admin.TabularInline):
    model = ReplyRequest
    extra = 0
    autocomplete_fields = ["organisation"]
    fields = ["organisation", "asked_on", "question", "answered_on", "answer", "is_public"]


ALL = [
    CriterionInline,
    TargetInline,
    MilestoneInline,
    EvidenceLinkInline,
    SearchRecordInline,
    WordingInline,
    ConflictInline,
    ReplyRequestInline,
]
