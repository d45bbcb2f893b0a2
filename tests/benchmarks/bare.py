"""The floor of the API: the least that a Django REST view with a token and one insert can cost."""

from django.db import models
from knox.auth import TokenAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ground.ids import new_id


class Note(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id)
    body = models.JSONField()

    class Meta:
        app_label = "bare"
        managed = False
        db_table = "bare_note"


class BareView(APIView):
    """Token as knox checks it, JSON in, one row, JSON out."""

    authentication_classes = [TokenAuthentication]

    def post(self, request: Request) -> Response:
        note = Note.objects.create(body=request.data)
        return Response({"id": str(note.pk)})
