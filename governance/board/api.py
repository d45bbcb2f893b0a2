"""The board in the API. Views parse, call a service or query, and render; permissions are theirs."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry import drafts
from charter.registry import queries as registry
from governance.board import queries, services
from governance.board import serializers as told
from governance.board.filters import CaseFilter, TermFilter, WaiverFilter
from governance.board.models import Case, Pilot, Suspension, Term, Waiver
from governance.board.proposals import propose
from governance.board.states import CaseKind, ConditionKind, SeatKind, Vote
from ground import clock
from ground.errors import BadInput, Conflict
from ground.inputs import given
from ground.paging import ByCursor


class NewestFirst(ByCursor):
    ordering = ("-opened_at", "-id")


class LatestStart(ByCursor):
    ordering = ("-starts_on", "-id")


class LatestTerm(ByCursor):
    ordering = ("-valid_from", "-id")


class LatestMoment(ByCursor):
    ordering = ("-at", "-id")


class CaseList(generics.ListAPIView):
    """Cases that the asker may see, newest first; POST puts a matter to the board."""

    queryset = Case.objects.none()  # for the API's description; each request has its own
    serializer_class = told.CaseSerializer
    pagination_class = NewestFirst
    filterset_class = CaseFilter

    def get_queryset(self):
        return queries.visible_cases(self.request.user)

    @extend_schema(request=told.CaseInput, responses={201: told.CaseDetailSerializer})
    def post(self, http: Request) -> Response:
        fields = given(told.CaseInput, http)
        details = {
            kind: fields.pop(kind.value) for kind in (CaseKind.WAIVER, CaseKind.SETTINGS) if kind in fields
        }
        if wrong := set(details) - {fields.get("kind")}:
            raise BadInput(_("This goes with a case of its own kind only."), field=min(wrong).value)
        case = services.open_case(**fields, details=details.get(fields.get("kind")), by=http.user)
        return _case(http, case.pk, status.HTTP_201_CREATED)


class CaseDetail(APIView):
    """One case as the asker may see it; asking for it does not count as having looked."""

    @extend_schema(operation_id="case", responses=told.CaseDetailSerializer)
    def get(self, http: Request, key: UUID) -> Response:
        return _case(http, key)


class CaseSeen(APIView):
    """Having looked at a case: what is told as changed begins anew."""

    @extend_schema(operation_id="case_seen", request=None, responses={204: None})
    def post(self, http: Request, key: UUID) -> Response:
        services.look_at(case=queries.case(key, by=http.user), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CaseClose(APIView):
    """Decide a case by its votes; decided already, it gives its outcome again."""

    @extend_schema(operation_id="case_close", request=None, responses=told.CaseDetailSerializer)
    def post(self, http: Request, key: UUID) -> Response:
        services.close_case(case=queries.case(key, by=http.user), by=http.user)
        return _case(http, key)


class DraftHandIn(APIView):
    """Hand a draft in and put it to the board, all or nothing; `findings` of a refusal say what to mend."""

    @extend_schema(operation_id="draft_hand_in", request=None, responses={201: told.CaseDetailSerializer})
    def post(self, http: Request, key: UUID) -> Response:
        case = propose(draft=drafts.draft(key), by=http.user)
        return _case(http, case.pk, status.HTTP_201_CREATED)


class CaseHandler(APIView):
    """Who prepares a case for the board."""

    @extend_schema(
        operation_id="case_handler", request=told.HandlerInput, responses=told.CaseDetailSerializer
    )
    def put(self, http: Request, key: UUID) -> Response:
        handler = given(told.HandlerInput, http)["handler"]
        services.name_handler(case=queries.case(key, by=http.user), handler=handler, by=http.user)
        return _case(http, key)

    @extend_schema(operation_id="case_handler_release", responses={204: None})
    def delete(self, http: Request, key: UUID) -> Response:
        services.release_handler(case=queries.case(key, by=http.user), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CaseBallots(APIView):
    """Votes: cast blind while the case is open, read by everybody afterwards."""

    @extend_schema(operation_id="case_ballots", responses=told.BallotSerializer(many=True))
    def get(self, http: Request, key: UUID) -> Response:
        found = queries.ballots(queries.case(key, by=http.user))
        return Response(told.BallotSerializer(found, many=True).data)

    @extend_schema(operation_id="case_vote", request=told.BallotInput, responses={201: told.BallotSerializer})
    def post(self, http: Request, key: UUID) -> Response:
        said = _vote(given(told.BallotInput, http))
        # Not through `queries.case`: whoever may not see it may not vote either, and the refusal is to be logged.
        ballot = services.cast_ballot(case=get_object_or_404(Case, pk=key), by=http.user, **said)
        return Response(told.BallotSerializer(ballot).data, status=status.HTTP_201_CREATED)


class Batch(APIView):
    """The same vote on several low-risk cases, each its own ballot; all of them or none."""

    @extend_schema(
        operation_id="vote_batch", request=told.BatchInput, responses={201: told.BallotSerializer(many=True)}
    )
    def post(self, http: Request) -> Response:
        fields = given(told.BatchInput, http)
        cases = fields.pop("cases")
        ballots = services.cast_batch(cases=cases, by=http.user, **_vote(fields))
        return Response(told.BallotSerializer(ballots, many=True).data, status=status.HTTP_201_CREATED)


class CaseComments(APIView):
    """The discussion of a case."""

    @extend_schema(operation_id="case_comments", responses=told.CommentSerializer(many=True))
    def get(self, http: Request, key: UUID) -> Response:
        found = queries.comments(queries.case(key, by=http.user))
        return Response(told.CommentSerializer(found, many=True).data)

    @extend_schema(
        operation_id="case_comment", request=told.CommentInput, responses={201: told.CommentSerializer}
    )
    def post(self, http: Request, key: UUID) -> Response:
        text = given(told.CommentInput, http)["text"]
        said = services.comment(case=queries.case(key, by=http.user), text=text, by=http.user)
        return Response(told.CommentSerializer(said).data, status=status.HTTP_201_CREATED)


class CaseConditions(APIView):
    """What an approval is to be bound to; proposed before the first vote."""

    @extend_schema(
        operation_id="case_condition", request=told.ConditionInput, responses={201: told.ConditionSerializer}
    )
    def post(self, http: Request, key: UUID) -> Response:
        fields = given(told.ConditionInput, http)
        condition = services.propose_condition(
            case=queries.case(key, by=http.user),
            kind=ConditionKind(fields["kind"]),
            value=fields["value"],
            by=http.user,
        )
        return Response(told.ConditionSerializer(condition).data, status=status.HTTP_201_CREATED)


class CaseCondition(APIView):
    """One condition, to take back before the first vote."""

    @extend_schema(operation_id="case_condition_withdraw", responses={204: None})
    def delete(self, http: Request, key: UUID, condition: UUID) -> Response:
        case = queries.case(key, by=http.user)
        services.withdraw_condition(condition=get_object_or_404(case.conditions, pk=condition), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WaiverList(generics.ListAPIView):
    """Waivers, those of open cases for who may see the case; POST asks the board for one."""

    queryset = Waiver.objects.none()  # for the API's description; each request has its own
    serializer_class = told.WaiverSerializer
    pagination_class = LatestStart
    filterset_class = WaiverFilter

    def get_queryset(self):
        seen = queries.visible_cases(self.request.user).order_by().values("pk")
        return queries.waivers().filter(case__in=seen)

    @extend_schema(request=told.WaiverCaseInput, responses={201: told.CaseDetailSerializer})
    def post(self, http: Request) -> Response:
        fields = given(told.WaiverCaseInput, http)
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
    def post(self, http: Request, key: UUID) -> Response:
        waiver = services.end_waiver(waiver=get_object_or_404(Waiver, pk=key), by=http.user)
        return Response(told.WaiverSerializer(waiver).data)


class SuspensionList(generics.ListAPIView):
    """Suspensions, those not yet ruled on for who may see the case; POST suspends a metric at once."""

    queryset = Suspension.objects.none()  # for the API's description; each request has its own
    serializer_class = told.SuspensionSerializer
    pagination_class = LatestMoment

    def get_queryset(self):
        seen = queries.visible_cases(self.request.user).order_by().values("pk")
        return queries.suspensions().filter(case__in=seen)

    @extend_schema(request=told.SuspensionInput, responses={201: told.SuspensionSerializer})
    def post(self, http: Request) -> Response:
        fields = given(told.SuspensionInput, http)
        metric = registry.metrics_with_current_version().get(pk=fields["metric"].pk)
        if metric.current is None:
            raise Conflict("This metric has no charter yet.", code="no_such_transition")
        suspension = services.suspend(
            version=metric.current, seat_kind=SeatKind(fields["seat"]), reason=fields["reason"], by=http.user
        )
        return Response(told.SuspensionSerializer(suspension).data, status=status.HTTP_201_CREATED)


class PilotList(generics.ListAPIView):
    """Pilots, for everybody; POST starts one that the board let run."""

    queryset = Pilot.objects.none()  # for the API's description; each request has its own
    serializer_class = told.PilotSerializer
    pagination_class = LatestStart

    def get_queryset(self):
        return queries.pilots()

    @extend_schema(request=told.PilotInput, responses={201: told.PilotDetailSerializer})
    def post(self, http: Request) -> Response:
        fields = given(told.PilotInput, http)
        pilot = services.start_pilot(version=fields.pop("charter_version"), **fields, by=http.user)
        return _pilot(pilot.pk, status.HTTP_201_CREATED)


class PilotDetail(APIView):
    """One pilot with what it taught."""

    @extend_schema(operation_id="pilot", responses=told.PilotDetailSerializer)
    def get(self, http: Request, key: UUID) -> Response:
        return _pilot(key)


class PilotEnd(APIView):
    """End a pilot at once; the team may too."""

    @extend_schema(operation_id="pilot_end", request=told.EndInput, responses=told.PilotDetailSerializer)
    def post(self, http: Request, key: UUID) -> Response:
        services.end_pilot(pilot=queries.pilot(key), by=http.user, **given(told.EndInput, http))
        return _pilot(key)


class PilotExit(APIView):
    """What a pilot taught, in three sections, once."""

    @extend_schema(
        operation_id="pilot_exit", request=told.ExitInput, responses={201: told.PilotDetailSerializer}
    )
    def post(self, http: Request, key: UUID) -> Response:
        services.write_exit(pilot=queries.pilot(key), by=http.user, **given(told.ExitInput, http))
        return _pilot(key, status.HTTP_201_CREATED)


class PilotAnswers(APIView):
    """The team's survey: three answers, once, kept without a name."""

    @extend_schema(operation_id="pilot_answer", request=told.AnswersInput, responses={204: None})
    def post(self, http: Request, key: UUID) -> Response:
        services.answer_survey(pilot=queries.pilot(key), by=http.user, **given(told.AnswersInput, http))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SeatList(APIView):
    """The seats of the board with who holds them today; without a member a seat is vacant."""

    @extend_schema(operation_id="seats", responses=told.HeldSeatSerializer(many=True))
    def get(self, http: Request) -> Response:
        return Response(told.HeldSeatSerializer(queries.seats(clock.today()), many=True).data)


