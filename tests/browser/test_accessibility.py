"""Every page, wide and narrow, light and dark: no axe violation, and nothing that a narrow screen cannot hold."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from charter.registry import services as registry
from governance.decisions.models import Decision
from governance.desk import urls
from governance.desk.views.board import urls as board
from governance.desk.views.matrix import urls as matrix
from tests import factories

QUESTION = (
    "decision=retrospective&metrics=lead-time-for-changes&cohort=team:payments&first=2026-01&last=2026-03"
)
REFUSED = "decision=performance_rating&metrics=commit-count&grain=person&cohort=team:payments&order_by=value"
# Pages that test_board looks at.
BOARD = {pattern.name for pattern in board.urlpatterns}
# Pages that test_matrix looks at.
MATRIX = {pattern.name for pattern in matrix.urlpatterns}
# Pages that test_writing looks at.
WRITING = {
    "charters", "charter-new", "charter-draft", "charter-writers", "charter-discard", "charter-check",
    "charter-heading", "versions",
}  # fmt: skip
SCREENS = pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)


class Eye:
    """Looks at pages one after the other and keeps what is wrong with them."""

    def __init__(self, page: Page, width: int) -> None:
        self._page, self._width = page, width
        self.seen: set[str] = set()
        self.faults: list[str] = []

    def look(self, path: str, name: str, *clicks: str) -> None:
        """Open a page, press the buttons named, and judge what is there."""
        self._page.goto(path)
        for click in clicks:
            self._page.get_by_role("button", name=click, exact=True).click()
        self.judge(name)

    def judge(self, name: str) -> None:
        self.seen.add(name)
        self._page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found = Axe().run(self._page).response["violations"]
        self.faults += [
            f"{name}: {each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"]
        ]
        wide = self._page.evaluate("document.documentElement.scrollWidth")
        if wide > self._width:
            self.faults.append(f"{name}: {wide} px wide")


@SCREENS
def test_every_page_is_accessible(window, house, width, scheme):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    registry.register_charter(
        programme=factories.a_programme(), document=factories.a_document("hours-online"),
        owner=factories.an_account("owner"), by=factories.system(),
    )  # fmt: skip
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    stranger = Eye(window(**options), width)
    stranger.look("/sign-in", "sign-in")
    stranger.look("/sign-in", "sign-in", "Sign in")
    stranger.look("/accessibility", "accessibility")

    manager = Eye(window(house.manager, **options), width)
    manager.look("/", "home")
    manager.look("/my-answers", "my-answers")
    manager.look("/metrics", "metrics")
    manager.look("/metrics?name=zzzz&category=flow", "metrics")
    manager.look("/metrics/lead-time-for-changes", "metric")
    manager.look("/metrics/hours-online", "metric")
    manager.look("/ask", "ask", "Ask and show the answer")
    manager.look(f"/ask?{QUESTION}", "ask")
    manager.look(f"/ask?{QUESTION}&metrics=commit-count", "ask", "Only check if it is allowed")
    manager.look(f"/ask?{QUESTION}&second=team:search", "ask", "Ask and show the answer")
    manager.look(f"/ask?{QUESTION}", "ask", "Ask and show the answer")
    manager.look(f"/ask?{REFUSED}", "ask", "Ask and show the answer")
    permit, deny = (Decision.objects.filter(verdict=verdict).first() for verdict in ("permit", "deny"))
    manager.look("/", "home")
    manager.look("/my-answers", "my-answers")
    manager.look(f"/receipts/{permit.entry_id}", "receipt")
    manager.look(f"/receipts/{deny.entry_id}", "receipt")
    manager.look(f"/decisions/{deny.pk}/contest?rule=AR04&metric=commit-count", "contest")
    manager.look("/receipts?number=12", "receipts")
    manager.look("/dispute", "dispute")
    manager.look("/notices", "notices")
    manager.look("/rules", "rules")
    manager.look("/rules?text=zzzz", "rules")
    manager.look("/rules/AR26", "rule")
    manager.look("/nowhere", "404")

    owner = Eye(window(factories.an_account("owner"), **options), width)
    owner.look("/", "home")
    owner.look("/rules", "rules")
    owner.look("/metrics/hours-online", "metric")
    assert stranger.faults + manager.faults + owner.faults == []
    acts = {"sign-out", "acknowledge", "notice-read", "notices-read"}  # these only redirect
    assert {
        pattern.name for pattern in urls.urlpatterns
    } - acts - BOARD - MATRIX - WRITING <= stranger.seen | manager.seen | owner.seen


def test_the_eye_sees_what_is_wrong(window):
    """DESIGN, Accessibility: a check that cannot fail proves nothing."""
    page = window()
    eye = Eye(page, 390)
    page.set_viewport_size({"width": 390, "height": 900})
    page.set_content(
        "<main><h1>Wide</h1><img src='x.png'><table width='900'><tr><td>1</td></tr></table></main>"
    )
    eye.judge("bad")
    assert any("image-alt" in fault for fault in eye.faults)
    assert any("px wide" in fault for fault in eye.faults)
