"""Telling systemd that the desk is up, alive or stopping; silent where there is no systemd."""

from __future__ import annotations

import os
import socket


def tell(state: str) -> bool:
    """Send one state (`READY=1`, `WATCHDOG=1`, `STOPPING=1`) to the service manager; False when there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    target = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
        try:
            connection.sendto(state.encode(), target)
        except OSError:
            return False
    return True
