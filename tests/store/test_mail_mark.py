"""A database that was put back to an earlier moment is noticed, once, and mail is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.store import mail_line, mail_mark, outbox_acts
from monitor.store.models import DeskFact
from tests.fakes import NOON

pytestmark = pytest.mark.django_db


def test_database_of_an_earlier_moment_holds_mail_until_it_is_let_go(tmp_path: Path) -> None:
    mail_mark.step(tmp_path, NOON)
    earlier = DeskFact.objects.get(name="mail mark").value
    mail_mark.step(tmp_path, NOON)
    assert not mail_mark.look_back(tmp_path, NOON)
    DeskFact.objects.filter(name="mail mark").update(value=earlier)
    assert (mail_mark.look_back(tmp_path, NOON), mail_mark.look_back(tmp_path, NOON)) == (True, False)
    assert mail_line.held() == (NOON, "restored")
    outbox_acts.resume(None, NOON)
    assert (mail_mark.look_back(tmp_path, NOON), mail_line.held()) == (False, None)


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"many"])
def test_home_without_a_readable_mark_holds_nothing(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / mail_mark.FILE).write_bytes(content)
    assert not mail_mark.look_back(tmp_path, NOON)


def test_new_home_on_a_database_that_has_sent_mail_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    mail_mark.step(tmp_path / "old", NOON)
    assert not mail_mark.look_back(tmp_path / "new", NOON)
