"""Editions, the pieces written for them, what each piece cites, and those who receive them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from monitor.store.models.articles import Article
from monitor.store.models.stories import Lead, Story
from monitor.store.models.work import DueRow


class Edition(models.Model):
    """One number of a press review in one language; frozen, it is what `snapshot` says and nothing else.

    `state`: open, frozen, published (sent or made public), withdrawn. `sections`: [{id, label, target, words}] in the order of the board.
    `version` counts every change of the board, for two people at once.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.CharField(max_length=40)  # the id of the style the series is set in
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=5)
    title = models.CharField(max_length=300, default="", blank=True)
    dated = models.DateField()
    deadline = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="open", db_index=True)
    sections = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    snapshot = models.JSONField(null=True)  # records.EditionText as JSON, with the style it was frozen in
    covers = models.JSONField(default=list)  # uuids of the stories it told, for novelty

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "number", "language"], name="one_edition_a_number")]


class EditionEvent(models.Model):
    """What was done with an edition: made, changed, placed, frozen, reopened, exported, sent, published, corrected, withdrawn."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, default="", blank=True)
    before = models.JSONField(default=dict)  # the snapshot that a reopening set aside


class ToMail(DueRow):
    """An edition whose mails are to be made; the row goes when every subscriber who agreed has theirs.

    Without a due date while the edition is withdrawn.
    """

    edition = models.OneToOneField(Edition, primary_key=True, on_delete=models.CASCADE, related_name="to_mail")
    with_pdf = models.BooleanField(default=False)
    asked_at = models.DateTimeField()


class Piece(models.Model):
    """A short signed text about one story; `state`: draft, submitted, returned, accepted, withdrawn.

    `version` counts every saved change of title, text or sources: who saves upon an older one is told. `signature` stands in place of
    the author's name where a piece is signed otherwise. `section` and `position` (from 1; null: not yet) say where it stands on the board.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="pieces")
    story = models.ForeignKey(Story, null=True, on_delete=models.SET_NULL, related_name="pieces")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="pieces")
    signature = models.CharField(max_length=200, default="", blank=True)
    language = models.CharField(max_length=5)
    title = models.CharField(max_length=300, default="", blank=True)
    text = models.TextField(default="", blank=True)  # Markdown
    state = models.CharField(max_length=10, default="draft", db_index=True)
    version = models.PositiveIntegerField(default=1)
    edition = models.ForeignKey(Edition, null=True, on_delete=models.SET_NULL, related_name="pieces")
    section = models.CharField(max_length=40, default="", blank=True)
    position = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class PieceVersion(models.Model):
    """A piece as it stood at one version; `kept` says whether somebody saved it by hand (autosaves between two such are thinned out)."""

    piece = models.ForeignKey(Piece, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=300, default="", blank=True)
    text = models.TextField(default="", blank=True)
    sources = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kept = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["piece", "version"], name="one_row_a_version")]


class PieceSource(models.Model):
    """What a piece cites, as it stood when it was cited; `article` is null for an address the desk could not read.

    `dated` is the outlet's own local date.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    piece = models.ForeignKey(Piece, on_delete=models.CASCADE, related_name="sources")
    position = models.PositiveSmallIntegerField()
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="cited_in")
    outlet = models.CharField(max_length=200)
    headline = models.CharField(max_length=1000)
    language = models.CharField(max_length=12, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    address = models.CharField(max_length=2048, default="", blank=True)
    dated = models.DateField(null=True)
    cited_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)  # when the link was last asked for
    dead = models.CharField(max_length=200, default="", blank=True)  # why the link no longer leads there; empty: it does, or was not asked
    by_hand = models.BooleanField(default=False)  # outlet, headline or date were typed by a person
    unread = models.CharField(max_length=300, default="", blank=True)  # why a page added by its address could not be read


class SourceText(models.Model):
    """The text of a page that was added to a piece by its address and belongs to no article of the desk; `verdict` as an article's."""

    source = models.OneToOneField(PieceSource, primary_key=True, on_delete=models.CASCADE, related_name="body")
    text = models.TextField()
    verdict = models.CharField(max_length=10)
    read_at = models.DateTimeField()


class ToAskSource(DueRow):
    """A source whose page is to be read (added by its address) or whose link is to be asked for (its piece was submitted)."""

    source = models.OneToOneField(PieceSource, primary_key=True, on_delete=models.CASCADE, related_name="to_ask")
    wish = models.CharField(max_length=4)  # read link


class PieceEvent(models.Model):
    """What happened to a piece: started, submitted, returned, accepted, reopened, withdrawn, restored, went_back, placed; or a comment."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    piece = models.ForeignKey(Piece, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)  # of the piece, then
    note = models.TextField(default="", blank=True)
    passage = models.TextField(default="", blank=True)  # the words of the piece a comment is about
    settled_at = models.DateTimeField(null=True)  # a comment that has been seen to
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.JSONField(default=dict)  # where the piece stood, for undo
    undone_at = models.DateTimeField(null=True)


class Correction(models.Model):
    """What was wrong in a published piece, said in the archive beside it; the frozen text itself is never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="corrections")
    piece = models.ForeignKey(Piece, null=True, on_delete=models.SET_NULL, related_name="corrections")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)


class Subscriber(models.Model):
    """Somebody outside the desk who agreed to receive editions; `state`: asked (not confirmed yet), agreed, left."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, default="", blank=True)
    language = models.CharField(max_length=5, default="fr")  # of the editions and of the letters to them
    state = models.CharField(max_length=8, default="asked", db_index=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    agreed_how = models.CharField(max_length=200, default="", blank=True)  # the consent as the desk recorded it
    left_at = models.DateTimeField(null=True)
    token_epoch = models.CharField(max_length=32, default="", blank=True)
