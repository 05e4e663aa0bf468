"""The Desk page, for the admin: what runs, what was given up, the database and its backups, settings, versions."""

from __future__ import annotations

import platform
from dataclasses import asdict
from importlib import metadata
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitor.config.environment import SECRET_KEY_FILE, Settings
from monitor.config.sender import leaves
from monitor.flows import back_up, keep_house
from monitor.store import mail_troubles, pages_desk, pages_health, pages_outbox, pages_people, setup, take_up, workers
from monitor.store.pages_desk import JobLine
from monitor.web import desk_words, moment
from monitor.web.access import RUN_DESK, allow
from monitor.web.page import show

LIBRARIES = ("Django", "waitress", "whitenoise", "APScheduler", "httpx", "feedparser", "trafilatura", "lxml")


@allow(RUN_DESK, "GET")
def desk(request: HttpRequest) -> HttpResponse:
    """Everything an admin looks at before anything else."""
    now, own = moment.now(request), settings.MONITOR
    at_work, lines = workers.living(own.home), pages_desk.jobs(now)
    lost, base, backup = pages_desk.given_up(), pages_desk.database(own.home), pages_desk.last_backup()
    everybody = pages_people.everybody()
    context: dict[str, Any] = {
        "page": "desk",
        "workers": at_work,
        "jobs": [asdict(line) | {"words": desk_words.job(line.name), "did": desk_words.summary(line.last_summary)} for line in lines],
        "given_up": [asdict(one) | {"words": desk_words.given_up(one.kind, one.count)} for one in lost],
        "base": base,
        "low_disk": base.free_bytes < pages_health.ROOM_NEEDED,
        "kept": {
            "text": keep_house.TEXT_KEPT.days,
            "reserved": int(keep_house.RESERVED_TEXT_KEPT.total_seconds() // 3600),
            "rest": keep_house.METADATA_KEPT.days // 365,
        },
        "backup": backup,
        "backup_old": bool(backup) and now - backup["at"] > back_up.OLD,
        "nightly": back_up.nightly(own.home),
        "sqlite": setup.is_sqlite(),
        "settings": _settings(own),
        "versions": _versions(base.kind, base.version),
        "people": sum(one.active for one in everybody),
        "asked": sum(one.active and one.reset_asked_at is not None for one in everybody),
        "notices": _notices(at_work, lines),
        "mail": _mail(own),
    }
    return show(request, "desk.html", context)


@allow(RUN_DESK, "POST")
def retry(request: HttpRequest) -> HttpResponse:
    """Take up again what was given up, of one kind."""
    kind = next((known for known in take_up.KINDS if known == request.POST.get("kind")), None)
    if kind is None:
        messages.warning(request, _("Choose what to take up again."))
        return redirect("desk")
    count = take_up.take_up(kind, moment.now(request))
    if count:
        said = ngettext("%(n)d row is taken up again when its turn comes.", "%(n)d rows are taken up again when their turn comes.", count)
        messages.success(request, said % {"n": count})
    else:
        messages.info(request, _("Nothing is given up any more: somebody was faster, or it came back by itself."))
    return redirect("desk")


def _mail(own: Settings) -> dict[str, Any]:
    """Mail in one line."""
    counts, found = pages_outbox.counts(), mail_troubles.trouble()
    return {
        "leaves": leaves(own),
        "held": found is not None and found.kind == "held",
        "broken": found is not None and found.kind == "broken",
        "waiting": counts["pending"] + counts["deferred"],
        "uncertain": counts["uncertain"],
        "failed": counts["failed"] + counts["suppressed"],
    }


def _notices(at_work: tuple[workers.Working, ...], lines: tuple[JobLine, ...]) -> list[str]:
    """What needs the admin, one sentence each."""
    found = []
    if not at_work:
        found.append(_("No worker is alive on this machine, so nothing is polled or read. `monitor run` or `monitor worker` starts one."))
    broken = [desk_words.job(line.name) for line in lines if line.error]
    if broken:
        found.append(_("Broke when it ran last: %(jobs)s. It is tried again; the log has the details.") % {"jobs": ", ".join(broken)})
    return found


def _settings(own: Settings) -> list[dict[str, str]]:
    """Every setting that is not only for tests; the key made at this very start is one kept in the home, too."""
    shown, sources = own.printable(), dict(own.sources)
    if not shown["MONITOR_SECRET_KEY"]:
        shown["MONITOR_SECRET_KEY"], sources["MONITOR_SECRET_KEY"] = "***", str(own.home / SECRET_KEY_FILE)
    for_tests = ("MONITOR_TEST_DATABASE_URL", "MONITOR_FAILPOINT")
    return [
        {"name": name, "value": value, "source": desk_words.source(sources.get(name, "default"))}
        for name, value in shown.items()
        if name not in for_tests
    ]


def _versions(database: str, version: str) -> list[tuple[str, str]]:
    libraries = [(name, metadata.version(name)) for name in LIBRARIES]
    return [("Press Monitor", metadata.version("monitor")), ("Python", platform.python_version()), (database, version), *libraries]
