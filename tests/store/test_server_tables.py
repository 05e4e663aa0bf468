"""What holds in a database put back on a server, and who counts as using it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from monitor.errors import StoreError
from monitor.store import edition_mail, server_tables
from monitor.store.models import Feed, Host
from monitor.store.server_tables import NoSooner
from tests.fakes import NOON
from tests.store import rows
from tests.store.edition_rows import frozen

pytestmark = pytest.mark.django_db
on_a_server = pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL only: MONITOR_TEST_DATABASE_URL names none")


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


@on_a_server
@pytest.mark.parametrize("lost", ["store_feed", "store_host", "store_article"])
def test_a_database_that_has_lost_a_table_still_tells_what_it_knows(lost: str) -> None:
    later = NOON + timedelta(hours=1)
    Host.objects.create(name="phare.example", not_before=later)
    Feed.objects.create(outlet=rows.an_outlet(), url="https://phare.example/rss", interval=timedelta(hours=1), due_at=later)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {lost} RENAME TO gone")
    known = {statement.split()[1]: dict(values) for statement, values in server_tables.no_sooner(NOON).values if values}
    told = {"store_feed": {"https://phare.example/rss": later}, "store_host": {"phare.example": later}}
    assert known == {table: moments for table, moments in told.items() if table != lost}


@on_a_server
@pytest.mark.parametrize(("kind", "used"), [("autovacuum worker", False), ("parallel worker", False), ("client backend", True)])
def test_only_people_and_programs_use_a_database_not_its_own_housekeeping(kind: str, used: bool) -> None:
    with connection.cursor() as cursor:  # a table of the session's own hides the server's view
        cursor.execute("CREATE TEMP TABLE pg_stat_activity AS SELECT current_database() AS datname, 0 AS pid, %s AS backend_type", [kind])
    with pytest.raises(StoreError, match="in use") if used else nullcontext():
        server_tables.refuse_in_use()
