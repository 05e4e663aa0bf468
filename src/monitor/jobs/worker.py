"""One worker of the desk: everything the jobs need, opened once and closed in order."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from monitor.config.environment import Settings
from monitor.config.themes_file import themes_text
from monitor.flows.group_stories import Memory
from monitor.flows.kit import Kit, Progress, silent
from monitor.jobs.fetch_threads import FetchThreads
from monitor.jobs.knowledge import load_knowledge
from monitor.knowledge import Themes
from monitor.outside import reading
from monitor.outside.fetch import HttpFetcher
from monitor.outside.guard import Policy
from monitor.outside.hops import HopPace
from monitor.outside.reader_pool import ReaderPool
from monitor.outside.reading import Knowledge
from monitor.outside.reading_again import AGAIN
from monitor.outside.reading_front import FRONT
from monitor.outside.reading_trial import TRIAL
from monitor.pipeline.theme_terms import in_use
from monitor.ports import Clock, Fetcher
from monitor.records import Desk
from monitor.store import mail_mark, outlets, periodic, theme_edits, workers

log = logging.getLogger("monitor.jobs")
COLLECT_AT = (50_000, 20, 100)
"""Objects before rubbish is looked for, as in the parser children: at 700 a poll or a grouping is stopped for it every millisecond."""
FETCH_THREADS = 32
"""Requests in flight at once, over all hosts; each host has one at a time (P43)."""


@dataclass(slots=True)
class Worker:
    """An open worker: its kit, the desk's settings, the grouper's memory and a switch to stop."""

    kit: Kit
    desk: Desk
    priorities: Mapping[str, float]
    memory: Memory = field(default_factory=Memory)
    knowledge: Knowledge | None = None  # what the parser children know
    file_themes: Themes | None = None  # the themes of the file, without what people changed
    terms_number: int = 0  # the last change of terms taken up
    stopping: threading.Event = field(default_factory=threading.Event)
    tagging: tuple[Themes, str] | None = None  # the terms articles are tagged again with, and their short name
    settings: Settings | None = None  # the settings this worker was opened with; None: nothing that needs them (mail) is done


def policy_of(settings: Settings) -> Policy:
    """The rules of the outside as the settings have them."""
    return Policy(
        allow_networks=settings.allow_networks,
        contact=settings.contact,
        own_host=urlsplit(settings.public_url).hostname or "",
        host_interval=settings.host_interval,
    )


def knowledge_of(settings: Settings) -> Knowledge:
    """What the parser children must know: the desk's outlets' languages, themes, gazetteer and countries."""
    known = outlets.outlets()
    spoken = [language for outlet in known for language in (outlet.language, *(feed.language for feed in outlet.feeds)) if language]
    languages = tuple(dict.fromkeys(spoken))
    agencies = tuple(outlet.name for outlet in known if outlet.kind == "agency")
    return load_knowledge(settings.themes, languages, agencies=agencies)


@contextmanager
def open_worker(
    settings: Settings, clock: Clock, *, progress: Progress = silent, fetcher: Fetcher | None = None, loopback_only: bool = False
) -> Iterator[Worker]:
    """Open a worker on the desk's home; on leaving, children end and claims are released.

    With `loopback_only` no public address is asked, whatever is due: a moved clock must not make real outlets be polled early.
    """
    stopping = threading.Event()
    desk = outlets.desk()
    file_knowledge = knowledge_of(settings)
    number, changes = theme_edits.changes()
    knowledge = replace(file_knowledge, themes=in_use(file_knowledge.themes, changes))
    policy = policy_of(settings)
    if loopback_only:
        policy = replace(policy, contact="")
    labels = {theme.id: dict(theme.label) for theme in knowledge.themes.shown}
    if periodic.fact("themes") != labels:
        periodic.set_fact("themes", labels, clock.now())
    theme_edits.tell_file(*themes_text(settings.themes), file_knowledge.themes, clock.now())
    if periodic.fact(theme_edits.IN_USE) != (taken_up := {"number": number, "problem": ""}):
        periodic.set_fact(theme_edits.IN_USE, taken_up, clock.now())
    with ExitStack() as stack:
        name = stack.enter_context(workers.alive(settings.home, clock))
        if mail_mark.look_back(settings.home, clock.now()):
            log.warning("the database was put back to an earlier moment: no mail leaves until `monitor outbox resume`")
        pool = stack.enter_context(
            ReaderPool(settings.parsers, setup=reading.PREPARE, setup_args=(knowledge,), jobs=(*reading.JOBS, FRONT, TRIAL, AGAIN))
        )
        threads = stack.enter_context(FetchThreads(FETCH_THREADS, stopping))
        kit = Kit(
            clock=clock,
            fetcher=fetcher or stack.enter_context(HttpFetcher(policy, clock, before_hop=HopPace(policy, clock))),
            pool=pool,
            threads=threads,
            policy=policy,
            worker=name,
            stop=stopping.is_set,
            progress=progress,
            ready=pool.submit(reading.FEED, reading.FeedDocument(b"", "")).result,
        )
        priorities = {theme.id: theme.priority for theme in knowledge.themes.themes}
        gc.collect()
        gc.set_threshold(*COLLECT_AT)
        gc.freeze()  # themes and names stay for good: walking over them in each full collection cost a poll a twentieth
        yield Worker(
            kit,
            desk,
            priorities,
            stopping=stopping,
            knowledge=knowledge,
            file_themes=file_knowledge.themes,
            terms_number=number,
            settings=settings,
        )
