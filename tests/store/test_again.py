"""A busy database is waited for; half a transaction is never repeated, a bug never."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, OperationalError

from monitor.store import again
from monitor.store.again import TRIES, tried_again


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "FIRST_REST", 0.0)


def failing(times: int, error: type[Exception]) -> tuple[list[int], object]:
    tried: list[int] = []

    @tried_again
    def unit(answer: str) -> str:
        tried.append(1)
        if len(tried) <= times:
            raise error("busy")
        return answer

    return tried, unit


@pytest.mark.django_db(transaction=True)
def test_passing_failure_is_tried_again_and_a_lasting_one_is_raised() -> None:
    tried, unit = failing(TRIES - 1, OperationalError)
    assert (unit("done"), len(tried)) == ("done", TRIES)  # type: ignore[operator]
    tried, unit = failing(TRIES, OperationalError)
    with pytest.raises(OperationalError):
        unit("done")  # type: ignore[operator]
    assert len(tried) == TRIES


@pytest.mark.django_db(transaction=True)
def test_wrong_data_is_not_tried_again() -> None:
    tried, unit = failing(1, IntegrityError)
    with pytest.raises(IntegrityError):
        unit("done")  # type: ignore[operator]
    assert len(tried) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nothing_is_tried_again() -> None:
    tried, unit = failing(1, OperationalError)
    with pytest.raises(OperationalError), transaction.atomic():
        unit("done")  # type: ignore[operator]
    assert len(tried) == 1
