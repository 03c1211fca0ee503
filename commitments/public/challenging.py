"""Taking a reader's challenge: the checks that keep machines out without cookies, scripts or puzzles."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django import forms
from django.core import signing

from commitments.models import Commitment
from commitments.models.fields import validate_safe_url
from commitments.public.models import TEXT_LENGTH, Challenge

SALT = "public.challenge"
QUICKEST = timedelta(seconds=3)
LONGEST = timedelta(days=2)
MOST_AN_HOUR = 30
WHOLE_ADDRESS = "Write a whole e-mail address, such as name@example.org, or leave it empty."


class ChallengeForm(forms.Form):
    """`website` is a trap: people do not see it, programs fill it in."""

    about = forms.SlugField(required=False, max_length=80)
    text = forms.CharField(max_length=TEXT_LENGTH, strip=True, error_messages={"required": "Say what is wrong."})
    source_url = forms.CharField(required=False, max_length=500, validators=[validate_safe_url])
    sender = forms.EmailField(required=False, error_messages={"invalid": WHOLE_ADDRESS})
    website = forms.CharField(required=False)


@dataclass(frozen=True)
class Outcome:
    """What came of a challenge: stored, or refused with words for the reader, by field ("" for the whole)."""

    stored: bool
    problems: dict[str, str] = field(default_factory=dict)


def stamp(now: datetime) -> str:
    """A signed time for the form, so that one sent back within a breath, or days later, is known."""
    return signing.dumps(now.timestamp(), salt=SALT)


def take(data: dict[str, str], *, stamped: str, now: datetime) -> Outcome:
    form = ChallengeForm(data)
    if not form.is_valid():
        return Outcome(False, {name: " ".join(map(str, errors)) for name, errors in form.errors.items()})
    if form.cleaned_data["website"] or not _in_time(stamped, now):
        return Outcome(False, {"": "That came too quickly or too late to tell you from a machine. Please send again."})
    if Challenge.objects.since(now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        return Outcome(False, {"": "We have had too many reports within the hour. Please try again later."})
    about = form.cleaned_data["about"]
    Challenge.objects.create(
        commitment=Commitment.objects.once_public().filter(slug=about).first() if about else None,
        text=form.cleaned_data["text"],
        source_url=form.cleaned_data["source_url"],
        sender=form.cleaned_data["sender"],
        sent_at=now,
    )
    return Outcome(True)


def _in_time(stamped: str, now: datetime) -> bool:
    try:
        began = datetime.fromtimestamp(signing.loads(stamped, salt=SALT), tz=now.tzinfo)
    except (signing.BadSignature, TypeError, ValueError, OverflowError, OSError):
        return False
    return QUICKEST <= now - began <= LONGEST
