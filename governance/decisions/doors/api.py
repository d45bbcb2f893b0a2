"""The API's doors to the line, to receipts, holds and context notes. They parse, call a service and render."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.rules.request import Request
from charter.rules.vocabulary import ContextKind
from governance.decisions import permissions, queries, services
from governance.decisions.doors import openapi
from governance.decisions.doors import serializers as serialize_as
from governance.decisions.doors.filters import HoldFilter, NoteFilter
from governance.decisions.doors.receipts import serialize_entry
from governance.decisions.doors.replies import (
    make_denial,
    serialize_answer,
    serialize_answer_with_rows,
)
from governance.decisions.models import ContextNote, Door, Hold, Referral
from governance.decisions.requests.cost import charged
from governance.decisions.requests.parsing import LARGEST_BODY, describe_too_large, parse
from governance.decisions.services import answer, answer_all, end_ruling, refer_to_board
from governance.decisions.services.answers import Answer
from governance.decisions.services.repeats import Once, check_unused
from governance.decisions.states import HoldCause
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from governance.people.token_views import TokenView
from ground.errors import BadInput, DomainError, TooMuch
from ground.inputs import validate_body as checked
from ground.paging import ByCursor
from ground.problems import CONTENT_TYPE, describe_error, json_response

Reply = tuple[int, dict[str, Any]]
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
BEGINNING = 64  # bytes that tell what a body is that is too large to be read


class _LineView(TokenView):
    """A door to the line: one request, or a batch of them each decided and answered on its own."""

    token_scope = Scope.ASK
    rows: bool
    reply: Callable[[Answer], Reply]

    def post(self, http: ApiRequest) -> HttpResponse:
        asked = parse(read_body(http))
        key = read_key(http)
        if isinstance(asked, list):
            replies = self._all(http, key, asked)
            return json_response({"answers": [{"status": status, **body} for status, body in replies]})
        (once,) = self._once(http, key, [asked], is_batch=False)
        status, body = self._one(http, asked, once)
        return json_response(body, status, CONTENT_TYPE if status >= 400 else "application/json")

    def _all(self, http: ApiRequest, key: str, asked: list[Request]) -> list[Reply]:
        onces = self._once(http, key, asked, is_batch=True)
        with charged(asked, account=http.user.pk, is_batch=True):
            given = answer_all(requests=asked, by=http.user, door=Door.API, rows=self.rows, onces=onces)
        return [self._reply(each) for each in given]

    def _once(
        self, http: ApiRequest, key: str, asked: list[Request], *, is_batch: bool
    ) -> Sequence[Once | None]:
        """What makes each of the questions one that is asked once; nothing without a key. Raises KeyReused."""
        if not key:
            return [None] * len(asked)
        onces = Once.of_each(key, asked, rows=self.rows, is_batch=is_batch)
        check_unused(onces, by=http.user)
        return onces

    def _one(self, http: ApiRequest, request: Request, once: Once | None) -> Reply:
        try:
            return self._reply(
                answer(request=request, by=http.user, door=Door.API, rows=self.rows, once=once)
            )
        except TooMuch:
            raise  # with its header
        except DomainError as error:
            return self._reply(error)

    def _reply(self, given: Answer | DomainError) -> Reply:
        try:
            if isinstance(given, DomainError):
                raise given
            return self.reply(given)
        except DomainError as error:
            return error.status, describe_error(error)


class LatestAsked(ByCursor):
    ordering = ("-asked_at", "-id")


class QueriesView(_LineView):
    """Decide, and give the rows of a permit with their receipt."""

    rows = True

    @extend_schema(
        operation_id="query",
        parameters=[openapi.IDEMPOTENCY_KEY],
        request=openapi.REQUEST,
        responses=openapi.QUERY_RESPONSES,
    )
    def post(self, http: ApiRequest) -> HttpResponse:
        return super().post(http)

    def reply(self, given: Answer) -> Reply:
        if not given.verdict.permits:
            raise make_denial(given)
        return 200, serialize_answer_with_rows(given)


class ChecksView(_LineView):
    """Decide only. A refusal is an answer here: 200 with its verdict."""

    rows = False

    @extend_schema(
        operation_id="check",
        parameters=[openapi.IDEMPOTENCY_KEY],
        request=openapi.REQUEST,
        responses=openapi.CHECK_RESPONSES,
    )
    def post(self, http: ApiRequest) -> HttpResponse:
        return super().post(http)

    def reply(self, given: Answer) -> Reply:
        return 200, serialize_answer(given)


class ReceiptView(APIView):
    """A receipt by its id, for whoever asked and for auditors, with the leaf that its hash is of."""

    @extend_schema(operation_id="receipt", responses=openapi.RECEIPT_RESPONSES)
    def get(self, http: ApiRequest, entry: UUID) -> HttpResponse:
        return json_response(serialize_entry(entry, by=http.user))


class ReferralView(APIView):
    """A question that the rules left to the board, put to it by whoever asked: its case is an edge case."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="refer",
        request=serialize_as.ReferralInput,
        responses={200: serialize_as.ReferralSerializer, 201: serialize_as.ReferralSerializer},
    )
    def post(self, http: ApiRequest, entry: UUID) -> Response:
        decision = queries.get_decision_of_entry(entry, by=http.user)
        permissions.check_can_refer(http.user, decision)
        said = checked(serialize_as.ReferralInput, http)["said"]
        referral = refer_to_board(decision=decision, by=http.user, said=said)
        return _referral(http, referral.pk, status.HTTP_201_CREATED)


