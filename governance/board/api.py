"""The board in the API. Views parse, call a service or query, and render; permissions are theirs."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.authoring import drafts
from charter.registry import queries as registry
from governance.board import ballots, permissions, queries, services
from governance.board import pilot_serializers as pilots
from governance.board import serializers as told
from governance.board.filters import CaseApiFilter, WaiverApiFilter
from governance.board.kinds import KINDS
from governance.board.models import Case, Pilot, Suspension, Waiver
from governance.board.proposals import propose
from governance.board.states import CaseKind, ConditionKind, Vote
from governance.people.object_permissions import find_account_to_name
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import BadInput, Conflict, NotFound
from ground.inputs import validate_body
from ground.paging import ByCursor


class CasesNewestFirst(ByCursor):
    ordering = ("-opened_at", "-id")


class LatestStart(ByCursor):
    ordering = ("-starts_on", "-id")


class LatestMoment(ByCursor):
    ordering = ("-at", "-id")


class CaseList(generics.ListAPIView[Case]):
    """Cases that the asker may see, newest first; POST puts a matter to the board."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = Case.objects.none()  # for the API's description; each request has its own
    serializer_class = told.CaseSerializer
    pagination_class = CasesNewestFirst
    filterset_class = CaseApiFilter

    def get_queryset(self) -> QuerySet[Case]:
        return queries.list_visible_cases(self.request.user)

    @extend_schema(request=told.CaseInput, responses={201: told.CaseDetailSerializer})
    def post(self, http: ApiRequest) -> Response:
        fields = validate_body(told.CaseInput, http)
        if "seat" in fields:
            permissions.check_can_name_by_case(http.user)
            fields["seat"]["user"] = find_account_to_name(fields["seat"]["user"])
        details: dict[Any, Any] = {
            name: fields.pop(name) for name, kind in KINDS.items() if kind.takes_details and name in fields
        }
        if wrong := set(details) - {fields.get("kind")}:
            raise BadInput(_("This goes with a case of its own kind only."), field=min(wrong).value)
        if "handler" in fields:
            permissions.check_can_name_handlers(http.user)
            fields["handler"] = find_account_to_name(fields["handler"], field="handler")
        case = services.open_case(**fields, details=details.get(fields.get("kind")), by=http.user)
        return _case(http, case.pk, status.HTTP_201_CREATED)


