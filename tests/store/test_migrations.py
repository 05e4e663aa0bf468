"""The schema from all migrations is the schema of the models."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from monitor.store import people
from monitor.store.models import Invitation, Person
from tests.fakes import NOON

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_table_and_column_is_there() -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_app_config("store").get_models():
            table = model._meta.db_table
            assert table in tables
            found = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            assert found == {field.column for field in model._meta.local_concrete_fields}


def test_people_with_addresses_in_unicode_are_found_again() -> None:
    number = "0018_addresses_taken_before_are_kept_as_mail_servers_carry_them"
    long = f"d@{'ü' * 70}.example"  # no domain has so long a part
    taken = ("ada@bücher.example", "Zoé@Bücher.example", "bo@PORT.example", "cleo@müller.example", "cleo@xn--mller-kva.example", long)
    for email in taken:
        Person.objects.create(email=email, joined_at=NOON)
    for email, ended in (("eve@bücher.example", None), ("eve@bücher.example", None), ("fay@bücher.example", NOON)):
        times = {"made_at": NOON, "expires_at": NOON, "ended_at": ended}
        Invitation.objects.create(email=email, role="editor", language="en", token_hash=str(Invitation.objects.count()), **times)
    import_module(f"monitor.store.migrations.{number}").carry(apps, None)
    assert list(Person.objects.order_by("pk").values_list("email", flat=True)) == [
        "ada@xn--bcher-kva.example", "zoé@xn--bcher-kva.example", *taken[2:],
    ]  # fmt: skip
    assert list(Invitation.objects.order_by("pk").values_list("email", flat=True)) == [
        "eve@xn--bcher-kva.example", "eve@bücher.example", "fay@bücher.example",
    ]  # fmt: skip
    found = (Person.objects.get_by_natural_key("ada@Bücher.example"), people.find("ada@bücher.example"))
    assert [one.email for one in found] == ["ada@xn--bcher-kva.example"] * 2
