"""What holds in a database put back on a server, and who counts as using it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from monitor.store import edition_mail, server_tables
from monitor.store.server_tables import NoSooner
from tests.fakes import NOON
from tests.store.edition_rows import frozen

pytestmark = pytest.mark.django_db


def test_an_edition_being_mailed_when_the_copy_was_made_waits_for_a_person(tmp_path: Path) -> None:
    edition = frozen()
    edition_mail.ask(edition, NOON, with_pdf=False)
    server_tables.settle(tmp_path, NoSooner(()), NOON)
    assert edition_mail.claim(NOON, worker="w") is None
    edition_mail.ask(edition, NOON, with_pdf=False)  # a person presses Send
    assert edition_mail.claim(NOON, worker="w") is not None


def test_a_copy_of_before_mails_were_made_by_a_job_is_settled(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE store_tomail RENAME TO older_tomail")
    assert server_tables.settle(tmp_path, NoSooner(()), NOON) == (0, 0)
