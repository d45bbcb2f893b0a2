"""A team's consent over the API: asked for, answered, read."""

from functools import partial
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry.models import CharterVersion
from governance.board import consents, permissions, services
from governance.board.pilot_serializers import ConsentAnswerInput, ConsentInput, ConsentSerializer
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import validate_body


class ConsentAsking(APIView):
    """Ask a team whether it agrees to a charter."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="consent_ask", request=ConsentInput, responses={201: ConsentSerializer})
    def post(self, http: ApiRequest) -> Response:
        refuse = partial(permissions.check_can_ask_some_team, http.user)
        fields = validate_body(ConsentInput, http, refuse=refuse)
        version: CharterVersion = fields["charter_version"]
        consent = services.ask_for_consent(version=version, cohort=fields["cohort"], by=http.user)
        return Response(ConsentSerializer(consent).data, status=status.HTTP_201_CREATED)


class ConsentDetail(APIView):
    """What a team was asked, and whether it agrees."""

    @extend_schema(operation_id="consent", responses=ConsentSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return Response(ConsentSerializer(consents.get_consent(key)).data)


class ConsentAnswers(APIView):
    """A member's answer, kept without a name."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="consent_answer", request=ConsentAnswerInput, responses={204: None})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        consent = consents.get_consent(key)
        permissions.check_can_answer_consent(http.user, consent)
        services.answer_consent(consent=consent, by=http.user, **validate_body(ConsentAnswerInput, http))
        return Response(status=status.HTTP_204_NO_CONTENT)
