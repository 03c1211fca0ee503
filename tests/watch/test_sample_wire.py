"""The sample wire, polled over real HTTP."""

import re
from pathlib import Path

import pytest

from monitoring import sampling
from monitoring.models import Item, Source
from tests.watch.loopback import Loopback
from tests.watch.world import NOW, poll

pytestmark = pytest.mark.django_db
FILES = sorted(path for path in sampling.FOLDER.iterdir() if path.suffix in {".rss", ".atom"})


def test_every_item_is_read_and_says_that_it_is_a_sample(server: Loopback) -> None:
    for path in FILES:
        server.set(f"/{path.name}", path.read_bytes(), etag=f'"{path.name}"')
    sampling.load(f"{server.base}/", NOW)
    report = poll()
    assert (report.asked, report.failed) == (5, 0)
    assert report.new == sum(len(re.findall(r"<(?:item|entry)>", path.read_text())) for path in FILES) == 42
    items = list(Item.objects.select_related("source"))
    assert all(item.publisher.startswith("Sample wire: ") and item.source.is_sample for item in items)
    assert all(item.published_at and item.published_at.year == 2026 and item.summary and item.link for item in items)
    assert not Source.objects.failing().exists()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_calls_itself_a_sample(path: Path) -> None:
    assert "<title>Sample wire: " in path.read_text()
