"""Fairness audits in the API: the same services as on its pages, for files too large to type."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from audits.fairness import permissions, queries, services
from audits.fairness import serializers as told
from audits.fairness.models import FairnessAudit, OutcomeSet, VarianceTask
from audits.fairness.outcome_rows import OutcomeRow
from audits.fairness.states import HarmAnswer, HarmHypothesis
from charter.rules.vocabulary import DecisionType
from governance.people.models import User
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body
from ground.paging import ByCursor


class OldestOutcomes(ByCursor):
    ordering = ("handed_in_at", "id")


class NewestAudits(ByCursor):
    ordering = ("-run_at", "-id")


class NewestTasks(ByCursor):
    ordering = ("-id",)


class Outcomes(generics.ListAPIView[OutcomeSet]):
    """Outcomes that wait to be audited, for HR and auditors; POST hands some in, for HR."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = OutcomeSet.objects.none()  # for the API's description
    serializer_class = told.OutcomeSetSerializer
    pagination_class = OldestOutcomes

    def get_queryset(self) -> QuerySet[OutcomeSet]:
        permissions.check_works_on_audits(self.request.user)
        return queries.list_waiting()

    @extend_schema(request=told.OutcomesInput, responses={201: told.OutcomeSetSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_hand_in(http.user)
        given = validate_body(told.OutcomesInput, http)
        handed_in = services.hand_in_outcomes(
            decision=DecisionType(given["decision"]),
            starts_on=given["from"],
            ends_on=given["to"],
            metrics=given["metrics"],
            rows=[OutcomeRow(**each) for each in given["rows"]],
            favourable_from=given["favourable_from"],
            by=http.user,
        )
        return Response(told.OutcomeSetSerializer(handed_in).data, status=status.HTTP_201_CREATED)


class OutcomesAudit(APIView):
    """Run the audit of outcomes that wait, which erases them; for auditors without a stake."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="fairness_run", request=told.ConclusionInput, responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        permissions.check_audits(http.user)
        validate_body(told.ConclusionInput, http)
        audit = services.run_audit(outcomes=queries.get_outcomes(key, by=http.user), by=http.user)
        return _tell(audit.pk, http, status.HTTP_201_CREATED)


class OutcomesDiscard(APIView):
    """Erase outcomes that wait, with why; for HR."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="fairness_discard", request=told.DiscardInput, responses={204: None})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        permissions.check_can_hand_in(http.user)
        outcomes = queries.get_outcomes(key, by=http.user)
        services.discard_outcomes(outcomes=outcomes, by=http.user, **validate_body(told.DiscardInput, http))
        return Response(status=status.HTTP_204_NO_CONTENT)


class FairnessAudits(generics.ListAPIView[FairnessAudit]):
    """The audits that the asker may see, newest first."""

    queryset = FairnessAudit.objects.none()  # for the API's description
    serializer_class = told.FairnessAuditSerializer
    pagination_class = NewestAudits

    def get_queryset(self) -> QuerySet[FairnessAudit]:
        return queries.list_audits(cast("User", self.request.user))


class FairnessAuditDetail(APIView):
    """One audit: its summary for everybody, its numbers for auditors, HR and the board."""

    @extend_schema(operation_id="fairness_audit", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _tell(key, http)


class FairnessHarm(APIView):
    """Answer one of the four hypotheses; for the auditor who ran the audit."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="fairness_harm", request=told.HarmInput, responses={200: OpenApiTypes.OBJECT})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        audit = queries.get_audit(key, by=http.user)
        permissions.check_can_judge(http.user, audit)
        given = validate_body(told.HarmInput, http)
        services.answer_harm(
            audit=audit,
            hypothesis=HarmHypothesis(given["hypothesis"]),
            answer=HarmAnswer(given["answer"]),
            evidence=given["evidence"],
            by=http.user,
        )
        return _tell(key, http)


class FairnessConclusion(APIView):
    """Conclude an audit, which clears its metrics or does not; for the auditor who ran it."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="fairness_conclude", request=told.ConclusionInput, responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        audit = queries.get_audit(key, by=http.user)
        permissions.check_can_judge(http.user, audit)
        validate_body(told.ConclusionInput, http)
        services.conclude_audit(audit=audit, by=http.user)
        return _tell(key, http)


class VarianceTasks(generics.ListAPIView[VarianceTask]):
    """Managers whose ratings stand apart, for HR alone."""

    queryset = VarianceTask.objects.none()  # for the API's description
    serializer_class = told.VarianceTaskSerializer
    pagination_class = NewestTasks

    def get_queryset(self) -> QuerySet[VarianceTask]:
        return queries.list_tasks(cast("User", self.request.user))


class VarianceTaskClose(APIView):
    """Close a task with what was done; for HR outside of the manager's line."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="fairness_task_close", request=told.CloseInput, responses=told.VarianceTaskSerializer
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        task = queries.get_task(key, by=http.user)
        permissions.check_can_close(http.user, task)
        closed = services.close_task(task=task, by=http.user, **validate_body(told.CloseInput, http))
        return Response(told.VarianceTaskSerializer(closed).data)


def _tell(key: UUID, http: ApiRequest, code: int = status.HTTP_200_OK) -> Response:
    told_audit: dict[str, Any] = told.serialize_audit(queries.get_audit(key, by=http.user), to=http.user)
    return Response(told_audit, status=code)
