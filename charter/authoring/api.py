"""Charters being written, in the API: heading by heading, checked, shared and thrown away. Handing in is the board's."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.authoring import drafts, lint, permissions, submission
from charter.authoring import serializers as told
from charter.authoring.models import Draft
from charter.authoring.states import DraftRight
from charter.programme.models import Programme
from charter.registry import catalogue
from charter.registry.charter_facts import parse_document
from charter.registry.document import CharterDocument
from charter.registry.headings import Heading
from charter.registry.models import CharterVersion
from governance.people.models import User
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.errors import NotFound
from ground.inputs import validate_body
from ground.paging import ByCursor

_HEADING = OpenApiParameter("heading", str, OpenApiParameter.PATH, enum=[each.value for each in Heading])


class LastTouchedFirst(ByCursor):
    ordering = ("-updated_at", "-id")


class StarterList(APIView):
    """The charters of the starter catalogue that a draft can begin with."""

    @extend_schema(operation_id="starters", responses=told.StarterSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        return Response(told.StarterSerializer(catalogue.read_starter_charters().values(), many=True).data)


class DraftList(generics.ListAPIView[Draft]):
    """The drafts that the asker owns, or that are shared with them, last touched first; POST begins one."""

    request: ApiRequest
    token_scope = Scope.WRITE
    queryset = Draft.objects.none()  # for the API's description; each request has its own
    serializer_class = told.DraftSerializer
    pagination_class = LastTouchedFirst
    filterset_fields = ["metric"]

    def get_queryset(self) -> QuerySet[Draft]:
        return drafts.list_drafts(self.request.user)

    @extend_schema(request=told.DraftInput, responses={201: told.DraftDetailSerializer})
    def post(self, http: ApiRequest) -> Response:
        permissions.check_can_register(http.user)
        document, version = _beginning(validate_body(told.DraftInput, http))
        programme = get_object_or_404(Programme)
        draft = drafts.start_draft(programme=programme, document=document, based_on=version, by=http.user)
        return _draft(http, draft.pk, status.HTTP_201_CREATED)


class DraftDetail(APIView):
    """One draft; DELETE throws it away."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="draft", responses=told.DraftDetailSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        return _draft(http, key)

    @extend_schema(operation_id="draft_discard", responses={204: None})
    def delete(self, http: ApiRequest, key: UUID) -> Response:
        drafts.discard_draft(draft=drafts.get_draft(key), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DraftHeading(APIView):
    """One heading of a draft. PATCH saves it as far as it goes; what others saved meanwhile is never overwritten."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="draft_heading", parameters=[_HEADING], responses=told.HeadingSerializer)
    def get(self, http: ApiRequest, key: UUID, heading: str) -> Response:
        return _heading(_readable(http, key), _of(heading))

    @extend_schema(
        operation_id="draft_heading_save",
        parameters=[_HEADING],
        request=told.HeadingInput,
        responses=told.HeadingSerializer,
    )
    def patch(self, http: ApiRequest, key: UUID, heading: str) -> Response:
        draft, here = drafts.get_draft(key), _of(heading)
        permissions.check_can_edit_draft(http.user, draft)
        fields = validate_body(told.HeadingInput, http)
        part = drafts.apply_changes(draft, here, fields.pop("changes"))
        return _heading(
            drafts.save_heading(draft=draft, heading=here, part=part, by=http.user, **fields), here
        )


class DraftCheck(APIView):
    """What stands in the way of handing a draft in: what lint finds, and what its examples get from the rules."""

    @extend_schema(operation_id="draft_check", responses=told.CheckSerializer)
    def get(self, http: ApiRequest, key: UUID) -> Response:
        draft = _readable(http, key)
        document = parse_document(draft.document)
        found = submission.lint_document(document, draft.programme)
        tried = submission.try_examples(document, draft.programme)
        checked = {
            "passes": not lint.select_errors(found),
            "findings": found,
            "examples": [told.serialize_example(place, each) for place, each in tried.items()],
        }
        return Response(told.CheckSerializer(checked).data)


class DraftShares(APIView):
    """Letting somebody read or write along; the right takes the place of the one that they had."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="draft_share", request=told.ShareInput, responses={201: told.ShareSerializer})
    def post(self, http: ApiRequest, key: UUID) -> Response:
        draft = drafts.get_draft(key)
        permissions.check_can_end_draft(http.user, draft)
        fields = validate_body(told.ShareInput, http)
        share = drafts.share_draft(
            draft=draft, user=fields["user"], right=DraftRight(fields["right"]), by=http.user
        )
        return Response(told.ShareSerializer(share).data, status=status.HTTP_201_CREATED)


class DraftShare(APIView):
    """What one account may do with a draft, to take back."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="draft_unshare", responses={204: None})
    def delete(self, http: ApiRequest, key: UUID, username: str) -> Response:
        draft = drafts.get_draft(key)
        permissions.check_can_end_draft(http.user, draft)
        drafts.unshare_draft(draft=draft, user=get_object_or_404(User, username=username), by=http.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _beginning(fields: dict[str, Any]) -> tuple[CharterDocument, CharterVersion | None]:
    """The document to begin with, and the version it is taken from."""
    if fields["start"] == "blank":
        return drafts.make_blank_charter(slug=fields["metric"], name=fields["name"]), None
    if fields["start"] == "catalogue":
        return drafts.copy_starter(fields["metric"]), None
    return drafts.copy_version(fields["metric"])


def _readable(http: ApiRequest, key: UUID) -> Draft:
    draft = drafts.get_draft(key)
    permissions.check_can_see_draft(http.user, draft)
    return draft


def _of(word: str) -> Heading:
    if word not in set(Heading):
        raise NotFound("A charter has no such heading.", code="heading_not_found")
    return Heading(word)


def _draft(http: ApiRequest, key: UUID, code: int = status.HTTP_200_OK) -> Response:
    draft = _readable(http, key)
    return Response(told.DraftDetailSerializer(draft, context={"request": http}).data, status=code)


def _heading(draft: Draft, heading: Heading) -> Response:
    return Response(told.HeadingSerializer(told.serialize_heading(draft, heading)).data)
