"""Seats, terms and invitations as JSON."""

from typing import Any

from rest_framework import serializers

from governance.board import queries
from governance.board.models import Invitation, Term
from governance.board.serializers import Account, SeatField
from ground.inputs import LONGEST, Input


class HeldSeatSerializer(serializers.Serializer[Any]):
    """A seat with the user names of who may speak for it."""

    seat = serializers.CharField()
    member = serializers.CharField(source="member.username", default=None, allow_null=True)
    alternates = serializers.SerializerMethodField()

    def get_alternates(self, holders: queries.Holders) -> list[str]:
        return [user.username for user in holders.alternates]


class TermInput(Input):
    """From one day (in) to another (out); without the latter until further notice."""

    seat = SeatField()
    user = Account()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)
    alternate = serializers.BooleanField(required=False, default=False)


class TermEndInput(Input):
    valid_to = serializers.DateField()


class TermSerializer(serializers.ModelSerializer[Term]):
    """`valid_to` is out; without `confirmed_at` the board has not confirmed it."""

    seat = serializers.CharField(source="seat.kind")
    user = serializers.CharField(source="user.username")

    class Meta:
        model = Term
        fields = [
            "id",
            "seat",
            "user",
            "alternate",
            "valid_from",
            "valid_to",
            "announced_at",
            "confirmed_at",
            "declined_at",
        ]


class InvitationInput(Input):
    seat = SeatField()
    user = Account()


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """Without `accepted_at` it is not answered; with `ended_at` it was declined or withdrawn."""

    seat = serializers.CharField(source="seat.kind")
    user = serializers.CharField(source="user.username")
    invited_by = serializers.CharField(source="invited_by.username")

    class Meta:
        model = Invitation
        fields = ["id", "seat", "user", "invited_at", "invited_by", "accepted_at", "ended_at"]


class FoundingInput(Input):
    """With `data_from`, and why, charters that were written before may use data from that day on."""

    data_from = serializers.DateField(required=False, allow_null=True, default=None)
    because = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
