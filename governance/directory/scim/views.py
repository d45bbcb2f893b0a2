"""SCIM over HTTP: a token of the scope `accounts`, one resource or a page of them, and errors as SCIM has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    ListResponse,
    Meta,
    PatchOp,
    Resource,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)

from governance.directory import permissions
from governance.directory.scim.limits import LARGEST_BODY
from governance.directory.scim.resources import POLICY, TYPES, describe_service, list_schemas
from governance.directory.scim.searching import check_filter, search
from governance.directory.scim.storage import STORAGES, EntryStorage, GroupStorage
from governance.people.bearer import find_bearer
from governance.people.models import User
from governance.people.scopes import Scope
from ground import strict_json
from ground.errors import BadInput, DomainError, NotFound

CONTENT_TYPE = "application/scim+json"
View = Callable[..., HttpResponse]
_DOCUMENTATION = "https://datatracker.ietf.org/doc/html/rfc7644"


def door(*methods: str) -> Callable[[View], View]:
    """A view for whoever brings the directory's token, by these methods; whatever goes wrong is an error of SCIM's."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(http: HttpRequest, *args: str) -> HttpResponse:
            try:
                by = _find_caller(http)
                if http.method not in methods:
                    return _refuse(
                        405, _("This address takes %(methods)s.") % {"methods": ", ".join(methods)}
                    )
                with POLICY:
                    return view(http, *args, by=by)
            except (DomainError, SCIMException, ValidationError, RequestDataTooBig) as error:
                return _tell(error)

        return guarded

    return wrap


