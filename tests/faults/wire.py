"""A line to the broker that can go silent: open at both ends, and nothing comes through. New connections work.

That is what a worker keeps hold of that "lost" its broker and never learnt so: alive, connected, deaf.
"""

import contextlib
import socket
import socketserver
import threading
from typing import Any


class Wire:
    """`with Wire(port)`: a loopback port that leads to the other."""

    def __init__(self, port: int) -> None:
        self.talking: set[threading.Event] = set()
        wire = self

        class Line(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as far:
                    wire._connect(self.request, far)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Line)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def go_silent(self) -> int:
        """From now on nothing comes through on the connections that exist; returns how many they are."""
        silenced = list(self.talking)
        for one in silenced:
            one.set()
        return len(silenced)

    def _connect(self, near: socket.socket, far: socket.socket) -> None:
        silent = threading.Event()
        self.talking.add(silent)
        back = threading.Thread(target=_carry, args=(far, near, silent), daemon=True)
        back.start()
        _carry(near, far, silent)
        back.join()
        self.talking.discard(silent)


def _carry(source: socket.socket, target: socket.socket, silent: threading.Event) -> None:
    """Until the source hangs up. What is read on a silent line is thrown away."""
    with contextlib.suppress(OSError):
        while heard := source.recv(1 << 16):
            if not silent.is_set():
                target.sendall(heard)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
