"""An installation of the first schema, with its data, is brought to the present one: nothing lost, the ledger holds."""

import sys

import pytest

from tests.support import processes

OLD = ("commitments", "digests", "monitoring", "public", "tracker")


def upgrade(var, **database: str) -> str:
    """In a process of its own: first schema, rows through the models of that time, present schema, what came of it."""
    command = [sys.executable, "-m", "tests.platform.upgrading", *OLD]
    env = processes.environment(var, DJANGO_SETTINGS_MODULE="tracker.settings", **database)
    done = processes.subprocess.run(command, env=env, cwd=processes.ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_schema_comes_up_with_its_data_on_sqlite(tmp_path):
    assert "1 change, 1 reader, 1 item, and the ledger holds" in upgrade(tmp_path)


@pytest.mark.services
def test_the_first_schema_comes_up_with_its_data_on_postgresql(tmp_path, postgres):
    said = upgrade(tmp_path, DATABASE_URL=postgres.create("upgrading"), SECRET_KEY="only-for-this-test-0123456789" * 2)
    assert "1 change, 1 reader, 1 item, and the ledger holds" in said
