"""The page of a scan of dashboards, as somebody opens it from a build: readable by everybody, wide and narrow."""

import pytest

from tests.browser.test_accessibility import Eye
from tests.charter.panels.report import make_page


@pytest.mark.stands_on()
def test_the_report_of_a_scan_is_accessible(chromium):
    page = chromium.new_page()
    page.set_content(make_page())
    eye = Eye(page)
    eye.judge("scan report")
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    page.close()
    assert eye.faults == []
    assert headings[0] == "Not looked at" and "Team health: 55 of 100" in headings
