"""Saved views in the API: read by everybody who can sign in, changed by their owner, asked of through `requests`."""

from datetime import date
from typing import Any

import msgspec
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.request import Window
from charter.rules.vocabulary import Decision, Grain, Period
from governance.board.api import given
from governance.views import permissions, queries, services
from governance.views import serializers as told
from governance.views.models import SavedView
from ground.errors import BadInput
from ground.paging import ByCursor

_DAYS = [OpenApiParameter(name, OpenApiTypes.DATE, required=True) for name in ("from", "to")]
_PERSON = OpenApiParameter("person", OpenApiTypes.STR, description="Whom a performance view is about.")


class BySlug(ByCursor):
    ordering = "slug"


class ViewList(generics.ListAPIView):
    """All views with what each lists; POST keeps a question as one."""

    queryset = SavedView.objects.none()  # for the API's description
    serializer_class = told.ViewSerializer
    pagination_class = BySlug
    filterset_fields = ["decision", "grain"]

    def get_queryset(self):
        return queries.views()

    def paginate_queryset(self, queryset):
        return [queries.opened(view) for view in super().paginate_queryset(queryset)]

    @extend_schema(request=told.ViewInput, responses={201: told.ViewDetailSerializer})
    def post(self, http: Request) -> Response:
        fields = given(told.ViewInput, http)
        words = {"decision": Decision, "grain": Grain, "period": Period}
        typed = {name: word(fields.pop(name)) for name, word in words.items()}
        made = services.make_view(view_class=fields.pop("class"), **typed, **fields, by=http.user)
        return _view(made.slug, status.HTTP_201_CREATED)


class ViewDetail(APIView):
    """One view, with what its metrics may not be used for (S47)."""

    @extend_schema(operation_id="view", responses=told.ViewDetailSerializer)
    def get(self, http: Request, slug: str) -> Response:
        return _view(slug)

    @extend_schema(operation_id="view_retire", responses={204: None})
    def delete(self, http: Request, slug: str) -> Response:
        services.retire_view(view=queries.view(slug), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ViewRequests(APIView):
    """What to send to /api/v1/queries to open a view; the rules decide there, as for any question."""

    @extend_schema(
        operation_id="view_requests", parameters=[*_DAYS, _PERSON], responses={200: OpenApiTypes.OBJECT}
    )
    def get(self, http: Request, slug: str) -> Response:
        opened = queries.opened(queries.view(slug))
        permissions.check_can_open(http.user, opened)
        person = http.query_params.get("person", "")
        window = Window(start=_day(http, "from"), end=_day(http, "to"))
        requests = opened.requests(window, persons=(person,) if person else ())
        return Response({"requests": msgspec.to_builtins(requests)})


class ViewMetrics(APIView):
    """Asking the board to put a metric on the list."""

    @extend_schema(
        operation_id="view_propose_metric",
        request=told.MetricInput,
        responses={201: told.ViewDetailSerializer},
    )
    def post(self, http: Request, slug: str) -> Response:
        services.propose_metric(view=queries.view(slug), **given(told.MetricInput, http), by=http.user)
        return _view(slug, status.HTTP_201_CREATED)


class ViewMetric(APIView):
    """Taking a metric off the list."""

    @extend_schema(operation_id="view_drop_metric", responses={204: None})
    def delete(self, http: Request, slug: str, metric: str) -> Response:
        view = queries.view(slug)
        listed = next((each for each in queries.opened(view).metrics if each.metric.slug == metric), None)
        if listed is None:
            raise BadInput("This metric is not on the list.", field="metric")
        services.drop_metric(view=view, metric=listed.metric, by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ViewClassChange(APIView):
    """Asking the board to change the class of a view (S45)."""

    @extend_schema(
        operation_id="view_propose_class", request=told.ClassInput, responses={201: told.ViewDetailSerializer}
    )
    def post(self, http: Request, slug: str) -> Response:
        fields = given(told.ClassInput, http)
        view = queries.view(slug)
        services.propose_class(view=view, view_class=fields["class"], why=fields["why"], by=http.user)
        return _view(slug, status.HTTP_201_CREATED)


class ViewExpectations(APIView):
    """Writing what a role is expected to show."""

    @extend_schema(
        operation_id="view_expectation",
        request=told.ExpectationInput,
        responses={201: told.ViewDetailSerializer},
    )
    def post(self, http: Request, slug: str) -> Response:
        services.write_expectation(
            view=queries.view(slug), **given(told.ExpectationInput, http), by=http.user
        )
        return _view(slug, status.HTTP_201_CREATED)


def _view(slug: str, code: int = status.HTTP_200_OK) -> Response:
    opened = queries.opened(queries.view(slug), with_forbidden=True)
    return Response(told.ViewDetailSerializer(opened).data, status=code)


def _day(http: Request, name: str) -> date:
    given_day: Any = http.query_params.get(name, "")
    try:
        return date.fromisoformat(given_day)
    except ValueError:
        raise BadInput("Give the day as in 2026-01-01.", field=name) from None
