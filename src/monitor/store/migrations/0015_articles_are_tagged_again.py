"""Articles are tagged again when terms change: what is to be done, and how far it has come."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0014_pinned_leads_are_found_at_once")]

    operations = [
        migrations.CreateModel(
            name="Retagging",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("claim_token", models.CharField(blank=True, default="", max_length=64)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, default="", max_length=500)),
                ("prints", models.CharField(max_length=16)),
                ("themes", models.JSONField(default=list)),
                ("languages", models.JSONField(default=list)),
                ("since", models.DateTimeField()),
                ("asked_at", models.DateTimeField()),
                ("reached", models.BigIntegerField(null=True)),
                ("reached_at", models.DateTimeField(null=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={"abstract": False},
        ),
    ]