class CaseDetail(APIView):
    """One case as the asker may see it; asking for it does not count as having looked."""

    @extend_schema(operation_id="case", responses=told.CaseDetailSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _case(http, key)


class MarkCaseSeen(APIView):
    """Having looked at a case: what is told as changed begins anew."""

    @extend_schema(operation_id="case_seen", request=None, responses={204: None})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        services.look_at(case=queries.get_case(key, by=http.user), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CaseClose(APIView):
    """Decide a case by its votes; decided already, it gives its outcome again."""

    @extend_schema(operation_id="case_close", request=None, responses=told.CaseDetailSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        services.close_case(case=queries.get_case(key, by=http.user), by=http.user)
        return _case(http, key)


class DraftHandIn(APIView):
    """Hand a draft in and put it to the board, all or nothing; `findings` of a refusal say what to mend."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="draft_hand_in", request=None, responses={201: told.CaseDetailSerializer})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        case = propose(draft=drafts.get_draft(key), by=http.user)
        return _case(http, case.pk, status.HTTP_201_CREATED)


class CaseHandlerDetail(APIView):
    """Who prepares a case for the board."""

    @extend_schema(
        operation_id="case_handler", request=told.HandlerInput, responses=told.CaseDetailSerializer
    )
    def put(self, http: ApiRequest, key: UUID) -> Response:
        case = queries.get_case(key, by=http.user)
        permissions.check_can_name_handler(http.user, case)
        named = validate_body(told.HandlerInput, http)["handler"]
        services.name_handler(case=case, handler=find_account_to_name(named, field="handler"), by=http.user)
        return _case(http, key)

    @extend_schema(operation_id="case_handler_release", responses={204: None})
    def delete(self, http: ApiRequest, key: UUID) -> Response:
        services.release_handler(case=queries.get_case(key, by=http.user), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CaseBallots(APIView):
    """Votes: cast blind while the case is open, read by everybody afterwards."""

    @extend_schema(operation_id="case_ballots", responses=told.BallotSerializer(many=True))
    def get(self, http: ApiRequest, key: UUID) -> Response:
        found = queries.list_ballots(queries.get_case(key, by=http.user))
        return Response(told.BallotSerializer(found, many=True).data)

    @extend_schema(operation_id="case_vote", request=told.BallotInput, responses={201: told.BallotSerializer})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        refuse = partial(permissions.check_can_vote_somewhere, http.user)
        said = _vote(validate_body(told.BallotInput, http, refuse=refuse))
        # Not through `queries.case`: whoever may not see it may not vote either, and the refusal is to be logged.
        ballot = services.cast_ballot(case=get_object_or_404(Case, pk=key), by=http.user, **said)
        return Response(told.BallotSerializer(ballot).data, status=status.HTTP_201_CREATED)


class OwnBallot(APIView):
    """The ballot that one cast on an open case: read by nobody else, and cast anew until the case closes."""

    @extend_schema(operation_id="case_own_ballot", responses=told.BallotSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        ballot = queries.find_own_ballot(queries.get_case(key, by=http.user), http.user)
        if ballot is None:
            raise NotFound(_("You have cast no ballot on this case."), code="no_ballot")
        return Response(told.BallotSerializer(ballots.show(ballot)).data)

    @extend_schema(operation_id="case_change_ballot", request=told.VoteInput, responses=told.BallotSerializer)
    def put(self, http: ApiRequest, key: UUID) -> Response:
        permissions.check_can_vote_somewhere(http.user)
        said = validate_body(told.VoteInput, http)
        changed = services.change_ballot(
            case=get_object_or_404(Case, pk=key), vote=Vote(said["vote"]), reason=said["reason"], by=http.user
        )
        return Response(told.BallotSerializer(changed).data)


class BallotBatch(APIView):
    """The same vote on several low-risk cases, each its own ballot; all of them or none."""

    @extend_schema(
        operation_id="vote_batch", request=told.BatchInput, responses={201: told.BallotSerializer(many=True)}
    )
    def post(self, http: ApiRequest) -> Response:
        fields = validate_body(told.BatchInput, http, refuse=partial(permissions.check_sits, http.user))
        cases = fields.pop("cases")
        ballots = services.cast_batch(cases=cases, by=http.user, **_vote(fields))
        return Response(told.BallotSerializer(ballots, many=True).data, status=status.HTTP_201_CREATED)


class CaseComments(APIView):
    """The discussion of a case."""

    @extend_schema(operation_id="case_comments", responses=told.CommentSerializer(many=True))
    def get(self, http: ApiRequest, key: UUID) -> Response:
        found = queries.list_comments(queries.get_case(key, by=http.user))
        return Response(told.CommentSerializer(found, many=True).data)

    @extend_schema(
        operation_id="case_comment", request=told.CommentInput, responses={201: told.CommentSerializer}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        case = queries.get_case(key, by=http.user)
        permissions.check_can_comment(http.user, case)
        text = validate_body(told.CommentInput, http)["text"]
        said = services.comment(case=case, text=text, by=http.user)
        return Response(told.CommentSerializer(said).data, status=status.HTTP_201_CREATED)


class CaseConditions(APIView):
    """What an approval is to be bound to; proposed before the first vote."""

    @extend_schema(
        operation_id="case_condition", request=told.ConditionInput, responses={201: told.ConditionSerializer}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        case = queries.get_case(key, by=http.user)
        permissions.check_can_set_conditions(http.user, case)
        fields = validate_body(told.ConditionInput, http)
        condition = services.propose_condition(
            case=case,
            kind=ConditionKind(fields["kind"]),
            value=fields["value"],
            by=http.user,
        )
        return Response(told.ConditionSerializer(condition).data, status=status.HTTP_201_CREATED)


class CaseCondition(APIView):
    """One condition, to take back before the first vote."""

    @extend_schema(operation_id="case_condition_withdraw", responses={204: None})
    def delete(self, http: ApiRequest, key: UUID, condition: UUID) -> Response:
        case = queries.get_case(key, by=http.user)
        services.withdraw_condition(condition=get_object_or_404(case.conditions, pk=condition), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WaiverList(generics.ListAPIView[Waiver]):
    """Waivers, those of open cases for who may see the case; POST asks the board for one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = Waiver.objects.none()  # for the API's description; each request has its own
    serializer_class = told.WaiverSerializer
    pagination_class = LatestStart
    filterset_class = WaiverApiFilter

    def get_queryset(self) -> QuerySet[Waiver]:
        seen = queries.list_visible_cases(self.request.user).order_by().values("pk")
        return queries.list_waivers().filter(case__in=seen)

    @extend_schema(request=told.WaiverCaseInput, responses={201: told.CaseDetailSerializer})
    def post(self, http: ApiRequest) -> Response:
        fields = validate_body(told.WaiverCaseInput, http)
        closes_at = fields.pop("closes_at", None)
        case = services.open_case(
            kind=CaseKind.WAIVER,
            subject=f"Waiver of {fields['rule_id']}",
            question=fields["reason"],
            closes_at=closes_at,
            details=fields,
            by=http.user,
        )
        return _case(http, case.pk, status.HTTP_201_CREATED)


class WaiverEnd(APIView):
    """End a waiver at once."""

    @extend_schema(operation_id="waiver_end", request=None, responses=told.WaiverSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        waiver = services.end_waiver(waiver=get_object_or_404(Waiver, pk=key), by=http.user)
        return Response(told.WaiverSerializer(waiver).data)


class SuspensionList(generics.ListAPIView[Suspension]):
    """Suspensions, those not yet ruled on for who may see the case; POST suspends a metric at once."""

    request: ApiRequest
    queryset = Suspension.objects.none()  # for the API's description; each request has its own
    serializer_class = told.SuspensionSerializer
    pagination_class = LatestMoment

    def get_queryset(self) -> QuerySet[Suspension]:
        seen = queries.list_visible_cases(self.request.user).order_by().values("pk")
        return queries.list_suspensions().filter(case__in=seen)

    @extend_schema(request=told.SuspensionInput, responses={201: told.SuspensionSerializer})
    def post(self, http: ApiRequest) -> Response:
        fields = validate_body(told.SuspensionInput, http, refuse=partial(permissions.check_sits, http.user))
        metric = registry.list_metrics_with_version().get(pk=fields["metric"].pk)
        if metric.current is None:
            raise Conflict("This metric has no charter yet.", code="no_such_transition")
        suspension = services.suspend(
            version=metric.current, seat_kind=fields["seat"], reason=fields["reason"], by=http.user
        )
        return Response(told.SuspensionSerializer(suspension).data, status=status.HTTP_201_CREATED)


class PilotList(generics.ListAPIView[Pilot]):
    """Pilots, for everybody; POST starts one that the board let run."""

    token_scope = Scope.WRITE
    queryset = Pilot.objects.none()  # for the API's description; each request has its own
    serializer_class = pilots.PilotSerializer
    pagination_class = LatestStart

    def get_queryset(self) -> QuerySet[Pilot]:
        return queries.list_pilots()

    @extend_schema(request=pilots.PilotInput, responses={201: pilots.PilotDetailSerializer})
    def post(self, http: ApiRequest) -> Response:
        refuse = partial(permissions.check_can_start_some_pilot, http.user)
        fields = validate_body(pilots.PilotInput, http, refuse=refuse)
        version = fields.pop("charter_version")
        pilot = services.start_pilot(version=version, **fields, by=http.user)
        return _pilot(pilot.pk, status.HTTP_201_CREATED)


class PilotDetail(APIView):
    """One pilot with what it taught."""

    @extend_schema(operation_id="pilot", responses=pilots.PilotDetailSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _pilot(key)


class PilotEnd(APIView):
    """End a pilot at once; the team may too."""

    @extend_schema(operation_id="pilot_end", request=pilots.EndInput, responses=pilots.PilotDetailSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        pilot = queries.get_pilot(key)
        permissions.check_can_end_pilot(http.user, pilot)
        services.end_pilot(pilot=pilot, by=http.user, **validate_body(pilots.EndInput, http))
        return _pilot(key)


class PilotExitReport(APIView):
    """What a pilot taught, in three sections, once."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="pilot_exit", request=pilots.ExitInput, responses={201: pilots.PilotDetailSerializer}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        pilot = queries.get_pilot(key)
        permissions.check_can_write_exit(http.user, pilot)
        services.write_exit(pilot=pilot, by=http.user, **validate_body(pilots.ExitInput, http))
        return _pilot(key, status.HTTP_201_CREATED)


class PilotAnswers(APIView):
    """The team's survey: three answers, once, kept without a name."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="pilot_answer", request=pilots.AnswersInput, responses={204: None})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        pilot = queries.get_pilot(key)
        permissions.check_can_answer_survey(http.user, pilot)
        services.answer_survey(pilot=pilot, by=http.user, **validate_body(pilots.AnswersInput, http))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _vote(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "seat_kind": fields["seat"],
        "vote": Vote(fields["vote"]),
        "reason": fields["reason"],
    }


def _case(http: ApiRequest, key: UUID, code: int = status.HTTP_200_OK) -> Response:
    case = queries.get_case(key, by=http.user)
    return Response(told.CaseDetailSerializer(case, context={"request": http}).data, status=code)


def _pilot(key: UUID, code: int = status.HTTP_200_OK) -> Response:
    return Response(pilots.PilotDetailSerializer(queries.get_pilot(key)).data, status=code)
