"""A pasted list is read line by line; whatever it holds, only addresses come out of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.subscriber_list import LONGEST_NAME, MOST_LINES, ListLine, address_in, plain_name, read_list

TONGUES = ("fr", "en")


@pytest.mark.parametrize(
    ("line", "email", "name", "language"),
    [
        ("ada@reader.example", "ada@reader.example", "", "fr"),
        ("  Ada@Reader.Example  ", "ada@reader.example", "", "fr"),
        ("Ada Byron <ada@reader.example>", "ada@reader.example", "Ada Byron", "fr"),
        ('"Byron, Ada" <ada@reader.example>', "ada@reader.example", "Byron, Ada", "fr"),
        ("ada@reader.example;Ada Byron;en", "ada@reader.example", "Ada Byron", "en"),
        ("Ada Byron\tada@reader.example\tEN", "ada@reader.example", "Ada Byron", "en"),
        ("Ada <ada@reader.example>, en", "ada@reader.example", "Ada", "en"),
        ("佐藤 <sato@reader.example>", "sato@reader.example", "佐藤", "fr"),
    ],
)
def test_a_line_tells_who_and_in_which_language(line: str, email: str, name: str, language: str) -> None:
    assert read_list(line, TONGUES, "fr") == [ListLine(1, email, name, language, "", plain_name(line))]


@pytest.mark.parametrize(
    "text",
    ["ada", "ada@", "@reader.example", "ada@reader", "a b@reader.example", "ada@-x.example", "ada@reader..example", "a..b@reader.example",
     "ada@reader.example\x00", "=cmd|' /C calc'!A0", "ada@[127.0.0.1]", "ada@reader.example>, <bo@x", "javascript:alert(1)@x"],
)  # fmt: skip
def test_what_is_no_address_is_none(text: str) -> None:
    assert address_in(text) == ""


def test_lines_are_judged_and_numbered_as_they_stand() -> None:
    found = read_list("\r\nada@reader.example\r\n\r\nADA@READER.EXAMPLE\rno\n" + "x" * 600, TONGUES, "en")
    assert [(one.number, one.email, one.wrong) for one in found] == [
        (2, "ada@reader.example", ""),
        (4, "ada@reader.example", "twice"),
        (5, "", "address"),
        (6, "", "long"),
    ]


def test_a_list_without_end_ends() -> None:
    found = read_list("\n".join(f"a{number}@reader.example" for number in range(MOST_LINES + 50)), TONGUES, "en")
    assert (len(found), found[-1].wrong) == (MOST_LINES + 1, "many")


def test_a_header_cannot_be_smuggled_in_a_name() -> None:
    found = read_list("Ada\x0bBcc: evil@x.example <ada@reader.example>", TONGUES, "en")
    assert (found[0].email, "\x0b" in found[0].name) == ("ada@reader.example", False)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_whatever_is_pasted_comes_out_as_addresses_and_plain_names(text: str) -> None:
    for one in read_list(text, TONGUES, "en"):
        assert one.email == address_in(one.email)
        assert len(one.name) <= LONGEST_NAME
        assert one.name == plain_name(one.name)
        assert bool(one.wrong) != bool(one.email) or one.wrong == "twice"


def test_letters_of_a_country_after_the_at_are_taken_as_mail_servers_carry_them() -> None:
    (line,) = read_list("Ada Byron <Ada@Bücher.example>", ("en", "fr"), "en")
    assert (line.email, line.name, line.wrong) == ("ada@xn--bcher-kva.example", "Ada Byron", "")
    assert address_in("adà@example.org") == ""
