"""The document of the API: the same for everybody, so each form of it is made once a process."""

import threading
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

RENDERERS = {each.format: each for each in (OpenApiJsonRenderer, OpenApiYamlRenderer)}

_making = threading.Lock()


class DocumentView(SpectacularAPIView):
    """The document as JSON (`?format=json`) or YAML."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *_: Any, **__: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        return HttpResponse(rendered(renderer.format), content_type=renderer.media_type)


def prepare() -> None:
    """Make the forms that may be asked for, before anybody has to wait for them."""
    for form in RENDERERS:
        rendered(form)


def rendered(form: str) -> bytes:
    """The document in a form; whoever asks while it is made waits for it, and makes no second one."""
    with _making:
        return _rendered(form)


@lru_cache(maxsize=len(RENDERERS))
def _rendered(form: str) -> bytes:
    made: bytes = RENDERERS[form]().render(_document(), renderer_context={})
    return made


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made
