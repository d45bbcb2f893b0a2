"""Founding, in the API: what the programme still lacks, and a programme's file checked and applied."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.founding import checklist, judging
from governance.founding.applying import Applying
from governance.founding.checklist import FoundingState
from governance.founding.programme_file import parse_programme_file
from governance.people.permissions import check_can_administer
from governance.people.requests import ApiRequest
from governance.people.scopes import Scope
from ground.inputs import Input, validate_body

# A body of the API is 64 KiB at most, and so is a file in it.
_LONGEST = 60_000
_NAME = "programme.yaml"


class FoundingStepSerializer(serializers.Serializer[Any]):
    """One step: what it is, how it stands and why, who does it, and on which page."""

    key = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=[each.value for each in FoundingState])
    detail = serializers.CharField()
    who = serializers.CharField()
    url = serializers.CharField()


class ProgrammeFileInput(Input):
    """The text of a programme's file. It names no folders: those are read by `manage.py programme apply`."""

    file = serializers.CharField(max_length=_LONGEST, trim_whitespace=False)


class FileCheckedSerializer(serializers.Serializer[Any]):
    """That the file can be applied; what is wrong with one is a problem with its line."""

    applicable = serializers.BooleanField()


class StepDoneSerializer(serializers.Serializer[Any]):
    """What a step came to: whether it changed anything, and what others are to do."""

    key = serializers.CharField()
    changed = serializers.BooleanField()
    sentence = serializers.CharField()
    waits = serializers.BooleanField()


class FoundingSteps(APIView):
    """What the programme still lacks until its first answer, in order; for administrators."""

    @extend_schema(operation_id="founding_steps", responses=FoundingStepSerializer(many=True))
    def get(self, http: ApiRequest) -> Response:
        check_can_administer(http.user)
        return Response(FoundingStepSerializer(checklist.list_steps(), many=True).data)


class ProgrammeFileCheck(APIView):
    """Hold a programme's file to what is there; nothing is written."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="programme_file_check", request=ProgrammeFileInput, responses=FileCheckedSerializer
    )
    def post(self, http: ApiRequest) -> Response:
        check_can_administer(http.user)
        given = validate_body(ProgrammeFileInput, http)
        judging.check(parse_programme_file(given["file"], name=_NAME))
        return Response({"applicable": True})


class ProgrammeFileApply(APIView):
    """Apply a programme's file as its founder: whatever of it is missing. Applied again it changes nothing."""

    token_scope = Scope.WRITE

    @extend_schema(
        operation_id="programme_file_apply",
        request=ProgrammeFileInput,
        responses=StepDoneSerializer(many=True),
    )
    def post(self, http: ApiRequest) -> Response:
        check_can_administer(http.user)
        given = validate_body(ProgrammeFileInput, http)
        read = parse_programme_file(given["file"], name=_NAME)
        done = list(Applying(read, system=None).run(by=http.user))
        return Response(StepDoneSerializer(done, many=True).data)