class RulingList(generics.ListAPIView[Referral]):
    """What was put to the board by rules that leave it to it, newest first, with how the board ruled."""

    request: ApiRequest
    queryset = Referral.objects.none()  # for the API's description; each request has its own
    serializer_class = serialize_as.ReferralSerializer
    pagination_class = LatestAsked

    def get_queryset(self) -> QuerySet[Referral]:
        return queries.list_visible_referrals(self.request.user)


class RulingEnd(APIView):
    """End a ruling at once."""

    @extend_schema(operation_id="ruling_end", request=None, responses=serialize_as.ReferralSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        end_ruling(referral=queries.get_referral(key, by=http.user), by=http.user)
        return _referral(http, key)


def _referral(http: ApiRequest, key: UUID, code: int = status.HTTP_200_OK) -> Response:
    found = queries.get_referral(key, by=http.user)
    return Response(serialize_as.ReferralSerializer(found, context={"request": http}).data, status=code)


class HoldList(generics.ListAPIView[Hold]):
    """What is under review, for auditors and the board; to others what they put under review themselves. POST adds one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = Hold.objects.none()  # for the API's description; each request has its own
    serializer_class = serialize_as.HoldSerializer
    pagination_class = ByCursor  # by a random key: their order tells nothing
    filterset_class = HoldFilter

    def get_queryset(self) -> QuerySet[Hold]:
        return queries.list_visible_holds(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), **_reader(self.request)}

    @extend_schema(
        operation_id="hold_place",
        request=serialize_as.HoldInput,
        responses={201: serialize_as.HoldSerializer},
    )
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_hold_something(http.user)  # before what is sent is judged
        fields = checked(serialize_as.HoldInput, http)
        cause, named = HoldCause(fields.pop("cause")), fields.pop("person", None)
        of = fields.pop("cohort", None)
        metric = queries.get_metric_to_hold(fields.pop("metric"), cause, by=http.user)
        placed = services.place_hold(
            metric=metric,
            cohort=queries.get_cohort_to_hold(of) if of else None,
            person=queries.get_person_to_hold(named, by=http.user) if named else None,
            cause=cause,
            by=http.user,
            **fields,
        )
        return _serialize_hold(http, placed, status.HTTP_201_CREATED)


class HoldRelease(APIView):
    """End a hold, with why."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="hold_release", request=serialize_as.ReleaseInput, responses=serialize_as.HoldSerializer
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        found = queries.get_hold(key, by=http.user)
        permissions.check_can_release_hold(http.user, found)
        return _serialize_hold(
            http, services.release_hold(hold=found, by=http.user, **checked(serialize_as.ReleaseInput, http))
        )


class NoteLatestStart(ByCursor):
    ordering = ("-starts_on", "-id")


class NoteList(generics.ListAPIView[ContextNote]):
    """Context notes that the asker may see, latest start first; POST proposes one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = ContextNote.objects.none()
    serializer_class = serialize_as.NoteSerializer
    pagination_class = NoteLatestStart
    filterset_class = NoteFilter

    def get_queryset(self) -> QuerySet[ContextNote]:
        return queries.list_visible_notes(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {
            **super().get_serializer_context(),
            "in_full": permissions.sees_details(self.request.user),
        }

    @extend_schema(
        operation_id="note_propose",
        request=serialize_as.NoteInput,
        responses={201: serialize_as.NoteSerializer},
    )
    def post(self, http: ApiRequest) -> Response:
        fields = checked(serialize_as.NoteInput, http)
        kind, named = ContextKind(fields.pop("kind")), fields.pop("person", None)
        person = queries.get_person_to_note(named, by=http.user) if named else None
        made = services.propose_note(kind=kind, person=person, by=http.user, **fields)
        return _serialize_note(http, made, status.HTTP_201_CREATED)


class NoteDetail(APIView):
    """One note as the asker may see it."""

    @extend_schema(operation_id="note", responses=serialize_as.NoteSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _serialize_note(http, queries.get_note(key, by=http.user))


class NoteConfirm(APIView):
    """Confirm what somebody else said was going on."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="note_confirm", request=None, responses=serialize_as.NoteSerializer)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return _serialize_note(
            http, services.confirm_note(note=queries.get_note(key, by=http.user), by=http.user)
        )


