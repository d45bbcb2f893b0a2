"""Routes of appeals."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.appeals import permissions
from governance.appeals.screens import anonymous, appeals, files, writing
from governance.ui.page_access import ANYONE, SIGNED_IN, PageAccess, accounts, depending
from governance.ui.routes import Nav, page

FILERS = accounts("Everybody whose account is a person’s.", permissions.check_can_file)
KEEPERS = accounts(
    "Members of the board, and whoever handles an appeal. None sees what touches their own reporting line.",
    permissions.check_can_open_queue,
)
BOTH_SIDES = depending(
    "Whoever filed it, and whoever handles it; members of the board outside of the reporting lines see its days, to find a handler."
)
ITS_HANDLER = depending("Whoever handles it, outside of the reporting lines of all whom it is about.")
ITS_TWO_SIDES = depending("Whoever filed its appeal, and whoever handles it.")
HAS_THE_NUMBER = PageAccess(
    "Whoever has the 16-digit number that was shown once, when it was filed.", account=False
)
WHO_IS_ASKED = depending(
    "Whoever is asked whether a decision is retaliation, outside of the reporting lines."
)
WHO_FILED = depending("Whoever filed it.")
_OF_ONE: dict[str, Any] = {"stored": False, "under": "appeals"}

urlpatterns = [
    page(
        "appeals", appeals.appeals, name="appeals", access=SIGNED_IN, stored=False, nav=Nav(_("Appeals"), 92)
    ),
    page("appeals/queue", appeals.queue, name="appeal-queue", access=KEEPERS, **_OF_ONE),
    page("appeals/queue.csv", appeals.queue_csv, name="appeal-queue-csv", access=KEEPERS, stored=False),
    page("appeals/figures", appeals.figures, name="appeal-figures", access=SIGNED_IN, **_OF_ONE),
    page("appeals/new/check", writing.check, name="appeal-check", access=FILERS, **_OF_ONE),
    page("appeals/new/discard", writing.discard, name="appeal-discard", access=FILERS, **_OF_ONE),
    page("appeals/new/<slug:step>", writing.question, name="appeal-question", access=FILERS, **_OF_ONE),
    page("appeals/anonymous", anonymous.start, name="appeal-anonymous", access=ANYONE, **_OF_ONE),
    page("appeals/anonymous/new", anonymous.write, name="appeal-anonymous-new", access=ANYONE, **_OF_ONE),
    page(
        "appeals/anonymous/case",
        anonymous.case,
        name="appeal-anonymous-case",
        access=HAS_THE_NUMBER,
        **_OF_ONE,
    ),
    page("appeals/<uuid:key>", appeals.appeal, name="appeal", access=BOTH_SIDES, **_OF_ONE),
    page("appeals/<uuid:key>/letter", appeals.letter, name="appeal-letter", access=BOTH_SIDES, **_OF_ONE),
    page(
        "appeals/<uuid:key>/withdraw", appeals.withdraw, name="appeal-withdraw", access=WHO_FILED, **_OF_ONE
    ),
    page(
        "appeals/<uuid:key>/identity", appeals.identity, name="appeal-identity", access=ITS_HANDLER, **_OF_ONE
    ),
    page(
        "appeals/follow-up/<uuid:key>",
        appeals.follow_up,
        name="appeal-follow-up",
        access=WHO_FILED,
        **_OF_ONE,
    ),
    page(
        "appeals/<uuid:key>/questions",
        appeals.questions,
        name="appeal-questions",
        access=ITS_HANDLER,
        **_OF_ONE,
    ),
    page(
        "appeals/attachments/<uuid:key>",
        files.attachment,
        name="appeal-attachment",
        access=ITS_TWO_SIDES,
        **_OF_ONE,
    ),
    page("appeals/asked/<uuid:key>", appeals.asked, name="appeal-asked", access=WHO_IS_ASKED, **_OF_ONE),
    *(
        page(
            f"appeals/<uuid:key>/{name}",
            partial(appeals.act, name=name),
            name=f"appeal-{name}",
            access=BOTH_SIDES,
            **_OF_ONE,
        )
        for name in appeals.ACTS
    ),
]
