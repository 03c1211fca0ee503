from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from commitments.digests.models import Subscriber, Subscription
from commitments.digests.signing_up import Wish
from commitments.models import Agreement, Commitment, Organisation, Sector

# A longer list serves nobody and weighs more than its page: then a thing is chosen on its own page, which links here.
OFFERED_MOST = 100
# Longer than any row's number; a database takes no larger one.
DIGITS_MOST = 18
TOO_MANY = "There are too many to list: open the page of the one you want and choose “Weekly letter” there."


def scopes() -> dict[str, tuple[str, QuerySet[Any]]]:
    """What a letter can be about besides everything: each kind with its heading and its rows, which have a `slug`."""
    return {
        "agreement": ("One agreement", Agreement.objects.all()),
        "owner": ("One owner", Organisation.objects.owing()),
        "sector": ("One sector", Sector.objects.all()),
        "commitment": ("One promise", Commitment.objects.published()),
    }


def named(query: Mapping[str, str]) -> str:
    """The choice a page that links here names by kind and slug (`?owner=openai`); everything where it names none."""
    for kind, (_, rows) in scopes().items():
        row = rows.filter(slug=query[kind]).first() if query.get(kind) else None
        if row:
            return f"{kind}:{row.pk}"
    return "everything:"


def offer(bound: forms.BoundField) -> None:
    """Give a choice field what can be chosen today as `kind:number` under headings."""
    value = bound.value()
    kept = [value] if isinstance(value, str) else list(value or ())
    field = cast(forms.ChoiceField, bound.field)
    groups = []
    for kind, (label, rows) in scopes().items():
        if len(shown := list(rows[: OFFERED_MOST + 1])) > OFFERED_MOST:
            shown = list(rows.filter(pk__in=_numbers(kind, kept)))
            bound.help_text = TOO_MANY
        if shown:
            groups.append((label, [(f"{kind}:{row.pk}", str(row)) for row in shown]))
    field.choices = [("everything:", "Everything"), *groups]


def _numbers(kind: str, values: Iterable[str]) -> list[int]:
    parts = (value.partition(":") for value in values)
    return [int(number) for of, _, number in parts if of == kind and number.isdecimal() and len(number) <= DIGITS_MOST]


class SignUpForm(forms.Form):
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Write a whole e-mail address, such as name@example.org."
        ),
    )
    about = forms.ChoiceField(label="Letters about", initial="everything:")
    frequency = forms.ChoiceField(label="How often", choices=Subscription.Frequency.choices, initial="weekly")
    # People do not see this field; programs fill it in.
    website = forms.CharField(required=False)
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        offer(self["about"])
        self.fields["email"].widget.attrs.update({"autocomplete": "email", "inputmode": "email"})
        self.fields["website"].widget.attrs.update({"autocomplete": "off", "tabindex": "-1"})

    def wish(self) -> Wish:
        kind, _, number = self.cleaned_data["about"].partition(":")
        return Wish(self.cleaned_data["email"], kind, int(number) if number else None, self.cleaned_data["frequency"])


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes under headings that fold away: a list to choose several from asks for keys that few people know."""

    template_name = "digests/ticks.html"


class ManageForm(forms.Form):
    weekly = forms.MultipleChoiceField(label="Once a week", required=False, widget=Ticks)
    alert = forms.MultipleChoiceField(label="At once, when a status changes", required=False, widget=Ticks)
    wants_quiet_letter = forms.BooleanField(label="Also write when nothing changed", required=False)

    def __init__(self, *args: Any, reader: Subscriber, **kwargs: Any) -> None:
        rows = list(reader.subscriptions.all())
        chosen = {
            how: [f"{row.kind}:{row.target or ''}" for row in rows if row.frequency == how]
            for how in ("weekly", "alert")
        }
        kwargs["label_suffix"] = ""
        kwargs["initial"] = {**chosen, "wants_quiet_letter": reader.wants_quiet_letter}
        super().__init__(*args, **kwargs)
        for name in ("weekly", "alert"):
            offer(self[name])

    def choices(self, frequency: str) -> list[tuple[str, int | None]]:
        pairs = (value.partition(":") for value in self.cleaned_data[frequency])
        return [(kind, int(number) if number else None) for kind, _, number in pairs]
