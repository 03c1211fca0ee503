"""Once-public addresses never turn into a 404: agreements, owners and sectors move and go, their addresses stay."""

import io
import warnings

import pytest
from django.test import Client
from PIL import Image

from commitments.models import Agreement, Organisation, Sector
from tests.record import builders

pytestmark = pytest.mark.django_db


def parties() -> list[tuple[str, Agreement | Organisation | Sector]]:
    office = builders.commitment()
    sector = Sector.objects.create(slug="berths", name="Berths")
    office.sectors.add(sector)
    return [("agreements", office.agreement), ("owners", office.owners.get()), ("sectors", sector)]


def test_a_changed_slug_redirects_with_its_format_and_query(client: Client) -> None:
    for kind, party in parties():
        before = party.slug
        for slug in (f"{before}-2", f"{before}-3"):
            party.slug = slug
            party.save()
        for ending in ("/", ".json", ".atom?status=met", "/?as_of=2026-04-01"):
            answer = client.get(f"/{kind}/{before}{ending}")
            assert (answer.status_code, answer["Location"]) == (301, f"/{kind}/{before}-3{ending}")
            assert client.get(answer["Location"]).status_code == 200


def test_a_slug_that_also_begins_the_address_is_found_in_its_place(client: Client) -> None:
    sector = Sector.objects.create(slug="s", name="Ships")
    sector.slug = "ships"
    sector.save()
    assert client.get("/sectors/s/?q=/s")["Location"] == "/sectors/ships/?q=/s"


def test_a_new_party_at_a_former_address_is_the_one_shown(client: Client) -> None:
    sector = Sector.objects.create(slug="jobs", name="Work")
    sector.slug = "work"
    sector.save()
    Sector.objects.create(slug="jobs", name="Jobs in shipyards")
    assert "Jobs in shipyards" in client.get("/sectors/jobs/").content.decode()


def test_a_deleted_party_leaves_a_tombstone_at_every_address_it_had(client: Client) -> None:
    sector = Sector.objects.create(slug="jobs", name="Work <b>")
    sector.slug = "work"
    sector.save()
    sector.delete()
    for slug in ("jobs", "work"):
        page = client.get(f"/sectors/{slug}/")
        assert page.status_code == 410
        assert "Work &lt;b&gt;" in page.content.decode()
        gone = client.get(f"/sectors/{slug}.json")
        assert (gone.status_code, gone.json()["error"]["code"]) == (410, "withdrawn")


def test_what_never_was_is_not_found(client: Client) -> None:
    assert client.get("/sectors/never/").status_code == 404
    assert client.get("/owners/never.csv").status_code == 404


def test_programs_that_only_know_favicon_ico_get_one(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer["Content-Type"] == "image/vnd.microsoft.icon"
    with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as icon:
        assert icon.ico.sizes() == {(16, 16), (32, 32)}  # type: ignore[attr-defined]


def test_search_engines_are_told_the_whole_address(client: Client, settings) -> None:
    builders.commitment(slug="office")
    for address in ("/", "/c/office/"):
        assert f'rel="canonical" href="{settings.SITE_URL}{address}"' in client.get(address).content.decode()


def test_the_embedded_default_starts_without_a_warning(settings, tmp_path) -> None:
    from tracker.compressing import CompressingMiddleware

    settings.STATIC_ROOT = tmp_path / "never-collected"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CompressingMiddleware(lambda request: None)
