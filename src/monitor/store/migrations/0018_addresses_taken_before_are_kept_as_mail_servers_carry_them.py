"""Addresses of people taken before their domains were kept in ASCII are found again."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from monitor.pipeline.addresses import mail_address

LONGEST = 254
"""Characters the column holds."""


def carry(apps: Any, _schema: Any) -> None:
    """Write them as a sign-in looks them up; one that somebody else has by then stays as it is."""
    _carry(apps.get_model("store", "Person")._base_manager.all())
    _carry(apps.get_model("store", "Invitation")._base_manager.filter(ended_at=None))


def _carry(rows: Any) -> None:
    for key, email in list(rows.order_by("pk").values_list("pk", "email")):
        address = mail_address(email)
        if email.isascii() or address == email or len(address) > LONGEST or rows.filter(email__iexact=address).exclude(pk=key).exists():
            continue
        rows.filter(pk=key).update(email=address)


class Migration(migrations.Migration):
    dependencies = [("store", "0017_mails_of_an_edition_are_made_by_a_job")]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
