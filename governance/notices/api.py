"""One's notices in the API: to read, and to say that one has."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.notices import queries, services
from governance.notices.filters import NoticeFilter
from governance.notices.models import Notice
from ground.paging import ByCursor


class NoticeSerializer(serializers.ModelSerializer):
    """What an account was told; `path` leads to a page of the house."""

    class Meta:
        model = Notice
        fields = ["id", "kind", "subject", "text", "path", "given_at", "read_at"]
        read_only_fields = fields


class _NewestFirst(ByCursor):
    ordering = ("-given_at", "-id")


class NoticeList(generics.ListAPIView):
    """What the token's holder was told, newest first; `?read=false` for what they have not read."""

    serializer_class = NoticeSerializer
    pagination_class = _NewestFirst
    filterset_class = NoticeFilter
    queryset = Notice.objects.none()  # for the schema, which has no account

    def get_queryset(self):
        return queries.notices_of(self.request.user)


class NoticeRead(APIView):
    """Mark one notice as read."""

    @extend_schema(operation_id="notice_read", request=None, responses=NoticeSerializer)
    def post(self, request: Request, key: UUID) -> Response:
        notice = services.mark_read(notice=queries.notice(key, by=request.user), by=request.user)
        return Response(NoticeSerializer(notice).data)


class NoticesRead(APIView):
    """Mark all of one's notices as read."""

    @extend_schema(operation_id="notices_read", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        services.mark_all_read(by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
