"""Routes of the pages about oneself: none of them can name anybody."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.about_me.permissions import check_can_read_own
from governance.about_me.screens import download, learn, leaving, pages, private_addresses, told, values
from governance.ui.page_access import ANYONE, PageAccess
from governance.ui.routes import Nav, page


def _is_a_persons(request: Any) -> bool:
    return request.user.is_authenticated and request.user.person_id is not None


ONESELF = PageAccess(
    "Everybody who is employed here, about themself alone. No role opens another's, and no superuser.",
    on_entry=lambda request: check_can_read_own(request.user),
)

HAS_LEFT = PageAccess(
    "Whoever has left, about themself, by the code that they made before or a link to the private address that they gave; nobody while their account is in use.",
    account=False,
)

urlpatterns = [
    page(
        "about-me",
        pages.about_me,
        name="about-me",
        access=ONESELF,
        stored=False,
        nav=Nav(_("About me"), 15, offered=_is_a_persons),
    ),
    *(
        page(f"about-me/{address}", view, name=name, access=ONESELF, stored=False, under="about-me")
        for address, view, name in (
            ("metrics", pages.metrics, "about-me-metrics"),
            ("metrics.csv", pages.metrics_csv, "about-me-metrics-csv"),
            ("looks", pages.looks, "about-me-looks"),
            ("looks.csv", pages.looks_csv, "about-me-looks-csv"),
            ("looks/<uuid:entry>", pages.look, "about-me-look"),
            ("stored", pages.stored, "about-me-stored"),
            ("stored.csv", pages.stored_csv, "about-me-stored-csv"),
            ("seen", pages.seen, "about-me-seen"),
            ("learn", learn.learn, "about-me-learn"),
            ("learn.csv", learn.learn_csv, "about-me-learn-csv"),
            ("told", told.told, "about-me-told"),
            ("told/<uuid:key>/acknowledge", told.acknowledge, "about-me-told-acknowledge"),
            ("download", download.download, "about-me-download"),
            ("code", leaving.code, "about-me-code"),
            ("address", private_addresses.address, "about-me-address"),
            ("address/confirm/<str:token>", private_addresses.confirm, "about-me-address-confirm"),
            ("values/<slug:slug>", values.values, "about-me-values"),
        )
    ),
    page("about-me/left", leaving.left, name="about-me-left", access=ANYONE, stored=False),
    page("about-me/left/link", private_addresses.ask, name="about-me-left-link", access=ANYONE, stored=False),
    page(
        "about-me/left/open/<str:token>",
        private_addresses.follow,
        name="about-me-left-open",
        access=HAS_LEFT,
        stored=False,
    ),
    *(
        page(f"about-me/left/{address}", view, name=name, access=HAS_LEFT, stored=False)
        for address, view, name in (
            ("read", leaving.read, "about-me-left-read"),
            ("looks/<uuid:entry>", leaving.look, "about-me-left-look"),
            ("download", leaving.download, "about-me-left-download"),
            ("out", leaving.out, "about-me-left-out"),
        )
    ),
]
