"""Tests talk to this machine only: any other connection or name look-up is an error that names the address."""

import ipaddress
import socket
from typing import Any

LOCAL_NAMES = ("localhost", "", None, socket.gethostname())


class BeyondThisMachine(OSError):
    pass


def only() -> None:
    """Guard every socket of this process. Safe to repeat."""
    if getattr(socket, "_loopback_only", False):
        return
    real_connect, real_connect_ex, real_look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        _refuse_foreign(self, address)
        return real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_foreign(self, address)
        return real_connect_ex(self, address)

    def look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in LOCAL_NAMES and not _is_address(name):
            raise socket.gaierror(socket.EAI_NONAME, f"tests look up no names beyond this machine: {name}")
        return real_look_up(host, *args, **kwargs)

    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = look_up
    socket._loopback_only = True  # type: ignore[attr-defined]


def _refuse_foreign(connection: socket.socket, address: Any) -> None:
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    if host in LOCAL_NAMES or (_is_address(host) and ipaddress.ip_address(host.split("%")[0]).is_loopback):
        return
    raise BeyondThisMachine(f"tests reach no address beyond this machine: {host}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True
