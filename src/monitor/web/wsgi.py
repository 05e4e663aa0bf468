"""The WSGI application; the launcher calls `monitor.web.moment.use(clock)` before it serves this."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from monitor.web import ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitor.config.django_settings")
application = get_wsgi_application()
ready.load()
