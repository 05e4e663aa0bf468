from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import AddressRefused
from monitor.outside.guard import Address, check_address, check_ip, is_loopback_literal, is_own_host

INTRANET = (ipaddress.ip_network("10.2.0.0/16"),)


def gate(url: str, allow: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = (), *, from_public: bool = True) -> Address:
    return check_address(url, allow=allow, from_public=from_public)


def why(url: str, **kind: object) -> str:
    with pytest.raises(AddressRefused) as refusal:
        gate(url, **kind)  # type: ignore[arg-type]
    return str(refusal.value)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.org/feed.xml?a=1&b=2#top", Address("https", "example.org", 443, "/feed.xml?a=1&b=2")),
        ("HTTP://Example.ORG:80", Address("http", "example.org", 80, "/")),
        ("http://example.org.:443/x", Address("http", "example.org", 443, "/x")),
        ("https://bücher.example/é ü?q=ß", Address("https", "xn--bcher-kva.example", 443, "/%C3%A9%20%C3%BC?q=%C3%9F")),
        ("https://example.org/a%2Fb%zz", Address("https", "example.org", 443, "/a%2Fb%zz")),
        (" https://example.org/ ", Address("https", "example.org", 443, "/")),
        ("https://my_feeds.example.org/", Address("https", "my_feeds.example.org", 443, "/")),
    ],
)
def test_public_address_is_taken_apart(url: str, address: Address) -> None:
    assert gate(url) == address


@pytest.mark.parametrize(
    ("url", "netloc"),
    [("https://example.org/", "example.org"), ("http://127.0.0.1:8000/", "127.0.0.1:8000"), ("http://[::1]:80/", "[::1]")],
)
def test_netloc_names_the_port_only_when_it_is_not_the_schemes_own(url: str, netloc: str) -> None:
    assert gate(url, from_public=False).netloc == netloc


# Numbers 51 to 71 of the hostile corpus, and their neighbours.
LOOPBACK_IN_DISGUISE = [
    "http://127.1/",
    "http://127.0.1/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://00000/",
    "http://127.0.0.1./",
    "http://127.0.0.01:80/",
    "http://127.0.0.256/",
    "http://1.2.3.4.5/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST:8000/",
    "http://a.localhost/",
    "http://127。0。0。1/",
    "http://127.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]:80/",
    "http://[::ffff:7f00:1]:80/",
    "http://[::ffff:127.0.0.1]:80/",
    "http://[::]:80/",
    "http://[fe80::1%25lo]/",
    "http://[fe80::1%lo]/",
]


@pytest.mark.parametrize("url", LOOPBACK_IN_DISGUISE)
@pytest.mark.parametrize("from_public", [True, False])
def test_disguised_loopback_is_refused(url: str, from_public: bool) -> None:
    why(url, from_public=from_public)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[fc00::1]/",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://example.org:22/",
        "http://example.org:25/",
        "http://example.org:5432/",
        "http://example.org:8080/",
        "http://intranet/",
    ],
)
def test_numbers_ports_and_bare_names_are_refused_outside_allowed_networks(url: str) -> None:
    assert why(url).endswith("(MONITOR_ALLOW_NETWORKS allows networks of your own).")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/feed",
        "//example.org/feed",
        "/feed",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "http:///feed",
        "http://?x",
        "http://user:secret@example.org/",
        "http://example.com@127.0.0.1/",
        "http://example.org\\@127.0.0.1/",
        "http:\\\\example.org/",
        "http://exa mple.org/",
        "http://example.org%00/",
        "http://%31%32%37.0.0.1/",
        "http://example.org\r\nHost: evil/",
        "http://example.org/\x00",
        "http://example.org/\u202egnp",
        "http://example.org/\ud800",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:٨٠/",
        "http://-example.org/",
        "http://example..org/",
        "http://" + "a" * 64 + ".org/",
        "http://" + "a." * 127 + "org/",
        "http://[::1/",
        "http://::1/",
        "http://[x]/",
        "//[x",
        "http://xn--a/",
        "https://example.org/" + "a" * 2048,
    ],
)
def test_malformed_address_is_refused(url: str) -> None:
    why(url, from_public=False)


