"""Addresses of SCIM."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

_KIND = r"(Users|Groups)"
_DESCRIBED = r"(ServiceProviderConfig|ResourceTypes|Schemas)"


def _view(name: str) -> Callable[..., HttpResponse]:
    """A view of SCIM, loaded with the first request: its library takes a second, and most processes never need it."""

    @csrf_exempt
    def answer(http: HttpRequest, *args: str) -> HttpResponse:
        from governance.directory.scim import views

        response: HttpResponse = getattr(views, name)(http, *args)
        return response

    return answer


urlpatterns = [
    re_path(rf"^{_KIND}/?$", _view("collection"), name="scim-collection"),
    re_path(rf"^{_KIND}/\.search$", _view("search_one"), name="scim-search-one"),
    re_path(rf"^{_KIND}/([^/]+)$", _view("one"), name="scim-one"),
    re_path(r"^\.search$", _view("search_all"), name="scim-search"),
    path("", _view("search_all"), name="scim-all"),
    re_path(rf"^{_DESCRIBED}/?$", _view("describe"), name="scim-describe"),
    re_path(rf"^{_DESCRIBED}/([^/]+)$", _view("describe"), name="scim-describe-one"),
    re_path(r"^(.*)$", _view("nothing"), name="scim-nothing"),
]
