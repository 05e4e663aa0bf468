"""The address gate: which URL may be asked at all, and which machine may be dialled.

Nothing here touches the network. `check_address` judges an address as written (scheme, host spelling, port); `check_ip` judges an IP
address a name turned out to mean. The dialer calls `check_ip` on every answer of the resolver, so a name can never smuggle in a private
machine. Rules and their tests: docs/security.md.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import SplitResult, quote, urlsplit

import idna

from monitor.errors import AddressRefused

IP = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

MAX_URL = 2048
"""Longest address that is asked, in characters."""

PORTS = {"http": 80, "https": 443}

# `ipaddress.is_global` calls multicast, NAT64, 6to4 and others global (finding 5), hence a list of our own.
_DENIED: Networks = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",
        "::ffff:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_DENIED_V4 = tuple(network for network in _DENIED if isinstance(network, IPv4Network))
_DENIED_V6 = tuple(network for network in _DENIED if isinstance(network, IPv6Network))
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\\]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SETTING = "MONITOR_ALLOW_NETWORKS allows networks of your own"


@dataclass(frozen=True, slots=True)
class Address:
    """An address that passed the gate: `host` in ASCII without brackets, `path` with its query, percent-encoded, never empty."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Host and, unless it is the scheme's own, port: what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, normalised, without fragment."""
        return f"{self.scheme}://{self.netloc}{self.path}"


@dataclass(frozen=True, slots=True)
class Policy:
    """What this desk may fetch and how it introduces itself; made once from the settings.

    `contact` is a mail address or page for webmasters; without it only loopback outlets are fetched (P51). `info_page` is the desk's own
    page about its robot. `own_host` is the desk's public `host` or `host:port`, which it never asks. `host_interval` is in seconds (P43).
    `loopback` lets literal loopback addresses of feeds.yaml through.
    """

    allow_networks: Networks = ()
    contact: str = ""
    own_host: str = ""
    host_interval: float = 5.0
    loopback: bool = True
    info_page: str = ""


def check_ip(ip: IP, allow: Networks) -> None:
    """Let public machines and those inside `allow` pass; raises AddressRefused for every other one."""
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip in network for network in allow):
        return
    if isinstance(ip, IPv4Address):
        public = not any(ip in network for network in _DENIED_V4)
    else:
        public = ip in _GLOBAL_UNICAST_V6 and not any(ip in network for network in _DENIED_V6)
    if not public:
        raise AddressRefused(f"{ip} is not a public machine ({_SETTING}).")


