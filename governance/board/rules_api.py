"""The rules in the API, for everybody with an account: as they are now, each with its examples just run."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.examples import ExampleResult
from charter.rules.vocabulary import Outcome, Waivable
from governance.board import queries
from governance.board.filters import RuleNarrowing
from governance.board.models import Waiver
from governance.board.queries import Holders
from governance.board.rules_now import CONTACT, NEXT_LEVEL, RuleNow, narrow_rules, read_rules_now
from governance.people.requests import ApiRequest
from ground import calendar
from ground.errors import BadInput


class ExampleSerializer(serializers.Serializer[Any]):
    """An example as it was just run: what it says must come out, and what came out, by which rules and why."""

    says = serializers.CharField(source="example.says")
    expects = serializers.ChoiceField(choices=list(Outcome), source="example.expects")
    verdict = serializers.ChoiceField(choices=list(Outcome), source="verdict.outcome")
    matches = serializers.BooleanField()
    rules = serializers.SerializerMethodField()
    here = serializers.SerializerMethodField()

    def get_rules(self, tried: ExampleResult) -> list[str]:
        return list(dict.fromkeys(match.id for match in tried.verdict.rules))

    def get_here(self, tried: ExampleResult) -> str:
        return tried.own_match.here if tried.own_match else ""


class WaivedSerializer(serializers.ModelSerializer[Waiver]):
    """A waiver in force. A blank metric or decision stands for all of them; `ends_on` is out."""

    class Meta:
        model = Waiver
        fields = ["case", "metric", "decision", "starts_on", "ends_on", "reason"]


class SeatSerializer(serializers.Serializer[Any]):
    """A seat of the board and who speaks for it today, the member first."""

    seat = serializers.CharField()
    holders = serializers.SerializerMethodField()

    def get_holders(self, found: Holders) -> list[str]:
        return [user.name for user in (found.member, *found.alternates) if user is not None]


class RuleSerializer(serializers.Serializer[Any]):
    """One rule of the rulebook in force, in its own words, with its examples just run and what is waived of it now."""

    id = serializers.CharField(source="rule.id")
    title = serializers.CharField(source="rule.title")
    text = serializers.CharField(source="rule.text")
    why = serializers.CharField(source="rule.why")
    fix = serializers.CharField(source="rule.fix")
    family = serializers.CharField(source="rule.family")
    effect = serializers.ChoiceField(choices=list(Outcome), source="rule.effect")
    waivable = serializers.ChoiceField(choices=list(Waivable), source="rule.waivable")
    own = serializers.BooleanField()
    cedar = serializers.CharField()
    examples_ran_at = serializers.SerializerMethodField()
    examples = ExampleSerializer(many=True)
    waivers = WaivedSerializer(many=True)
    contact = serializers.SerializerMethodField()
    next_level = serializers.SerializerMethodField()

    def get_examples_ran_at(self, _: RuleNow) -> str | None:
        """When the engine was asked about the examples; null where the rules in force cannot be worked out."""
        ran_at = self.context["ran_at"]
        return ran_at.isoformat() if ran_at else None

    @extend_schema_field(SeatSerializer)
    def get_contact(self, _: RuleNow) -> dict[str, Any]:
        return dict(self.context[CONTACT])

    @extend_schema_field(SeatSerializer)
    def get_next_level(self, _: RuleNow) -> dict[str, Any]:
        return dict(self.context[NEXT_LEVEL])


class RuleList(APIView):
    """The rules in force, for everyone: the examples are run as the list is asked for."""

    @extend_schema(
        operation_id="rules",
        parameters=[
            OpenApiParameter("text", str, description="words that a rule or one of its examples says"),
            OpenApiParameter("family", str),
            OpenApiParameter("waivable", str, enum=[each.value for each in Waivable]),
        ],
        responses=RuleSerializer(many=True),
    )
    def get(self, request: ApiRequest) -> Response:
        form = RuleNarrowing(request.query_params)
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            raise BadInput(str(errors[0]), field=field)
        on = calendar.today()
        now = read_rules_now(on)
        seats: dict[str, Any] = {each.seat: SeatSerializer(each).data for each in queries.list_seats(on)}
        context: dict[str, Any] = {"ran_at": now.ran_at, **seats}
        return Response(
            RuleSerializer(narrow_rules(now.rules, **form.cleaned_data), many=True, context=context).data
        )
