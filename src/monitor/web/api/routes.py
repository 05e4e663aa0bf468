"""The addresses under /api/v1, the gate before them, and the OpenAPI document that describes them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from monitor.web.api import acting, problems, reading
from monitor.web.api.problems import MEDIA_TYPE, Problem

LARGEST_BODY = 4096
"""Bytes of a request's body."""
LONGEST_ADDRESS = 30_000
"""Bytes behind the `?`: a query of 2,000 signs, each of up to twelve when written as %xx, and the filters."""

api = NinjaAPI(
    title="Press Monitor",
    version="1",
    description=(
        "The desk for programs. Make a token on your page of the desk and send it as “Authorization: Bearer …”. "
        "A token does no more than its person's role allows; one that only reads changes nothing. 120 requests a minute a token. "
        "Errors are problem JSON (RFC 9457)."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", reading.router, tags=["Reading"])
api.add_router("", acting.router, tags=["Acting on leads"])
problems.register(api)
View = Callable[..., HttpResponseBase]


def gated(view: View) -> View:
    """A view of the interface: sizes are looked at first, no cache keeps an answer, and every refusal is a problem.

    No cookie counts here, so no form of another site can use one: what is asked needs no CSRF token.
    """

    @csrf_exempt
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
        refusal = _refusal(request)
        response = problems.answer(refusal) if refusal is not None else view(request, *args, **names)
        if response.status_code == 405:
            response = problems.answer(_by_another(response["Allow"]))
        patch_cache_control(response, private=True, no_store=True)
        return response

    return guarded


def _refusal(request: HttpRequest) -> Problem | None:
    if len(request.META.get("QUERY_STRING", "")) > LONGEST_ADDRESS:
        return Problem("too-long", _("Shorten what stands behind the “?”."))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        return Problem("too-large", _("At most %(n)d bytes.") % {"n": LARGEST_BODY})
    if int(length) and request.content_type != "application/json":
        return Problem("not-json", _("Send the body as JSON, with “Content-Type: application/json”."))
    return None


def _by_another(allowed: str) -> Problem:
    return Problem("method", _("This address answers to %(methods)s.") % {"methods": allowed}, headers={"Allow": allowed})


def _missing(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes one
    return problems.answer(problems.missing())


def _openapi(request: HttpRequest) -> HttpResponse:
    """The document; it tells nothing of this desk, so whoever reaches the desk may read it."""
    if request.method not in ("GET", "HEAD"):
        return problems.answer(_by_another("GET"))
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@functools.cache
def document() -> dict[str, Any]:
    """The OpenAPI document, with problems under their own media type and the right each operation asks for."""
    with translation.override("en"):
        return _document()


def _document() -> dict[str, Any]:
    told: dict[str, Any] = api.get_openapi_schema(path_prefix=reverse("api-root"))
    for operations in told["paths"].values():
        for operation in operations.values():
            for one in operation.get("parameters", ()):
                one["schema"] = _given(one["schema"])
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
                    response["description"] = next(str(title) for code, title in problems.KINDS.values() if code == int(status))
    return told


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without "or null": in an address a value is given or it is not."""
    given = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return {name: value for name, value in schema.items() if name != "anyOf"} | given[0] if len(given) == 1 else schema


def _ours() -> list[URLPattern]:
    """The operations behind the gate, without the root that django-ninja adds."""
    found = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"]
    return [path(str(pattern.pattern), gated(pattern.callback), name=f"api-{pattern.name}".replace("_", "-")) for pattern in found]


urlpatterns = [
    path("", gated(_missing), name="api-root"),
    path("openapi.json", gated(_openapi), name="api-openapi"),
    *_ours(),
    re_path(r"", gated(_missing), name="api-missing"),
]
