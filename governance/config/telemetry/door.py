"""The door for Prometheus: what the installation says of itself, and the requests of all processes of this host."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from governance.config.telemetry.figures import FiguresCollector
from governance.config.telemetry.merging import standing


@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text form, for whoever has the token; 404 where no token was set, 401 without it."""
    token = settings.OPERATING.token
    if not token:
        raise Http404
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})
    return HttpResponse(write(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def write() -> bytes:
    """All figures; those of requests come from the files of every process, the rest from the database and this machine."""
    registry = CollectorRegistry()
    registry.register(FiguresCollector())
    folder = settings.OPERATING.folder
    if not folder.is_dir():
        return generate_latest(registry)
    MultiProcessCollector(registry, path=str(folder))
    with standing(folder):
        return generate_latest(registry)
