"""The navigation of all pages, put together from their routes: one order for everybody."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest
from django.urls import URLPattern, reverse

from governance.ui.forms import Text
from governance.ui.routes import Nav, Page


class Navigation:
    """Where one can go from every page. What the reader may not open is left out."""

    def __init__(self, routes: Iterable[URLPattern]) -> None:
        pages = [route.callback for route in routes if isinstance(route.callback, Page)]
        self._under = {page.name: page.under or page.name for page in pages}
        self._main = _in_order((page.nav, page) for page in pages)
        self._footer = _in_order((page.footer, page) for page in pages)

    def list_main(self, request: HttpRequest) -> list[tuple[Text, str, bool]]:
        """Label and address of each item, and whether the reader stands there or below it."""
        here = self._under.get(_name_of(request), "")
        return [
            (nav.label, reverse(page.name), page.name == here) for nav, page in _seen(self._main, request)
        ]

    def list_footer(self, request: HttpRequest) -> list[tuple[Text, str]]:
        """Label and address of each link at the foot of a page."""
        return [(nav.label, reverse(page.name)) for nav, page in _seen(self._footer, request)]


def _name_of(request: HttpRequest) -> str:
    """The name of the page that is asked for; none where there is no such page."""
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def _in_order(placed: Iterable[tuple[Nav | None, Page]]) -> list[tuple[Nav, Page]]:
    found = [(nav, page) for nav, page in placed if nav is not None]
    return sorted(found, key=lambda pair: pair[0].order)


def _seen(placed: Iterable[tuple[Nav, Page]], request: HttpRequest) -> Iterator[tuple[Nav, Page]]:
    for nav, page in placed:
        offered = nav.offered or page.access.admits
        if offered(request):
            yield nav, page
