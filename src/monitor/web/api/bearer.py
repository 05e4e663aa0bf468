"""Who asks: a personal token in the header Authorization, never a cookie, never an address; and whether it may."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from ninja.security import HttpBearer

from monitor.store import tokens
from monitor.web import access, moment
from monitor.web.api import problems
from monitor.web.api.pace import A_MINUTE, BUCKETS
from monitor.web.api.problems import Problem


class Bearer(HttpBearer):
    """Lets in a token whose person's role has a right, and that may act where something is changed.

    `takes` are the names an address may carry behind its `?`; any other is told, never passed over.
    """

    def __init__(self, right: str, takes: Collection[str] = (), *, acts: bool = False) -> None:
        self.right, self.takes, self.acts = right, frozenset(takes), acts
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> tokens.Holder | None:
        """The token's holder, or None; raises Problem when the token is good and yet may not."""
        now = moment.now(request)
        holder = tokens.holder(token, now)
        if holder is None:
            return None
        translation.activate(holder.person.language)
        self._pace(BUCKETS.take(holder.id, now))
        request.user = holder.person
        if self.acts and holder.scope != "act":
            raise Problem("not-allowed", _("This token only reads. Make one that may act on leads, on your page of the desk."))
        if self.right not in access.rights_of(request):
            raise Problem("not-allowed", _("Your role does not include this. Ask an editor or the admin of the desk if you need it."))
        self._check_names(request)
        return holder

    def _pace(self, wait: int) -> None:
        if wait:
            often = _("A token may ask %(n)d times a minute.") % {"n": A_MINUTE}
            again = ngettext("Ask again in %(n)d second.", "Ask again in %(n)d seconds.", wait) % {"n": wait}
            raise Problem("too-often", f"{often} {again}", headers={"Retry-After": str(wait)})

    def _check_names(self, request: HttpRequest) -> None:
        errors = []
        for name, values in request.GET.lists():
            if name not in self.takes:
                errors.append((name, _("There is no such name here.")))
            elif len(values) > 1:
                errors.append((name, _("It is given twice.")))
        if errors:
            raise problems.wrong_values([{"where": "query", "name": name[:80], "message": said} for name, said in errors])
