"""The French of the pages: complete, compiled, and set with French spaces."""

from __future__ import annotations

import re

from tests.web import messages

_FIELD = re.compile(r"%\((\w+)\)[sd0-9]*")


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, tuple | list) else (str(value),)


def test_the_catalogue_holds_exactly_the_messages_of_the_pages() -> None:
    found = {(message.context, _texts(message.id)) for message in messages.gathered() if message.id}
    kept = {(message.context, _texts(message.id)) for message in messages.stored() if message.id}
    assert kept == found


def test_nothing_is_left_untranslated_or_fuzzy() -> None:
    untold = [message.id for message in messages.stored() if message.id and (message.fuzzy or not all(_texts(message.string)))]
    assert untold == []


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    assert (messages.FOLDER / "django.mo").read_bytes() == messages.compiled(messages.stored())


def test_translations_keep_the_fields_of_their_message() -> None:
    odd = [
        message.id
        for message in messages.stored()
        if message.id
        for text in _texts(message.string)
        if set(_FIELD.findall(text)) != set(_FIELD.findall(_texts(message.id)[-1]))
        and set(_FIELD.findall(text)) != set(_FIELD.findall(_texts(message.id)[0]))
    ]
    assert odd == []


def test_french_puts_a_no_break_space_before_high_punctuation() -> None:
    bare = [
        text
        for message in messages.stored()
        for text in _texts(message.string)
        if re.search(r"[^\s\u00a0\u202f][;!?»]| [:;!?»]| %%|« ", text)
    ]
    assert [text for text in bare if text and "Plural-Forms" not in text] == []