class NoteTurnDown(APIView):
    """Turn a note down, or take back one's own, with why."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="note_turn_down",
        request=serialize_as.TurnDownInput,
        responses=serialize_as.NoteSerializer,
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        found = queries.get_note(key, by=http.user)
        permissions.check_can_turn_down_note(http.user, found)
        return _serialize_note(
            http,
            services.turn_down_note(note=found, by=http.user, **checked(serialize_as.TurnDownInput, http)),
        )


def _reader(http: ApiRequest) -> dict[str, Any]:
    """Of which holds the asker may know why, and of which the person."""
    return {
        "known": permissions.sees_cause(http.user),
        "names": queries.knows_person_of(http.user),
    }


def _serialize_hold(http: ApiRequest, hold: Hold, code: int = 200) -> Response:
    return Response(serialize_as.HoldSerializer(hold, context=_reader(http)).data, status=code)


def _serialize_note(http: ApiRequest, note: ContextNote, code: int = 200) -> Response:
    return Response(
        serialize_as.NoteSerializer(note, context={"in_full": permissions.sees_details(http.user)}).data,
        status=code,
    )


def read_key(http: ApiRequest) -> str:
    """The key under which what is sent is done once, empty without one. Raises BadInput."""
    key = str(http.headers.get("Idempotency-Key", ""))
    if key and not _KEY.fullmatch(key):
        text = "A key is 1 to 200 letters, digits and signs of ASCII without spaces, such as a random UUID."
        raise BadInput(text, field="Idempotency-Key")
    return key


def read_body(http: ApiRequest) -> bytes:
    """The raw body, refused by its announced size before it is read."""
    announced = http.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        raise describe_too_large(http._request.read(BEGINNING))
    if http.content_type.split(";")[0].strip() != "application/json":
        raise BadInput("Send JSON, with the content type application/json.", field="body", code="not_json")
    return http._request.body
