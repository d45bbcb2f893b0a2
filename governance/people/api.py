"""Registered cohorts, for whoever writes a request. Their people are not listed, nor counted."""

from rest_framework import generics, serializers

from governance.people.models import Cohort, Team
from ground.paging import ByCursor


class CohortSerializer(serializers.ModelSerializer[Cohort]):
    teams: "serializers.SlugRelatedField[Team]" = serializers.SlugRelatedField(
        slug_field="slug", many=True, read_only=True
    )

    class Meta:
        model = Cohort
        fields = ["slug", "kind", "name", "teams"]


class _BySlug(ByCursor):
    ordering = "slug"


class CohortList(generics.ListAPIView[Cohort]):
    """The cohorts that may be reported on; filter by kind."""

    queryset = Cohort.objects.filter(retired_at__isnull=True).prefetch_related("teams")
    serializer_class = CohortSerializer
    pagination_class = _BySlug
    filterset_fields = ["kind"]
