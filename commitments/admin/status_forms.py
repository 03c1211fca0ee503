"""The form behind every status: what to choose, and why a choice is refused."""

from datetime import date
from typing import Any

from django import forms

from commitments import rules
from commitments.models import Commitment, Evidence, EvidenceLink, Refused, SearchRecord, StatusChange
from commitments.status import Confidence, Confirmation, OutcomeReason, Status, UnclearReason


class EvidenceChoice(forms.ModelMultipleChoiceField):
    """Attached evidence, each with what the rules weigh: tier, day, announcement or action."""

    def __init__(self, links: dict[int, EvidenceLink], **kwargs: Any) -> None:
        self.links = links
        super().__init__(**kwargs)

    def label_from_instance(self, obj: Evidence) -> str:
        link = self.links[obj.pk]
        act = f"{link.get_act_display().lower()}{', holds the promise itself' if link.repeats_promise else ''}"
        return f"{obj.tier} · {obj.published_on:%-d %b %Y} · {obj.title} ({obj.publisher}; {act})"


class StatusForm(forms.Form):
    status = forms.ChoiceField(
        choices=[("", "Choose a status"), *Status.choices],
        help_text="The same status again is a review: “checked, still so”.",
    )
    effective_on = forms.DateField(
        label="In effect from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day it became true in the world, not the day you type it.",
    )
    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two plain sentences. Printed on the public page and in the digest.",
    )
    search_record = forms.ModelChoiceField(
        SearchRecord.objects.none(),
        required=False,
        help_text="Only for “No evidence found”: the search it rests on.",
    )
    outcome_reason = forms.ChoiceField(
        choices=[("", "—"), *OutcomeReason.choices], required=False, help_text="Only for “Not met”."
    )
    unclear_reason = forms.ChoiceField(
        choices=[("", "—"), *UnclearReason.choices], required=False, help_text="Only for “Unclear or disputed”."
    )
    settled_by = forms.CharField(
        required=False, label="What would settle it", help_text="Only for “Unclear or disputed”."
    )
    confirmation = forms.ChoiceField(
        choices=Confirmation.choices, required=False, help_text="Who besides the owner says so?"
    )
    confidence = forms.ChoiceField(choices=[("", "—"), *Confidence.choices], required=False)
    corrects = forms.ModelChoiceField(
        StatusChange.objects.none(),
        required=False,
        label="Corrects",
        help_text="Only when an earlier entry was wrong. It stays visible; this one answers it.",
    )
    seen_sequence = forms.IntegerField(widget=forms.HiddenInput())
    weight: rules.Weight | None = None

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = {link.evidence_id: link for link in commitment.evidence_links.select_related("evidence")}
        self.links = links
        self.fields["evidence"] = EvidenceChoice(
            links,
            queryset=commitment.evidence.order_by("-published_on"),
            required=False,
            widget=forms.CheckboxSelectMultiple(),
            help_text="What this status rests on. Missing something? Attach it on the commitment's page first.",
        )
        self.fields["search_record"].queryset = commitment.search_records.all()  # type: ignore[attr-defined]
        self.fields["corrects"].queryset = commitment.status_changes.order_by("-sequence")  # type: ignore[attr-defined]
        self.order_fields(["status", "effective_on", "reason", "evidence"])

    def clean_effective_on(self) -> date:
        day: date = self.cleaned_data["effective_on"]
        if not rules.EARLIEST_DATE <= day <= rules.LATEST_DATE:
            raise forms.ValidationError(f"{day} is outside 1900–2199; check the year.")
        return day

    def details(self) -> dict[str, Any]:
        """The cleaned values as `Commitment.change_status` takes them."""
        values = dict(self.cleaned_data)
        return {"to": values.pop("status"), "evidence": list(values.pop("evidence")), **values}

    def explain(self, refused: Refused) -> None:
        """Put each broken rule at the field it concerns, and weigh what was chosen."""
        self.weight = rules.weigh([self.links[item.pk].as_proof() for item in self.cleaned_data["evidence"]])
        for refusal in refused.refusals:
            self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
