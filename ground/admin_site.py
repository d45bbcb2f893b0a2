"""Django's admin as a window: it writes nothing, and shows what every page of ours shows to whoever has signed in.

Superusers are as all others here: services are the only writers, and being a superuser counts for nothing. So what a package
registers for itself is left out (knox's form made a token for any account), and of ours a class shows what its list shows,
on the page of one record and by filters, search and order alike: a filter on any other field would answer about it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _

from ground.errors import NotPermitted

View = Callable[..., HttpResponse]

# Of Django's own addresses those that write, or that tell which records there are.
_CLOSED = {"password_change", "password_change_done", "autocomplete", "view_on_site"}
_READING = {"GET", "HEAD", "OPTIONS"}


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # it takes none while it runs
    """Shows of each record what its list shows. Register only what our pages show to everybody who has signed in."""

    actions = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, *_: Any) -> bool:
        return _may_look(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_look(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return tuple(map(str, self.list_display))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.get_fields(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters beside the list, which ask for one of its fields; any other would answer about what it hides."""
        field, _sep, how = lookup.partition("__")
        return field in self.list_filter and field in self.list_display and how in {"", "exact", "isnull"}

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return False


class ReadOnlySite(admin.AdminSite):
    """Takes no class but a ReadOnlyAdmin, and answers nothing but reading, signing in and out."""

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: "type[BaseModelAdmin[Any]] | None" = None,
        **options: Any,
    ) -> None:
        if admin_class is not None and issubclass(admin_class, ReadOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return _may_look(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(view if view == self.logout else _reading_only(view), cacheable)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [each for each in super().get_urls() if getattr(each, "name", None) not in _CLOSED]


def _reading_only(view: View) -> View:
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in _READING:
            raise NotPermitted(_("The admin changes nothing. Each thing is changed on a page of its own."))
        return view(request, *args, **kwargs)

    return read


def _may_look(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff
