import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_feed_addresses_are_a_persons_own'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoryEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('at', models.DateTimeField()),
                ('headline', models.CharField(blank=True, default='', max_length=1000)),
                ('headline_language', models.CharField(blank=True, default='', max_length=12)),
                ('articles', models.JSONField(default=list)),
                ('before', models.JSONField(default=dict)),
                ('undone_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits_as_other', to='store.story')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='store.story')),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='storylink',
            name='edit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='store.storyedit'),
        ),
        migrations.CreateModel(
            name='StoryFollow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to=settings.AUTH_USER_MODEL)),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='store.story')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('story', 'person'), name='one_follow_a_story')],
            },
        ),
    ]
