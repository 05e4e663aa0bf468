"""A mail server on this machine that keeps what it is given and shows it on a page: for development and the demo, nothing is passed on."""

from __future__ import annotations

import re
import socket
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller

from monitor.ports import Clock

HOST = "127.0.0.1"
MOST_KEPT = 500
LARGEST = 32_000_000  # bytes
_PAGE = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
# what a stranger's HTML may do: be looked at; links open elsewhere, so that they can be tried
_LETTER = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.3rem; } a { color: LinkText; }
table { border-collapse: collapse; inline-size: 100%; } th, td { text-align: start; padding: .35rem .5rem; vertical-align: top; }
tr { border-block-end: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
iframe { inline-size: 100%; block-size: 40rem; border: 1px solid; background: white; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid; padding: .75rem; }
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as it came: its envelope and its bytes."""

    number: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    def parsed(self) -> EmailMessage:
        """The message taken apart."""
        return message_from_bytes(self.raw, policy=policy.default)

    def form(self, kind: str) -> str:
        """Its text ("plain") or HTML ("html"), empty when there is none."""
        part = self.parsed().get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


class MailSink:
    """Takes mail on `smtp_port` and shows it on `web_port`, both on loopback; 0 picks a free port."""

    def __init__(self, clock: Clock, *, smtp_port: int = 0, web_port: int = 0) -> None:
        self._clock = clock
        self._kept: deque[Arrived] = deque(maxlen=MOST_KEPT)
        self._count = 0
        self._lock = threading.Lock()
        self.smtp_port = smtp_port or _free_port()
        self._controller: Controller | None = None
        self._web = _Web((HOST, web_port), _Page, self)
        self.web_port: int = self._web.server_address[1]
        self._thread = threading.Thread(target=self._web.serve_forever, name="mail sink", daemon=True)

    def __enter__(self) -> Self:
        self._controller = Controller(cast(Any, self), hostname=HOST, port=self.smtp_port, data_size_limit=LARGEST)
        try:
            self._controller.start()
        except OSError:
            self._controller.loop.close()
            self._web.server_close()
            raise
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._web.shutdown()
        self._thread.join()
        self._web.server_close()
        if self._controller is not None:
            self._controller.stop()

    @property
    def page(self) -> str:
        """Where people read what arrived."""
        return f"http://{HOST}:{self.web_port}/"

    def arrived(self) -> Sequence[Arrived]:
        """What came, newest first."""
        with self._lock:
            return tuple(reversed(self._kept))

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name for it
        """Keep one message; called by aiosmtpd."""
        with self._lock:
            self._count += 1
            number = self._count
            recipients = tuple(map(str, envelope.rcpt_tos))
            self._kept.append(Arrived(number, self._clock.now(), str(envelope.mail_from), recipients, bytes(envelope.content)))
        return f"250 2.0.0 Ok: queued as SINK{number}"


class _Web(ThreadingHTTPServer):
    """The page's server; it knows the sink whose messages it shows."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], sink: MailSink) -> None:
        self.sink = sink
        super().__init__(address, handler)


class _Page(BaseHTTPRequestHandler):
    """`/` lists, `/N` shows one message, `/N.html` its HTML in a sandbox, `/N.eml` its bytes."""

    server: _Web
    server_version, sys_version = "MonitorSink", ""

    def do_GET(self) -> None:
        """Answer one page; only under this machine's own names, so that no other site's name leads here."""
        if (self.headers.get("Host") or "").rsplit(":", 1)[0] not in (HOST, "localhost"):
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", "This page answers to 127.0.0.1 only.\n", _PAGE)
            return
        if self.path == "/style.css":
            self._answer(HTTPStatus.OK, "text/css", _STYLE, _PAGE)
        elif self.path == "/":
            self._answer(HTTPStatus.OK, "text/html", _list(self.server.sink.arrived()), _PAGE)
        else:
            self._one()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name for it
        """Say nothing: the terminal belongs to the command."""

    def _one(self) -> None:
        match = re.fullmatch(r"/([0-9]{1,9})(\.html|\.eml)?", self.path)
        found = next((one for one in self.server.sink.arrived() if match and one.number == int(match[1])), None)
        if match is None or found is None:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain", "No such message; the sink keeps the last 500.\n", _PAGE)
        elif match[2] == ".eml":
            self._answer(HTTPStatus.OK, "text/plain", found.raw.decode("utf-8", "replace"), _PAGE)
        elif match[2] == ".html":
            self._answer(HTTPStatus.OK, "text/html", '<base target="_blank">' + found.form("html"), _LETTER)
        else:
            self._answer(HTTPStatus.OK, "text/html", _shown(found), _PAGE)

    def _answer(self, status: HTTPStatus, kind: str, text: str, csp: str) -> None:
        data = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in (
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(data))),
            ("Content-Security-Policy", csp),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _list(arrived: Sequence[Arrived]) -> str:
    rows = "".join(
        f"<tr><td>{one.at:%H:%M:%S}</td><td>{escape(', '.join(one.recipients))}</td>"
        f'<td><a href="/{one.number}"><bdi>{escape(_subject(one))}</bdi></a></td></tr>'
        for one in arrived
    )
    table = f"<table><thead><tr><th>UTC</th><th>To</th><th>Subject</th></tr></thead><tbody>{rows}</tbody></table>"
    empty = "<p>Nothing has arrived yet. Mail handed to this machine's sink shows here; nothing is passed on.</p>"
    return _document("Mail sink", table if arrived else empty)


def _shown(one: Arrived) -> str:
    headers = "".join(
        f"<tr><th>{escape(name)}</th><td><bdi>{escape(' '.join(str(value).split()))}</bdi></td></tr>"
        for name, value in one.parsed().items()
    )
    html = f'<h2>HTML</h2><iframe title="HTML form" src="/{one.number}.html"></iframe>' if one.form("html") else ""
    body = (
        f'<p><a href="/">All mail</a> · <a href="/{one.number}.eml">Source</a></p>{html}'
        f'<h2>Text</h2><pre dir="auto">{escape(one.form("plain"))}</pre><h2>Headers</h2><table>{headers}</table>'
    )
    return _document(_subject(one), body)


def _subject(one: Arrived) -> str:
    return " ".join(str(one.parsed()["Subject"] or "(no subject)").split())


def _document(title: str, body: str) -> str:
    shown = escape(title)
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{shown}</title>'
        '<link rel="stylesheet" href="/style.css">'
    )
    return f'<!doctype html><html lang="en"><head>{head}</head><body><h1><bdi>{shown}</bdi></h1>{body}</body></html>'


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])
