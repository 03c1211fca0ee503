"""A small record and a small watch, for tests of stories, suggestions and the inbox."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from commitments.models import Agreement, Commitment, Organisation
from monitoring.models import Item, Source
from monitoring.models.hosts import HostState

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
_numbers = count(1)


def person(name: str, role: str = "Editor") -> User:
    user = User.objects.create_user(name, password="a long pass phrase", is_staff=True, first_name=name.title())
    user.groups.add(Group.objects.get(name=role))
    return user


def commitment(ref: str, title: str, statement: str, owner: str = "OpenAI", **more: str) -> Commitment:
    organisation, _ = Organisation.objects.get_or_create(slug=owner.lower().replace(" ", "-"), defaults={"name": owner})
    agreement, _ = Agreement.objects.get_or_create(
        slug="pact", defaults={"title": "The pact", "signed_on": date(2025, 7, 1)}
    )
    row = Commitment.objects.create(
        ref=ref, slug=ref.lower(), title=title, statement=statement, agreement=agreement,
        firmness="intended", made_on=date(2025, 7, 1), **more,
    )  # fmt: skip
    row.owners.add(organisation)
    return row


def item(title: str, text: str = "", *, at: datetime = NOW, source: Source | None = None) -> Item:
    number = next(_numbers)
    return Item.objects.create(
        source=source or a_source(), uid=f"u{number}", content_hash=f"h{number}", title=title, text=text,
        link=f"https://news.example/{number}", publisher="The Ledger", published_at=at, first_seen_at=at,
    )  # fmt: skip


def a_source() -> Source:
    address = "https://news.example/feed"
    known = Source.objects.filter(address=address).first()
    host = HostState.objects.named(address)
    return known or Source.objects.create(
        address=address, title="The Ledger", tier="T3", host=host, next_check_at=NOW, publisher="The Ledger"
    )


@pytest.fixture(autouse=True)
def _a_fresh_matcher() -> None:
    from monitoring import preparing, sighting

    preparing._kept.clear()
    sighting._kept.clear()


@pytest.fixture
def office(db: None) -> Commitment:
    return commitment("T-01", "Bigger London office for OpenAI", "OpenAI plans a larger base in London.")


@pytest.fixture
def courts(db: None) -> Commitment:
    return commitment(
        "T-02", "AI projects in justice", "Language models may be tried in courts and prisons.", "Ministry of Justice"
    )


@pytest.fixture
def edith(db: None) -> User:
    return person("edith")


@pytest.fixture
def ron(db: None) -> User:
    return person("ron")


@pytest.fixture
def desk(client: Client, edith: User) -> Client:
    client.force_login(edith)
    return client
