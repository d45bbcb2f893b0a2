"""Who may open a page, as data that its route declares; and the time zone that its times are shown in."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from ground.errors import DomainError

EntryCheck = Callable[[Any], None]  # of a PageRequest, which is not known here
TimeZone = Callable[[HttpRequest], str]

_time_zone: list[TimeZone] = []  # one, from the app that keeps the programme


@dataclass(frozen=True)
class PageAccess:
    """Who may open a page: in a sentence, and as what is asked.

    `on_entry` raises NotPermitted where the account may not, and is asked before the view. What depends on the object
    that a page is about, its view asks once it has found that.
    """

    who: str
    account: bool = True
    on_entry: EntryCheck | None = None
    visitors: Callable[[HttpRequest], bool] | None = None  # whether it opens without an account now

    def needs_sign_in(self, request: HttpRequest) -> bool:
        """Whether one must sign in first."""
        user = getattr(request, "user", None)  # there is none yet where something failed early
        if not self.account or (user and user.is_authenticated):
            return False
        return not (self.visitors is not None and self.visitors(request))

    def check(self, request: HttpRequest) -> None:
        """Raise NotPermitted where whoever has signed in may not open the page, whatever it is about."""
        if self.on_entry is not None:
            self.on_entry(request)

    def admits(self, request: HttpRequest) -> bool:
        """Whether the page opens, as far as that does not depend on an object."""
        if self.needs_sign_in(request):
            return False
        try:
            self.check(request)
        except DomainError:
            return False
        return True


ANYONE = PageAccess(
    "Anyone. It says nothing about anybody, and is needed before one can sign in.", account=False
)
# What they see on it is decided by what is shown (S85).
SIGNED_IN = PageAccess("Everybody who has signed in.")


def accounts(who: str, check: Callable[[Any], None]) -> PageAccess:
    """For accounts of which `check` says so by not raising; the role that one holds, most often."""
    return PageAccess(who, on_entry=lambda request: check(request.user))


def depending(who: str) -> PageAccess:
    """For those whom the object that the page is about is open to, as its view asks once it has found that."""
    return PageAccess(who)


def show_times_in(time_zone: TimeZone) -> None:
    """Show the times on every page in the zone that this names."""
    _time_zone[:] = [time_zone]


def in_time_zone(request: HttpRequest) -> AbstractContextManager[None]:
    """The programme's time zone, for as long as a page is made."""
    return timezone.override(ZoneInfo(_time_zone[0](request) if _time_zone else "UTC"))
