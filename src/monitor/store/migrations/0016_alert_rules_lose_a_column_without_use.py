from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0015_articles_are_tagged_again"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="alertrule",
            name="translate",
        ),
    ]
