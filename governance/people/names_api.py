"""What sources call persons and teams, in the API: to read, to give and to end, for administrators."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.people import identities
from governance.people.filters import AliasFilter, IdentityFilter
from governance.people.models import Identity, Person, Team, TeamAlias
from governance.people.permissions import check_can_administer
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import BadInput
from ground.inputs import Input, validate_body
from ground.paging import ByCursor

_GIVEN = ["id", "source", "name", "given_at"]


class IdentitySerializer(serializers.ModelSerializer[Identity]):
    """What a source calls a person, or a bot; a blank source is every source."""

    person = serializers.CharField(source="person.external_id", default=None)

    class Meta:
        model = Identity
        fields = [*_GIVEN, "person", "is_bot"]


class AliasSerializer(serializers.ModelSerializer[TeamAlias]):
    """What a source calls a team or a service; without a team it is none of ours."""

    team = serializers.CharField(source="team.slug", default=None)

    class Meta:
        model = TeamAlias
        fields = [*_GIVEN, "team"]


class _SourceNameInput(Input):
    source = serializers.CharField(max_length=60, allow_blank=True)  # type: ignore[assignment]
    name = serializers.CharField(max_length=200)


class IdentityInput(_SourceNameInput):
    """Whose a name is: an external id, or null for a bot."""

    person = serializers.CharField(max_length=100, allow_null=True)


class AliasInput(_SourceNameInput):
    """Which team a name is: a slug, or null for one that is none of ours."""

    team = serializers.CharField(max_length=60, allow_null=True)


class _NamesNewestFirst(ByCursor):
    ordering = ("-given_at", "-id")


class IdentityList(generics.ListAPIView[Identity]):
    """The names of persons that are given; POST gives one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = Identity.objects.none()  # for the API's description
    serializer_class = IdentitySerializer
    pagination_class = _NamesNewestFirst
    filterset_class = IdentityFilter

    def get_queryset(self) -> QuerySet[Identity]:
        check_can_administer(self.request.user)
        return Identity.objects.filter(ended_at__isnull=True).select_related("person")

    @extend_schema(request=IdentityInput, responses={201: IdentitySerializer})
    def post(self, http: ApiRequest) -> Response:
        check_can_administer(http.user)
        given = validate_body(IdentityInput, http)
        person = _find(Person, "external_id", given.pop("person"), "person")
        made = identities.give_identity(**given, person=person, by=http.user)
        return Response(IdentitySerializer(made).data, status=status.HTTP_201_CREATED)


class AliasList(generics.ListAPIView[TeamAlias]):
    """The names of teams that are given; POST gives one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = TeamAlias.objects.none()  # for the API's description
    serializer_class = AliasSerializer
    pagination_class = _NamesNewestFirst
    filterset_class = AliasFilter

    def get_queryset(self) -> QuerySet[TeamAlias]:
        check_can_administer(self.request.user)
        return TeamAlias.objects.filter(ended_at__isnull=True).select_related("team")

    @extend_schema(request=AliasInput, responses={201: AliasSerializer})
    def post(self, http: ApiRequest) -> Response:
        check_can_administer(http.user)
        given = validate_body(AliasInput, http)
        team = _find(Team, "slug", given.pop("team"), "team")
        made = identities.give_alias(**given, team=team, by=http.user)
        return Response(AliasSerializer(made).data, status=status.HTTP_201_CREATED)


class IdentityEnd(APIView):
    """End a name of a person."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="identity_end", request=None, responses=IdentitySerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        check_can_administer(http.user)
        found = get_object_or_404(Identity, pk=key)
        return Response(IdentitySerializer(identities.end_identity(identity=found, by=http.user)).data)


class AliasEnd(APIView):
    """End a name of a team."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="alias_end", request=None, responses=AliasSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        check_can_administer(http.user)
        found = get_object_or_404(TeamAlias, pk=key)
        return Response(AliasSerializer(identities.end_alias(alias=found, by=http.user)).data)


def _find(model: Any, key: str, value: str | None, field: str) -> Any:
    """Who is named; None where null is."""
    if value is None:
        return None
    found = model.objects.filter(**{key: value}).first()
    if found is None:
        raise BadInput(f"There is no {field} “{value}”.", field=field)
    return found
