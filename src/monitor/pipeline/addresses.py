"""Addresses of articles: which two are one, which may be followed, which belong to one site, and the day some of them name.

An article is its canonical address (docs/architecture.md). Everything here is pure and takes any text without raising. This file is
the door to publicsuffixlist and idna.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from monitor.records import Moment

LONGEST_ADDRESS = 2048  # characters; longer ones are refused, as Media Cloud does
EARLIEST_YEAR, LATEST_YEAR = 1995, 2099  # of a day named in an address (P49)

# Parameters that say where a reader came from, never which article is meant. Seen in real feeds, or documented by the vendor.
TRACKING_PREFIXES = ("utm_", "at_", "mtm_", "hsa_", "wt.", "guce_")
_NAMES = """
fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id mkt_tok hsctatracking _hsenc _hsmi
mc_cid mc_eid xtor xtref wt_mc wt_zmc maca _ga _gl vero_id oly_enc_id oly_anon_id dicbo guccounter mwrsm traffic_source sr_share
pk_campaign pk_kwd pk_source pk_medium pk_content pk_cid ns_mchannel ns_source ns_campaign ns_linkname ns_fee
itm_source itm_medium itm_campaign itm_content itm_term __twitter_impression
"""
TRACKING_NAMES = frozenset(_NAMES.split())
# Campaign names somewhere, article numbers elsewhere (`pk_no` is one): dropped unless the value is a number.
CAMPAIGN_NAMES = frozenset({"smid", "smtyp", "icid", "ncid", "ocid", "cmpid", "s_cid", "echobox", "xtmc", "xtnp", "xtcr"})
# Parameters that are tracking only with certain values: `ref=rss` is, `ref=4711` may be the article.
TELLTALE_NAMES = frozenset(
    {"ref", "source", "src", "from", "cmp", "iid", "medium", "partner", "rss", "rssfeed", "feed", "origin", "referrer", "referer"}
)
TELLTALE_VALUE = re.compile(r"(?:rss|atom|rdf|feed|feeds|twitter|facebook|share_btn|newsletter)(?:[-_./:].*)?|rss\d?.{0,3}")
FLAG_NAMES = frozenset({"rss", "rssfeed"})  # `?rss=1`
FLAG_VALUES = frozenset({"", "1", "true", "yes"})

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PATH_SAFE = UNRESERVED | frozenset("/!$&'()*+,;=:@")
QUERY_SAFE = PATH_SAFE | {"?"}

ESCAPED_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38);)+")  # `?type=x&#038;p=7` escaped twice: its "fragment" names the article
ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
SESSION = re.compile(r";jsessionid=[^/;?#]*", re.IGNORECASE)
HOSTLESS = re.compile(r"https?:(?!//[^/])", re.IGNORECASE)  # `https:///path` and `http:path` resolve to surprising hosts
REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def canonical(url: str) -> str:
    """The address by which an article is known: https, no `www.`, no tracking, parameters sorted.

    Text that is no http address comes back cleaned but otherwise unchanged. Idempotent; never raises.
    """
    text = _cleaned(url)
    parts = _split(text)
    if parts is None or "@" in parts.netloc:
        return text
    host, port = _host(parts), parts.port
    if not host:
        return text
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    netloc = host if port in {None, 80, 443} else f"{host}:{port}"
    path = _without_dots(_recoded(SESSION.sub("", parts.path), PATH_SAFE)) or "/"
    query = _kept_parameters(parts.query)
    return f"https://{netloc}{path}" + (f"?{query}" if query else "")


def key(url: str) -> str:
    """The sha256 of the canonical address, as 64 hex digits: what UNIQUE constraints hold."""
    return hashlib.sha256(canonical(url).encode("utf-8")).hexdigest()


def absolute(base: str, link: str) -> str | None:
    """`link` resolved against `base`, or None when nobody should follow it.

    Refused: other schemes than http and https, more than 2,048 characters, user names, control and bidirectional characters,
    backslashes, a missing host or a port that is no number.
    """
    link = ESCAPED_AMPERSAND.sub("&", link.strip("\ufeff\u200b \t\r\n\f\v\x00").replace(" ", "%20"))
    if not link or len(link) > LONGEST_ADDRESS or _suspect(link) or HOSTLESS.match(link):
        return None
    try:
        joined = urljoin(base, link)
    except ValueError:
        return None
    parts = _split(joined)
    if parts is None or not parts.hostname or "@" in parts.netloc or len(joined) > LONGEST_ADDRESS or _suspect(joined):
        return None
    return joined


def host_of(url: str) -> str:
    """The host an address names, in lower-case ASCII without a trailing dot; empty when there is none."""
    parts = _split(_cleaned(url))
    return _host(parts) if parts is not None else ""


@lru_cache(maxsize=4096)
def registrable(host: str) -> str:
    """The domain somebody registered (`bbc.co.uk` for `news.bbc.co.uk`), by the Public Suffix List with its private part.

    An IP address, a single label and a public suffix stand for themselves.
    """
    host = _ascii_host(host.strip().rstrip("."))
    if not host or is_ip(host):
        return host
    return _suffixes().privatesuffix(host) or host


def mail_address(text: str) -> str:
    """A mail address as mail servers carry it: in small letters, its domain in ASCII (`ada@bücher.example` is `ada@xn--bcher-kva.example`).

    Nothing is checked: what is no address stays none.
    """
    name, at, domain = text.strip().lower().rpartition("@")
    return f"{name}{at}{_ascii_host(domain)}"


def is_ip(host: str) -> bool:
    """Whether a host is an IP address literal, with or without brackets."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def same_site(a: str, b: str, registrable: Callable[[str], str] = registrable) -> bool:
    """Whether two addresses lie in one registrable domain; for IP addresses, on the same host and port."""
    host_a, host_b = host_of(a), host_of(b)
    if not host_a or not host_b:
        return False
    if is_ip(host_a) or is_ip(host_b):
        return host_a == host_b and _port(a) == _port(b)
    return registrable(host_a) == registrable(host_b)


