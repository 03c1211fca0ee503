"""Which addresses may be asked at all. Pure: no resolver, no socket.

`ipaddress.is_global` is no guard (it calls NAT64 of 127.0.0.1 global), so the table is written out: everything in
it is refused, and of IPv6 only 2000::/3 is let in at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

LONGEST_ADDRESS = 2048
PORTS = frozenset({80, 443})
_CLOSED = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT and cloud metadata"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "cloud metadata"),
    ("169.254.0.0/16", "link-local and cloud metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments and cloud metadata"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT relay"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved and broadcast"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "IPv4 inside IPv6"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
    ("2001::/32", "Teredo"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
)
CLOSED: tuple[tuple[Network, str], ...] = tuple((ip_network(net), why) for net, why in _CLOSED)
_OPEN_IPV6 = ip_network("2000::/3")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
_NUMERIC_LABEL = re.compile(r"(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f\\]")


class Refused(Exception):
    """An address that must not be asked; the text says why."""


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks from "127.0.0.0/8, ::1"; raises ValueError naming the part that is none."""
    parts = [part for part in re.split(r"[\s,]+", text) if part]
    return tuple(ip_network(part, strict=False) for part in parts)


def forbidden_reason(address: Address) -> str:
    """Why the public internet does not hold this address; empty when it does."""
    for network, why in CLOSED:
        if address in network:
            return why
    if isinstance(address, IPv6Address):
        if address not in _OPEN_IPV6:
            return "not a public IPv6 address"
        if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
            return "IPv4 inside IPv6 (ISATAP)"
    return ""


def check_answers(host: str, answers: Iterable[str], port: int, allowed: tuple[Network, ...]) -> list[str]:
    """The answers of the resolver, every one of them checked; one bad answer refuses them all."""
    good: list[str] = []
    for answer in answers:
        if "%" in answer:
            raise Refused(f"{host} leads to a scoped address, {answer}: not asked.")
        address = ip_address(answer)
        if any(address in network for network in allowed):
            good.append(answer)
            continue
        if why := forbidden_reason(address):
            raise Refused(
                f"{host} leads to {answer}, which is {why}: not asked. Networks of your own that may be asked "
                "are named in ALLOW_PRIVATE_NETWORKS."
            )
        if port not in PORTS:
            raise Refused(f"{host} is to be asked on port {port}: only 80 and 443 are allowed.")
        good.append(answer)
    if not good:
        raise Refused(f"{host} has no address.")
    return list(dict.fromkeys(good))


def objection(address: str, allowed: tuple[Network, ...]) -> str:
    """Why this address will never be asked, as far as it can be told without a resolver; empty when it may be."""
    try:
        check_spelling(address)
        parts = urlsplit(address)
        host = parts.hostname or ""
        try:
            literal = str(ip_address(host))
        except ValueError:
            return ""
        check_answers(host, [literal], parts.port or (443 if parts.scheme == "https" else 80), allowed)
    except Refused as refused:
        return str(refused)
    return ""


def check_spelling(address: str) -> str:
    """The address itself, if its spelling is plain http(s) without tricks; raises Refused."""
    if len(address) > LONGEST_ADDRESS:
        raise Refused(f"The address is longer than {LONGEST_ADDRESS} characters.")
    if _NOT_IN_ADDRESS.search(address):
        raise Refused("The address holds a space, a backslash or a control character.")
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused(f"The address cannot be read: {error}.") from None
    if parts.scheme not in {"http", "https"}:
        raise Refused(f"Only http and https are fetched, not “{parts.scheme or address[:40]}”.")
    if "@" in parts.netloc:
        raise Refused("An address with a user name or password in it is not fetched.")
    if not host:
        raise Refused("The address names no host.")
    return check_host(host) and address


def check_host(host: str) -> str:
    """The host, unless it is a number in an odd dress (0x7f.1, 2130706433, 127.1, fe80::1%eth0)."""
    if "%" in host:
        raise Refused(f"“{host}” is not a plain host name.")
    if ":" in host or _NUMERIC_LABEL.fullmatch(host.rstrip(".").rsplit(".", 1)[-1]):
        try:
            ip_address(host)
        except ValueError:
            raise Refused(f"“{host}” is an odd spelling of a number address.") from None
    return host
