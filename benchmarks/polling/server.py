"""A loopback server of many feeds of thirty entries, with ETag and 304, one new entry a round, and a delay if asked.

python -m benchmarks.polling.server FEEDS DELAY_MS     # prints READY PORT; POST /round makes every feed change
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

ENTRIES = 30
START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
TEXT = "The harbour master said the ferry would sail again once its hull had been inspected, and thanked the crew. " * 4


class Feeds:
    """The documents: feed n of round r holds entries r … r + 29."""

    def __init__(self, delay: float) -> None:
        self.round = 0
        self.delay = delay
        self.made: dict[tuple[int, int], bytes] = {}

    def document(self, number: int) -> bytes:
        key = (number, self.round)
        if key not in self.made:
            self.made[key] = self._make(number)
        return self.made[key]

    def _make(self, number: int) -> bytes:
        items = "".join(
            f"<item><title>Report {entry} of harbour {number}</title><link>http://127.0.0.1:9/{number}/{entry}</link>"
            f"<guid isPermaLink='false'>{number}-{entry}</guid><pubDate>{format_datetime(START + timedelta(minutes=entry))}</pubDate>"
            f"<description>{TEXT}</description><author>desk@example.org (Sample Desk)</author><category>harbour</category></item>"
            for entry in range(self.round + ENTRIES, self.round, -1)
        )
        return (
            f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Harbour {number}</title>"
            f"<link>http://127.0.0.1:9/</link><description>Reports</description><language>en</language>{items}</channel></rss>"
        ).encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                if path == "/round":
                    self.round += 1
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    continue
                if self.delay:
                    await asyncio.sleep(self.delay)
                tag = f'"r{self.round}"'
                if f"if-none-match: {tag}" in head.lower():
                    writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
                    continue
                body = self.document(int(path.strip("/f.xml").split(".")[0]))
                kind = "Content-Type: application/rss+xml; charset=utf-8"
                head = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main(count: int, delay: float) -> None:
    """Serve until the parent closes standard input or ten minutes are over."""
    feeds = Feeds(delay)
    for number in range(count):
        feeds.document(number)
    server = await asyncio.start_server(feeds.serve, "127.0.0.1", 0, backlog=256)
    print("READY", server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    await asyncio.wait_for(loop.run_in_executor(None, sys.stdin.read), 600)
    server.close()
    os._exit(0)  # connections still open belong to measurements that are over


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]) / 1000))