def believed_canonical(page: str, claimed: str) -> str:
    """The address a page claims as its own when it lies within the same registrable domain and is no home page; else `page`."""
    target = absolute(page, claimed)
    if target is None or not same_site(page, target):
        return page
    home = urlsplit(canonical(target))
    if home.path == "/" and not home.query and urlsplit(canonical(page)).path != "/":
        return page  # templates that name the home page on every article would make all of them one
    return target


# ── the day an address names ─────────────────────────────────────────────────────────────────────────────────────────

# In order of certainty; y, m and d are the groups. Shares seen in 6,222 real links: the first form alone makes three in four.
DAY_FORMS = (
    re.compile(r"/(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})(?=[/.\-_]|$)"),
    re.compile(r"(?<!\d)(?P<y>\d{4})([-_.])(?P<m>\d{2})\2(?P<d>\d{2})(?!\d)"),
    re.compile(r"/(?P<y>\d{4})-(?P<m>\d{2})/(?P<d>\d{2})(?=/)"),
    re.compile(r"(?<!\d)(?P<d>\d{2})([-_.])(?P<m>\d{2})\2(?P<y>\d{4})(?!\d)"),
    re.compile(r"/(?P<y>\d{4})/(?P<m>\d{2})(?P<d>\d{2})(?=[/.\-_]|$)"),
    re.compile(r"(?<![\dA-Za-z])(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?![\dA-Za-z])"),
)


def day_in(url: str) -> Moment | None:
    """The day an address names in its path (`/2026/11/20/`, `-20-11-2026-`, `20261120`), at midnight UTC with day precision.

    Day before month where both readings are possible, as newspapers that write it so do; month first only where nothing else fits.
    """
    parts = _split(_cleaned(url))
    if parts is None:
        return None
    for form in DAY_FORMS:
        for match in form.finditer(parts.path):
            year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
            at = _day(year, month, day) or (_day(year, day, month) if match.start("d") < match.start("m") else None)
            if at is not None:
                return Moment(at=at, offset=None, precision="day")
    return None


def _day(year: int, month: int, day: int) -> datetime | None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cleaned(url: str) -> str:
    """Without control characters and outer blanks, with surrogates replaced and doubly escaped ampersands restored."""
    text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in url if unicodedata.category(c) not in {"Cc", "Cf", "Zl", "Zp"})
    return ESCAPED_AMPERSAND.sub("&", text.strip())


def _split(text: str) -> SplitResult | None:
    """The parts of an http address, or None; a port that is no number makes it none."""
    try:
        parts = urlsplit(text)
        _ = parts.port, parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.netloc else None


def _port(url: str) -> int:
    parts = _split(_cleaned(url))
    if parts is None:
        return 0
    return parts.port or (443 if parts.scheme == "https" else 80)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    return f"[{host}]" if ":" in host else _ascii_host(host)


def _ascii_host(host: str) -> str:
    """Lower case and punycode, label by label; what IDNA refuses stays as written, in lower case."""
    host = host.lower()
    if host.isascii():
        return host
    try:
        labels = idna.uts46_remap(host, std3_rules=False, transitional=False).rstrip(".").split(".")
        return ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in labels).lower()
    except (idna.IDNAError, UnicodeError):
        return host


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _suspect(text: str) -> bool:
    return "\\" in text or any(unicodedata.category(c) in REFUSED_CATEGORIES for c in text)


def _recoded(text: str, safe: frozenset[str]) -> str:
    """Percent-encoding made uniform: unreserved characters plain, everything unsafe encoded as UTF-8, hex digits upper-case."""
    out: list[str] = []
    at = 0
    while at < len(text):
        match = ENCODED.match(text, at)
        if match:
            char = chr(int(match[1], 16))
            out.append(char if char in UNRESERVED else f"%{match[1].upper()}")
            at = match.end()
        else:
            char = text[at]
            out.append(char if char in safe else "".join(f"%{byte:02X}" for byte in char.encode("utf-8")))
            at += 1
    return "".join(out)


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4 for an absolute path: `.` and `..` resolved, empty segments kept."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _kept_parameters(query: str) -> str:
    """Parameters that may name the article, sorted by name; those of one name keep their order."""
    kept = [part for part in (_recoded(piece, QUERY_SAFE) for piece in query.split("&")) if part and not _is_tracking(part)]
    return "&".join(sorted(kept, key=lambda part: part.partition("=")[0]))


def _is_tracking(part: str) -> bool:
    name, _, value = part.partition("=")
    name, value = name.lower(), value.lower()
    if name in TRACKING_NAMES or name.startswith(TRACKING_PREFIXES):
        return True
    if name in CAMPAIGN_NAMES and not value.isdigit():
        return True
    if name in FLAG_NAMES and value in FLAG_VALUES:
        return True
    return name in TELLTALE_NAMES and TELLTALE_VALUE.fullmatch(value) is not None
