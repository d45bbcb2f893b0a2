"""Every page, wide and narrow, light and dark: no axe violation, and nothing that a narrow screen cannot hold."""

from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from audits.access_log.screens import urls as access_log
from audits.fairness.screens import urls as fairness
from audits.findings.screens import urls as findings
from audits.packs.screens import urls as packs
from audits.retention.screens import urls as retention
from audits.reviews.screens import urls as reviews
from audits.strain.screens import urls as strain
from charter.authoring import services as authoring
from charter.rules.vocabulary import DecisionType as Use
from charter.rules.vocabulary import Grain
from governance.about_me.screens import urls as about_me
from governance.agreements.screens import urls as agreements
from governance.appeals.screens import urls as appeals
from governance.appeals.screens.appeals import ACTS
from governance.board.screens import urls as board
from governance.calibration.screens import urls as calibration
from governance.decisions.models import DecisionRecord
from governance.decisions.screens.value_context import urls as bearing
from governance.desk import urls
from governance.evidence.screens import urls as evidence
from governance.saved_views import services as views
from governance.saved_views.models import ViewClass
from governance.training.screens import urls as training
from governance.use_check.screens import urls as use_check
from tests import factories
from tests.access.world import a_revision
from tests.proof import ASKED

QUESTION = (
    "decision=retrospective&metrics=lead-time-for-changes&cohort=team:payments&first=2026-01&last=2026-03"
)
REFUSED = "decision=performance_rating&metrics=commit-count&grain=person&cohort=team:payments&order_by=value"
# Pages that test_writing looks at.
WRITING = {
    "charters", "charter-new", "charter-draft", "charter-writers", "charter-discard", "charter-check", "charter-rows",
    "charter-heading", "versions",
}  # fmt: skip
# Pages that test_bearing looks at.
BEARING = {pattern.name for pattern in bearing.urlpatterns}
# Pages that test_board looks at; the rules are looked at here.
BOARD = (
    {pattern.name for pattern in board.urlpatterns}
    - WRITING
    - {"rules", "rule", "acknowledge", "how-we-know"}
) | {"case-replay"}
# Pages that test_seats looks at.
SEATS = {name for name in BOARD if name.split("-")[0] == "board"}
BOARD -= SEATS
BOARD |= {"rulings", "refer", "ruling-end"}
# Pages that test_matrix looks at.
MATRIX = {
    "matrix", "matrix-csv", "reviews", "review", "justify", "record-change", "contract", "contract-acknowledge",
    "contract-publish", "contract-metrics", "records", "records-csv", "record",
}  # fmt: skip
# Pages that test_about_me looks at.
ABOUT_ME = {pattern.name for pattern in about_me.urlpatterns}
# Pages that test_training looks at.
TRAINING = {pattern.name for pattern in training.urlpatterns}
# Pages that test_tokens looks at.
TOKENS = {"password", "tokens", "token-new", "token-revoke", "token-confirm"}
# Pages that test_accounts looks at.
# What shows where an organisation signs its people in, and a second step (test_sign_in_by_organisation.py).
DIRECTORY = {
    "directory-groups", "directory-group-new", "directory-group-confirm", "directory-group-end", "directory-accounts",
    "directory-account-end", "directory-closings", "break-glass", "second-step",
}  # fmt: skip
ACCOUNTS = {"password-forgotten", "password-asked", "password-new", "sessions", "accounts", "account"}
# Pages that test_sources looks at.
FIRST_WEEK = {
    "administration", "founding", "founding-groups", "organisation-import", "account-open", "role-give", "role-end",
    "warehouse", "organisation", "team", "groups-join",
}  # fmt: skip

SOURCES = {
    "sources", "source", "source-new", "source-change", "source-survey", "identities", "identity-new", "identity-end",
    "aliases", "alias-new", "alias-end",
}  # fmt: skip
# Pages that test_access_log looks at.
ACCESS_LOG = {pattern.name for pattern in access_log.urlpatterns}
# Pages that test_fairness looks at.
FAIRNESS = {pattern.name for pattern in fairness.urlpatterns}
# Pages that test_strain looks at.
STRAIN = {pattern.name for pattern in strain.urlpatterns}
# Pages that test_calibration looks at.
CALIBRATION = {pattern.name for pattern in calibration.urlpatterns}
# Pages that test_agreements looks at, and files that they give.
AGREEMENTS = {pattern.name for pattern in agreements.urlpatterns} | {
    "account-merge", "merge-confirm", "board-council", "publishing-runs", "warehouse-connect", "warehouse-disconnect",
}  # fmt: skip
# Pages that test_appeals looks at.
APPEALS = {
    "appeal-check",
    "appeal-discard",
    "appeal-identity",
    "appeal-asked",
    "appeal-questions",
    "appeal-attachment",
}
# Pages that test_use_check looks at, and files that they give.
USE_CHECK = {pattern.name for pattern in (*use_check.urlpatterns, *evidence.urlpatterns)}
# Pages that test_furnished looks at, among the objects of the access table.
FURNISHED = {pattern.name for pattern in appeals.urlpatterns} - APPEALS - {f"appeal-{name}" for name in ACTS}
FURNISHED |= {
    pattern.name for urls in (reviews, findings, retention, packs) for pattern in urls.urlpatterns
} - {"pack-take", "take-along-rows"}  # files
FURNISHED = {name for name in FURNISHED if not name.endswith("-csv")}
FURNISHED |= {"about", "find", "email", "account-email", "address-confirm"}
# Each page is loaded once and looked at on each of these, in px.
WIDTHS = (1280, 390)
# Our pages hold no frames and load no style sheets from elsewhere, so axe need not look for any.
_ALL = {"resultTypes": ["violations"], "preload": False, "iframes": False}
_COLOURS = {**_ALL, "runOnly": ["color-contrast"]}
_ALL_BUT_COLOURS = {**_ALL, "rules": {"color-contrast": {"enabled": False}}}
SCHEMES = ("light", "dark")