@door("GET", "POST")
def collection(http: HttpRequest, kind: str, *, by: User) -> HttpResponse:
    """All of a kind, a page at a time; POST writes a new one."""
    storage = _storage(kind)
    if http.method == "GET":
        return _answer_search([storage], http.GET.dict())
    wanted = _read_parameters(storage, http)
    sent = storage.model.model_validate(_read_body(http), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
    made = storage.create(sent, by=by)
    return _answer(made, Context.RESOURCE_CREATION_RESPONSE, 201, wanted)


@door("GET", "PUT", "PATCH", "DELETE")
def one(http: HttpRequest, kind: str, key: str, *, by: User) -> HttpResponse:
    """One of them: read, replaced, changed in parts, removed."""
    storage = _storage(kind)
    if http.method == "DELETE":
        storage.delete(key, by=by)
        return HttpResponse(status=204)
    wanted = _read_parameters(storage, http)
    found: Any = storage.get(key)
    if http.method == "GET":
        return _answer(found, Context.RESOURCE_QUERY_RESPONSE, 200, wanted)
    if http.method == "PUT":
        sent = storage.model.model_validate(_read_body(http), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
        sent.replace(found)
        made = storage.update(key, sent, by=by)
        return _answer(made, Context.RESOURCE_REPLACEMENT_RESPONSE, 200, wanted)
    change = PatchOp[storage.model].model_validate(  # type: ignore[name-defined]
        _read_body(http), scim_ctx=Context.RESOURCE_PATCH_REQUEST
    )
    made = storage.update(key, found, by=by) if change.patch(found) else found
    return _answer(made, Context.RESOURCE_PATCH_RESPONSE, 200, wanted)


@door("POST")
def search_one(http: HttpRequest, kind: str, *, by: User) -> HttpResponse:
    """A search of one kind, as a body."""
    return _answer_search([_storage(kind)], _read_body(http))


@door("GET", "POST")
def search_all(http: HttpRequest, *, by: User) -> HttpResponse:
    """A search of both kinds."""
    asked = http.GET.dict() if http.method == "GET" else _read_body(http)
    return _answer_search(list(STORAGES.values()), asked)


@door("GET")
def describe(http: HttpRequest, what: str, key: str = "", *, by: User) -> HttpResponse:
    """What this door can do, and what its resources are."""
    found = _list_described(what)
    if "filter" in http.GET:
        return _refuse(403, _("What is described here is not filtered."))
    if what == "ServiceProviderConfig" and not key:
        return _answer(found[0], Context.RESOURCE_QUERY_RESPONSE, 200)
    if key:
        fitting = [each for each in found if each.id == key]
        if not fitting:
            raise NotFound(_("There is no such resource."))
        return _answer(fitting[0], Context.RESOURCE_QUERY_RESPONSE, 200)
    model = type(found[0])
    listed = ListResponse[model](  # type: ignore[valid-type]
        total_results=len(found), start_index=1, items_per_page=len(found), resources=found
    )
    return _answer(listed, Context.RESOURCE_QUERY_RESPONSE, 200)


@door("GET", "POST", "PUT", "PATCH", "DELETE")
def nothing(_http: HttpRequest, _path: str, *, by: User) -> HttpResponse:
    """Any other address."""
    raise NotFound(_("There is nothing at this address."))


def _list_described(what: str) -> list[Any]:
    if what == "ServiceProviderConfig":
        found: list[Any] = [describe_service(_DOCUMENTATION)]
    elif what == "Schemas":
        found = list(list_schemas())
    else:
        found = [each.model_copy(deep=True) for each in TYPES]
    for each in found:
        end = f"/{each.id}" if each.id else ""
        each.meta = _meta(what, end)
    return found


def _meta(what: str, end: str) -> Meta:
    name = {"Schemas": "Schema", "ResourceTypes": "ResourceType"}.get(what, what)
    return Meta(resource_type=name, location=f"{settings.BASE_URL.rstrip('/')}/scim/v2/{what}{end}")


def _find_caller(http: HttpRequest) -> User:
    """Whose token it is. Raises NotFound where nothing is configured, Unauthenticated, TooMuch, NotPermitted."""
    if not settings.DIRECTORY.scim:
        raise NotFound(_("SCIM is not switched on here."))
    by = find_bearer(http, needs=Scope.ACCOUNTS)
    permissions.check_can_provision(by)
    return by


def _storage(kind: str) -> EntryStorage | GroupStorage:
    return STORAGES[kind]


def _read_body(http: HttpRequest) -> dict[str, Any]:
    kinds = {"application/scim+json", "application/json"}
    if (http.content_type or "").lower() not in kinds:
        raise BadInput(_("Send JSON, with the content type application/scim+json."), code="invalidSyntax")
    found = strict_json.parse_json(http.body, largest=LARGEST_BODY)
    if not isinstance(found, dict):
        raise BadInput(_("The body is one object."), code="invalidSyntax")
    return found


def _read_parameters(storage: EntryStorage | GroupStorage, http: HttpRequest) -> ResponseParameters[Any]:
    asked = {name: http.GET[name] for name in ("attributes", "excludedAttributes") if name in http.GET}
    return ResponseParameters[storage.model].model_validate(asked)  # type: ignore[name-defined]


def _answer_search(storages: list[EntryStorage | GroupStorage], asked: dict[str, Any]) -> HttpResponse:
    check_filter(asked.get("filter"))
    model = storages[0].model if len(storages) == 1 else storages[0].model | storages[1].model
    read = SearchRequest[model].model_validate(asked)  # type: ignore[valid-type]
    return _answer(search(storages, read), Context.SEARCH_RESPONSE, 200, read)


def _answer(
    said: Any, context: Context, status: int, wanted: ResponseParameters[Any] | None = None
) -> HttpResponse:
    body = said.model_dump_json(scim_ctx=context, response_parameters=wanted)
    answer = HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    if isinstance(said, Resource) and said.meta and said.meta.location:
        answer["Location"] = said.meta.location
    return answer


def _tell(error: Exception) -> HttpResponse:
    if isinstance(error, SCIMException):
        found = error.to_error()
        return _refuse(int(found.status or 400), found.detail or "", found.scim_type)
    if isinstance(error, ValidationError):
        first = Error.from_validation_errors(error)[0]
        return _refuse(int(first.status or 400), first.detail or "", first.scim_type)
    if isinstance(error, RequestDataTooBig) or getattr(error, "code", "") == "too_large":
        sentence = _("A body holds 64 KiB at most. Send members of a group by PATCH, some hundred at a time.")
        return _refuse(413, sentence)
    assert isinstance(error, DomainError)  # noqa: S101 - nothing else is caught
    kind = {400: error.code if error.code == "invalidSyntax" else "invalidValue"}.get(error.status)
    kind = "uniqueness" if error.code == "uniqueness" else kind
    answer = _refuse(error.status, error.detail, kind)
    for name, value in error.headers.items():
        answer[name] = value
    return answer


def _refuse(status: int, detail: str, kind: str | None = None) -> HttpResponse:
    body = Error(status=status, detail=detail, scim_type=kind).model_dump_json()
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)
