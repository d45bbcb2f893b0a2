"""The floor of the API: the least that a Django REST view with a token and one insert can cost."""

from django.db import models
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.people.models import Token, User
from ground.ids import new_id


class BareNote(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    body = models.JSONField()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_note"


class BareAuthentication(TokenAuthentication):
    """A token's account by its digest, in one statement and nothing more."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, Token]:
        found = Token.objects.select_related("user").get(digest=hash_token(token.decode()))
        return found.user, found


class BareView(APIView):
    """Token, JSON in, one row, JSON out."""

    authentication_classes = [BareAuthentication]

    def post(self, request: Request) -> Response:
        note = BareNote._default_manager.create(body=request.data)
        return Response({"id": str(note.pk)})
