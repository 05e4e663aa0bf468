"""Page tests: a fixed moment, and the three people who come to every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from monitor.store import setup
from monitor.web import moment
from tests.fakes import FakeClock

setup.start()  # the tables can be imported only once Django is set up

from tests.web import rows  # noqa: E402


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """Each test begins in the desk's own language, whatever page was asked for before it."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    held = list(moment._HELD)
    moment.use(FakeClock(rows.NOW))
    yield
    moment._HELD[:] = held


@pytest.fixture
def contributor(db: None) -> Client:
    return rows.signed_in("contributor")


@pytest.fixture
def editor(db: None) -> Client:
    return rows.signed_in("editor")


@pytest.fixture
def stranger(db: None) -> Client:
    return Client()
