"""Saved views in the API: read by everybody who can sign in, changed by their owner, asked of through `requests`."""

from datetime import date
from typing import Any

import msgspec
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.request import Window
from charter.rules.vocabulary import DecisionType, Grain, Period
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from governance.saved_views import permissions, queries, services
from governance.saved_views import serializers as told
from governance.saved_views.models import SavedView
from ground.errors import BadInput
from ground.inputs import validate_body
from ground.paging import ByCursor
from ground.parsing import read_day

_DAYS = [OpenApiParameter(name, OpenApiTypes.DATE, required=True) for name in ("from", "to")]
_PERSON = OpenApiParameter("person", OpenApiTypes.STR, description="Whom a performance view is about.")


class ViewsBySlug(ByCursor):
    ordering = "slug"


class ViewList(generics.ListAPIView[SavedView]):
    """All views with what each lists; POST keeps a question as one."""

    token_scope = Scope.WRITE
    queryset = SavedView.objects.none()  # for the API's description
    serializer_class = told.ViewSerializer
    pagination_class = ViewsBySlug
    filterset_fields = ["decision", "grain"]

    def get_queryset(self) -> QuerySet[SavedView]:
        return queries.list_views()

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        return [queries.open_view(view) for view in super().paginate_queryset(queryset) or ()]

    @extend_schema(request=told.ViewInput, responses={201: told.ViewDetailSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_make(http.user)
        fields = validate_body(told.ViewInput, http)
        words = {"decision": DecisionType, "grain": Grain, "period": Period}
        typed: dict[str, Any] = {name: word(fields.pop(name)) for name, word in words.items()}
        made = services.make_view(view_class=fields.pop("class"), **typed, **fields, by=http.user)
        return _view(made.slug, status.HTTP_201_CREATED)


class ViewDetail(APIView):
    """One view, with what its metrics may not be used for (S47)."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="view", responses=told.ViewDetailSerializer)
    def get(self, http: ApiRequest, slug: str) -> Response:
        return _view(slug)

    @extend_schema(operation_id="view_retire", responses={204: None})
    def delete(self, http: ApiRequest, slug: str) -> Response:
        services.retire_view(view=queries.get_view(slug), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ViewRequests(APIView):
    """What to send to /api/v1/queries to open a view; the rules decide there, as for any question."""

    @extend_schema(
        operation_id="view_requests", parameters=[*_DAYS, _PERSON], responses={200: OpenApiTypes.OBJECT}
    )
    def get(self, http: ApiRequest, slug: str) -> Response:
        opened = queries.open_view(queries.get_view(slug))
        permissions.check_can_open(http.user, opened)
        person = http.query_params.get("person", "")
        window = Window(start=_day(http, "from"), end=_day(http, "to"))
        requests = opened.requests(window, persons=(person,) if person else ())
        return Response({"requests": msgspec.to_builtins(requests)})


class ViewMetrics(APIView):
    """Asking the board to put a metric on the list."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="view_propose_metric",
        request=told.MetricInput,
        responses={201: told.ViewDetailSerializer},
    )
    def post(self, http: ApiRequest, slug: str) -> Response:
        view = queries.get_view(slug)
        permissions.check_can_change(http.user, view)
        services.propose_metric(view=view, **validate_body(told.MetricInput, http), by=http.user)
        return _view(slug, status.HTTP_201_CREATED)


class ViewMetric(APIView):
    """Taking a metric off the list."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="view_drop_metric", responses={204: None})
    def delete(self, http: ApiRequest, slug: str, metric: str) -> Response:
        view = queries.get_view(slug)
        permissions.check_can_change(http.user, view)
        listed = next((each for each in queries.open_view(view).metrics if each.metric.slug == metric), None)
        if listed is None:
            raise BadInput("This metric is not on the list.", field="metric")
        services.drop_metric(view=view, metric=listed.metric, by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ViewClassChange(APIView):
    """Asking the board to change the class of a view (S45)."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="view_propose_class", request=told.ClassInput, responses={201: told.ViewDetailSerializer}
    )
    def post(self, http: ApiRequest, slug: str) -> Response:
        view = queries.get_view(slug)
        permissions.check_can_change(http.user, view)
        fields = validate_body(told.ClassInput, http)
        services.propose_class(view=view, view_class=fields["class"], why=fields["why"], by=http.user)
        return _view(slug, status.HTTP_201_CREATED)


class ViewExpectations(APIView):
    """Writing what a role is expected to show."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="view_expectation",
        request=told.ExpectationInput,
        responses={201: told.ViewDetailSerializer},
    )
    def post(self, http: ApiRequest, slug: str) -> Response:
        view = queries.get_view(slug)
        permissions.check_can_change(http.user, view)
        services.write_expectation(view=view, **validate_body(told.ExpectationInput, http), by=http.user)
        return _view(slug, status.HTTP_201_CREATED)


def _view(slug: str, code: int = status.HTTP_200_OK) -> Response:
    opened = queries.open_view(queries.get_view(slug), with_forbidden=True)
    return Response(told.ViewDetailSerializer(opened).data, status=code)


def _day(http: ApiRequest, name: str) -> date:
    return read_day(http.query_params.get(name, ""), field=name)
