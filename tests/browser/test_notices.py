"""Notices in a browser: reached from the header, read without script, and accessible at both widths in both schemes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_accessibility import Eye
from tests.governance.notices.test_services import tell


@pytest.mark.proof
def test_notices_are_accessible(window, house):
    """DESIGN, Accessibility: zero axe violations, with unread and read notices, and with none."""
    tell(house.manager, subject="A review of a metric with quite a long name is due")
    tell(house.manager, once="expiry:2")
    eye = Eye(window(house.manager))
    eye.look("/notices", "notices")
    eye.look("/notices", "notices", "Mark all as read")
    eye.look("/notices?show=unread", "notices")
    assert eye.faults == []


@pytest.mark.parametrize("script", [True, False])
def test_a_notice_is_read_and_gone_from_the_header(window, house, script):
    """Issue 3, 8: notices in the app, with and without JavaScript."""
    tell(house.manager)
    page = window(house.manager, java_script_enabled=script)
    page.goto("/")
    page.get_by_role("link", name=re.compile(r"Notices \(1\s+unread")).click()
    page.get_by_role("button", name=re.compile("Mark as read.*Lead time expires in 30 days")).click()
    expect(page.get_by_role("link", name="Notices", exact=True)).to_be_visible()
    page.get_by_role("link", name="Lead time expires in 30 days").click()
    expect(page).to_have_url(re.compile("/metrics/lead-time-for-changes$"))
