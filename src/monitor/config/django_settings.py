"""Django's settings, built from the environment's settings and from nothing else.

Importing this reads the environment (`load_settings`) and, on the first start, makes the secret key in the home. A test that needs
another home sets MONITOR_HOME before `django.setup()`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from monitor.config.database import database_settings
from monitor.config.environment import Settings, ensure_secret_key, load_settings
from monitor.config.settings_values import is_loopback

_PACKAGE = Path(__file__).resolve().parent.parent


def allowed_hosts(settings: Settings) -> list[str]:
    """The Host headers the pages answer to: this machine, the address listened on, and the public name."""
    hosts = ["localhost", "127.0.0.1", "[::1]"]
    if not is_loopback(settings.host) and settings.host not in ("0.0.0.0", "::"):  # noqa: S104 - a comparison, nothing is bound here
        hosts.append(f"[{settings.host}]" if ":" in settings.host else settings.host)
    if settings.public_url:
        public = urlsplit(settings.public_url).hostname or ""
        hosts.append(f"[{public}]" if ":" in public else public)
    elif settings.insecure and not is_loopback(settings.host):
        hosts.append("*")  # no name to check against, and the admin has said that this network is trusted
    return list(dict.fromkeys(hosts))


def cookie_settings(settings: Settings) -> dict[str, Any]:
    """Session and CSRF cookies: `__Host-` and Secure exactly when people come over https."""
    prefix = "__Host-" if settings.https else ""
    return {
        "SESSION_COOKIE_NAME": f"{prefix}session",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "CSRF_COOKIE_NAME": f"{prefix}csrf",
        "CSRF_COOKIE_SECURE": settings.https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_PATH": "/",
        "CSRF_TRUSTED_ORIGINS": [settings.public_url] if settings.public_url else [],
        "LANGUAGE_COOKIE_NAME": f"{prefix}language",
        "LANGUAGE_COOKIE_SECURE": settings.https,
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_PATH": "/",
        # Our own server speaks plain http only, so https always means a proxy that ends it and says so.
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if settings.https else None,
    }


MONITOR = load_settings(os.environ)

SECRET_KEY = MONITOR.secret_key or ensure_secret_key(MONITOR.home)
DEBUG = False
ALLOWED_HOSTS = allowed_hosts(MONITOR)
DATABASES = {"default": database_settings(MONITOR.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "monitor.store",
    "monitor.web",
]
MIDDLEWARE = [
    "monitor.web.middleware.SecurityHeaders",  # outermost: static files carry the headers too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "monitor.web.urls"
WSGI_APPLICATION = "monitor.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "web" / "templates", _PACKAGE / "render" / "templates"],
        "APP_DIRS": False,  # two fixed folders and no other (docs/security.md, templates)
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["monitor.web.templatetags.days"],  # its filter `date` takes the place of Django's
        },
    }
]

AUTH_USER_MODEL = "store.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
PASSWORD_RESET_TIMEOUT = 3600  # seconds: a one-time link lives an hour
globals().update(cookie_settings(MONITOR))
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [_PACKAGE / "locale"]

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded to keep
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # one command starts the desk: no collecting of files beforehand
WHITENOISE_AUTOREFRESH = False

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # mail leaves through the outbox and outside/ only
LOGGING_CONFIG = None  # the command line sets logging up