def literal_ip(host: str) -> IP | None:
    """The IP address that `host` spells in canonical form, else None."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return None
    return ip if str(ip) == host else None


@lru_cache(maxsize=8192)
def check_address(url: str, *, allow: Networks, from_public: bool) -> Address:
    """Judge an address as written and take it apart; raises AddressRefused with one sentence.

    `from_public` says that the address which led here (the feed, the page, the redirect's start) is not itself literal loopback: then
    loopback is refused. A literal IP address and any port but 80 and 443 pass only inside `allow`; for a name with another port that is
    known only after resolving, so the dialer decides.
    """
    parts = _split(url)
    scheme = parts.scheme
    if scheme not in PORTS:
        raise AddressRefused(f"{_shown(url)} is not a web address: it must start with http:// or https://.")
    if "@" in parts.netloc:
        raise AddressRefused(f"{_shown(url, hide=True)} carries a user name or password, which feed addresses may not.")
    host, port = _host_and_port(url, parts.netloc)
    path = _path(parts.path, parts.query)
    ip = _judged_ip(url, host)
    address = Address(scheme, str(ip) if ip is not None else host, port or PORTS[scheme], path)
    if ip is None:
        _check_name(url, host, address.port, allow)
    elif ip.is_loopback and not any(ip in network for network in allow):
        _check_loopback(url, port, from_public)
    elif not any(ip in network for network in allow):
        raise AddressRefused(f"{_shown(url)} names a machine by number, outside the networks this desk allows ({_SETTING}).")
    return address


@lru_cache(maxsize=8192)
def is_loopback_literal(url: str) -> bool:
    """Whether the address names this machine by a canonical loopback number with a port, the only way feeds.yaml may name it."""
    try:
        address = check_address(url, allow=(), from_public=False)
    except AddressRefused:
        return False
    ip = literal_ip(address.host)
    return ip is not None and ip.is_loopback


def is_own_host(address: Address, own_host: str) -> bool:
    """Whether the address is the desk's own public host: asking it would let a stranger's feed speak with the desk's voice."""
    if not own_host:
        return False
    name, _, port = own_host.casefold().rpartition(":") if re.search(r":\d+$", own_host) else (own_host.casefold(), "", "")
    if literal_ip(address.host) is not None:  # several programs share a machine's number, told apart by port
        return address.host == name.strip("[]") and address.port in ((int(port),) if port else (80, 443))
    return address.host == name.rstrip(".")


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL:
        raise AddressRefused(f"{_shown(url)} is longer than {MAX_URL} characters.")
    if _UNPRINTABLE.search(url):  # urlsplit would drop some of them silently
        raise AddressRefused(f"{_shown(url)} contains a backslash or an invisible character.")
    try:
        return urlsplit(url.strip(" "))
    except ValueError:
        raise AddressRefused(f"{_shown(url)} is malformed.") from None


def _host_and_port(url: str, netloc: str) -> tuple[str, int | None]:
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\[\]:%\s]+)(?::([0-9]{1,5}))?:?", netloc)
    if match is None:
        raise AddressRefused(f"{_shown(url)} has no usable host name.")
    port = int(match[2]) if match[2] else None
    if port is not None and not 0 < port < 65536:
        raise AddressRefused(f"{_shown(url)} has an impossible port.")
    host = match[1].lower()
    if host.startswith("["):
        return host, port
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise AddressRefused(f"{_shown(url)} has an invalid international host name.") from None
        if _is_numeric(host):
            raise AddressRefused(f"{_shown(url)} spells a number as its host in a disguised way.")
    host = host.removesuffix(".")
    if not host or len(host) > 253 or not _HOST.fullmatch(host):
        raise AddressRefused(f"{_shown(url)} has no valid host name.")
    return host, port


def _judged_ip(url: str, host: str) -> IP | None:
    """The literal IP address in `host`, None for a name; raises for numbers in any spelling but the canonical one."""
    if host.startswith("["):
        ip = literal_ip(host[1:-1])
        if not isinstance(ip, IPv6Address):
            raise AddressRefused(f"{_shown(url)} spells its IPv6 address in an unusual way; write it in its short lower-case form.")
        if ip.ipv4_mapped is not None:
            raise AddressRefused(f"{_shown(url)} hides an IPv4 address inside an IPv6 one.")
        return ip
    if not _is_numeric(host):
        return None
    ip = literal_ip(host)
    if ip is None:
        raise AddressRefused(f"{_shown(url)} spells a number as its host in a disguised way.")
    return ip


def _is_numeric(host: str) -> bool:
    """Whether resolvers read the host as a number: its last label is one (127.1, 0x7f.1, 2130706433, 0)."""
    return _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]) is not None


def _check_name(url: str, host: str, port: int, allow: Networks) -> None:
    if host == "localhost" or host.endswith(".localhost"):
        raise AddressRefused(f"{_shown(url)} names this machine by a word; write 127.0.0.1 with its port instead.")
    if not allow and "." not in host:
        raise AddressRefused(f"{_shown(url)} is not a public host name ({_SETTING}).")
    if not allow and port not in (80, 443):
        raise AddressRefused(f"{_shown(url)} uses port {port}; only 80 and 443 are asked ({_SETTING}).")


def _check_loopback(url: str, port: int | None, from_public: bool) -> None:
    if from_public:
        raise AddressRefused(f"{_shown(url)} is this machine, and an outlet elsewhere may not send us here.")
    if port is None:
        raise AddressRefused(f"{_shown(url)} is this machine; write its port too.")


def _path(path: str, query: str) -> str:
    whole = (path or "/") + (f"?{query}" if query else "")
    if whole.isascii() and " " not in whole:
        return whole
    return quote(whole, safe="!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~")  # only spaces and non-ASCII change: the rest is the outlet's own spelling


def _shown(url: str, *, hide: bool = False) -> str:
    """The address as a message may show it: printable, short, without a password."""
    if hide:
        url = re.sub(r"//[^/]*@", "//…@", url)
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in url[:121])
    return text if len(text) <= 120 else text[:117] + "…"
