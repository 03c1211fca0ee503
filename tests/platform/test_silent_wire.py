"""The line of the fault `deaf-worker`: what is silenced stays open and carries nothing, what comes after works."""

import socket
import socketserver
import threading

import pytest

from tests.faults.wire import Wire

HANG = 30.0


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


@pytest.fixture
def wire():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Wire(server.server_address[1]) as wire:
            yield wire
        server.shutdown()


def asked(line):
    line.sendall(b"are you there?\n")
    return line.recv(100)


def test_a_silenced_connection_stays_open_and_a_new_one_works(wire):
    with socket.create_connection(("127.0.0.1", wire.port), timeout=HANG) as old:
        assert asked(old) == b"are you there?\n"
        assert wire.go_silent() == 1
        with socket.create_connection(("127.0.0.1", wire.port), timeout=HANG) as new:
            assert asked(new) == b"are you there?\n"
        old.sendall(b"and you?\n")
        old.settimeout(0.3)
        with pytest.raises(TimeoutError):
            old.recv(100)
