"""Serves article pages of a folder of real pages as outlets on loopback, each page under several addresses.

python -m benchmarks.path.server PAGES.json COPIES      # prints READY PORT; PAGES.json: [{"path", "title", "date"}]
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sys
from pathlib import Path
from xml.sax.saxutils import escape

OUTLETS = 60


def body_of(path: str) -> bytes:
    data = Path(path).read_bytes()
    return gzip.decompress(data) if path.endswith(".gz") else data


class Pages:
    """Each outlet holds every sixtieth page of the copies."""

    def __init__(self, rows: list[dict[str, str]], copies: int) -> None:
        self.bodies = [gzip.compress(body_of(row["path"]), 1) for row in rows]
        self.rows = rows
        self.total = len(rows) * copies

    def feed(self, outlet: int, base: str) -> bytes:
        items = "".join(self._item(number, base) for number in range(outlet, self.total, OUTLETS))
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Outlet {outlet}</title>{items}</channel></rss>".encode()

    def _item(self, number: int, base: str) -> str:
        row, copy = self.rows[number % len(self.rows)], number // len(self.rows)
        link = f"{base}/a/{number}"
        title = f"<title>{escape(row['title'])} ({copy})</title>"
        return f"<item>{title}<link>{link}</link><guid>{link}</guid><pubDate>{row['date']}</pubDate></item>"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = writer.get_extra_info("sockname")
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
                if path == "/feed":
                    body, extra = self.feed(int(host.rsplit(".", 1)[1]) - 1, f"http://{host}:{port}"), "Content-Type: application/rss+xml"
                elif path.startswith("/a/"):
                    body, extra = self.bodies[int(path[3:]) % len(self.bodies)], "Content-Type: text/html\r\nContent-Encoding: gzip"
                else:
                    body, extra = b"", "Content-Type: text/plain"
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{extra}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def main(rows: list[dict[str, str]], copies: int) -> None:
    """Serve until the parent closes standard input or ten minutes are over."""
    pages = Pages(rows, copies)
    first = await asyncio.start_server(pages.serve, "127.1.9.1", 0)
    port = first.sockets[0].getsockname()[1]
    servers = [first, *[await asyncio.start_server(pages.serve, f"127.1.9.{n + 1}", port) for n in range(1, OUTLETS)]]
    print("READY", port, len(servers), flush=True)
    await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, sys.stdin.read), 600)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), int(sys.argv[2])))
