"""Calibration in the API: the same services as on its pages."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.vocabulary import DecisionType
from governance.calibration import packs, permissions, queries, services
from governance.calibration import serializers as told
from governance.calibration.models import CalibrationRound, Rubric
from governance.calibration.services import LevelSaid, RoundSaid
from governance.calibration.sessions import read_session
from governance.calibration.states import NoteKind, RoundState
from governance.people.models import Cohort, User
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import BadInput
from ground.inputs import validate_body
from ground.paging import ByCursor

_MOVES: dict[str, Callable[..., CalibrationRound]] = {
    RoundState.ANNOUNCED: services.announce,
    RoundState.AUDITED: services.hand_in,
    RoundState.PUBLISHED: services.publish,
    RoundState.CLOSED: services.close_round,
}


class NewestRounds(ByCursor):
    ordering = ("-drafted_at", "-id")


class RubricsByFamily(ByCursor):
    ordering = ("role_family", "-id")


class Rubrics(generics.ListAPIView[Rubric]):
    """The rubric that counts of each role family; POST writes one, for HR."""

    token_scope = Scope.WRITE
    queryset = Rubric.objects.none()  # for the API's description
    serializer_class = told.RubricSerializer
    pagination_class = RubricsByFamily

    def get_queryset(self) -> QuerySet[Rubric]:
        return queries.list_rubrics()

    @extend_schema(request=told.RubricInput, responses={201: told.RubricSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_keeps_rounds(http.user)
        given = validate_body(told.RubricInput, http)
        levels = [LevelSaid(each["name"], each["means"], tuple(each["examples"])) for each in given["levels"]]
        rubric = services.write_rubric(role_family=given["role_family"], levels=levels, by=http.user)
        return Response(told.RubricSerializer(rubric).data, status=status.HTTP_201_CREATED)


class Rounds(generics.ListAPIView[CalibrationRound]):
    """The rounds that the asker may know of, newest first; POST prepares one, for HR."""

    token_scope = Scope.WRITE
    queryset = CalibrationRound.objects.none()  # for the API's description
    serializer_class = told.RoundSerializer
    pagination_class = NewestRounds

    def get_queryset(self) -> QuerySet[CalibrationRound]:
        return queries.list_rounds(cast("User", self.request.user))

    @extend_schema(request=told.RoundInput, responses={201: told.RoundSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_keeps_rounds(http.user)
        given = validate_body(told.RoundInput, http)
        cohort = Cohort.objects.filter(slug=given.pop("cohort"), retired_at__isnull=True).first()
        if cohort is None:
            raise BadInput(_("There is no group of this name."), field="cohort")
        said = RoundSaid(
            decision=DecisionType(given.pop("decision")),
            cohort=cohort,
            starts_on=given.pop("from"),
            ends_on=given.pop("to"),
            metrics=tuple(given.pop("metrics")),
            **given,
        )
        drafted = services.draft_round(said=said, by=http.user)
        return Response(told.RoundSerializer(drafted).data, status=status.HTTP_201_CREATED)


class RoundDetail(APIView):
    """A round as it was announced; for who is in its session, with whom it is about and what to talk about."""

    @extend_schema(operation_id="calibration_round", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _tell_round(queries.get_round(key, by=http.user), http.user)


class RoundMove(APIView):
    """Move a round on: announced, open, audited (handed in), published, closed or dropped; for HR."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="calibration_round_move", request=told.RoundStateInput, responses=told.RoundSerializer
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        found = queries.get_round(key, by=http.user)
        permissions.check_keeps_rounds(http.user)
        moved = _move(found, validate_body(told.RoundStateInput, http), http.user)
        return Response(told.RoundSerializer(moved).data)


def _move(found: CalibrationRound, given: dict[str, Any], by: User) -> CalibrationRound:
    state, reason = given["state"], given["reason"]
    if state == RoundState.DROPPED:
        return services.drop_round(calibration=found, reason=reason, by=by)
    if state == RoundState.OPEN and found.state == RoundState.AUDITED:
        return services.reopen(calibration=found, reason=reason, by=by)
    if state == RoundState.OPEN:
        return services.open_round(calibration=found, by=by)
    if state not in _MOVES:
        raise BadInput(_("A round does not go back to being prepared. Prepare another one."), field="state")
    return _MOVES[state](calibration=found, by=by)


class PackDetail(APIView):
    """An evidence pack, for who answers, HR and whom it is about."""

    @extend_schema(operation_id="calibration_pack", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _tell_pack(key, http.user)


class PackNotes(APIView):
    """Write growth or unseen work into a pack."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="calibration_note", request=told.PackNoteInput, responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        item = queries.get_pack_item(key, by=http.user)
        given = validate_body(told.PackNoteInput, http)
        services.write_note(item=item, kind=NoteKind(given["kind"]), text=given["text"], by=http.user)
        return _tell_pack(key, http.user, status.HTTP_201_CREATED)


class PackValuesAsk(APIView):
    """Ask the line for the values of a pack, as who answers for the person; a refusal is kept as such."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="calibration_values", request=told.ActInput, responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        item = queries.get_pack_item(key, by=http.user)
        validate_body(told.ActInput, http)
        services.ask_values(item=item, by=http.user)
        return _tell_pack(key, http.user, status.HTTP_201_CREATED)


class PackProposals(APIView):
    """Propose a level, or another one with why it changes; for who answers for the person."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="calibration_propose", request=told.ProposalInput, responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        item = queries.get_pack_item(key, by=http.user)
        permissions.check_proposes(http.user, item)
        services.propose(item=item, by=http.user, **validate_body(told.ProposalInput, http))
        return _tell_pack(key, http.user, status.HTTP_201_CREATED)


class CalibrationOutcome(APIView):
    """An outcome of one's own, with its explanation; nobody else's opens here."""

    @extend_schema(operation_id="calibration_outcome", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return Response(told.serialize_outcome(queries.get_outcome(key, by=http.user)))


class OutcomeAcknowledge(APIView):
    """Keep that one has read one's outcome."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="calibration_acknowledge",
        request=told.ActInput,
        responses={200: OpenApiTypes.OBJECT},
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        item = queries.get_outcome(key, by=http.user)
        validate_body(told.ActInput, http)
        services.acknowledge(item=item, by=http.user)
        return Response(told.serialize_outcome(queries.get_outcome(key, by=http.user)))


def _tell_round(found: CalibrationRound, user: User) -> Response:
    body: dict[str, Any] = dict(told.RoundSerializer(found).data)
    if permissions.can(permissions.check_joins, user, found):
        body["session"] = told.serialize_session(read_session(found, by=user))
    return Response(body)


def _tell_pack(key: UUID, user: User, code: int = status.HTTP_200_OK) -> Response:
    pack = packs.read_pack(queries.get_pack_item(key, by=user))
    return Response(msgspec.to_builtins(told.serialize_pack(pack, to=user)), status=code)
