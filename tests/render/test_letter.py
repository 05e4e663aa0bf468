from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import MailRefused
from monitor.records import Attachment, Letter, Sender
from monitor.render.letter import LONGEST_LINE, letter, thread_root

AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
SENDER = Sender("desk@press.example", "Revue de presse", "answers@press.example", "https://desk.example")
BARE = ["Content-Language", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To"]
AUTOMATIC = ["Auto-Submitted", "X-Auto-Response-Suppress"]


def a_letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "kind": "alert",
        "key": "rule:story",
        "sender": SENDER,
        "recipient": "ana@reader.example",
        "recipient_name": "Ana Diaz",
        "subject": "Monitor: iron dome",
        "text": "Hello\n",
        "html": "<p>Hello</p>",
        "language": "en",
        "at": AT,
    }
    return letter(**(values | changes))


def headers(made: Letter) -> list[str]:
    return sorted(message_from_bytes(made.raw).keys())


def test_letter_carries_exactly_the_headers_of_a_transactional_mail() -> None:
    assert headers(a_letter(kind="reset")) == sorted(BARE + AUTOMATIC)


def test_letter_of_a_stream_can_be_left_and_threads() -> None:
    made = a_letter(list_id="alerts", unsubscribe="https://desk.example/u/t0ken", thread="story-1", bulk=True)
    found = message_from_bytes(made.raw)
    root = thread_root("story-1", "press.example")
    extra = {
        "List-Id": "<alerts.press.example>",
        "List-Unsubscribe": "<https://desk.example/u/t0ken>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "In-Reply-To": root,
        "References": root,
        "Precedence": "bulk",
    }
    assert {name: found[name] for name in extra} == extra
    assert headers(made) == sorted([*BARE, *AUTOMATIC, *extra])


def test_one_click_is_not_offered_over_plain_http_elsewhere() -> None:
    assert "List-Unsubscribe-Post" not in headers(a_letter(unsubscribe="http://desk.example/u/t"))
    assert "List-Unsubscribe-Post" in headers(a_letter(unsubscribe="http://127.0.0.1:8000/u/t"))


def test_letter_is_text_first_and_the_same_bytes_every_time() -> None:
    made = a_letter(text="Été\n", html="<p>Été</p>")
    parts = [part for part in message_from_bytes(made.raw).walk() if not part.is_multipart()]
    assert [(part.get_content_type(), part.get_payload(decode=True)) for part in parts] == [
        ("text/plain", "Été\r\n".encode()),
        ("text/html", "<p>Été</p>".encode()),
    ]
    assert made == a_letter(text="Été\n", html="<p>Été</p>")


def test_message_id_stands_for_kind_key_and_recipient() -> None:
    first, again, other, else_ = a_letter(), a_letter(text="x"), a_letter(recipient="bo@reader.example"), a_letter(key="rule:other")
    assert first.message_id == again.message_id
    assert len({first.message_id, other.message_id, else_.message_id}) == 3
    assert first.message_id.startswith("<alert.")
    assert first.message_id.endswith("@press.example>")
    assert len(first.message_id) == len("<alert.@press.example>") + 24


HOSTILE = [
    "=?utf-8?q?=0ABcc:_x@evil?=",
    "=?utf-8?b?CkJjYzogeEBldmls?=",
    "a\r\nBcc: x@evil\r\n\r\nbody",
    "a\u2028Bcc: x\u0085y\x0bz",
    "\ud800",
    "x" * 10_000,
    "é" * 10_000,
    '"x", <evil@x.example>',
    "\u202egnp.exe\u2066",
    "Z" + "\u0301" * 10_000,
    "\U0001f3f4\U000e0067\U000e007f",
    "Привет =?utf-8?q?=0ABcc:_x@evil?=",
    ", evil@x.example",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_subjects_and_names_add_no_header(hostile: str) -> None:
    made = a_letter(subject=hostile, recipient_name=hostile, sender=replace(SENDER, name=hostile), key=hostile)
    assert headers(made) == sorted(BARE + AUTOMATIC)
    assert "Bcc" not in message_from_bytes(made.raw)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_in_headers_and_body_keeps_the_header_set(title: str, body: str) -> None:
    made = a_letter(subject=title, recipient_name=title, text=body, html=f"<p>{body}")
    assert headers(made) == sorted(BARE + AUTOMATIC)
    assert max(map(len, made.raw.split(b"\r\n"))) <= LONGEST_LINE
    assert b"\n" not in made.raw.replace(b"\r\n", b"")


@given(st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zs", "Zl", "Zp")), max_size=150))
def test_subject_is_read_as_it_was_written(title: str) -> None:
    made = a_letter(subject=title)
    assert str(make_header(decode_header(message_from_bytes(made.raw)["Subject"] or ""))) == made.subject


def test_body_lines_that_mean_something_to_mail_survive() -> None:
    text = ".\nFrom here\n..\n" + "x" * 5000 + "\n"
    part = message_from_bytes(a_letter(text=text).raw).get_payload(0)
    assert part.get_payload(decode=True).decode().replace("\r\n", "\n") == text  # type: ignore[union-attr]


def test_files_travel_beside_both_forms() -> None:
    made = a_letter(attachments=[Attachment("édition\r\nX: y.pdf", "application/pdf", b"%PDF\0\xff")])
    parts = [part for part in message_from_bytes(made.raw).walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "application/pdf"]
    assert parts[2].get_payload(decode=True) == b"%PDF\0\xff"
    assert parts[2].get_filename() == "édition X: y.pdf"


@pytest.mark.parametrize("address", ["", "x", "a@b, c@d", "a@b\r\nBcc: c@d", "a b@c.example", "é@c.example", "<a@b.example>"])
def test_letter_to_no_address_is_refused(address: str) -> None:
    with pytest.raises(MailRefused):
        a_letter(recipient=address)


@pytest.mark.parametrize("address", ["javascript:x", "https://a.example/\r\nBcc: x", "https://a.example/>,<mailto:x", "ftp://a.example"])
def test_letter_with_no_web_address_to_leave_is_refused(address: str) -> None:
    with pytest.raises(MailRefused):
        a_letter(unsubscribe=address)
