"""Every table of the desk: fields and constraints, no behaviour."""

from __future__ import annotations

from monitor.store.models.alerts import Alert, AlertDelivery, AlertLeft, AlertMatch, AlertRule, StoryMute
from monitor.store.models.articles import Article, ArticleAddress, ArticleDoc, ArticleText, ArticleVersion, Entry, ToGroup, ToRead
from monitor.store.models.balance import BalanceDay
from monitor.store.models.editions import (
    Correction,
    Edition,
    EditionEvent,
    Piece,
    PieceEvent,
    PieceSource,
    PieceVersion,
    SourceText,
    Subscriber,
    ToAskSource,
    ToMail,
)
from monitor.store.models.mail import DeliveredLead, Digest, MailRefusal, MailWishes, OutboxEvent, OutboxMessage
from monitor.store.models.outlets import Feed, FetchEvent, Host, Outlet, OutletChange, OutletCheck, Paste, PastedAddress, Robots, ToTry
from monitor.store.models.people import Invitation, OneTimeLink, Person, PersonEvent, SignInAttempt
from monitor.store.models.pulse import PulseDay, Spike
from monitor.store.models.search import ArticleWords, SavedSearch
from monitor.store.models.stories import Lead, LeadEvent, Story, StoryEdit, StoryFollow, StoryLink, ToRank
from monitor.store.models.themes import Retagging, ThemeChange, ThemeTrial
from monitor.store.models.tokens import ApiToken
from monitor.store.models.work import DeskFact, Periodic

__all__ = [
    "Alert",
    "AlertDelivery",
    "AlertLeft",
    "AlertMatch",
    "AlertRule",
    "ApiToken",
    "Article",
    "ArticleAddress",
    "ArticleDoc",
    "ArticleText",
    "ArticleVersion",
    "ArticleWords",
    "BalanceDay",
    "Correction",
    "DeliveredLead",
    "DeskFact",
    "Digest",
    "Edition",
    "EditionEvent",
    "Entry",
    "Feed",
    "FetchEvent",
    "Host",
    "Invitation",
    "Lead",
    "LeadEvent",
    "MailRefusal",
    "MailWishes",
    "OneTimeLink",
    "OutboxEvent",
    "OutboxMessage",
    "Outlet",
    "OutletChange",
    "OutletCheck",
    "Paste",
    "PastedAddress",
    "Periodic",
    "Person",
    "PersonEvent",
    "Piece",
    "PieceEvent",
    "PieceSource",
    "PieceVersion",
    "PulseDay",
    "Retagging",
    "Robots",
    "SavedSearch",
    "SignInAttempt",
    "SourceText",
    "Spike",
    "Story",
    "StoryEdit",
    "StoryFollow",
    "StoryLink",
    "StoryMute",
    "Subscriber",
    "ThemeChange",
    "ThemeTrial",
    "ToAskSource",
    "ToGroup",
    "ToMail",
    "ToRank",
    "ToRead",
    "ToTry",
]
