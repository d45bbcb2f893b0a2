"""Who sits on the board, in the API: seats and terms, and how the first board comes to be."""

from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.board import permissions, queries, seating, services
from governance.board import seat_serializers as told
from governance.board.filters import TermFilter
from governance.board.models import Invitation, Term
from governance.board.serializers import CaseDetailSerializer
from governance.people.object_permissions import find_account_to_name
from governance.people.requests import ApiRequest
from ground import calendar
from ground.inputs import validate_body
from ground.paging import ByCursor


class LatestTerm(ByCursor):
    ordering = ("-valid_from", "-id")


class LatestInvitation(ByCursor):
    ordering = ("-invited_at", "-id")


class SeatList(APIView):
    """The seats of the board, councils' after the six, with who holds them today; without a member a seat is vacant."""

    @extend_schema(operation_id="seats", responses=told.HeldSeatSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        return Response(told.HeldSeatSerializer(queries.list_all_seats(calendar.today()), many=True).data)


class TermList(generics.ListAPIView[Term]):
    """Terms of members and alternates, latest first; POST proposes a member, by an administrator, or names an alternate."""

    queryset = Term.objects.select_related("seat", "user")
    serializer_class = told.TermSerializer
    pagination_class = LatestTerm
    filterset_class = TermFilter

    @extend_schema(request=told.TermInput, responses={201: told.TermSerializer})
    def post(self, http: ApiRequest) -> Response:
        refuse = partial(permissions.check_can_propose_for_some_seat, http.user)
        fields = validate_body(told.TermInput, http, refuse=refuse)
        seat = fields.pop("seat")
        permissions.check_can_propose_for_seat(http.user, seat, alternate=fields["alternate"])
        fields["user"] = find_account_to_name(fields["user"])
        term = services.fill_seat(seat_kind=seat, **fields, by=http.user)
        return Response(told.TermSerializer(term).data, status=status.HTTP_201_CREATED)


class TermConfirm(APIView):
    """Confirm who is to be a member, by a member of another seat; more than half of them put them on it."""

    @extend_schema(operation_id="term_confirm", request=None, responses=told.TermSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        term = get_object_or_404(Term.objects.select_related("user"), pk=key)
        return Response(told.TermSerializer(services.confirm_member(term=term, by=http.user)).data)


class TermEnd(APIView):
    """Let a term end on a day, which is out."""

    @extend_schema(operation_id="term_end", request=told.TermEndInput, responses=told.TermSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        term = get_object_or_404(Term.objects.select_related("user"), pk=key)
        permissions.check_may_end_term(http.user, term)
        ended = services.end_term(term=term, by=http.user, **validate_body(told.TermEndInput, http))
        return Response(told.TermSerializer(ended).data)


class TermDecline(APIView):
    """Decline, as whoever was proposed for a seat, before the board has confirmed it."""

    @extend_schema(operation_id="term_decline", request=None, responses=told.TermSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        term = get_object_or_404(Term.objects.select_related("user"), pk=key)
        return Response(told.TermSerializer(services.decline_seat(term=term, by=http.user)).data)


class InvitationList(generics.ListAPIView[Invitation]):
    """Invitations to the first board that the asker may know of, latest first; POST invites, by the founder."""

    request: ApiRequest
    queryset = Invitation.objects.none()  # for the API's description; each request has its own
    serializer_class = told.InvitationSerializer
    pagination_class = LatestInvitation

    def get_queryset(self) -> QuerySet[Invitation]:
        return seating.list_invitations(self.request.user)

    @extend_schema(request=told.InvitationInput, responses={201: told.InvitationSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_invite(http.user)
        fields = validate_body(told.InvitationInput, http)
        invitation = services.invite_member(
            seat_kind=fields["seat"], user=find_account_to_name(fields["user"]), by=http.user
        )
        return Response(told.InvitationSerializer(invitation).data, status=status.HTTP_201_CREATED)


class InvitationAccept(APIView):
    """Accept a seat of the first board, oneself."""

    @extend_schema(operation_id="invitation_accept", request=None, responses=told.InvitationSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        found = seating.get_invitation(key, by=http.user)
        accepted = services.accept_invitation(invitation=found, by=http.user)
        return Response(told.InvitationSerializer(accepted).data)


class InvitationEnd(APIView):
    """Decline a seat of the first board or step back from it; as the founder, withdraw the invitation."""

    @extend_schema(operation_id="invitation_end", request=None, responses=told.InvitationSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        found = seating.get_invitation(key, by=http.user)
        return Response(
            told.InvitationSerializer(services.end_invitation(invitation=found, by=http.user)).data
        )


class FoundingCase(APIView):
    """Put the founding of the programme to the vote of those who accepted its seats."""

    @extend_schema(operation_id="found", request=told.FoundingInput, responses={201: CaseDetailSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_invite(http.user)
        case = services.found_programme(**validate_body(told.FoundingInput, http), by=http.user)
        found = queries.get_case(case.pk, by=http.user)
        told_of_it = CaseDetailSerializer(found, context={"request": http}).data
        return Response(told_of_it, status=status.HTTP_201_CREATED)
