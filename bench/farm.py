"""A farm of feeds on loopback: many hosts (127.0.0.1, .2 …), one port, ETags, gzip.

    python bench/farm.py FEEDS HOSTS [LATENCY_MS_FROM LATENCY_MS_TO] [HANGING_PERCENT] [ITEMS]

Prints its port. `GET /turn/P` on it makes P per cent of the feeds change.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import sys

ITEMS = 34
HOSTS_A_NET = 250
WORDS = re.findall(
    r"\w+",
    "minister, report, data, centre, school, court, office, money, promise, plan, review, compute, energy, skill, "
    "safety, research, council, service, hospital, bridge, letter, budget, summer, winter, market, signal",
)


def host_name(number: int) -> str:
    return f"127.0.{number // HOSTS_A_NET}.{1 + number % HOSTS_A_NET}"


class Farm:
    def __init__(self, feeds: int, latency: tuple[float, float], hanging: int, items: int) -> None:
        self.items = items
        self.version = [0] * feeds
        self.latency = latency
        self.hanging = {number for number in range(feeds) if hanging and number % 100 < hanging}
        self._dice = random.Random(1)
        self._packed: dict[tuple[int, int], bytes] = {}

    def turn(self, percent: int) -> None:
        for number in range(len(self.version)):
            if number % 100 < percent:
                self.version[number] += 1

    def body(self, number: int) -> bytes:
        """Items of about 1.6 kB; each turn brings two new ones."""
        key = (number, self.version[number])
        if key not in self._packed:
            newest = self.items + 2 * self.version[number]
            items = "".join(self._item(number, n) for n in range(newest, newest - self.items, -1))
            feed = (
                f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'
            )
            self._packed[key] = gzip.compress(feed.encode(), 6, mtime=0)
        return self._packed[key]

    def _item(self, feed: int, number: int) -> str:
        dice = random.Random(feed * 100_003 + number)
        words = " ".join(dice.choices(WORDS, k=180))
        link = f"https://paper{feed}.example/{number}?a=1&amp;b=2"
        date = f"{1 + number % 28:02} Oct 2026 {number % 24:02}:00:00 GMT"
        return (
            f"<item><title>{' '.join(dice.choices(WORDS, k=8))} &amp; {number}</title><link>{link}</link>"
            f"<guid isPermaLink='false'>{feed}-{number}</guid><pubDate>Thu, {date}</pubDate>"
            f"<description>&lt;p&gt;{words[:600]} &lt;a href='{link}'&gt;more&lt;/a&gt;&lt;/p&gt;{words[600:]}"
            "</description></item>"
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await self._answer(head, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        path = head.split(b" ", 2)[1].decode()
        if path.startswith("/turn/"):
            self.turn(int(path[6:]))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return
        number = int(path.strip("/").removesuffix(".xml") or 0)
        if number in self.hanging:
            await asyncio.sleep(3600)
        if self.latency[1]:
            await asyncio.sleep(self._dice.uniform(*self.latency))
        etag = f'"{number}-{self.version[number]}"'.encode()
        if etag in head:
            writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n")
            return
        body = self.body(number)
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Encoding: gzip\r\nETag: "
            + etag
            + f"\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )


async def main(feeds: int, hosts: int, latency: tuple[float, float], hanging: int, items: int) -> None:
    farm = Farm(feeds, latency, hanging, items)
    for number in range(feeds):
        farm.body(number)
    first = await asyncio.start_server(farm.serve, "127.0.0.1", 0, backlog=2048)
    port = first.sockets[0].getsockname()[1]
    more = [await asyncio.start_server(farm.serve, host_name(n), port, backlog=2048) for n in range(1, hosts)]
    print(port, flush=True)
    await asyncio.gather(*(server.serve_forever() for server in [first, *more]))


if __name__ == "__main__":
    arguments = [int(one) for one in sys.argv[1:]] + [0] * 5
    latency = (arguments[2] / 1000, arguments[3] / 1000)
    asyncio.run(main(arguments[0], arguments[1], latency, arguments[4], arguments[5] or ITEMS))
