"""JSON bodies of the API, read strictly: whatever cannot be read or kept is the asker's to mend, never a fault of ours."""

from collections.abc import Iterator
from typing import IO, Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.parsers import JSONParser

from ground.errors import BadInput


class StrictJSONParser(JSONParser):
    """JSON of the size that settings allow, of text that PostgreSQL can keep."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> Any:
        """The body as plain values. Raises BadInput."""
        largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(largest + 1)
        if len(body) > largest:
            raise too_large()
        try:
            found = msgspec.json.decode(body)
            keepable = not any("\0" in text for text in _texts(found))
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise BadInput(_("This is not JSON that can be read."), field="body", code="not_json") from None
        if not keepable:
            raise BadInput(_("Text cannot hold the character NUL."), field="body", code="not_text")
        return found


def too_large() -> BadInput:
    """What is said of a body that is larger than settings allow."""
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
    return BadInput(f"The body may hold {size} KiB at most.", field="body", code="too_large")


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
