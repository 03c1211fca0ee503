"""From coverage to a record folder that loads: `draft FILE --record FOLDER`."""

import pytest
import yaml
from django.core.management import CommandError, call_command

from commitments.models import Commitment

COVERAGE = """Harbour town signs with Acme. 3 March 2026.
Acme will build 40 berths in the harbour by the end of 2027. The town council plans to open a ferry school in 2028.
Acme will also explore a night ferry. It rained on the day of the signing."""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "news.txt").write_text(COVERAGE)
    call_command("draft", str(tmp_path / "news.txt"), "--record", str(tmp_path / "harbour"))
    return tmp_path / "harbour"


@pytest.mark.django_db
def test_the_folder_loads_as_drafts_that_nobody_sees(folder, client):
    call_command("seed", str(folder), verbosity=0)
    rows = Commitment.objects.order_by("ref")
    assert len(rows) >= 2
    assert {row.life for row in rows} == {"draft"}
    berths = next(row for row in rows if "berths" in row.title)
    assert berths.firmness == "committed"
    assert str(berths.due_on) == "2027-12-31"
    assert [owner.name for owner in berths.owners.all()] == ["Acme"]
    assert berths.title not in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_draft_says_that_it_wants_a_persons_words(folder):
    promises = yaml.safe_load((folder / "commitments.yaml").read_text())["commitments"]
    assert all("your own words" in promise["life_note"] for promise in promises)


@pytest.mark.django_db
def test_a_record_is_never_overwritten(folder, tmp_path):
    with pytest.raises(CommandError, match="is not empty; name a new folder"):
        call_command("draft", str(tmp_path / "news.txt"), "--record", str(folder))
