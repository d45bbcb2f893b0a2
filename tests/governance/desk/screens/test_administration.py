"""Issue 15, item 3: the administrator's desk: what they look after, and no value or case beyond everybody's."""

from datetime import timedelta

import pytest

from charter.measures import services as measures
from governance.desk import installation_state
from governance.notices import services as notices
from governance.notices.states import Mail
from ground import clock, heartbeats
from ground.errors import DomainError
from ground.models import Heartbeat
from tests import factories


@pytest.fixture
def admin(house):
    return factories.an_administrator("boss")


def test_it_says_how_all_of_it_runs(admin, house, browse, monkeypatch):
    """Jobs and their heartbeats, publishing runs and why one failed, mail that failed, sizes and versions."""
    monkeypatch.setattr(installation_state, "A_STEP", 8192)
    heartbeats.announce({"board": timedelta(hours=1)}, "beat@here")
    Heartbeat.objects.filter(scan="board").update(due_at=clock.now() - timedelta(hours=1))
    with pytest.raises(DomainError):
        measures.publish(by=factories.system())
    page = browse("/administration", by=admin)
    assert page.says(
        "board", "Overdue", "beat", "In time", "Failed", "No warehouse is connected", "PostgreSQL"
    )
    assert page.says("Open an account", "The largest tables")


@pytest.mark.parametrize(
    ("state", "said"), [(Mail.WAITING, "Mail has waited"), (Mail.FAILED, "could not be mailed at all")]
)
def test_mail_that_is_stuck_is_told_and_not_how_much_there_is(admin, house, browse, state, said):
    """Issue 12, 7: a notice more would tell whoever administers and manages that somebody has appealed confidentially."""
    other = factories.an_account("other")
    page = browse("/administration", by=admin).text
    said_to = {
        "kind": "board.case.opened",
        "subject": "A case",
        "text": "Read it.",
        "path": "/cases",
        "once": "1",
    }
    notice = notices.notify(to=other, by=factories.system(), **said_to)
    factories.change(notice, mail=state, given_at=clock.now())
    assert browse("/administration", by=admin).text == page
    factories.change(notice, given_at=clock.now() - installation_state.STUCK)
    assert browse("/administration", by=admin).says(said)


def test_it_shows_no_value_and_nobodys_case(admin, house, browse):
    """Issue 15, item 3: administrators see no values and no cases beyond everybody's."""
    page = browse("/administration", by=admin)
    assert "/metrics/" not in page.html.partition("<main")[2].partition("</main")[0]
    assert "/cases/" not in page.html.partition("<main")[2].partition("</main")[0]


def test_an_administrators_home_leads_to_it(admin, house, browse):
    """Issue 15: an administrator's home was HR's menu."""
    main = browse("/", by=admin).html.partition("<main")[2].partition("</main")[0]
    assert 'href="/administration"' in main
    assert "How all of it runs" not in browse("/").html


def test_others_are_refused(house, browse):
    assert browse("/administration").status == 403
    assert 'href="/administration"' not in browse("/").html


def test_an_account_or_a_source_more_costs_no_statement_more(admin, house, statements):
    """A pinned number of statements, however much there is."""
    before = statements("/administration", admin)
    for _number in range(3):
        factories.an_account()
    assert statements("/administration", admin) == before
