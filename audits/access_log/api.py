"""The access log in the API: the same filters, the same readers, and the same entries of the log as on its page."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.access_log import exporting, permissions, queries, services, telling
from audits.access_log import serializers as told
from audits.access_log.filters import LogFilter
from audits.access_log.models import FileFormat, SavedSearch
from audits.access_log.receipts import serialize_export
from audits.access_log.searching import Search
from governance.decisions import permissions as decisions
from governance.decisions.models import DecisionRecord
from governance.decisions.services import ask_for_names
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import BadInput
from ground.inputs import validate_body
from ground.paging import ByCursor
from ground.problems import json_response


class NewestDecisions(ByCursor):
    ordering = ("-at", "-id")


class SavedByName(ByCursor):
    ordering = ("name", "id")


def read_filters(http: ApiRequest) -> Search:
    """The search of an address. Raises ValidationError for filters that are at fault."""
    narrowed = LogFilter(http.query_params, queryset=queries.list_decisions(), request=http)
    if not narrowed.is_valid():
        raise translate_validation(narrowed.errors)
    return narrowed.search


class AccessLog(generics.ListAPIView[DecisionRecord]):
    """Every decision, newest first, in pseudonyms; for auditors and administrators. Reading it is on the log."""

    request: ApiRequest
    queryset = DecisionRecord.objects.none()  # for the API's description
    serializer_class = told.LineSerializer  # type: ignore[assignment]  # lines are told, not decisions
    pagination_class = NewestDecisions
    filterset_class = LogFilter

    def get_queryset(self) -> QuerySet[DecisionRecord]:
        permissions.check_can_read(self.request.user)
        return queries.list_decisions()

    def filter_queryset(self, queryset: Any) -> Any:
        user, search = self.request.user, read_filters(self.request)
        found = queries.narrow(queryset, search, reasons=permissions.reads_reasons(user))
        services.note_search(search=search, count=partial(queries.count_found, found), by=user)
        return found

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        reasons = permissions.reads_reasons(self.request.user)
        return telling.Teller(reasons=reasons).tell(super().paginate_queryset(queryset) or ())


class LoggedDecision(APIView):
    """One decision as it was asked, with its facts, the rules as they were told and the hashes; in pseudonyms."""

    @extend_schema(operation_id="logged_decision", responses=told.DetailSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        decision = queries.get_decision(key, by=http.user)
        services.note_decision(decision=decision, by=http.user)
        return Response(telling.tell_decision(decision, by=http.user))


class DecisionNames(APIView):
    """Who stands behind one decision: auditors ask, say why, and are on the log with it."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="logged_decision_names", request=told.NamesInput, responses=told.NamesSerializer
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        decisions.check_can_ask_for_names(http.user)
        decision = queries.get_decision(key, by=http.user)
        ask_for_names(decision=decision, by=http.user, **validate_body(told.NamesInput, http))
        return Response(telling.tell_names(decision))


class Pseudonyms(APIView):
    """What somebody of a name is called in the access log: auditors ask and say why."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="pseudonym", request=told.SeekInput, responses=told.PseudonymSerializer)
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_seek(http.user)
        code = services.seek_person(by=http.user, **validate_body(told.SeekInput, http))
        return Response({"pseudonym": code})


class Stream(APIView):
    """Decisions as OCSF events for a SIEM, in pseudonyms: those whose entries stand behind `after` in the log, `limit` at most.

    `next` is the `after` to go on from; nothing comes twice and nothing is left out.
    """

    @extend_schema(
        operation_id="access_log_ocsf",
        parameters=[OpenApiParameter("after", int), OpenApiParameter("limit", int)],
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, http: ApiRequest) -> Response:
        permissions.check_can_read(http.user)
        after, limit = (
            _read_number(http, "after", -1, low=-1),
            _read_number(http, "limit", 1000, low=1, high=5000),
        )
        events = services.stream(after=after, most=limit, by=http.user)
        last = events[-1]["metadata"]["sequence"] if events else after
        return Response({"events": events, "next": last, "more": len(events) == limit})


def _read_number(http: ApiRequest, name: str, default: int, *, low: int, high: int = 2**62) -> int:
    text = http.query_params.get(name, str(default))
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdecimal() or len(text) > 19:
        raise BadInput(_("Write a whole number."), field=name)
    if not low <= int(text) <= high:
        raise BadInput(_("Write a number from %(low)s to %(high)s.") % {"low": low, "high": high}, field=name)
    return int(text)


class Exports(APIView):
    """All that the filters of the address find, as a file with its own receipt, whose number `X-Log-Entry` says."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="access_log_export",
        request=told.ExportInput,
        responses={(200, "text/csv"): OpenApiTypes.STR, (200, "application/json"): OpenApiTypes.OBJECT},
    )
    def post(self, http: ApiRequest) -> HttpResponseBase:
        permissions.check_can_read(http.user)
        file_format = FileFormat(validate_body(told.ExportInput, http)["format"])
        return exporting.respond(
            *services.export(search=read_filters(http), file_format=file_format, by=http.user)
        )


class ExportReceipt(APIView):
    """The receipt of an export: the hash of the file without its last line, and the proof of its entry."""

    @extend_schema(operation_id="access_log_export_receipt", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, entry: UUID) -> HttpResponseBase:
        return json_response(serialize_export(queries.get_export(entry, by=http.user)))


class SavedSearches(generics.ListAPIView[SavedSearch]):
    """What the asker has kept; POST keeps the search of the address under a name."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = SavedSearch.objects.none()  # for the API's description
    serializer_class = told.SavedSearchSerializer
    pagination_class = SavedByName

    def get_queryset(self) -> QuerySet[SavedSearch]:
        permissions.check_can_read(self.request.user)
        return queries.list_saved_searches(self.request.user)

    @extend_schema(request=told.SavedSearchInput, responses={201: told.SavedSearchSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_read(http.user)
        name = validate_body(told.SavedSearchInput, http)["name"]
        saved = services.save_search(name=name, search=read_filters(http), by=http.user)
        return Response(told.SavedSearchSerializer(saved).data, status=status.HTTP_201_CREATED)


class SavedSearchDetail(APIView):
    """A kept search: called something else, or kept no longer."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="saved_search_rename",
        request=told.SavedSearchInput,
        responses=told.SavedSearchSerializer,
    )
    def patch(self, http: ApiRequest, key: UUID) -> Response:
        permissions.check_can_read(http.user)
        saved = queries.get_saved_search(key, by=http.user)
        renamed = services.rename_search(
            saved=saved, by=http.user, **validate_body(told.SavedSearchInput, http)
        )
        return Response(told.SavedSearchSerializer(renamed).data)

    @extend_schema(operation_id="saved_search_delete", responses={204: None})
    def delete(self, http: ApiRequest, key: UUID) -> Response:
        permissions.check_can_read(http.user)
        services.delete_search(saved=queries.get_saved_search(key, by=http.user), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