def test_refusal_never_shows_a_password() -> None:
    assert why("https://desk:s3cret@example.org/feed") == (
        "https://…@example.org/feed carries a user name or password, which feed addresses may not."
    )


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001/feed", "http://127.4.5.6:80/", "https://[::1]:8443/"])
def test_literal_loopback_passes_when_the_start_was_loopback(url: str) -> None:
    assert gate(url, from_public=False).url.startswith(url.partition(":80/")[0])


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001/feed", "https://[::1]:8443/"])
def test_literal_loopback_is_refused_when_an_outlet_led_there(url: str) -> None:
    assert why(url) == f"{url} is this machine, and an outlet elsewhere may not send us here."


def test_loopback_without_port_is_refused() -> None:
    assert why("http://127.0.0.1/", from_public=False) == "http://127.0.0.1/ is this machine; write its port too."


def test_allowed_network_passes_by_number_with_any_port() -> None:
    assert gate("http://10.2.3.4:1200/rss", INTRANET) == Address("http", "10.2.3.4", 1200, "/rss")
    assert gate("http://rsshub:1200/rss", INTRANET) == Address("http", "rsshub", 1200, "/rss")  # the dialer judges what it resolves to
    assert why("http://10.3.0.1/", allow=INTRANET).startswith("http://10.3.0.1/ names a machine by number")


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.9",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ],
)
def test_machine_that_is_not_public_is_refused(ip: str) -> None:
    with pytest.raises(AddressRefused):
        check_ip(ipaddress.ip_address(ip), ())


@pytest.mark.parametrize("ip", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "::ffff:8.8.8.8", "2606:4700::1111", "2a01:4f8::1"])
def test_public_machine_passes(ip: str) -> None:
    check_ip(ipaddress.ip_address(ip), ())


def test_allowed_network_lets_its_machines_pass_also_when_mapped() -> None:
    check_ip(ipaddress.ip_address("10.2.0.5"), INTRANET)
    check_ip(ipaddress.ip_address("::ffff:10.2.0.5"), INTRANET)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=200, deadline=None)
def test_only_the_canonical_spelling_of_a_number_ever_passes(number: int) -> None:
    spelled = [str(number), hex(number), f"0{number:o}", f"{number >> 24}.{number & 0xFFFFFF}"]
    for host in spelled:
        why(f"http://{host}:80/", allow=(ipaddress.ip_network("0.0.0.0/0"),), from_public=False)


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_judged_without_surprise(text: str) -> None:
    for url in (text, f"http://{text}", f"https://example.org/{text}"):
        try:
            address = gate(url)
        except AddressRefused as refusal:
            assert str(refusal).isprintable()
        else:
            assert (address.url.isascii(), address.url.isprintable(), " " in address.url) == (True, True, False)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8001/x", True),
        ("http://[::1]:8001/x", True),
        ("http://127.0.0.1/x", False),
        ("http://localhost:8001/x", False),
        ("http://127.1:8001/x", False),
        ("https://example.org/", False),
        ("nonsense", False),
    ],
)
def test_loopback_literal_is_recognised(url: str, expected: bool) -> None:
    assert is_loopback_literal(url) is expected


@pytest.mark.parametrize(
    ("own", "url", "expected"),
    [
        ("desk.example.org", "https://desk.example.org/x", True),
        ("Desk.Example.org", "http://desk.example.org./x", True),
        ("desk.example.org:443", "https://desk.example.org/", True),
        ("desk.example.org", "https://example.org/", False),
        ("127.0.0.1:8000", "http://127.0.0.1:8000/", True),
        ("127.0.0.1:8000", "http://127.0.0.1:8001/", False),
        ("127.0.0.1", "http://127.0.0.1:8001/", False),
        ("127.0.0.1", "http://127.0.0.1:80/", True),
        ("[::1]:8000", "http://[::1]:8000/", True),
        ("", "https://example.org/", False),
    ],
)
def test_own_host_is_recognised(own: str, url: str, expected: bool) -> None:
    assert is_own_host(gate(url, from_public=False), own) is expected
