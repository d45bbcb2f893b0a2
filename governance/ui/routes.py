"""The routes of pages: each says where a page is, who may open it, and where it stands in the navigation.

    page("cases/<uuid:case_id>", case.case, name="case", access=SEES_THE_CASE, under="cases", stored=False)

Apps declare theirs in `screens/urls.py`. docs/reference/access.md is generated from them and from what every role is
answered, and a test compares it with what it sees.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.cache import patch_cache_control

from governance.ui.forms import Text
from governance.ui.page_access import PageAccess, in_time_zone

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Nav:
    """A place in the navigation or the footer, the same for everybody; lower numbers come first.

    Whoever may not open the page does not see it. `offered` says who sees it in place of that: where asking costs more
    statements than every page can bear, or where the page opens to more people than have anything on it.
    """

    label: Text
    order: int
    offered: Callable[[Any], bool] | None = None  # of a PageRequest, which is not known here


@dataclass(frozen=True)
class Page:
    """A view as Django calls it: opened to whom its access names, in the programme's time zone.

    Nothing outside the browser keeps what it answers, and not even that where it is not `stored`: pages that hold values,
    receipts or what is open to some alone.
    """

    view: View
    name: str
    access: PageAccess
    stored: bool
    nav: Nav | None
    footer: Nav | None
    under: str  # the page in the navigation that this one belongs to

    @property
    def csrf_exempt(self) -> bool:
        """Whether the view takes what another site's page posts: what a provider says, which its signature vouches for."""
        return bool(getattr(self.view, "csrf_exempt", False))

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.access.needs_sign_in(request):
            return redirect_to_login(request.get_full_path())
        with in_time_zone(request):
            self.access.check(request)
            response = self.view(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()  # Django's own views render late, when the zone would be gone
        kept = {"no_cache": True} if self.stored else {"no_store": True}
        patch_cache_control(response, private=True, **kept)
        return response


def page(
    address: str,
    view: View,
    *,
    name: str,
    access: PageAccess,
    stored: bool = True,
    nav: Nav | None = None,
    footer: Nav | None = None,
    under: str = "",
) -> URLPattern:
    """The route of a page, for an app's `urlpatterns`."""
    return path(address, Page(view, name, access, stored, nav, footer, under), name=name)
