"""Recognises bot protection that answers instead of the outlet; the desk then stays away and says so (P24)."""

from __future__ import annotations

from collections.abc import Mapping

MOST = 48 << 10
"""Challenge pages are small; a longer page that mentions one of the marks is an article about them."""
SUSPECT_STATUSES = frozenset({401, 403, 405, 429, 503})
"""Error statuses under which a challenge comes, and whose body is therefore worth a look."""

# Marks that only the challenge itself carries; scripts that protection services add to ordinary pages are not among them.
_MARKS = (
    b"_cf_chl_opt",
    b"cf-browser-verification",
    b"<title>just a moment...</title>",
    b"<title>attention required! | cloudflare</title>",
    b"captcha-delivery.com/",
    b"_incapsula_resource?",
    b"sucuri_cloudproxy_js",
    b'id="px-captcha"',
    b"/.within.website/x/cmd/anubis/",
    b"awswafcookiedomainlist",
    b'challenge.js" id="aws-waf',
    b"sec-if-cpt-container",
    b"<title>ddos-guard</title>",
)


def is_challenge(status: int, headers: Mapping[str, str], body: bytes = b"") -> bool:
    """Whether an answer is a bot challenge, by its headers or by the marks of a small HTML page."""
    if "challenge" in headers.get("cf-mitigated", "").lower():
        return True
    if headers.get("x-amzn-waf-action", "").lower() in {"challenge", "captcha"}:
        return True
    if not body or len(body) > MOST or (status != 200 and status not in SUSPECT_STATUSES):
        return False
    kind = headers.get("content-type", "")
    if kind and "html" not in kind.lower():
        return False
    text = body.lower()
    return any(mark in text for mark in _MARKS)
