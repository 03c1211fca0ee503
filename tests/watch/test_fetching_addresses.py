"""What the fetcher will not ask: every known way round to a private address, at the first hop and at the next."""

import asyncio
from ipaddress import ip_address

import pytest

from monitoring import fetching
from monitoring.fetching import Gate, Outcome
from tests.watch.loopback import Answer, Loopback
from tests.watch.test_fetching import LOOPBACK, fetch

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1",
    "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2001:470::5efe:127.0.0.1", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "151.101.0.144", "2a04:4e42::144", "2606:4700::1111"]
ODD = [
    "http://127.1/", "http://0x7f.1/", "http://0x7f000001/", "http://2130706433/", "http://0177.0.0.1/",
    "http://127.0.0.1./", "http://[::1%25eth0]/", "http://[fe80::1%eth0]/", "http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/",
    "http://127。0。0。1/", "http://127.0.0.1:80@example.com/", "http://user:pw@example.com/", "http:///path",
    "http://example.com\\@127.0.0.1/", "http://exa mple.com/", "http://example.com/\nHost: x", "file:///etc/passwd",
    "gopher://127.0.0.1/", "ftp://example.com/", "//127.0.0.1/", "127.0.0.1", "", "http://[::ffff:127.0.0.1]/",
    "http://[", "http://example.com:99999/", "http://localhost/", "http://LOCALHOST./", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_has_a_reason_to_be_refused(address: str) -> None:
    assert fetching.forbidden_reason(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_has_none(address: str) -> None:
    assert fetching.forbidden_reason(ip_address(address)) == ""


@pytest.mark.parametrize("address", ODD)
def test_odd_spellings_never_reach_a_socket(address: str) -> None:
    assert fetch(address, gate=Gate()).outcome in {Outcome.REFUSED, Outcome.NO_ADDRESS}


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    async def resolver(_host: str, _port: int) -> list[str]:
        return [address]

    fetched = fetch("http://innocent.example/", gate=Gate(resolver=resolver))
    assert fetched.outcome is Outcome.REFUSED


def test_one_bad_answer_among_good_ones_refuses_them_all() -> None:
    async def resolver(_host: str, _port: int) -> list[str]:
        return ["8.8.8.8", "10.0.0.1"]

    fetched = fetch("http://mixed.example/", gate=Gate(resolver=resolver))
    assert fetched.outcome is Outcome.REFUSED
    assert "10.0.0.1" in fetched.error


def test_the_checked_address_is_the_one_connected_to(server: Loopback) -> None:
    """A resolver that changes its mind after the check (rebinding) is asked only once."""
    answers = ["127.0.0.1", "10.0.0.1"]

    async def resolver(_host: str, _port: int) -> list[str]:
        return [answers.pop(0)]

    server.set("/", b"here")
    gate = Gate(allowed=LOOPBACK, resolver=resolver)
    fetched = fetch(f"http://feeds.example:{server.port}/", gate=gate)
    assert fetched.body == b"here"
    assert answers == ["10.0.0.1"]
    assert server.requests[0].host == f"feeds.example:{server.port}"


def test_each_redirect_hop_is_checked_again(server: Loopback) -> None:
    for target in ("http://169.254.169.254/latest/", "http://0x7f.1/", "file:///etc/passwd", "http://u:p@x.example/"):
        server.set("/hop", Answer(status=302, headers={"location": target}))
        assert fetch(server.base + "/hop").outcome is Outcome.REFUSED


def test_ports_other_than_80_and_443_are_refused_in_public() -> None:
    async def resolver(_host: str, _port: int) -> list[str]:
        return ["8.8.8.8"]

    assert "port 22" in fetch("http://public.example:22/", gate=Gate(resolver=resolver)).error


def test_proxy_variables_are_ignored(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert fetch(server.set("/f", b"x")).ok


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        fetching.read_networks("127.0.0.0/8 nonsense")


def test_loopback_is_closed_unless_the_setting_opens_it(server: Loopback) -> None:
    address = server.set("/f", b"x")
    assert fetch(address, gate=Gate()).outcome is Outcome.REFUSED
    assert asyncio.run(Gate(allowed=LOOPBACK).checked("127.0.0.1", server.port)) == ["127.0.0.1"]
