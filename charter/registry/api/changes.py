"""Changes of the organisation and of platforms in the API."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response

from charter.programme.models import Programme
from charter.registry import permissions, reviews
from charter.registry.models import Review
from charter.registry.serializers.changes import ChangeInput, ChangeSerializer
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class ChangesNewestFirst(ByCursor):
    ordering = ("-opened_at", "-id")


class ChangeList(generics.ListAPIView[Review]):
    """Changes of the organisation and of platforms, newest first; POST records one, which opens a review (S10)."""

    token_scope = Scope.WRITE
    queryset = Review.objects.none()  # for the API's description; each request has its own
    serializer_class = ChangeSerializer
    pagination_class = ChangesNewestFirst

    def get_queryset(self) -> QuerySet[Review]:
        return reviews.list_changes(get_object_or_404(Programme))

    @extend_schema(request=ChangeInput, responses={201: ChangeSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_record_change(http.user)
        programme = get_object_or_404(Programme)
        review = reviews.record_change(programme=programme, by=http.user, **validate_body(ChangeInput, http))
        told = ChangeSerializer(reviews.list_changes(programme).get(pk=review.pk)).data
        return Response(told, status=status.HTTP_201_CREATED)
