"""Sources in the API: what each is and what was last seen of it; describing one, and the names in it that mean nobody.

And what is withheld of a metric.
"""

from typing import Any, cast
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.measures import asking, sources
from charter.measures.filters import SourceFilter
from charter.measures.models import AskedRun, PublishingRun, SourceSurvey, UnmatchedName
from charter.measures.permissions import check_can_publish, check_can_see_withheld
from charter.measures.withheld import WithheldCount, count_withheld, list_thin_teams
from charter.registry.models import Metric
from charter.registry.models.sources import Source
from charter.registry.permissions import check_can_describe_source
from charter.registry.source_descriptions import SourceDescription
from governance.people.models import User
from governance.people.permissions import check_can_administer
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import BadInput
from ground.msgspec_errors import locate_fault, strip_place
from ground.paging import ByCursor


class SourceSurveySerializer(serializers.ModelSerializer[SourceSurvey]):
    """What was last seen of a source; shares are of its rows."""

    class Meta:
        model = SourceSurvey
        fields = ["taken_at", "connected", "faults", "rows", "newest_at", "people_known", "teams_known"]


class SourceSerializer(serializers.ModelSerializer[Source]):
    """A source as it is described, with what was last seen of it."""

    columns = serializers.DictField()
    survey = SourceSurveySerializer(default=None)

    class Meta:
        model = Source
        fields = [
            "slug", "name", "kind", "description", "owner", "cadence", "region", "columns", "described_at", "survey",
        ]  # fmt: skip


class SourceInput(serializers.Serializer[Any]):
    """A source as a file has it; `columns` holds a type and what it means for each name."""

    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    description = serializers.CharField()
    owner = serializers.CharField()
    cadence = serializers.CharField()
    region = serializers.CharField()
    columns = serializers.DictField()


class UnmatchedSerializer(serializers.ModelSerializer[UnmatchedName]):
    """A name that means nobody, in how many rows it stands, and whom it may mean."""

    class Meta:
        model = UnmatchedName
        fields = ["kind", "name", "events", "suggestion"]


class _SourcesBySlug(ByCursor):
    ordering = "slug"


class _MostRowsFirst(ByCursor):
    ordering = ("-events", "id")


class PublishingRunSerializer(serializers.ModelSerializer[PublishingRun]):
    """A run: how many values it wrote, how many of them are withheld, and why a metric got none."""

    started_by = serializers.CharField(source="started_by.username")
    metrics_failed = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = PublishingRun
        fields = [
            "id", "state", "started_at", "started_by", "ended_at", "values_written", "values_withheld",
            "metrics_failed", "error",
        ]  # fmt: skip


class AskedRunSerializer(serializers.ModelSerializer[AskedRun]):
    """A run that was asked for: how far a worker is, and what came of it."""

    asked_by = serializers.CharField(source="asked_by.username")

    class Meta:
        model = AskedRun
        fields = ["id", "asked_at", "asked_by", "stage", "done", "total", "ended_at", "run", "error"]


class _NewestRun(ByCursor):
    ordering = ("-started_at", "id")


class PublishingRuns(generics.ListAPIView[PublishingRun]):
    """The publishing runs, newest first; POST asks for another, which a worker takes up."""

    token_scope = Scope.WRITE
    queryset = PublishingRun.objects.select_related("started_by")
    serializer_class = PublishingRunSerializer
    pagination_class = _NewestRun

    def get_queryset(self) -> QuerySet[PublishingRun]:
        check_can_publish(cast("User", self.request.user))
        return super().get_queryset()

    @extend_schema(request=None, responses={202: AskedRunSerializer})
    def post(self, http: ApiRequest) -> Response:
        asked = asking.ask_for_run(by=http.user)
        return Response(AskedRunSerializer(asked).data, status=status.HTTP_202_ACCEPTED)


