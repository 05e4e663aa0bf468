"""A digest as JSON and back, as it is kept for its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from monitor.records import Digest, DigestAlert, DigestDeadline, DigestFollow, DigestLead, DigestSilence

_LEADS = ("mine", "new", "grown", "claimed")


def to_json(digest: Digest) -> dict[str, Any]:
    """A digest as values JSON can hold; dates and moments as ISO texts."""
    found: dict[str, Any] = _plain(asdict(digest))
    return found


def from_json(kept: Mapping[str, Any]) -> Digest:
    """The digest `to_json` was given; what another version of the desk kept beside it is left out."""
    values = _known(Digest, kept)
    for name in _LEADS:
        values[name] = tuple(_lead(one) for one in kept.get(name, ()))
    values["followed"] = tuple(DigestFollow(**_known(DigestFollow, one)) for one in kept.get("followed", ()))
    values["alerts"] = tuple(_alert(one) for one in kept.get("alerts", ()))
    values["silent"] = tuple(DigestSilence(**_known(DigestSilence, one) | _moments(one, "since")) for one in kept.get("silent", ()))
    values["deadlines"] = tuple(
        DigestDeadline(**_known(DigestDeadline, one) | _moments(one, "deadline")) for one in kept.get("deadlines", ())
    )
    values["local_date"] = date.fromisoformat(kept["local_date"])
    return Digest(**values | _moments(kept, "made_at", "since"))


def _lead(kept: Mapping[str, Any]) -> DigestLead:
    told = tuple((outlet, language) for outlet, language in kept["told"])
    return DigestLead(**_known(DigestLead, kept) | {"told": told, "themes": tuple(kept["themes"])} | _moments(kept, "until"))


def _alert(kept: Mapping[str, Any]) -> DigestAlert:
    return DigestAlert(**_known(DigestAlert, kept) | {"rules": tuple(kept["rules"])})


def _known(kind: type, kept: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in kept.items() if name in names}


def _moments(kept: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: _moment(kept[name]) for name in names}


def _moment(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
