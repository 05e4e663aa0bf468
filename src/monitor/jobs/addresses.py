"""The addresses under which people reach this desk."""

from __future__ import annotations

from monitor.config.environment import Settings


def desk_address(settings: Settings) -> str:
    """The desk's own address: the public one if set, else where it listens."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - a comparison, nothing is bound here
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def sign_in_address(settings: Settings, token: str) -> str:
    """The address of a one-time link."""
    return f"{desk_address(settings)}/in/{token}"
