"""Routes of founding: what the programme lacks, and the groups that are reported on."""

from django.utils.translation import gettext_lazy as _

from governance.founding.screens import steps
from governance.people import badges, permissions
from governance.ui.page_access import accounts
from governance.ui.routes import Nav, page

ADMINISTRATORS = accounts("Administrators.", permissions.check_can_administer)

urlpatterns = [
    page(
        "founding",
        steps.founding,
        name="founding",
        access=ADMINISTRATORS,
        stored=False,
        footer=Nav(_("Founding"), 89, offered=badges.shows_administrator),
    ),
    page("founding/groups", steps.groups, name="founding-groups", access=ADMINISTRATORS, stored=False),
]
