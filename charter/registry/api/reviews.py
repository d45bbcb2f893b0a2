"""Reviews of the matrix in the API: when one is due, the sitting in which it is done, and what stands flagged (S9, S11)."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.programme.models import Programme
from charter.registry import permissions, reviews
from charter.registry.models import Review, ReviewItem
from charter.registry.serializers import reviews as told
from charter.registry.states import ReviewResult
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground import calendar
from ground.errors import BadInput, NotFound
from ground.inputs import validate_body
from ground.paging import ByCursor


class ReviewsNewestFirst(ByCursor):
    ordering = ("-opened_at", "-id")


class LatestFlag(ByCursor):
    ordering = ("-decided_at", "-id")


class ReviewDue(APIView):
    """When the quarterly review is due."""

    @extend_schema(operation_id="review_due", responses=told.DueSerializer)
    def get(self, http: ApiRequest) -> Response:
        programme = get_object_or_404(Programme)
        found = reviews.find_due_review(programme, calendar.today())
        if found is None:
            raise NotFound("The programme is not approved yet, so no review is due.", code="no_review_due")
        return Response(told.DueSerializer(found).data)


class ReviewList(generics.ListAPIView[Review]):
    """All reviews, newest first; POST starts the quarterly one, or gives the one that is open."""

    token_scope = Scope.WRITE
    queryset = Review.objects.select_related("opened_by", "closed_by")
    serializer_class = told.ReviewSerializer
    pagination_class = ReviewsNewestFirst
    filterset_fields = ["kind"]

    @extend_schema(request=None, responses=told.ReviewSerializer)
    def post(self, http: ApiRequest) -> Response:
        review = reviews.start_review(programme=get_object_or_404(Programme), by=http.user)
        return Response(told.ReviewSerializer(review).data)


class ReviewDetail(APIView):
    """One review, for the board."""

    @extend_schema(operation_id="review", responses=told.ReviewSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return Response(told.ReviewSerializer(_review(http, key)).data)


class ReviewItems(generics.ListAPIView[ReviewItem]):
    """The charters of a review, for the board; POST says of some that they stay or are flagged."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = ReviewItem.objects.none()  # for the API's description; each request has its own
    serializer_class = told.ReviewItemSerializer
    pagination_class = ByCursor
    filterset_fields = ["result", "reason"]

    def get_queryset(self) -> QuerySet[ReviewItem]:
        related = ("charter_version__metric", "since", "decided_by")
        return _review(self.request, self.kwargs["key"]).items.select_related(*related)

    @extend_schema(request=told.SittingInput, responses=told.LeftSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        review = _review(http, key)
        said = validate_body(told.SittingInput, http)["said"]
        if len({each["item"] for each in said}) < len(said):
            raise BadInput("Say one thing of each charter.", field="said")
        notes = {
            result: {each["item"]: each["note"] for each in said if each["result"] == result}
            for result in (ReviewResult.CONFIRMED, ReviewResult.FLAGGED)
        }
        left = reviews.decide_items(
            review=review,
            confirmed=notes[ReviewResult.CONFIRMED],
            flagged=notes[ReviewResult.FLAGGED],
            by=http.user,
        )
        return Response(told.LeftSerializer({"left": left}).data)


class ReviewClose(APIView):
    """End a review: what did not change and was not flagged is confirmed."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="review_close", request=None, responses=told.ReviewSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        review = reviews.close_review(review=_review(http, key), by=http.user)
        return Response(told.ReviewSerializer(review).data)


class FlaggedList(generics.ListAPIView[ReviewItem]):
    """Flags that stand: each charter is to be retired or justified."""

    queryset = ReviewItem.objects.none()  # for the API's description; each request has its own
    serializer_class = told.ReviewItemSerializer
    pagination_class = LatestFlag

    def get_queryset(self) -> QuerySet[ReviewItem]:
        return reviews.list_flags(get_object_or_404(Programme)).select_related(
            "charter_version__metric", "since", "decided_by"
        )


class Justify(APIView):
    """Say why a flagged charter stays."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="justify", request=told.JustifyInput, responses=told.ReviewItemSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        permissions.check_can_review(http.user)
        item = get_object_or_404(ReviewItem, pk=key)
        justified = reviews.justify(item=item, by=http.user, **validate_body(told.JustifyInput, http))
        return Response(told.ReviewItemSerializer(justified).data)


def _review(http: ApiRequest, key: UUID) -> Review:
    permissions.check_can_review(http.user)
    return get_object_or_404(Review.objects.select_related("programme", "opened_by", "closed_by"), pk=key)
