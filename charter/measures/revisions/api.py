"""Revisions in the API."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.measures import permissions, queries
from charter.measures.models import RevisedValue, Revision
from charter.measures.revisions import services as revisions
from charter.measures.revisions.serializers import ReasonInput, RevisedValueSerializer, RevisionSerializer
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class RevisionsNewestFirst(ByCursor):
    ordering = ("-found_at", "-id")


class RevisionList(generics.ListAPIView[Revision]):
    """Revisions of the metrics that one owns, all of them for auditors; newest first."""

    request: ApiRequest
    queryset = Revision.objects.none()  # for the API's description; each request has its own
    serializer_class = RevisionSerializer
    pagination_class = RevisionsNewestFirst
    filterset_fields = ["state"]

    def get_queryset(self) -> QuerySet[Revision]:
        permissions.check_can_see_revisions(self.request.user)
        return queries.list_revisions(self.request.user)


class RevisionDetail(APIView):
    @extend_schema(operation_id="revision", responses=RevisionSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        """One revision."""
        return Response(RevisionSerializer(_revision(http, key)).data)


class RevisedValues(generics.ListAPIView[RevisedValue]):
    """What a revision would change, and by how much; once it is published, for auditors alone."""

    request: ApiRequest
    queryset = RevisedValue.objects.none()
    serializer_class = RevisedValueSerializer
    pagination_class = ByCursor
    filterset_fields: tuple[str, ...] = ()

    def get_queryset(self) -> QuerySet[RevisedValue]:
        found = _revision(self.request, self.kwargs["key"])
        permissions.check_can_see_numbers(self.request.user, found)
        return queries.list_revised_values(found)


class Propose(APIView):
    """The metric's owner puts a revision forward."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="revision_propose", request=ReasonInput, responses=RevisionSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        found = _revision(http, key)
        permissions.check_can_propose(http.user, found.metric)
        revisions.propose_revision(revision=found, by=http.user, **validate_body(ReasonInput, http))
        return Response(RevisionSerializer(_revision(http, key)).data)


class Confirm(APIView):
    """An auditor puts the new values of a revision in place."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="revision_confirm", request=None, responses=RevisionSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        revisions.confirm_revision(revision=_revision(http, key), by=http.user)
        return Response(RevisionSerializer(_revision(http, key)).data)


class Decline(APIView):
    """The metric's owner or an auditor leaves the values as they are."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="revision_decline", request=ReasonInput, responses=RevisionSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        found = _revision(http, key)
        revisions.decline_revision(revision=found, by=http.user, **validate_body(ReasonInput, http))
        return Response(RevisionSerializer(_revision(http, key)).data)


def _revision(http: ApiRequest, key: UUID) -> Revision:
    """A revision, for those who may see it."""
    found = get_object_or_404(queries.count_values(Revision.objects.all()), pk=key)
    permissions.check_can_see_revision(http.user, found.metric)
    return found
