"""Routes of fairness audits."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from audits.fairness import permissions
from audits.fairness.screens import audits, outcomes
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

HR = accounts("HR.", permissions.check_can_see_tasks)
HANDS_IN = accounts("People of HR.", permissions.check_can_hand_in)
WORKS = accounts("HR and auditors.", permissions.check_works_on_audits)
AUDITORS = accounts("Auditors who have no stake in it.", permissions.check_audits)
CONCLUDED = depending(
    "Everybody, once it is concluded; before, HR and auditors. Tables are for them and the board."
)
ITS_AUDITOR = depending("The auditor who ran it, who owns none of its metrics.")
_OF_ONE: dict[str, Any] = {"stored": False, "under": "fairness"}

urlpatterns = [
    page("fairness", audits.audits, name="fairness", access=SIGNED_IN, stored=False, nav=Nav(_("Fairness"), 94)),
    page("fairness.csv", audits.audits_csv, name="fairness-csv", access=SIGNED_IN, stored=False),
    page("fairness/new", outcomes.hand_in, name="fairness-new", access=HANDS_IN, **_OF_ONE),
    page("fairness/tasks", audits.tasks, name="fairness-tasks", access=HR, **_OF_ONE),
    page("fairness/tasks.csv", audits.tasks_csv, name="fairness-tasks-csv", access=HR, **_OF_ONE),
    page("fairness/tasks/<uuid:key>", audits.task, name="fairness-task", access=HR, **_OF_ONE),
    page("fairness/outcomes/<uuid:key>", outcomes.outcomes, name="fairness-outcomes", access=WORKS, **_OF_ONE),
    page("fairness/outcomes/<uuid:key>/run", audits.run, name="fairness-run", access=AUDITORS, **_OF_ONE),
    page("fairness/<uuid:key>", audits.audit, name="fairness-audit", access=CONCLUDED, **_OF_ONE),
    page("fairness/<uuid:key>/harm/<slug:word>", audits.harm, name="fairness-harm", access=ITS_AUDITOR, **_OF_ONE),
    page("fairness/<uuid:key>/conclude", audits.conclude, name="fairness-conclude", access=ITS_AUDITOR, **_OF_ONE),
]  # fmt: skip
