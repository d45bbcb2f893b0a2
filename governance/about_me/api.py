"""What is held about the token's holder, in the API. No address names anybody, so that none can be asked about."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.registry.models import Metric
from governance.about_me.filters import LookFilter
from governance.about_me.letters import list_beside, write_letter
from governance.about_me.look_words import LookWords
from governance.about_me.outlook import list_manager_uses, list_never
from governance.about_me.permissions import get_own_person
from governance.about_me.queries.included import list_included
from governance.about_me.queries.looks import ToldLook, list_group_spans, list_looks, name_asker
from governance.about_me.queries.stored import list_stored
from governance.about_me.screens.download import give_archive
from governance.about_me.serializers import AboutMeSerializer, LetterSerializer, LookSerializer
from governance.decisions.models import DecisionRecord, Door
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground import calendar
from ground.paging import ByCursor


class AboutMe(APIView):
    """What is held about the token's holder, and what can be seen of them."""

    @extend_schema(operation_id="about_me", responses=AboutMeSerializer)
    def get(self, http: ApiRequest) -> Response:
        person, on = get_own_person(http.user), calendar.today()
        included = list_included(person, on)
        found = {
            "person": person.external_id,
            "metrics": included,
            "stored": list_stored(http.user, person, included, on),
            "manager": list_manager_uses(http.user, person, included, on),
            "nobody": list_never(),
        }
        return Response(AboutMeSerializer(found).data)


class _LooksNewestFirst(ByCursor):
    ordering = ("-at", "-pk")


class LookList(generics.ListAPIView[DecisionRecord]):
    """Who looked at values that the token's holder is in, newest first."""

    request: ApiRequest
    serializer_class = LookSerializer
    pagination_class = _LooksNewestFirst
    filterset_class = LookFilter
    queryset = DecisionRecord.objects.none()  # for the schema, which has no account

    def get_queryset(self) -> QuerySet[Any]:
        return list_looks(self.request.user, get_own_person(self.request.user))

    def paginate_queryset(self, queryset: Any) -> Any:
        """The page, each look in words."""
        person = get_own_person(self.request.user)
        said = LookWords(list_group_spans(person), dict(Metric.objects.values_list("slug", "name")))
        rows = super().paginate_queryset(queryset)
        return [_tell(look, said) for look in rows] if rows is not None else None


def _tell(look: ToldLook, said: LookWords) -> dict[str, Any]:
    return {
        "at": look.at,
        "who": name_asker(look),
        "grain": look.grain,
        "of_me": look.of_me,
        "whose": said.whose(look),
        "metrics": look.metrics,
        "beside": list_beside(look),
        "window": {"from": look.window_from, "to": look.window_to},
        "use": look.use,
        "permitted_by": said.permitted_by(look),
        "entry_id": look.entry_id,
    }


class LookDetail(APIView):
    """The letter that explains one receipt about the token's holder, or of a question of theirs."""

    @extend_schema(operation_id="about_me_look", responses=LetterSerializer)
    def get(self, http: ApiRequest, entry: UUID) -> Response:
        letter = write_letter(entry, http.user, get_own_person(http.user))
        return Response(LetterSerializer(letter).data)


class Download(APIView):
    """All of it as one signed archive; that it is taken stands on the log."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="about_me_download",
        request=None,
        responses={(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def post(self, http: ApiRequest) -> HttpResponseBase:
        return give_archive(http.user, Door.API)
