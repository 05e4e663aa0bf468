"""A digest as JSON and back, as it is kept for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from monitor.records import Digest, DigestAlert, DigestDeadline, DigestFollow, DigestLead, DigestSilence

_LEADS = ("mine", "new", "grown", "claimed")


def to_json(digest: Digest) -> dict[str, Any]:
    """A digest as values JSON can hold; dates and moments as ISO texts."""
    found: dict[str, Any] = _plain(asdict(digest))
    return found


def from_json(kept: Mapping[str, Any]) -> Digest:
    """The digest `to_json` was given."""
    values = dict(kept)
    for name in _LEADS:
        values[name] = tuple(_lead(one) for one in kept.get(name, ()))
    values["followed"] = tuple(DigestFollow(**one) for one in kept.get("followed", ()))
    values["alerts"] = tuple(DigestAlert(**{**one, "rules": tuple(one["rules"])}) for one in kept.get("alerts", ()))
    values["silent"] = tuple(DigestSilence(**{**one, "since": _moment(one["since"])}) for one in kept.get("silent", ()))
    values["deadlines"] = tuple(DigestDeadline(**{**one, "deadline": _moment(one["deadline"])}) for one in kept.get("deadlines", ()))
    values["local_date"] = date.fromisoformat(kept["local_date"])
    values["made_at"], values["since"] = _moment(kept["made_at"]), _moment(kept["since"])
    return Digest(**values)


def _lead(kept: Mapping[str, Any]) -> DigestLead:
    told = tuple((outlet, language) for outlet, language in kept["told"])
    return DigestLead(**{**kept, "told": told, "themes": tuple(kept["themes"]), "until": _moment(kept["until"])})


def _moment(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
