"""How mails look: css_inline puts the rules of a mail's style sheet on its elements; this is its only door."""

from __future__ import annotations

import re
from typing import Final

import css_inline

MOST_BYTES = 102_000
"""Larger mails are cut off by common readers (Gmail shows 102 kB)."""

# Nothing is fetched, whatever a mail names. What cannot stand on an element (media queries for the dark and for phones) stays in the head.
_INLINER: Final = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, apply_width_attributes=False)


# css_inline puts the kept rules first in the head, before the declaration of the characters; readers look for that in the first kilobyte.
_HEAD = re.compile(r"<head>(<style>.*?</style>)(.*?)</head>", re.DOTALL)
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def inlined(html: str) -> str:
    """The mail with its style rules on its elements; rules for the dark and for narrow screens stay in its head."""
    return _HEAD.sub(r"<head>\2\1</head>", _INLINER.inline(_NO_TEXT.sub("", html)), count=1)
