from collections.abc import Iterator

import pytest
from pytest_django import Settings

from monitoring import fetching
from tests.watch.loopback import Loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    loopback = Loopback()
    yield loopback
    loopback.close()


@pytest.fixture(autouse=True)
def may_reach_loopback(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_NETWORKS = list(fetching.read_networks("127.0.0.0/8"))
