"""The whole record to take away: described, complete, provable."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import frictionless
import pytest
from django.core.management import call_command
from django.test import Client

from commitments import ledger
from tests.record import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped(db: None) -> None:
    call_command("seed", verbosity=0)


def unpacked(client: Client, folder: Path, query: str = "") -> Path:
    answer = client.get(f"/data/record.zip{query}")
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
    return folder


def test_the_shipped_record_validates_as_a_data_package(client: Client, shipped, tmp_path: Path) -> None:
    folder = unpacked(client, tmp_path)
    package = frictionless.Package(str(folder / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    assert {"README.txt", "LICENSE.txt"} <= {file.name for file in folder.iterdir()}


def test_the_same_record_packs_to_the_same_bytes(client: Client) -> None:
    builders.commitment()
    assert client.get("/data/record.zip").content == client.get("/data/record.zip").content


def test_the_download_can_be_of_an_earlier_day(client: Client, shipped, tmp_path: Path) -> None:
    folder = unpacked(client, tmp_path, "?as_of=2025-03-01")
    rows = frictionless.Resource(str(folder / "commitments.csv")).read_rows()
    assert rows
    assert all(row["made_on"] <= date(2025, 3, 1) for row in rows)


def test_the_public_ledger_proves_itself(client: Client, shipped) -> None:
    answer = client.get("/ledger.jsonl")
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    verdict = ledger.verify((line["entry"], line["hash"]) for line in lines)
    assert verdict.fault is None
    assert verdict.rows == len(lines) > 0
    assert answer["ETag"] == f'"{verdict.head}"'
    assert client.get("/ledger.jsonl", headers={"If-None-Match": answer["ETag"]}).status_code == 304
