"""A grouping document as JSON, for keeping: written where it was made, in the parser child, and read back when the grouper starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.records import StoryDoc


def to_json(doc: StoryDoc) -> str:
    """The document as compact JSON; hashes as hexadecimal text, for JSON numbers lose their low bits in other readers."""
    values = {
        "id": doc.id,
        "outlet": doc.outlet,
        "language": doc.language,
        "at": doc.at.isoformat(),
        "terms": dict(doc.terms),
        "features": dict(doc.features),
        "shingles": [format(value, "x") for value in doc.shingles],
        "title_key": doc.title_key,
        "agency": doc.agency,
        "names": dict(doc.names),
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def from_json(value: Mapping[str, Any]) -> StoryDoc:
    """The inverse of to_json, from the decoded object."""
    shingles = tuple(int(text, 16) for text in value["shingles"])
    return StoryDoc(**dict(value) | {"at": datetime.fromisoformat(value["at"]), "shingles": shingles})
