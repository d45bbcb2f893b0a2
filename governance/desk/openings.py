"""Who may open a page. Every view names it, and a test walks the addresses and fails for one that does not."""

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from governance.desk.context import programme

View = Callable[..., HttpResponse]
Permission = Callable[[HttpRequest], bool]


def anyone(request: HttpRequest) -> bool:
    """The page says nothing about anybody, and is needed before one can sign in."""
    return True


def signed_in(request: HttpRequest) -> bool:
    """Everybody with an account; what they see on it is decided by what is shown (S85)."""
    return request.user.is_authenticated


def opens_to(permission: Permission, *, stored: bool = True) -> Callable[[View], View]:
    """Open a view to whom `permission` lets in, in the programme's time zone; others sign in first.

    `stored=False` is for pages that hold values or receipts: no cache keeps them, the browser's included.
    """

    def open_view(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not permission(request):
                return redirect_to_login(request.get_full_path())
            with timezone.override(_zone(request)):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()  # Django's own views render late, when the zone would be gone
            patch_cache_control(
                response, private=True, **({"no_cache": True} if stored else {"no_store": True})
            )
            return response

        opened.opens_to = permission
        return opened

    return open_view


def _zone(request: HttpRequest) -> ZoneInfo:
    found = programme(request)
    return ZoneInfo(found.time_zone if found else "UTC")
