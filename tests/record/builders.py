"""Small builders for tests of the record; people have names, dates are given."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from commitments.models import Agreement, Commitment, Evidence, Organisation

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
MADE_ON = date(2025, 7, 21)
_numbers = count(1)


def person(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def organisation(name: str = "OpenAI") -> Organisation:
    return Organisation.objects.get_or_create(slug=name.lower().replace(" ", "-"), defaults={"name": name})[0]


def commitment(**fields: Any) -> Commitment:
    number = next(_numbers)
    owners = fields.pop("owners", [organisation()])
    agreement, _ = Agreement.objects.get_or_create(
        slug="memorandum", defaults={"title": "Memorandum of understanding", "signed_on": MADE_ON}
    )
    row = Commitment.objects.create(
        **{
            "ref": f"T-{number:02}",
            "slug": f"promise-{number}",
            "title": "A bigger office",
            "statement": "The company planned to enlarge its office.",
            "agreement": agreement,
            "firmness": "intended",
            "made_on": MADE_ON,
            "life": "published",
            "published_at": NOW,
            **fields,
        }
    )
    row.owners.set(owners)
    return row


def evidence(of: Commitment, **fields: Any) -> Evidence:
    """Evidence attached to a commitment: by default T1, a concrete action, from the day after the promise."""
    number = next(_numbers)
    details = {
        "title": f"Lease signed, part {number}",
        "url": f"https://register.example/{number}",
        "publisher": f"Register {number}",
        "published_on": date(2025, 7, 22),
        "tier": "T1",
        "stance": "supports",
        "act": "action",
        "now": NOW,
        "by": None,
        **fields,
    }
    return of.add_evidence(**details).evidence
