"""The addresses under which people reach this desk."""

from __future__ import annotations

from monitor.config.environment import Settings


def desk_address(settings: Settings) -> str:
    """The desk's own address, without a path."""
    return settings.address_of("")


def sign_in_address(settings: Settings, token: str) -> str:
    """The address of a one-time link."""
    return settings.address_of(f"/in/{token}")
