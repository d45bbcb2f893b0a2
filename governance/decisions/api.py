"""The API's doors to the line, to receipts, holds and context notes. They parse, call a service and render."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.parsers import JSONParser
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.vocabulary import ContextKind
from governance.board.api import given as checked
from governance.decisions import openapi, permissions, queries, services
from governance.decisions import serializers as told_as
from governance.decisions.filters import HoldFilter, NoteFilter
from governance.decisions.models import ContextNote, Door, Hold, Referral
from governance.decisions.parsing import LARGEST_BODY, parse, too_large
from governance.decisions.receipts import told_entry
from governance.decisions.replies import Answer, denial, told, told_with_rows
from governance.decisions.services import answer, end_ruling, refer_to_board
from governance.decisions.states import HoldCause
from ground.errors import BadInput, HouseError
from ground.paging import ByCursor
from ground.problems import CONTENT_TYPE, json_response, of_error

Reply = tuple[int, dict[str, Any]]
BEGINNING = 64  # bytes that tell what a body is that is too large to be read


class _Line(APIView):
    """A door to the line: one request, or a batch of them each decided and answered on its own."""

    parser_classes = [JSONParser]
    rows: bool
    reply: Callable[[Answer], Reply]

    def post(self, http: HttpRequest) -> HttpResponse:
        asked = parse(_body(http))
        if isinstance(asked, list):
            answers = [
                {"status": status, **body} for status, body in (self._one(http, each) for each in asked)
            ]
            return json_response({"answers": answers})
        status, body = self._one(http, asked)
        return json_response(body, status, CONTENT_TYPE if status >= 400 else "application/json")

    def _one(self, http: HttpRequest, request: Any) -> Reply:
        try:
            return self.reply(answer(request=request, by=http.user, door=Door.API, rows=self.rows))
        except HouseError as error:
            return error.status, of_error(error)


class LatestAsked(ByCursor):
    ordering = ("-asked_at", "-id")


class QueriesView(_Line):
    """Decide, and give the rows of a permit with their receipt."""

    rows = True

    @extend_schema(operation_id="query", request=openapi.REQUEST, responses=openapi.QUERY_RESPONSES)
    def post(self, http: HttpRequest) -> HttpResponse:
        return super().post(http)

    def reply(self, given: Answer) -> Reply:
        if not given.verdict.permits:
            raise denial(given)
        return 200, told_with_rows(given)


class ChecksView(_Line):
    """Decide only. A refusal is an answer here: 200 with its verdict."""

    rows = False

    @extend_schema(operation_id="check", request=openapi.REQUEST, responses=openapi.CHECK_RESPONSES)
    def post(self, http: HttpRequest) -> HttpResponse:
        return super().post(http)

    def reply(self, given: Answer) -> Reply:
        return 200, told(given)


class ReceiptView(APIView):
    """A receipt by its id, for whoever asked and for auditors, with the leaf that its hash is of."""

    @extend_schema(operation_id="receipt", responses=openapi.RECEIPT_RESPONSES)
    def get(self, http: HttpRequest, entry: UUID) -> HttpResponse:
        return json_response(told_entry(entry, by=http.user))


class ReferralView(APIView):
    """A question that the rules left to the board, put to it by whoever asked: its case is an edge case."""

    @extend_schema(
        operation_id="refer",
        request=told_as.ReferralInput,
        responses={200: told_as.ReferralSerializer, 201: told_as.ReferralSerializer},
    )
    def post(self, http: HttpRequest, entry: UUID) -> Response:
        said = checked(told_as.ReferralInput, http)["said"]
        decision = queries.decision_of_entry(entry, by=http.user)
        referral = refer_to_board(decision=decision, by=http.user, said=said)
        return _referral(http, referral.pk, status.HTTP_201_CREATED)


class RulingList(generics.ListAPIView):
    """What was put to the board by rules that leave it to it, newest first, with how the board ruled."""

    queryset = Referral.objects.none()  # for the API's description; each request has its own
    serializer_class = told_as.ReferralSerializer
    pagination_class = LatestAsked

    def get_queryset(self):
        return queries.visible_referrals(self.request.user)


class RulingEnd(APIView):
    """End a ruling at once."""

    @extend_schema(operation_id="ruling_end", request=None, responses=told_as.ReferralSerializer)
    def post(self, http: HttpRequest, key: UUID) -> Response:
        end_ruling(referral=queries.referral(key, by=http.user), by=http.user)
        return _referral(http, key)


def _referral(http: HttpRequest, key: UUID, code: int = status.HTTP_200_OK) -> Response:
    found = queries.referral(key, by=http.user)
    return Response(told_as.ReferralSerializer(found, context={"request": http}).data, status=code)


class HoldList(generics.ListAPIView):
    """What is under review, for auditors and the board; to others what they put under review themselves. POST adds one."""

    queryset = Hold.objects.none()  # for the API's description; each request has its own
    serializer_class = told_as.HoldSerializer
    pagination_class = ByCursor  # by a random key: their order tells nothing
    filterset_class = HoldFilter

    def get_queryset(self):
        return queries.holds_seen(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), **_reader(self.request)}

    @extend_schema(
        operation_id="hold_place", request=told_as.HoldInput, responses={201: told_as.HoldSerializer}
    )
    def post(self, http: HttpRequest) -> Response:
        fields = checked(told_as.HoldInput, http)
        cause = HoldCause(fields.pop("cause"))
        placed = services.place_hold(cause=cause, by=http.user, **fields)
        return _told_hold(http, placed, status.HTTP_201_CREATED)


class HoldRelease(APIView):
    """End a hold, with why."""

    @extend_schema(
        operation_id="hold_release", request=told_as.ReleaseInput, responses=told_as.HoldSerializer
    )
    def post(self, http: HttpRequest, key: UUID) -> Response:
        found = queries.hold(key, by=http.user)
        return _told_hold(
            http, services.release_hold(hold=found, by=http.user, **checked(told_as.ReleaseInput, http))
        )


class NoteLatestStart(ByCursor):
    ordering = ("-starts_on", "-id")


class NoteList(generics.ListAPIView):
    """Context notes that the asker may see, latest start first; POST proposes one."""

    queryset = ContextNote.objects.none()
    serializer_class = told_as.NoteSerializer
    pagination_class = NoteLatestStart
    filterset_class = NoteFilter

    def get_queryset(self):
        return queries.notes_seen(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {
            **super().get_serializer_context(),
            "in_full": permissions.sees_details(self.request.user),
        }

    @extend_schema(
        operation_id="note_propose", request=told_as.NoteInput, responses={201: told_as.NoteSerializer}
    )
    def post(self, http: HttpRequest) -> Response:
        fields = checked(told_as.NoteInput, http)
        kind, named = ContextKind(fields.pop("kind")), fields.pop("person", None)
        person = queries.person_to_note(named, by=http.user) if named else None
        made = services.propose_note(kind=kind, person=person, by=http.user, **fields)
        return _told_note(http, made, status.HTTP_201_CREATED)


class NoteDetail(APIView):
    """One note as the asker may see it."""

    @extend_schema(operation_id="note", responses=told_as.NoteSerializer)
    def get(self, http: HttpRequest, key: UUID) -> Response:
        return _told_note(http, queries.note(key, by=http.user))


class NoteConfirm(APIView):
    """Confirm what somebody else said was going on."""

    @extend_schema(operation_id="note_confirm", request=None, responses=told_as.NoteSerializer)
    def post(self, http: HttpRequest, key: UUID) -> Response:
        return _told_note(http, services.confirm_note(note=queries.note(key, by=http.user), by=http.user))


class NoteTurnDown(APIView):
    """Turn a note down, or take back one's own, with why."""

    @extend_schema(
        operation_id="note_turn_down", request=told_as.TurnDownInput, responses=told_as.NoteSerializer
    )
    def post(self, http: HttpRequest, key: UUID) -> Response:
        found = queries.note(key, by=http.user)
        return _told_note(
            http, services.turn_down_note(note=found, by=http.user, **checked(told_as.TurnDownInput, http))
        )


def _reader(http: HttpRequest) -> dict[str, Any]:
    """Who reads holds, and whether they may know why of each."""
    return {"user": http.user, "knows_all": permissions.knows_causes(http.user)}


def _told_hold(http: HttpRequest, hold: Hold, code: int = 200) -> Response:
    return Response(told_as.HoldSerializer(hold, context=_reader(http)).data, status=code)


def _told_note(http: HttpRequest, note: ContextNote, code: int = 200) -> Response:
    return Response(
        told_as.NoteSerializer(note, context={"in_full": permissions.sees_details(http.user)}).data,
        status=code,
    )


def _body(http: HttpRequest) -> bytes:
    """The raw body, refused by its announced size before it is read."""
    announced = http.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        raise too_large(http._request.read(BEGINNING))
    if http.content_type.split(";")[0].strip() != "application/json":
        raise BadInput("Send JSON, with the content type application/json.", field="body", code="not_json")
    return http._request.body
