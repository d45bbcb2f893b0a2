"""Agreements, a merge of accounts, publishing runs and connecting a warehouse in a real browser (issue 15)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from charter.measures import asking
from charter.rules.vocabulary import DecisionType
from governance.agreements import services
from governance.agreements.agreement_text import SettingBound
from governance.agreements.screens import urls
from governance.board.states import SeatKind
from governance.desk import merging
from tests import factories
from tests.browser.test_accessibility import Eye
from tests.governance.agreements.conftest import a_text, an_assessment, binding, passed, run_clock

# Those that give a file or lead elsewhere.
FILES = {"agreements-csv", "agreement-findings-csv", "agreement-document", "agreement-clause"}
DESK = {
    "account-merge",
    "merge-confirm",
    "board-council",
    "publishing-runs",
    "warehouse-connect",
    "warehouse-disconnect",
}


@pytest.mark.proof(alone=True)
def test_agreements_and_the_desk_are_accessible(window, house, settings):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    admin = factories.an_administrator("admin")
    eye = Eye(window(admin))
    eye.look("/agreements", "agreements")
    eye.look("/agreements/new", "agreement-new")
    eye.look("/agreements/new", "agreement-new", "Write it down")
    written = services.write_agreement(text=an_assessment(clauses=a_text().clauses), by=admin)
    services.add_document(version=written, file=SimpleUploadedFile("report.txt", b"Words"), by=admin)
    held = passed(binding(never=(DecisionType.STAFFING,), settings=(SettingBound("minimum_group", 8),)))
    run_clock()
    page = f"/agreements/{written.pk}"
    for path, name in (
        ("/agreements", "agreements"), ("/agreements/findings", "agreement-findings"), (page, "agreement"),
        (f"/agreements/{held.pk}", "agreement"), (f"{page}/change/text", "agreement-change"),
        (f"{page}/change/processing", "agreement-change"), (f"{page}/change/assessment", "agreement-change"),
        (f"{page}/binds/4", "agreement-bind"), (f"{page}/documents", "agreement-document-add"),
        (f"{page}/put", "agreement-put"), (f"/agreements/{held.pk}/next", "agreement-next"),
    ):  # fmt: skip
        eye.look(path, name)
    council = Eye(window(factories.a_board()[SeatKind.WORKER_REP]))
    council.look(f"/agreements/{held.pk}/end", "agreement-end")
    council.look(f"/agreements/{held.pk}/end", "agreement-end", "Record it")
    settings.WAREHOUSE_URL = ""
    eye.look("/warehouse/connect", "warehouse-connect")
    eye.look("/warehouse/connect", "warehouse-connect", "Try it first")
    eye.look("/warehouse/disconnect", "warehouse-disconnect")
    eye.look(f"/accounts/{house.employee.pk}/merge", "account-merge")
    eye.look(f"/accounts/{house.employee.pk}/merge?into={house.stranger.username}", "account-merge")
    twin = factories.an_account("twin")
    waits = merging.propose_merge(
        account=twin, into=house.stranger, because="One person.", by=factories.an_administrator("proposes")
    )
    eye.look(f"/merges/{waits.pk}/confirm", "merge-confirm")
    eye.look("/board/councils/new", "board-council")
    eye.look("/board/councils/new", "board-council", "Put it to the board")
    eye.look("/publishing", "publishing-runs")
    asking.ask_for_run(by=admin)
    eye.look("/publishing", "publishing-runs")
    assert eye.faults + council.faults == []
    assert eye.seen | council.seen == {pattern.name for pattern in urls.urlpatterns} - FILES | DESK
