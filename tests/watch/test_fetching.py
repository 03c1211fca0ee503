"""The fetcher against a loopback server: limits, redirects, one deadline, no exception ever."""

import asyncio
import gzip
import zlib

import brotli
import pytest

from monitoring import fetching
from monitoring.fetching import Ask, Fetched, Fetcher, Gate, Outcome
from tests.watch.loopback import Answer, Loopback

LOOPBACK = fetching.read_networks("127.0.0.0/8, ::1")
AGENT = "CommitmentTracker/test (+https://tracker.example; team@tracker.example)"


def fetch(address: str, *, deadline: float = 30, gate: Gate | None = None, **ask: str) -> Fetched:
    async def once() -> Fetched:
        fetcher = Fetcher(user_agent=AGENT, gate=gate or Gate(allowed=LOOPBACK), deadline=deadline)
        async with fetcher:
            return await fetcher.fetch(Ask(address, **ask))

    return asyncio.run(once())


def test_an_ordinary_feed_comes_back_whole(server: Loopback) -> None:
    fetched = fetch(server.set("/feed", b"<rss/>", etag='W/"a"', content_type="application/rss+xml"))
    assert (fetched.outcome, fetched.status, fetched.body) == (Outcome.OK, 200, b"<rss/>")
    assert fetched.headers["etag"] == 'W/"a"'


def test_it_says_who_asks_and_sends_no_cookie_or_referer(server: Loopback) -> None:
    server.set("/a", Answer(status=302, headers={"location": "/b", "set-cookie": "track=1"}))
    server.set("/b", b"x", set_cookie="more=1")
    assert fetch(server.base + "/a").ok
    for request in server.requests:
        assert request.headers["user-agent"] == AGENT
        assert not {"cookie", "referer", "if-modified-since", "if-none-match"} & set(request.headers)
        assert request.headers["accept-encoding"] == "gzip, br"


def test_validators_go_back_word_for_word(server: Loopback) -> None:
    address = server.set("/feed", b"x", etag='W/"odd\\"')
    fetched = fetch(address, etag='W/"odd\\"', last_modified="yesterday-ish")
    assert fetched.outcome is Outcome.NOT_MODIFIED
    assert server.requests[0].headers["if-modified-since"] == "yesterday-ish"


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress)]
)
def test_packed_bodies_are_unpacked(server: Loopback, encoding: str, pack) -> None:
    body = b"<rss>" + b"news " * 5000 + b"</rss>"
    assert fetch(server.set("/f", pack(body), content_encoding=encoding)).body == body


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_bomb_is_refused_while_it_unpacks(server: Loopback, encoding: str, pack) -> None:
    fetched = fetch(server.set("/bomb", pack(b"\0" * 12_000_000), content_encoding=encoding))
    assert fetched.outcome is Outcome.TOO_BIG
    assert "unpacks to more than" in fetched.error


def test_a_double_packed_body_is_refused(server: Loopback) -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 200_000_000))
    twice = gzip.compress(gzip.compress(b"<rss/>"))
    for body, encoding in ((bomb, "gzip, gzip"), (twice, "gzip"), (twice, "gzip, gzip")):
        fetched = fetch(server.set("/bomb", body, content_encoding=encoding))
        assert fetched.outcome is Outcome.BAD_ENCODING
        assert "packed" in fetched.error


def test_a_body_over_five_megabytes_is_refused(server: Loopback) -> None:
    assert fetch(server.set("/big", b"x" * 5_000_001)).outcome is Outcome.TOO_BIG


def test_a_damaged_gzip_is_an_error_of_its_own(server: Loopback) -> None:
    whole = gzip.compress(b"news " * 1000)
    for body in (whole[:-20], b"not gzip at all"):
        assert fetch(server.set("/d", body, content_encoding="gzip")).outcome is Outcome.BAD_ENCODING


def test_a_server_that_drips_meets_the_total_deadline(server: Loopback) -> None:
    address = server.set("/slow", Answer(b"x", wait=30))
    fetched = fetch(address, deadline=0.3)
    assert fetched.outcome is Outcome.TOO_SLOW
    assert fetched.seconds < 2


def test_a_cut_answer_is_not_taken_for_a_whole_one(server: Loopback) -> None:
    cut = Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    assert fetch(server.set("/cut", cut)).outcome is Outcome.BAD_ANSWER


def test_an_answer_without_length_ends_with_the_connection(server: Loopback) -> None:
    assert fetch(server.set("/old", Answer(raw=b"HTTP/1.0 200 OK\r\n\r\nall of it"))).body == b"all of it"


def test_chunks_and_early_hints_are_understood(server: Loopback) -> None:
    raw = (
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    assert fetch(server.set("/chunks", Answer(raw=raw))).body == b"abcde"


@pytest.mark.parametrize("raw", [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000])
def test_what_is_not_http_is_a_bad_answer(server: Loopback, raw: bytes) -> None:
    assert fetch(server.set("/odd", Answer(raw=raw))).outcome is Outcome.BAD_ANSWER


def test_a_redirect_loop_is_one_error_after_few_requests(server: Loopback) -> None:
    server.set("/a", Answer(status=302, headers={"location": "/b"}))
    server.set("/b", Answer(status=302, headers={"location": "/a"}))
    assert fetch(server.base + "/a").outcome is Outcome.BAD_REDIRECT
    assert len(server.requests) == 2


def test_more_than_five_redirects_are_refused(server: Loopback) -> None:
    for hop in range(10):
        server.set(f"/{hop}", Answer(status=302, headers={"location": f"/{hop + 1}"}))
    assert fetch(server.base + "/0").outcome is Outcome.BAD_REDIRECT
    assert len(server.requests) == 6


def test_only_a_chain_of_permanent_redirects_gives_a_new_address(server: Loopback) -> None:
    server.set("/old", Answer(status=301, headers={"location": "/new"}))
    server.set("/new", Answer(status=302, headers={"location": "/today"}))
    server.set("/today", b"x")
    fetched = fetch(server.base + "/old")
    assert fetched.moved_to == server.base + "/new"
    assert fetched.final == server.base + "/today"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.NOT_FOUND),
        (410, Outcome.GONE),
        (403, Outcome.FORBIDDEN),
        (429, Outcome.TOO_MANY),
        (500, Outcome.SERVER_ERROR),
        (503, Outcome.UNAVAILABLE),
        (418, Outcome.CLIENT_ERROR),
    ],
)
def test_every_refusal_has_its_class_and_a_sentence(server: Loopback, status: int, outcome: Outcome) -> None:
    fetched = fetch(server.set("/x", Answer(status=status)))
    assert fetched.outcome is outcome
    assert str(status) in fetched.error


def test_nobody_at_home_is_said_plainly() -> None:
    assert fetch("http://127.0.0.1:9/").outcome is Outcome.NO_CONNECTION
    assert fetch("http://nowhere.invalid/").outcome is Outcome.NO_ADDRESS
