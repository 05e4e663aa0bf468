from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0006_outlets_are_checked_edited_and_pasted'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='feed_epoch',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.DeleteModel(name='FeedKey'),
    ]
