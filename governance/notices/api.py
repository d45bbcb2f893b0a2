"""One's notices in the API: to read, and to say that one has."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.notices import queries, services
from governance.notices.filters import NoticeApiFilter
from governance.notices.models import Notice
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.paging import ByCursor


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """What an account was told; `path` leads to one of our pages."""

    class Meta:
        model = Notice
        fields = ["id", "kind", "subject", "text", "path", "given_at", "read_at"]
        read_only_fields = fields


class _NewestFirst(ByCursor):
    ordering = ("-given_at", "-id")


class NoticeList(generics.ListAPIView[Notice]):
    """What the token's holder was told, newest first; `?read=false` for what they have not read."""

    request: ApiRequest
    serializer_class = NoticeSerializer
    pagination_class = _NewestFirst
    filterset_class = NoticeApiFilter
    queryset = Notice.objects.none()  # for the schema, which has no account

    def get_queryset(self) -> QuerySet[Notice]:
        return queries.list_notices(self.request.user)


class MarkNoticeRead(APIView):
    """Mark one notice as read."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="notice_read", request=None, responses=NoticeSerializer)
    def post(self, request: ApiRequest, key: UUID) -> Response:
        notice = services.mark_read(notice=queries.get_notice(key, by=request.user), by=request.user)
        return Response(NoticeSerializer(notice).data)


class NoticesRead(APIView):
    """Mark all of one's notices as read."""

    token_scope = Scope.WRITE

    @extend_schema(operation_id="notices_read", request=None, responses={204: None})
    def post(self, request: ApiRequest) -> Response:
        services.mark_all_read(by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
