from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0013_pieces_are_commented_on_and_their_sources_asked")]

    operations = [
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(condition=models.Q(("pinned", True)), fields=["pinned"], name="leads_pinned"),
        ),
    ]
