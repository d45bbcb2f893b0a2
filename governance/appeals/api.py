"""Appeals in the API: filed by name or confidentially, told to both sides, handled. Anonymous ones have pages of their own."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.appeals import permissions, queries, services
from governance.appeals import serializers as told
from governance.appeals.files import send
from governance.appeals.inputs import read_about, read_context
from governance.appeals.models import Appeal
from governance.appeals.states import CONTENT_TYPES, AppealFinding, AppealKind, HoldChoice, Remedy
from governance.people.models import User
from governance.people.object_permissions import find_account_to_name
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import Input, validate_body
from ground.paging import ByCursor


class AppealsByDay(ByCursor):
    ordering = ("next_due", "id")


class AppealList(generics.ListAPIView[Appeal]):
    """One's own appeals and those that one handles or finds handlers for; POST files one."""

    token_scope = Scope.WRITE
    queryset = Appeal.objects.none()  # for the API's description
    serializer_class = told.AppealSerializer
    pagination_class = AppealsByDay

    def get_queryset(self) -> QuerySet[Appeal]:
        return queries.list_seen(cast("User", self.request.user))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "user": self.request.user}

    @extend_schema(request=told.AppealInput, responses={201: told.FiledSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_file(http.user)
        given = validate_body(told.AppealInput, http)
        filing = services.Filing(
            kind=AppealKind(given["kind"]),
            about=read_about(given["about"]),
            statement=given["statement"],
            wanted=given["wanted"],
            context=[read_context(each) for each in given["context"]],
            hold=HoldChoice(given["hold"]),
            contested=queries.find_to_contest(given["contested"], by=http.user)
            if given["contested"]
            else None,
        )
        filed = services.file_appeal(filing=filing, by=http.user)
        return Response(
            {
                "id": str(filed.appeal.pk),
                "state": filed.appeal.state,
                "due": {kind.value: day.isoformat() for kind, day in filed.due.items()},
                "held": [told.serialize_hold(hold) for hold in filed.holds],
            },
            status=status.HTTP_201_CREATED,
        )


class AppealDetail(APIView):
    """One appeal, told by what its reader is to it."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="appeal", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _tell(queries.get_appeal(key, by=http.user), http)


class AppealMessages(APIView):
    """Messages between both sides; with `internal` a note among handlers."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="appeal_messages", responses={200: OpenApiTypes.OBJECT})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        appeal, handled = _get_of_a_side(key, http)
        return Response({"results": told.serialize_messages(appeal, internal=handled)})

    @extend_schema(
        operation_id="appeal_write", request=told.MessageInput, responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        appeal = queries.get_appeal(key, by=http.user)
        given = validate_body(told.MessageInput, http)
        write = services.write_note if given["internal"] else services.write_message
        write(appeal=appeal, text=given["text"], by=http.user)
        return _tell(queries.get_appeal(key, by=http.user), http, status.HTTP_201_CREATED)


class AppealAttachments(APIView):
    """What came with the messages; POST sends a message with one file as multipart form data, in the part `attachment`.

    A picture (PNG, JPEG, WebP) of 900 kB or plain text (UTF-8) of 100 kB, twenty an appeal. A picture is drawn anew; no name is kept.
    """

    token_scope = Scope.WRITE
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="appeal_attachments", responses={200: told.AttachmentsSerializer})
    def get(self, http: ApiRequest, key: UUID) -> Response:
        appeal, _handled = _get_of_a_side(key, http)
        return Response(told.AttachmentsSerializer({"results": queries.list_attachments(appeal)}).data)

    @extend_schema(
        operation_id="appeal_attach",
        request={"multipart/form-data": told.AttachmentInput},
        responses={201: told.AttachmentSerializer},
    )
    def post(self, http: ApiRequest, key: UUID) -> Response:
        appeal, _handled = _get_of_a_side(key, http)
        permissions.check_can_write(http.user, appeal)
        given = validate_body(told.AttachmentInput, http)
        message = services.write_message(appeal=appeal, **given, by=http.user)
        file = queries.list_attachments(appeal).get(message=message)
        return Response(told.AttachmentSerializer(file).data, status=status.HTTP_201_CREATED)


class AppealAttachmentFile(APIView):
    """One attachment as it is kept, for both sides of its appeal: sent as a file, whatever type is asked for."""

    token_scope = Scope.WRITE

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A client that accepts pictures alone gets its picture; of refusals it gets the problem all the same."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="appeal_attachment",
        responses={
            (200, content_type): OpenApiTypes.BINARY for content_type, _ending in CONTENT_TYPES.values()
        },
    )
    def get(self, http: ApiRequest, key: UUID, attachment: UUID) -> HttpResponse:
        found = queries.get_attachment(attachment, by=http.user)
        if found.appeal_id != key:
            raise permissions.not_there()
        return send(found)


class _Act(APIView):
    """Something done to one appeal; answers with it as it is then."""

    token_scope = Scope.WRITE
    body: ClassVar[type[Input]] = told.NothingInput

    def post(self, http: ApiRequest, key: UUID) -> Response:
        appeal = queries.get_appeal(key, by=http.user)
        self.act(appeal, validate_body(self.body, http), http.user)
        return _tell(Appeal.objects.select_related("handling__user", "appellant").get(pk=key), http)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        raise NotImplementedError


def _described(operation: str, body: type[Input]) -> Any:
    return extend_schema(operation_id=operation, request=body, responses={200: OpenApiTypes.OBJECT})


class AppealWithdraw(_Act):
    """Taking one's own appeal back."""

    @_described("appeal_withdraw", told.NothingInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return super().post(http, key)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        services.withdraw_appeal(appeal=appeal, by=by)


class AppealAcknowledge(_Act):
    """Saying that we have it; where a review closes soon, it is urgent."""

    body = told.AcknowledgeInput

    @_described("appeal_acknowledge", told.AcknowledgeInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return super().post(http, key)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        services.acknowledge_appeal(appeal=appeal, review_closes=given["review_closes"], by=by)


class AppealAssign(_Act):
    """Giving it to an independent handler."""

    body = told.AssignInput

    @_described("appeal_assign", told.AssignInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return super().post(http, key)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        permissions.check_can_assign(by, appeal)
        handler = find_account_to_name(given["handler"], field="handler")
        services.assign_handler(appeal=appeal, handler=handler, by=by)


class AppealConflict(_Act):
    """Handing it back for a conflict."""

    body = told.WhyInput

    @_described("appeal_conflict", told.WhyInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        appeal = queries.get_appeal(key, by=http.user)
        self.act(appeal, validate_body(self.body, http), http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        services.declare_conflict(appeal=appeal, why=given["why"], by=by)


class AppealExtend(_Act):
    """Putting the outcome off, once."""

    body = told.WhyInput

    @_described("appeal_extend", told.WhyInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return super().post(http, key)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        services.extend_outcome(appeal=appeal, why=given["why"], by=by)


class AppealDecide(_Act):
    """Deciding it, with reasons, evidence and remedy."""

    body = told.OutcomeInput

    @_described("appeal_outcome", told.OutcomeInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        appeal = queries.get_appeal(key, by=http.user)
        self.act(appeal, validate_body(self.body, http), http.user)
        return Response({"id": str(key), "outcomes": told.serialize_outcomes(appeal)})

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        services.decide_appeal(
            appeal=appeal,
            **(given | {"finding": AppealFinding(given["finding"]), "act": Remedy(given["act"])}),
            by=by,
        )


class AppealSecond(_Act):
    """Asking other people to look at it again."""

    body = told.WhyInput

    @_described("appeal_second", told.WhyInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return super().post(http, key)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        services.ask_second_instance(appeal=appeal, why=given["why"], by=by)


class AppealAccept(_Act):
    """Being content with the outcome."""

    @_described("appeal_accept", told.NothingInput)
    def post(self, http: ApiRequest, key: UUID) -> Response:
        return super().post(http, key)

    def act(self, appeal: Appeal, given: dict[str, Any], by: User) -> None:
        services.accept_outcome(appeal=appeal, by=by)


def _get_of_a_side(key: UUID, http: ApiRequest) -> tuple[Appeal, bool]:
    """An appeal for whoever filed it or handles it, and whether they handle it. Raises NotFound or NotPermitted."""
    appeal = queries.get_appeal(key, by=http.user)
    handled = permissions.handles(http.user, appeal)
    if not handled:
        permissions.check_is_appellant(http.user, appeal)
    return appeal, handled


def _tell(appeal: Appeal, http: ApiRequest, code: int = status.HTTP_200_OK) -> Response:
    return Response(told.serialize_appeal(appeal, http.user), status=code)
