"""Merging two accounts in the API: what would move, and the merge."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.desk import merging
from governance.people import merging as people
from governance.people.models import User
from governance.people.permissions import check_can_administer
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from governance.people.screens.accounts import get_account
from ground.errors import NotFound
from ground.inputs import Input, validate_body


class MergeInput(Input):
    into = serializers.CharField(max_length=100)
    because = serializers.CharField(max_length=2000)


class MergePreviewSerializer(serializers.Serializer[Any]):
    """What would move and end, and what stands against it."""

    account = serializers.CharField(source="plan.account.username")
    into = serializers.CharField(source="plan.into.username")
    roles = serializers.SerializerMethodField()
    metrics = serializers.ListField(child=serializers.CharField())
    sessions = serializers.IntegerField(source="plan.sessions")
    tokens = serializers.IntegerField(source="plan.tokens")
    obstacles = serializers.ListField(child=serializers.CharField(), source="plan.obstacles")

    def get_roles(self, found: merging.WholePreview) -> list[str]:
        return [move.grant.role for move in found.plan.roles]


class MergedSerializer(serializers.Serializer[Any]):
    account = serializers.CharField(source="account.username")
    into = serializers.CharField(source="into.username")
    merged_at = serializers.DateTimeField()


class MergeProposalSerializer(serializers.Serializer[Any]):
    """A merge that waits for a second administrator."""

    id = serializers.UUIDField()
    account = serializers.CharField(source="account.username")
    into = serializers.CharField(source="into.username")
    because = serializers.CharField()
    asked_by = serializers.CharField(source="asked_by.username")
    asked_at = serializers.DateTimeField()


class AccountMerging(APIView):
    """What merging an account into another would do; POST proposes it, and a second administrator confirms it."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="account_merge_preview",
        parameters=[
            OpenApiParameter("into", str, required=True, description="User name of the account that stays.")
        ],
        responses=MergePreviewSerializer,
    )
    def get(self, http: ApiRequest, key: UUID) -> Response:
        check_can_administer(http.user)
        into = _find(http.query_params.get("into", ""))
        return Response(
            MergePreviewSerializer(merging.preview(account=get_account(key), into=into, by=http.user)).data
        )

    @extend_schema(operation_id="account_merge", request=MergeInput, responses={201: MergeProposalSerializer})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        check_can_administer(http.user)
        given = validate_body(MergeInput, http)
        proposal = merging.propose_merge(
            account=get_account(key), into=_find(given["into"]), because=given["because"], by=http.user
        )
        return Response(MergeProposalSerializer(proposal).data, status=status.HTTP_201_CREATED)


class MergeProposalList(APIView):
    """The merges that wait for a second administrator."""

    @extend_schema(operation_id="merges", responses=MergeProposalSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        check_can_administer(http.user)
        return Response(MergeProposalSerializer(people.list_waiting(), many=True).data)


class MergeConfirmation(APIView):
    """Merge two accounts for good, as a second administrator."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="merge_confirm", request=None, responses=MergedSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        check_can_administer(http.user)
        merged = merging.confirm_merge(proposal=people.get_waiting(key), by=http.user)
        return Response(MergedSerializer(merged).data)


class MergeDropping(APIView):
    """Drop a merge that waits."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="merge_drop", request=None, responses={204: None})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        check_can_administer(http.user)
        people.drop_merge(proposal=people.get_waiting(key), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _find(username: str) -> User:
    found = User.objects.find(username)
    if found is None:
        raise NotFound("There is no account of this user name.")
    return found
