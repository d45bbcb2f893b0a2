"""The programme's settings in the API. A change is put to the board as a case of its kind (`POST /api/v1/cases`)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from charter.programme.settings import SettingRows
from governance.board.settings_serializers import SettingSerializer
from governance.people.requests import ApiRequest


class SettingList(APIView):
    """All settings of the programme as they are, for everybody with an account."""

    @extend_schema(operation_id="settings", responses=SettingSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        rows = SettingRows()
        told = [_told(rows, key, value) for key, value in rows.values().items()]
        return Response(SettingSerializer(told, many=True).data)


def _told(rows: SettingRows, key: str, value: Any) -> dict[str, Any]:
    return {"key": key, "label": rows.label(key), "hint": str(rows.field(key).help_text), "value": value}
