"""/livez and /readyz, for whatever watches the process."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from monitor.store import pages_health
from monitor.web.access import PROBE, allow


@allow(PROBE, "GET")
def livez(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes one
    """The process answers; nothing else is asked, the database least of all."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@allow(PROBE, "GET")
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes one
    """200 when the database answers, its schema is current and the disk has room; else 503 with what is wrong.

    That mail is broken or held is said beside it and does not make the desk unready: people can still read and write.
    """
    wrong = pages_health.problems(settings.MONITOR.home)
    text = "".join(f"{name}: not ready\n" for name in wrong) or "ok\n" + "".join(f"note: {words}\n" for words in pages_health.notes())
    return HttpResponse(text, status=503 if wrong else 200, content_type="text/plain; charset=utf-8")
