"""Mails of an edition are made by a job: which editions still wait for theirs."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0016_alert_rules_lose_a_column_without_use")]

    operations = [
        migrations.CreateModel(
            name="ToMail",
            fields=[
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("claim_token", models.CharField(blank=True, default="", max_length=64)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, default="", max_length=500)),
                (
                    "edition",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE, primary_key=True, related_name="to_mail", serialize=False, to="store.edition"
                    ),
                ),
                ("with_pdf", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
    ]
