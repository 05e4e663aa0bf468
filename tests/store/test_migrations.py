"""The schema from all migrations is the schema of the models."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

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
