"""A program at the desk's door: a client with a token and no cookie."""

from __future__ import annotations

from typing import Any

from django.test import Client

from monitor.store import tokens
from monitor.store.models import Person
from tests.web import rows


def a_token(person: Person, scope: str = "act") -> str:
    """A new token of a person."""
    return tokens.make(person, f"Program {person.tokens.count()}", scope, rows.NOW)[1]


class Program:
    """Asks as a program does; it keeps the person whose token it shows."""

    def __init__(self, role: str = "contributor", scope: str = "act", *, language: str = "en", **names: str) -> None:
        self.person = rows.a_person(role, language=language, **names)
        self.token = a_token(self.person, scope)
        self._client = Client(enforce_csrf_checks=True)

    def get(self, path: str, **asked: Any) -> Any:
        """The answer to GET."""
        return self._client.get(f"/api/v1/{path}", asked, headers={"Authorization": f"Bearer {self.token}"})

    def post(self, path: str, body: Any = None) -> Any:
        """The answer to POST, with a JSON body if one is given."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is None:
            return self._client.post(f"/api/v1/{path}", headers=headers, content_type="application/json", data="")
        return self._client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def pages(program: Program, path: str, **asked: Any) -> list[Any]:
    """The items of every page of a listing, one after the other."""
    items: list[Any] = []
    cursor: str | None = None
    while True:
        page = program.get(path, **asked, **({"cursor": cursor} if cursor else {})).json()
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items
