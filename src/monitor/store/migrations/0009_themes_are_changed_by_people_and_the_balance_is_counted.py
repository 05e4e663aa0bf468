import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_people_edit_stories_and_follow_them"),
    ]

    operations = [
        migrations.CreateModel(
            name="BalanceDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("counts", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="ThemeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.PositiveIntegerField(unique=True)),
                ("theme", models.CharField(db_index=True, max_length=40)),
                ("language", models.CharField(max_length=12)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="undone_by", to="store.themechange"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ThemeTrial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("claim_token", models.CharField(blank=True, default="", max_length=64)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, default="", max_length=500)),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("theme", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=12)),
                ("written", models.TextField(blank=True, default="")),
                ("terms", models.JSONField(default=dict)),
                ("began", models.JSONField(default=dict)),
                ("asked_at", models.DateTimeField(db_index=True)),
                ("found", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "saved_as",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="store.themechange"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
