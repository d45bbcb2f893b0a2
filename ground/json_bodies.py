"""JSON bodies of the API: as strict as everywhere (`strict_json`), of the size that settings allow."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import JSONParser

from ground import strict_json
from ground.errors import BadInput


class StrictJSONParser(JSONParser):
    """The rest framework's parser of JSON, with our own in its place."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body as plain values. Raises BadInput."""
        largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return strict_json.parse_json(stream.read(largest + 1), largest=largest)


def make_too_large() -> BadInput:
    """What is said of a body that is larger than settings allow."""
    return strict_json.make_too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
