"""Edits of published words go through `Revision`: nothing public changes without a reason and a name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone

from commitments.models import Commitment, Revision
from commitments.status import Life

REASON_FIELD = "change_reason"
WHY = "This record is public. Say under “Reason for the change” why its words change; the public page prints it."


class CommitmentForm(forms.ModelForm):
    change_reason = forms.CharField(
        label="Reason for the change",
        required=False,
        max_length=500,
        help_text="Needed when public words, owners, dates, targets or criteria change. Printed publicly.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.instance.life == Life.PUBLISHED and self.revised and not cleaned.get(REASON_FIELD, "").strip():
            self.add_error(REASON_FIELD, WHY)
        return cleaned

    @property
    def revised(self) -> list[str]:
        """The public fields that this form changes."""
        return [name for name in self.changed_data if name not in (REASON_FIELD, "watch_terms", "watch_query")]


class RevisedFormSet(BaseInlineFormSet):
    """Rows that stand on the public page: editing them asks for the reason as well."""

    def clean(self) -> None:
        super().clean()
        public = self.instance.pk and self.instance.life == Life.PUBLISHED
        if public and self.has_changed() and not self.data.get(REASON_FIELD, "").strip():
            raise ValidationError(WHY)


def revise_fields(commitment: Commitment, form: CommitmentForm, request: HttpRequest) -> None:
    """Write the changed columns; of a public record, each with its revision."""
    columns = [name for name in form.changed_data if name not in (REASON_FIELD, "owners", "sectors")]
    if commitment.life == Life.PUBLISHED:
        stored = Commitment.objects.get(pk=commitment.pk)
        wanted = {name: form.cleaned_data[name] for name in columns if name in form.revised}
        stored.revise(wanted, reason=form.cleaned_data[REASON_FIELD], by=request.user, now=timezone.now())
    if columns:
        commitment.save(update_fields=[*columns, "updated_at"])


def record_rows(commitment: Commitment, formset: BaseInlineFormSet, reason: str, request: HttpRequest) -> None:
    """One revision per public row that was added, changed or removed."""
    name = str(formset.model._meta.verbose_name)
    for obj, _ in formset.changed_objects:
        _record(commitment, f"{name} {obj.pk}", _before(formset, obj), str(obj), reason, request)
    for obj in formset.new_objects:
        _record(commitment, f"{name} {obj.pk}", "", str(obj), reason, request)
    for obj in formset.deleted_objects:
        _record(commitment, name, str(obj), "", reason, request)


def record_owners(commitment: Commitment, before: list[str], reason: str, request: HttpRequest) -> None:
    after = owner_names(commitment)
    if before != after and commitment.life == Life.PUBLISHED:
        _record(commitment, "owners", ", ".join(before), ", ".join(after), reason, request)


def owner_names(commitment: Commitment) -> list[str]:
    return sorted(str(owner) for owner in commitment.owners.all())


def _before(formset: BaseInlineFormSet, obj: Any) -> str:
    form = next(form for form in formset.initial_forms if form.instance.pk == obj.pk)
    return "; ".join(f"{name}: {form.initial.get(name) or 'nothing'}" for name in form.changed_data)


def _record(commitment: Commitment, subject: str, before: str, after: str, reason: str, request: HttpRequest) -> None:
    Revision.objects.record(
        commitment, subject=subject, before=before, after=after, reason=reason, by=request.user, now=timezone.now()
    )
