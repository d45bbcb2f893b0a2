"""Sampled reviews in the API: the draws, what one reviews, and the answers of whoever looked."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.access_log.telling import Teller
from audits.reviews import permissions, queries, services
from audits.reviews import serializers as told
from audits.reviews.models import SampledLook, SampleDraw
from audits.reviews.states import LookState
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class DrawsByMonth(ByCursor):
    ordering = ("-month", "-id")


class LooksByDay(ByCursor):
    ordering = ("-due_on", "-id")


class Draws(generics.ListAPIView[SampleDraw]):
    """The draws, newest month first, each with its seed and what came of it."""

    request: ApiRequest
    queryset = SampleDraw.objects.none()  # for the API's description
    serializer_class = told.SampleDrawSerializer
    pagination_class = DrawsByMonth

    def get_queryset(self) -> QuerySet[SampleDraw]:
        permissions.check_can_open_reviews(self.request.user)
        return queries.list_draws()


class Looks(generics.ListAPIView[SampledLook]):
    """What the asker reviews or has reviewed."""

    request: ApiRequest
    queryset = SampledLook.objects.none()  # for the API's description
    serializer_class = told.SampledLookSerializer
    pagination_class = LooksByDay

    def get_queryset(self) -> QuerySet[SampledLook]:
        permissions.check_can_open_reviews(self.request.user)
        return queries.list_seen(self.request.user)


def _tell(look: SampledLook) -> Response:
    [line] = Teller(reasons=True).tell([look.decision])
    body: dict[str, Any] = {
        **told.SampledLookSerializer(look).data,
        "look": line.said,
        "questions": told.serialize_questions(look),
    }
    return Response(body)


class Look(APIView):
    """One drawn look in pseudonyms, with what was asked of whoever looked."""

    @extend_schema(operation_id="sampled_review", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _tell(queries.get_look(key, by=http.user))


class LookAsk(APIView):
    """Ask whoever looked, as it is unclear."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="sampled_review_ask", request=told.LookTextInput, responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        look = queries.get_look(key, by=http.user)
        services.ask(look=look, by=http.user, **validate_body(told.LookTextInput, http))
        return _tell(queries.get_look(key, by=http.user))


class LookFinding(APIView):
    """Say that it was justified, or put it to the board as a misuse."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="sampled_review_conclude", request=told.FoundInput, responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        look = queries.get_look(key, by=http.user)
        given = validate_body(told.FoundInput, http)
        services.conclude(
            look=look, finding=LookState(given["finding"]), because=given["because"], by=http.user
        )
        return _tell(queries.get_look(key, by=http.user))


class LookAnswer(APIView):
    """What was asked about a look of the asker's own; POST answers it."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="sampled_review_asked", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return self._tell(queries.get_asked(key, by=http.user))

    @extend_schema(
        operation_id="sampled_review_answer", request=told.LookTextInput, responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        look = queries.get_asked(key, by=http.user)
        services.answer(look=look, by=http.user, **validate_body(told.LookTextInput, http))
        return self._tell(queries.get_asked(key, by=http.user))

    def _tell(self, look: SampledLook) -> Response:
        body: dict[str, Any] = {
            "receipt": look.decision.entry_id,
            "due_on": look.due_on,
            "open": look.state == LookState.ASKED,
            "questions": told.serialize_questions(look),
        }
        return Response(body)
