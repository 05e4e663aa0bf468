"""What people did with an outlet, in words: who, when, and what is different since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.store.pages_outlets import ChangeLine

DID: Mapping[str, str | Promise] = {
    "added": gettext_lazy("added"),
    "edited": gettext_lazy("edited"),
    "paused": gettext_lazy("paused"),
    "resumed": gettext_lazy("resumed"),
    "archived": gettext_lazy("archived"),
    "restored": gettext_lazy("brought back"),
    "adopted": gettext_lazy("new address adopted"),
    "revived": gettext_lazy("asked again"),
    "undone": gettext_lazy("a change undone"),
}
FIELD: Mapping[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "country": gettext_lazy("country"),
    "language": gettext_lazy("language"),
    "kind": gettext_lazy("kind"),
    "weight": gettext_lazy("weight"),
    "owner": gettext_lazy("owner"),
    "home": gettext_lazy("site"),
    "note": gettext_lazy("note"),
    "text": gettext_lazy("text"),
    "feeds": gettext_lazy("feeds"),
}


@dataclass(frozen=True, slots=True)
class ChangeTold:
    """One change in words."""

    uuid: str
    at: datetime
    by: str
    did: str
    fields: str
    undone: bool
    undoable: bool


def changes_in_words(changes: Sequence[ChangeLine]) -> list[ChangeTold]:
    """Changes, each with the fields that differ."""
    return [
        ChangeTold(
            one.uuid,
            one.at,
            one.by or _("somebody"),
            str(DID.get(one.kind, one.kind)),
            differing(one.before, one.after),
            one.undone,
            one.undoable,
        )
        for one in changes
    ]


def differing(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """The names of the fields that differ, as a list; "" when one side is missing."""
    if not before or not after:
        return ""
    return ", ".join(str(label) for field, label in FIELD.items() if before.get(field) != after.get(field))