def choose_looks(name: str) -> dict[int, dict[str, dict]]:
    """What axe looks for on a page, by width and scheme; whether the narrow screen holds the page is measured in each.

    Colours take it most of its time: `make test` looks at all else once, the short proof, which CI runs, at the colours of a third of
    the pages as well, in one scheme, both by their names, and `make proof` at everything in all four.
    """
    if ASKED == "whole":
        return {width: {"light": _ALL, "dark": _COLOURS} for width in WIDTHS}
    chance = crc32(name.encode())
    scheme, is_one_of_three = SCHEMES[chance % len(SCHEMES)], chance % 3 == 0
    return {1280: {"light": _ALL_BUT_COLOURS}, 390: {scheme: _COLOURS} if ASKED and is_one_of_three else {}}


class Eye:
    """Looks at pages one after the other, wide and narrow, light and dark, and keeps what is wrong with them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.seen: set[str] = set()
        self.faults: list[str] = []

    def look(self, path: str, name: str, *clicks: str) -> None:
        """Open a page, press the buttons named, each of which sends a form, and judge what is there."""
        self._page.goto(path)
        for click in clicks:
            self._page.get_by_role("button", name=click, exact=True).click()
        self.judge(name)

    def judge(self, name: str) -> None:
        self.seen.add(name)
        self._page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        self._page.evaluate(Axe().axe_script)
        for width in WIDTHS:
            self._page.set_viewport_size({"width": width, "height": 900})
            for scheme, options in choose_looks(name)[width].items():
                self._page.emulate_media(color_scheme=scheme)
                self._judge(f"{name} {width} {scheme}", options)
            wide = self._page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.faults.append(f"{name} {width}: {wide} px wide")

    def _judge(self, screen: str, options: dict) -> None:
        found = self._page.evaluate("options => axe.run(options)", options)["violations"]
        self.faults += [
            f"{screen}: {each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"]
        ]


@pytest.mark.proof(alone=True)
def test_every_page_is_accessible(window, house):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    authoring.register_charter(
        programme=factories.a_programme(), document=factories.a_document("hours-online"),
        owner=factories.an_account("owner"), by=factories.system(),
    )  # fmt: skip
    stranger = Eye(window())
    stranger.look("/sign-in", "sign-in")
    stranger.look("/sign-in", "sign-in", "Sign in")
    stranger.look("/accessibility", "accessibility")
    stranger.look("/receipts/check", "receipt-check")
    stranger.look("/receipts/check", "receipt-check", "Check it")

    manager = Eye(window(house.manager))
    manager.look("/", "home")
    manager.look("/my-answers", "my-answers")
    manager.look("/metrics", "metrics")
    manager.look("/metrics?name=zzzz&category=flow", "metrics")
    manager.look("/metrics/lead-time-for-changes", "metric")
    manager.look("/metrics/hours-online", "metric")
    manager.look("/ask", "ask")
    manager.look("/ask?decision=retrospective", "ask", "Ask and show the answer")
    manager.look(f"/ask?{QUESTION}", "ask")
    manager.look(f"/ask?{QUESTION}&metrics=commit-count", "ask", "Only check if it is allowed")
    manager.look(f"/ask?{QUESTION}&second=team:search", "ask", "Ask and show the answer")
    manager.look(f"/ask?{QUESTION}", "ask", "Ask and show the answer")
    manager.look(f"/ask?{REFUSED}", "ask", "Ask and show the answer")
    permit, deny = (DecisionRecord.objects.filter(verdict=verdict).first() for verdict in ("permit", "deny"))
    manager.look("/", "home")
    manager.look("/my-answers", "my-answers")
    manager.look(f"/receipts/{permit.entry_id}", "receipt")
    manager.look(f"/receipts/{deny.entry_id}", "receipt")
    manager.look(f"/decisions/{deny.pk}/contest?rule=AR04&metric=commit-count", "contest")
    manager.look("/receipts?number=12", "receipts")
    manager.look("/dispute", "dispute")
    manager.look("/notices", "notices")
    manager.look("/log", "log")
    manager.look("/rules", "rules")
    manager.look("/rules?text=zzzz", "rules")
    manager.look("/rules/AR26", "rule")
    manager.look("/how-we-know", "how-we-know")
    manager.look("/nowhere", "404")
    manager.look("/find?q=lead", "find")
    manager.look("/about", "about")

    a_view(house)
    manager.look("/views", "views")
    manager.look("/views?text=zzzz", "views")
    manager.look("/views/new", "view-new", "Keep this view")
    manager.look("/views/team-flow", "view")
    manager.look("/views/team-flow", "view-open", "Open this view")
    manager.look("/views/team-flow/metrics", "view-metric", "Put it to the board")
    manager.look("/views/team-flow/metrics/commit-count/drop", "view-metric-drop")
    manager.look("/views/team-flow/class", "view-class", "Put it to the board")
    manager.look("/views/team-flow/expectations", "view-expectation", "Save")
    manager.look("/views/team-flow/retire", "view-retire")

    owner = Eye(window(factories.an_account("owner")))
    owner.look("/", "home")
    owner.look("/rules", "rules")
    owner.look("/metrics/hours-online", "metric")
    auditor = Eye(window(house.auditor))
    auditor.look("/revisions", "revisions")
    auditor.look(f"/revisions/{a_revision(house.lead_time.metric)}", "revision")
    auditor.look("/revisions", "revisions")
    auditor.look(f"/metrics/{house.lead_time.metric.slug}/withheld", "metric-withheld")
    assert stranger.faults + manager.faults + owner.faults + auditor.faults == []
    acts = {"sign-out", "acknowledge", "notice-read", "notices-read", "password-link", "session-end", "sessions-end",
            "account-link", "account-sessions-end", "receipt-proof", "email-confirm", "address-drop", "merge-drop", "break-glass-end", "account-close", "account-reopen", "account-second-step-remove",
            "sign-in-oidc", "sign-in-oidc-done", "sign-in-saml", "sign-in-saml-posted", "sign-in-saml-finish", "sign-in-saml-metadata", *(f"appeal-{name}" for name in ACTS)}  # fmt: skip  # these only redirect, or give a file
    assert (
        {pattern.name for pattern in urls.urlpatterns}
        - acts
        - {pattern.name for pattern in urls.urlpatterns if pattern.name.endswith("-csv")}
        - BEARING
        - BOARD
        - SEATS
        - MATRIX
        - TRAINING
        - ABOUT_ME
        - WRITING
        - TOKENS
        - ACCESS_LOG
        - FAIRNESS
        - STRAIN
        - CALIBRATION
        - AGREEMENTS
        - APPEALS
        - USE_CHECK
        - FURNISHED
        - {"pack-take", "take-along-rows"}
        - ACCOUNTS
        - DIRECTORY
        - FIRST_WEEK
        - SOURCES
        <= stranger.seen | manager.seen | owner.seen | auditor.seen
    )


def a_view(house) -> None:
    """A view of the manager's, of two metrics: opened, one answers and one is refused."""
    views.make_view(
        slug="team-flow",
        name="Team flow",
        purpose="To find where work gets stuck.",
        view_class=ViewClass.DIAGNOSTIC,
        decision=Use.RETROSPECTIVE,
        grain=Grain.TEAM,
        metrics=[house.lead_time.metric, house.commit_count.metric],
        cohorts=["team:payments"],
        by=house.manager,
    )


# A name by which the short proof looks at the dark scheme.
DARK = "dark"


def test_the_eye_sees_what_is_wrong(window):
    """DESIGN, Accessibility: a check that cannot fail proves nothing."""
    page = window()
    eye = Eye(page)
    page.set_content(
        "<style>@media (prefers-color-scheme: dark) { p { color: #999 } }</style>"
        "<main><h1>Wide</h1><p>Pale in the dark.</p><img src='x.png'><table width='900'><tr><td>1</td></tr></table></main>"
    )
    eye.judge(DARK)
    assert any(fault.startswith(f"{DARK} 1280 light: image-alt") for fault in eye.faults)
    pale = {fault.partition(":")[0] for fault in eye.faults if "color-contrast" in fault}
    assert pale == {f"{DARK} {width} dark" for width, looks in choose_looks(DARK).items() if "dark" in looks}
    assert bool(pale) is bool(ASKED)
    assert [fault for fault in eye.faults if "px wide" in fault] == [f"{DARK} 390: 908 px wide"]