class AskedRunDetail(APIView):
    """How far a run is that was asked for."""

    @extend_schema(operation_id="publishing_asked", responses=AskedRunSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        check_can_publish(http.user)
        found = get_object_or_404(AskedRun.objects.select_related("asked_by"), pk=key)
        return Response(AskedRunSerializer(found).data)


class SourceList(generics.ListAPIView[Source]):
    """All sources; POST describes one, for the first time or anew (S15, S65)."""

    token_scope = Scope.WRITE
    queryset = Source.objects.select_related("survey")
    serializer_class = SourceSerializer
    pagination_class = _SourcesBySlug
    filterset_class = SourceFilter

    @extend_schema(request=SourceInput, responses={201: SourceSerializer})
    def post(self, http: ApiRequest) -> Response:
        check_can_describe_source(http.user)
        described = sources.describe_source(description=_parse(http.data), by=http.user)
        told = SourceSerializer(self.get_queryset().get(pk=described.pk)).data
        return Response(told, status=status.HTTP_201_CREATED)


class SourceDetail(generics.RetrieveAPIView[Source]):
    """One source."""

    queryset = Source.objects.select_related("survey")
    serializer_class = SourceSerializer
    lookup_field = "slug"


class UnmatchedList(generics.ListAPIView[UnmatchedName]):
    """The names in a source that mean nobody, those of most rows first, for administrators."""

    request: ApiRequest
    queryset = UnmatchedName.objects.none()  # for the API's description
    serializer_class = UnmatchedSerializer
    pagination_class = _MostRowsFirst

    def get_queryset(self) -> QuerySet[UnmatchedName]:
        check_can_administer(self.request.user)
        source = get_object_or_404(Source, slug=self.kwargs["slug"])
        return UnmatchedName.objects.filter(survey__source=source)


class SourcesLookedAt(APIView):
    """Look at every source now."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="sources_survey", request=None, responses=SourceSerializer(many=True))
    def post(self, http: ApiRequest) -> Response:
        sources.survey_sources(by=http.user)
        return Response(SourceSerializer(Source.objects.select_related("survey"), many=True).data)


class WithheldCountSerializer(serializers.Serializer[Any]):
    """The values of one level and quarter; for whose sake they are withheld is null where it is not told."""

    quarter = serializers.DateField()
    level = serializers.SerializerMethodField()
    told = serializers.IntegerField()
    withheld = serializers.IntegerField()
    low_coverage = serializers.IntegerField()
    themselves = serializers.IntegerField(allow_null=True)
    others = serializers.IntegerField(allow_null=True)

    def get_level(self, count: WithheldCount) -> str:
        return ("org", "value_stream", "team")[count.level]


class ThinTeamSerializer(serializers.Serializer[Any]):
    """A team's cohort to merge with another, how often it was withheld of how many values, and what it cost its neighbours."""

    cohort = serializers.CharField()
    with_cohort = serializers.CharField()
    withheld = serializers.IntegerField()
    places = serializers.IntegerField()
    cost = serializers.IntegerField()


class WithheldSerializer(serializers.Serializer[Any]):
    """What is withheld of a metric, in numbers alone; the last twelve quarters, newest first."""

    counts = WithheldCountSerializer(many=True)
    merge = ThinTeamSerializer(many=True)


class WithheldOfMetric(APIView):
    @extend_schema(operation_id="metric_withheld", responses=WithheldSerializer)
    def get(self, http: ApiRequest, slug: str) -> Response:
        """What is withheld of a metric and for whose sake, in numbers alone, for its owner and auditors."""
        metric = get_object_or_404(Metric, slug=slug)
        check_can_see_withheld(http.user, metric)
        found = {"counts": count_withheld(metric), "merge": list_thin_teams(metric)}
        return Response(WithheldSerializer(found).data)


def _parse(body: object) -> SourceDescription:
    try:
        return msgspec.convert(body, SourceDescription)
    except msgspec.ValidationError as error:
        field = locate_fault(str(error))[1].replace("[...]", "") or "body"
        raise BadInput(f"{strip_place(str(error))}.", field=field) from None
