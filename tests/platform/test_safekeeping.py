"""Moving up, backing up, restoring: the copy holds every row, and anything that stands in the way is said in a line."""

import io
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

from commitments.digests.models import DigestRun
from commitments.models import Commitment
from monitoring.models import Item, Source
from tests.digests.builders import news, reader
from tests.record.builders import commitment, evidence, person
from tracker import copying, safekeeping

pytestmark = [pytest.mark.django_db(transaction=True)]
MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def other_databases_are_allowed(monkeypatch):
    """Django's test cases refuse to open a database that was named while a test runs; one that is open they allow."""
    real = copying.name_database

    def name_and_open(alias, url):
        real(alias, url)
        connections[alias].connect()
        return alias

    monkeypatch.setattr(copying, "name_database", name_and_open)


@pytest.fixture
def no_second_look(monkeypatch):
    """The check by a second process is proven where it matters; elsewhere it would only cost seconds."""
    monkeypatch.setattr(safekeeping, "_verified", lambda url, head: head)


def an_installation():
    """A record with history, people, a source with items, readers."""
    news(at=MONDAY - timedelta(days=2))
    User.objects.create_superuser("olivia", "olivia@desk.example", "a long pass phrase")
    source = Source.objects.create(address="https://feeds.example/a", title="Ädele Zeitung “β”")
    news_items = (Item(source=source, uid=f"u{n}", title=f"Item {n}", first_seen_at=MONDAY) for n in range(2500))
    Item.objects.bulk_create(news_items)
    for name in ("rosa", "sam"):
        reader(f"{name}@example.org")


def emptied():
    """The default database as a new installation finds it."""
    call_command("flush", verbosity=0, interactive=False)


@pytest.mark.services
def test_an_embedded_installation_moves_into_postgresql_with_proof(postgres, capsys, settings):
    call_command("seed", verbosity=0)
    an_installation()
    address = postgres.create("moved")
    call_command("copy_to", address)
    said = capsys.readouterr().out
    assert "monitoring_item: 2,500" in said
    assert f"both hold the same. {len(copying.in_order())} tables" in said
    assert f"Ledger head {safekeeping.head_of_this()}, verified." in said

    copying.name_database("moved", address)
    try:
        assert copying.differences(copying.contents("default"), copying.contents("moved")) == []
        new = User.objects.using("moved").create(username="after")
        assert new.pk > User.objects.order_by("pk").last().pk, "the next number is one that no row has"
        with pytest.raises(DatabaseError, match="append-only"), connections["moved"].cursor() as cursor:
            cursor.execute("UPDATE commitments_statuschange SET reason = 'another'")
        assert "rows here" in copying.differences(copying.contents("default"), copying.contents("moved"))[0]
    finally:
        copying.forget_database("moved")
    with pytest.raises(CommandError, match=r"is not empty: .* Give an empty database; nothing was done"):
        call_command("copy_to", address)


@pytest.mark.both_databases
def test_a_backup_restores_into_an_empty_system_which_then_holds_the_same(tmp_path):
    an_installation()
    before, head = copying.contents("default"), safekeeping.head_of_this()
    file = tmp_path / "backup.sqlite3"
    call_command("backup", file, stdout=io.StringIO())
    assert file.stat().st_mode & 0o077 == 0, "it holds addresses of people"
    assert [path.name for path in tmp_path.iterdir()] == ["backup.sqlite3"], "one file, no journal beside it"

    emptied()
    said = io.StringIO()
    call_command("restore", file, stdout=said)
    assert f"Ledger head {head}, verified." in said.getvalue()
    unlike = {line.split(":")[0] for line in copying.differences(before, copying.contents("default"))}
    assert unlike <= {"digests_digestrun", "digests_letter", "digests_delivery", "digests_postoffice"}
    assert Item.objects.create(source=Source.objects.get(), uid="new", title="n", first_seen_at=MONDAY).pk


@pytest.mark.both_databases
def test_after_a_restore_no_letter_leaves_without_a_persons_word(tmp_path, no_second_look):
    an_installation()
    file = tmp_path / "backup.sqlite3"
    call_command("backup", file, stdout=io.StringIO())
    emptied()
    said = []
    safekeeping.restore(file, said.append, MONDAY + timedelta(hours=1))
    run = DigestRun.objects.weekly().get()
    assert (run.state, run.total) == (DigestRun.State.HELD, 2)
    assert said[-1] == "Held until somebody releases it in the admin: Weekly letter to 2026-11-02 08:00 UTC, 2 letters"


def test_a_system_that_holds_something_is_not_restored_into(tmp_path, no_second_look):
    commitment()
    file = tmp_path / "backup.sqlite3"
    call_command("backup", file, stdout=io.StringIO())
    with pytest.raises(CommandError, match="The target is not empty"):
        call_command("restore", file)
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", file)


def test_what_is_no_backup_or_from_a_newer_version_is_said(tmp_path, no_second_look):
    strange = tmp_path / "strange"
    strange.write_bytes(b"PGDMP")
    with pytest.raises(CommandError, match=r"is no backup of `manage\.py backup`"):
        call_command("restore", strange)
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", tmp_path / "none")

    newer = tmp_path / "newer.sqlite3"
    call_command("backup", newer, stdout=io.StringIO())
    with sqlite3.connect(newer) as opened:
        opened.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('tracker', '9999_x', '2030-01-01')")
    with pytest.raises(CommandError, match="comes from a newer version"):
        call_command("restore", newer)


def test_a_database_of_something_else_is_left_alone(tmp_path):
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as opened:
        opened.execute("CREATE TABLE invoices (id integer)")
    with pytest.raises(CommandError, match="tables of something else"):
        call_command("copy_to", f"sqlite:///{other}")


def test_a_row_that_arrives_altered_stops_the_copy_and_nothing_is_kept(tmp_path, monkeypatch):
    proof = evidence(commitment(), title="As it was")
    person("erin")
    real = copying._rows

    def altering(model, alias):
        for row in real(model, alias):
            if alias != "default" and row == proof:
                row.title = "As it was not"
            yield row

    monkeypatch.setattr(copying, "_rows", altering)
    copying.name_database("side", f"sqlite:///{tmp_path}/side.sqlite3")
    try:
        copying.prepare_target("side")
        with pytest.raises(copying.CannotCopy, match="commitments_evidence: 1 rows here, 1 there, but not the same"):
            copying.copy("default", "side", str)
        assert not Commitment.objects.using("side").exists()
    finally:
        copying.forget_database("side")
