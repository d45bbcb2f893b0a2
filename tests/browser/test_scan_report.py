"""The page of a scan of dashboards, as somebody opens it from a build: readable by everybody, wide and narrow."""

import pytest

from charter.panels.offers import offer_starters
from charter.panels.panel import ScanFault
from charter.panels.reading.decoding import TextLines
from charter.panels.reading.grafana import read_grafana
from charter.panels.reports.pages import format_html
from charter.panels.scanning import Proposing, scan
from charter.panels.tables import gather_tables
from tests.browser.test_accessibility import Eye
from tests.charter.panels.exports import GRAFANA


def make_page() -> str:
    """A report with a score, errors, warnings, a proposal and a file that was not looked at."""
    panels = list(read_grafana(GRAFANA, file="dashboards/team-health.json", lines=TextLines(b"")))
    faults = [ScanFault("dashboards/broken.json", "It is not JSON.")]
    return format_html(scan(panels, faults, gather_tables(), offers=offer_starters(), proposing=Proposing()))


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
