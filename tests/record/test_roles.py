"""Who may do what: every address × role × method, against a table that people read.

A new address fails here until it has its row in `role_matrix.txt`. With
ROLE_MATRIX=write the table is written anew, to be read as a difference.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import URLPattern

from commitments import seeding
from commitments.models import Commitment
from commitments.roles import ROLES

TABLE = Path(__file__).with_name("role_matrix.txt")
SHIPPED = Path(seeding.__file__).parents[1] / "records" / "uk-openai"
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
# Anybody, then the five roles: the letters of the table.
LETTERS = {"A": None, "v": "Viewer", "e": "Editor", "r": "Reviewer", "c": "Chief editor", "o": "Operator"}
VALUES = {
    "<int:content_type_id>": "1",
    "<path:object_id>": "1",
    "<slug:slug>": "london-office-expansion",
    "<slug:name>": "commitments",
    "<form:form>": "json",
    "<chart:name>": "status",
    "<int:pk>": "1",
    "<int:item>": "1",
    "<anything:rest>": "nothing",
}
HEAD = """# Which roles an address lets in, by method: Address | GET | POST
# all · v Viewer · e Editor · r Reviewer · c Chief editor · o Operator · - nobody of these, or no such method.
# “In” means neither sent to sign in, nor forbidden, nor refused for its method.
"""


def routes(resolver=None, prefix: str = "") -> Iterator[str]:
    """Every address of the URL conf as it is written there."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern)


def address(route: str) -> str:
    path = route.replace("^", "").replace("$", "").replace("\\", "")
    path = path.replace("(?P<app_label>auth|commitments|monitoring)/", "commitments/")
    if "(?P<" in path:
        path = path[: path.index("(?P<")]
    for mark, value in VALUES.items():
        path = path.replace(mark, _key(route) if mark in ("<path:object_id>", "<int:pk>") else value)
    return "/" + path


def _key(route: str) -> str:
    """The key of a stored row of the model that an admin address is about, else 1."""
    parts = route.split("/")
    try:
        first = apps.get_model(parts[1], parts[2])._default_manager.order_by("pk").first()
    except (LookupError, IndexError):
        first = None
    return str(first.pk) if first else "1"


@pytest.fixture
def people(db):
    seeding.seed([SHIPPED], now=NOW)
    found = {}
    for letter, role in LETTERS.items():
        if role:
            found[letter] = User.objects.create(username=role, is_staff=True)
            found[letter].groups.add(Group.objects.get(name=role))
    paused = Commitment.objects.get(ref="UKOAI-17")
    proof = paused.evidence.filter(ref="ev-stargate-paused")
    paused.propose_status(
        "stalled", reason="Still paused.", evidence=proof, by=found["e"], effective_on=NOW.date(), now=NOW
    )
    return found


def lets_in(answer) -> bool:
    sent_away = answer.status_code == 302 and answer.headers["Location"].startswith(
        ("/staff/account/login", "/admin/login")
    )
    return not sent_away and answer.status_code not in (403, 405)


def observed(client, people, route: str) -> str:
    cells = []
    for method in (client.get, client.post):
        allowed = ""
        for letter in LETTERS:
            client.logout()
            if letter in people:
                client.force_login(people[letter])
            allowed += letter if lets_in(method(address(route))) else ""
            if allowed == "A":
                break  # what is open to anybody is open to every role
        cells.append("all" if allowed == "A" else allowed or "-")
    return f"{route} | {cells[0]} | {cells[1]}"


def test_every_address_lets_in_the_roles_of_the_table_and_no_others(client, people):
    client.raise_request_exception = False
    seen = [observed(client, people, route) for route in dict.fromkeys(routes())]
    if os.environ.get("ROLE_MATRIX") == "write":
        TABLE.write_text(HEAD + "\n".join(seen) + "\n", encoding="utf-8")
    listed = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert sorted(set(seen) - set(listed)) == [], "not in the table, or the table says otherwise"
    assert sorted(set(listed) - set(seen)) == [], "in the table, and no longer so"


@pytest.mark.django_db
def test_the_five_roles_are_there_after_migrating():
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)


@pytest.mark.django_db
def test_an_operator_makes_nobody_a_superuser_and_gives_themselves_no_role(client):
    operator = User.objects.create(username="olga", is_staff=True)
    operator.groups.add(Group.objects.get(name="Operator"))
    root = User.objects.create_superuser("root")
    client.force_login(operator)
    page = client.get(f"/admin/auth/user/{operator.pk}/change/").content.decode()
    assert 'name="is_superuser"' not in page
    assert 'name="groups"' not in page
    assert client.post(f"/admin/auth/user/{root.pk}/password/", {}).status_code == 403
