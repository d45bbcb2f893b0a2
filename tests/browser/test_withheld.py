"""What is withheld of a metric, in a browser: found from the metric's page, accessible at both widths in both schemes."""

from datetime import date

import pytest
from playwright.sync_api import expect

from charter.measures import withheld
from charter.measures.withheld import ThinTeam, WithheldCount
from tests.browser.test_accessibility import Eye


@pytest.mark.proof(alone=True)
def test_an_owner_reads_what_is_withheld(window, house, monkeypatch):
    """DESIGN, Accessibility: zero axe violations, with every column and row full; no script is needed."""
    metric = house.lead_time.metric
    page = window(metric.owner, java_script_enabled=False)
    page.goto(f"/metrics/{metric.slug}")
    page.get_by_role("link", name="What is withheld, and for whose sake").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What is withheld of")
    quarter = date(2026, 1, 1)
    counts = [
        WithheldCount(quarter, 0, 4, 0, 0),
        WithheldCount(quarter, 1, 14, 1, 1),
        WithheldCount(quarter, 2, 30, 17, 1, 9, 8),
    ]
    thin = ThinTeam("team:delivery", "Delivery", "team:checkout", "Checkout", 15, 16, 12)
    monkeypatch.setattr(withheld, "count_withheld", lambda metric: counts)
    monkeypatch.setattr(withheld, "list_thin_teams", lambda metric: [thin])
    page.reload()
    expect(page.get_by_role("row", name="Teams 30 1 17 9 8")).to_be_visible()
    expect(page.get_by_role("row", name="Value streams 14 1 1 Not said Not said")).to_be_visible()
    expect(page.get_by_role("row", name="Delivery Checkout 15 of 16 12")).to_be_visible()
    eye = Eye(window(metric.owner))
    eye.look(f"/metrics/{metric.slug}/withheld", "metric-withheld")
    assert eye.faults == []
