"""Changes of the organisation and of platforms in the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from charter.registry import permissions, reviews
from charter.registry.models import Programme, Review
from charter.registry.serializers.changes import ChangeInput, ChangeSerializer
from ground.inputs import given
from ground.paging import ByCursor


class NewestFirst(ByCursor):
    ordering = ("-opened_at", "-id")


class ChangeList(generics.ListAPIView):
    """Changes of the organisation and of platforms, newest first; POST records one, which opens a review (S10)."""

    queryset = Review.objects.none()  # for the API's description; each request has its own
    serializer_class = ChangeSerializer
    pagination_class = NewestFirst

    def get_queryset(self):
        return reviews.changes(get_object_or_404(Programme))

    @extend_schema(request=ChangeInput, responses={201: ChangeSerializer})
    def post(self, http: Request) -> Response:
        permissions.check_can_record_change(http.user)
        programme = get_object_or_404(Programme)
        review = reviews.record_change(programme=programme, by=http.user, **given(ChangeInput, http))
        told = ChangeSerializer(reviews.changes(programme).get(pk=review.pk)).data
        return Response(told, status=status.HTTP_201_CREATED)
