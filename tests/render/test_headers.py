from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.render.headers import encoded, mailbox, safe_header


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("=?utf-8?q?=0ABcc:_x@evil?=", "= ?utf-8?q?=0ABcc:_x@evil?="),  # 91
        ("=?utf-8?b?CkJjYzogeEBldmls?=", "= ?utf-8?b?CkJjYzogeEBldmls?="),  # 92
        ("a\r\nBcc: x\u2028y\u0085z\x0bw", "a Bcc: x y z w"),  # 93
        ("\ud800 lone", "lone"),  # 94
        ("x" * 10_000, "x" * 199 + "…"),  # 95
        ("\u202egnp.exe \u2066open", "gnp.exe open"),  # 100
        ("Z" + "\u0301" * 10_000, "Ź" + "\u0301" * 7),  # 101
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4"),  # 103
        ("=\u202e?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("=\x00?utf-8?q?x?=", "= ?utf-8?q?x?="),
        ("Élection : « l’avenir »", "Élection : « l’avenir »"),
        ("", ""),
    ],
)
def test_safe_header_takes_out_what_would_act(hostile: str, safe: str) -> None:
    assert safe_header(hostile) == safe


@given(st.text(max_size=400))
def test_safe_header_is_one_line_and_stays_as_it_is(text: str) -> None:
    safe = safe_header(text)
    assert safe_header(safe) == safe
    assert len(safe.splitlines()) <= 1
    assert "=?" not in safe
    assert all(line.startswith((" ", "\t")) for line in encoded(text, "Subject").encode().split("\n")[1:])


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", "a@b.example"),
        ("Ana", '"Ana" <a@b.example>'),
        ('x", <evil@x.example>, "', '"x\\", <evil@x.example>, \\"" <a@b.example>'),  # 96
        (", evil@x.example", '", evil@x.example" <a@b.example>'),  # 98
        ("Zoé", "=?utf-8?q?Zo=C3=A9?= <a@b.example>"),
    ],
)
def test_mailbox_keeps_a_name_a_name(name: str, written: str) -> None:
    assert mailbox(name, "a@b.example") == written
