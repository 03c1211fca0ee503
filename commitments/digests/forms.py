from typing import Any, cast

from django import forms

from commitments.digests.models import Subscriber, Subscription
from commitments.digests.signing_up import Wish
from commitments.models import Agreement, Commitment, Organisation, Sector


def scope_choices() -> list[tuple[str, Any]]:
    """What a letter can be about, as `kind:number` under headings."""
    shown = {
        "agreement": ("One agreement", Agreement.objects.all()),
        "owner": ("One owner", Organisation.objects.owing()),
        "sector": ("One sector", Sector.objects.all()),
        "commitment": ("One promise", Commitment.objects.published()),
    }
    groups = [(label, [(f"{kind}:{row.pk}", str(row)) for row in rows]) for kind, (label, rows) in shown.items()]
    return [("everything:", "Everything"), *groups]


def offer(field: forms.Field) -> None:
    """Give a choice field what can be chosen today."""
    cast(forms.ChoiceField, field).choices = scope_choices()


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
        offer(self.fields["about"])
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
            offer(self.fields[name])

    def choices(self, frequency: str) -> list[tuple[str, int | None]]:
        pairs = (value.partition(":") for value in self.cleaned_data[frequency])
        return [(kind, int(number) if number else None) for kind, _, number in pairs]
