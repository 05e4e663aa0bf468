"""What every page needs to know of the desk, read in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.records import Desk, Section
from monitor.store import models

THEMES = "themes"
"""The fact with the themes' labels: {id: {language: label}}."""
OFFLINE = "offline"
"""The fact that the machine has no way out: {"offline": true} while it lasts."""


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """The desk's settings, its themes' labels by language, and whether the last polls found no way out."""

    desk: Desk
    themes: Mapping[str, Mapping[str, str]]
    offline: bool

    def section_label(self, section: str, language: str) -> str:
        """The printed name of a section, or its id when the desk does not know it."""
        for known in self.desk.sections:
            if known.id == section:
                return known.label.get(language) or next(iter(known.label.values()), section)
        return section

    def theme_label(self, theme: str, language: str) -> str:
        """The label of a theme in a language, or its id."""
        labels = self.themes.get(theme, {})
        return labels.get(language) or labels.get("en") or theme


def desk_facts() -> DeskFacts:
    """The facts every page shows, in one query."""
    found: dict[str, Any] = dict(models.DeskFact.objects.filter(name__in=("desk", THEMES, OFFLINE)).values_list("name", "value"))
    themes = {key: label for key, label in found.get(THEMES, {}).items() if isinstance(label, dict)}
    offline = found.get(OFFLINE) or {}
    return DeskFacts(_desk(found.get("desk")), themes, bool(offline) and bool(offline.get("offline", True)))


def _desk(value: dict[str, Any] | None) -> Desk:
    if not value:
        return Desk()
    sections = tuple(Section(one["id"], one["label"]) for one in value["sections"])
    return Desk(**value | {"sections": sections, "languages": tuple(value["languages"])})