class TermList(generics.ListAPIView):
    """Terms of members and alternates, latest first; POST puts an account on a seat, by an administrator."""

    queryset = Term.objects.select_related("seat", "user")
    serializer_class = told.TermSerializer
    pagination_class = LatestTerm
    filterset_class = TermFilter

    @extend_schema(request=told.TermInput, responses={201: told.TermSerializer})
    def post(self, http: Request) -> Response:
        fields = given(told.TermInput, http)
        term = services.fill_seat(seat_kind=SeatKind(fields.pop("seat")), **fields, by=http.user)
        return Response(told.TermSerializer(term).data, status=status.HTTP_201_CREATED)


class TermEnd(APIView):
    """Let a term end on a day, which is out."""

    @extend_schema(operation_id="term_end", request=told.TermEndInput, responses=told.TermSerializer)
    def post(self, http: Request, key: UUID) -> Response:
        term = get_object_or_404(Term.objects.select_related("user"), pk=key)
        ended = services.end_term(term=term, by=http.user, **given(told.TermEndInput, http))
        return Response(told.TermSerializer(ended).data)


def _vote(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "seat_kind": SeatKind(fields["seat"]),
        "vote": Vote(fields["vote"]),
        "reason": fields["reason"],
    }


def _case(http: Request, key: UUID, code: int = status.HTTP_200_OK) -> Response:
    case = queries.case(key, by=http.user)
    return Response(told.CaseDetailSerializer(case, context={"request": http}).data, status=code)


def _pilot(key: UUID, code: int = status.HTTP_200_OK) -> Response:
    return Response(told.PilotDetailSerializer(queries.pilot(key)).data, status=code)
