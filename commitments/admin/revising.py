"""Edits of published words go through `Revision`: nothing public changes without a reason and a name."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone

from commitments import editing
from commitments.models import Commitment, Revision
from commitments.status import Life

REASON_FIELD = "change_reason"


def is_public(row: Any) -> bool:
    return bool(editing.publics(row))


class KeptOncePublic(BaseModelAdmin):
    """For rows of which the page of an earlier day still shows what they said: nobody deletes them once public."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_public(obj)


class ReasonedForm(forms.ModelForm):
    """Asks for the reason once what it changes is public."""

    change_reason = forms.CharField(
        label="Reason for the change",
        required=False,
        max_length=500,
        help_text="Needed when public words, owners, dates, targets or criteria change. Printed publicly.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        public = is_public(cleaned.get("commitment")) or is_public(self.instance)
        if public and self.revised and not cleaned.get(REASON_FIELD, "").strip():
            self.add_error(REASON_FIELD, editing.WHY)
        return cleaned

    @property
    def revised(self) -> list[str]:
        """The public fields that this form changes."""
        return [name for name in self.changed_data if name not in (REASON_FIELD, *editing.UNSAID)]


class CommitmentForm(ReasonedForm):
    """The words, dates and parties of one commitment."""


class ReasonedFormSet(BaseInlineFormSet):
    """Rows that stand on a public page: an edit of them asks for the reason as well."""

    # Whether a row that is added is an edit too.
    new_is_edit = True

    def clean(self) -> None:
        super().clean()
        if self.edits_public_words and not self.data.get(REASON_FIELD, "").strip():
            raise ValidationError(editing.WHY)

    @property
    def edits_public_words(self) -> bool:
        return is_public(self.instance) and self.has_changed()


class DailyFormSet(ReasonedFormSet):
    """Rows that come in day by day: to add one is no edit; to change or take away a public one is."""

    new_is_edit = False

    @property
    def edits_public_words(self) -> bool:
        return any(form.has_changed() and is_public(form.instance) for form in self.initial_forms)


def revise_fields(commitment: Commitment, form: CommitmentForm, request: HttpRequest) -> None:
    """Write the changed columns; of a public record, each with its revision."""
    columns = [name for name in form.changed_data if name not in (REASON_FIELD, "owners", "sectors")]
    if commitment.life == Life.PUBLISHED:
        stored = Commitment.objects.get(pk=commitment.pk)
        wanted = {name: form.cleaned_data[name] for name in columns if name in form.revised}
        stored.revise(wanted, reason=form.cleaned_data[REASON_FIELD], by=request.user, now=timezone.now())
    if columns:
        commitment.save(update_fields=[*columns, "updated_at"])


def record_rows(formset: BaseInlineFormSet, reason: str, request: HttpRequest) -> None:
    """One revision per row that was added, changed or removed, on every public page it stands on."""
    if not isinstance(formset, ReasonedFormSet):
        return
    for obj, _ in formset.changed_objects:
        form = next(form for form in formset.initial_forms if form.instance.pk == obj.pk)
        _record_edit(obj, _before(form), str(obj), reason, request)
    for obj in formset.new_objects if formset.new_is_edit else ():
        _record_edit(obj, "", str(obj), reason, request)
    for obj in formset.deleted_objects:
        _record_edit(obj, str(obj), "", reason, request)


def record_row(row: Any, form: forms.ModelForm, request: HttpRequest, *, new: bool) -> None:
    """The revision of a row with a page of its own in the desk, if what it stands on is public."""
    if new or form.revised:  # type: ignore[attr-defined]
        before = "" if new else _before(form)
        _record_edit(row, before, str(row), form.cleaned_data[REASON_FIELD], request)


def _record_edit(row: Any, before: str, after: str, reason: str, request: HttpRequest) -> None:
    editing.record(row, before, after, reason=reason, by=request.user, now=timezone.now())  # type: ignore[arg-type]


def record_parties(commitment: Commitment, before: dict[str, list[str]], reason: str, request: HttpRequest) -> None:
    """One revision each for owners and sectors that are others than before."""
    for kind, names in party_names(commitment).items():
        if before[kind] != names and commitment.life == Life.PUBLISHED:
            _record(commitment, kind, ", ".join(before[kind]), ", ".join(names), reason, request)


def party_names(commitment: Commitment) -> dict[str, list[str]]:
    found = {"owners": commitment.owners.all(), "sectors": commitment.sectors.all()}
    return {kind: sorted(str(party) for party in parties) for kind, parties in found.items()}


def _before(form: forms.ModelForm) -> str:
    names = [name for name in form.changed_data if name not in (REASON_FIELD, *editing.UNSAID)]
    return editing.before((name, _said_before(form, name)) for name in names)


def _said_before(form: forms.ModelForm, name: str) -> Any:
    """The value a field had; of something chosen from a list its name, which people can read."""
    field, value = form.fields[name], form.initial.get(name)
    if isinstance(field, forms.ModelChoiceField) and value:
        return field.queryset.filter(pk=value).first()
    return value


def _record(commitment: Commitment, subject: str, before: str, after: str, reason: str, request: HttpRequest) -> None:
    Revision.objects.record(
        commitment, subject=subject, before=before, after=after, reason=reason, by=request.user, now=timezone.now()
    )


class PartAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A part of a commitment with a page of its own in the desk: edited with a reason, never moved to another."""

    form = ReasonedForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["commitment"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record_row(obj, form, request, new=not change)

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        super().save_formset(request, form, formset, change)
        record_rows(formset, form.cleaned_data[REASON_FIELD], request)
