"""The guard around Celery's connection-loss fault: a channel of a connection that is gone is not closed again."""

from types import SimpleNamespace

import pytest
from kombu.connection import Connection

import tracker.celery  # noqa: F401  (puts the guard in place)


class Channel:
    def __init__(self, **connection):
        self.connection = SimpleNamespace(**connection)
        self.closed = False

    def close(self):
        if self.connection.client is None:
            raise AttributeError("'NoneType' object has no attribute 'hostname'")
        self.closed = True


def test_a_channel_of_a_collected_transport_is_left_alone():
    channel = Channel(client=None)
    Connection("memory://").maybe_close_channel(channel)
    assert channel.closed is False


def test_a_channel_of_a_living_connection_is_closed():
    channel = Channel(client="the connection")
    Connection("memory://").maybe_close_channel(channel)
    assert channel.closed is True


def test_without_the_guard_the_fault_would_end_the_worker():
    with pytest.raises(AttributeError):
        Channel(client=None).close()
