"""Whether there is a network at all: names are looked up, nothing is asked."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as TooLate
from urllib.parse import urlsplit

TRIED = 4
PATIENCE = 3.0  # seconds


def any_resolves(urls: Iterable[str]) -> bool:
    """Whether the name of at least one of the first few addresses can be looked up; literal addresses count as reachable."""
    hosts = list(dict.fromkeys(filter(None, (urlsplit(url).hostname for url in urls))))[:TRIED]
    threads = ThreadPoolExecutor(TRIED, thread_name_prefix="look-up")
    try:
        return any(found.result() for found in as_completed([threads.submit(_resolves, host) for host in hosts], timeout=PATIENCE))
    except TooLate:
        return False
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _resolves(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return True
    try:
        return bool(socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM))
    except OSError:
        return False
