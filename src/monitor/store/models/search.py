"""What search keeps of articles, and the searches people keep."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from monitor.store.models.articles import Article


class ArticleWords(models.Model):
    """An article as search reads it (records.SearchWords), small columns first; the index over it is store/search_tables.py.

    `cut`: the index has lost some positions of a word (PostgreSQL keeps 255), so phrases are judged by the kept words.
    """

    article = models.OneToOneField(Article, primary_key=True, on_delete=models.CASCADE, related_name="words")
    outlet = models.CharField(max_length=80)
    language = models.CharField(max_length=12, default="", blank=True)
    section = models.CharField(max_length=40, default="", blank=True)
    themes = models.TextField(default="", blank=True)  # ids with blanks between
    day = models.DateField(null=True)
    cut = models.BooleanField(default=False)
    title = models.TextField()
    lead = models.TextField()
    body = models.TextField()
    forms = models.TextField()
    known = models.TextField()
    marks = models.TextField()


class SavedSearch(models.Model):
    """A search somebody keeps, for themselves or for the desk (`shared`); `version` counts its changes, for two people at once."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="searches")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=2000)
    filters = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
