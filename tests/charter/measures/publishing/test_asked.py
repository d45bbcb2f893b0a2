"""Publishing asked for from the desk: kept until a worker takes it up, with its progress, its numbers and why it failed (issue 15, 3)."""

from datetime import date

import pytest
from django.test import Client

from charter.measures import asking, scans
from charter.measures.models import AskedRun, PublishingRun, RunState
from ground.errors import BadInput, NotPermitted
from tests import factories
from tests.charter.measures.publishing.test_publishing import at, governed, house
from tests.pages import Page

__all__ = ["at", "governed", "house"]


@pytest.fixture
def admin(house):
    return factories.an_administrator("admin")


@pytest.fixture
def desk(admin):
    client = Client()
    client.force_login(admin)
    return client


def work() -> int:
    return scans.ASKED_PUBLISHING.once(by=factories.system())["values published as asked"]


def test_run_again_is_a_button_that_hands_the_work_to_a_worker(desk, admin):
    """The page only asks; a worker publishes as whoever asked, and tells how many are new and withheld."""
    assert Page(desk.get("/publishing")).says("Nothing was published yet", "Run again")
    assert desk.post("/publishing").status_code == 302
    assert not PublishingRun.objects.exists(), "nothing is published by a page"
    waiting = Page(desk.get("/publishing"))
    assert (
        waiting.says("A run is asked for", "It waits for a worker.", "Look again")
        and "Run again" not in waiting.html
    )
    written = work()
    run = PublishingRun.objects.get()
    assert (run.state, run.started_by, run.values_written) == (RunState.DONE, admin, written) and written > 0
    assert run.values_withheld == run.values.exclude(withheld="").count()
    asked = AskedRun.objects.get()
    assert (asked.run, asked.error, asked.done > 0) == (run, "", True)
    assert Page(desk.get("/publishing")).says("1 of 1", "Run again", "Admin")
    assert b"New,Withheld" in b"".join(desk.get("/publishing.csv").streaming_content)
    assert work() == 0, "the second pass finds nothing"


def test_one_is_asked_for_at_a_time_and_by_administrators(house, admin):
    with pytest.raises(NotPermitted):
        asking.ask_for_run(by=factories.an_account("nobody"))
    asking.ask_for_run(by=admin)
    with pytest.raises(BadInput, match="asked for already"):
        asking.ask_for_run(by=admin)


def test_why_a_run_failed_reaches_whoever_asked(desk, admin, settings):
    """Bad input: a warehouse that is down; the next can be asked for at once."""
    asking.ask_for_run(by=admin)
    settings.WAREHOUSE_URL = "postgres://u:hunter2@127.0.0.1:1/w"
    assert work() == 0
    page = Page(desk.get("/publishing"))
    assert (
        page.says("ended at", "without values", "cannot be opened", "Run again")
        and "hunter2" not in page.html
    )
    asking.ask_for_run(by=admin)


def test_a_role_that_was_lost_meanwhile_is_asked_for_again(house, admin):
    """Whoever asked must still be allowed when a worker comes to it."""
    asking.ask_for_run(by=admin)
    factories.change(admin.role_grants.get(), valid_to=date(2026, 1, 1))
    assert work() == 0 and "administrators" in AskedRun.objects.get().error


def test_the_same_by_the_api(house, admin):
    client = Client(headers={"authorization": f"Token {factories.a_token(admin)}"})
    asked = client.post("/api/v1/publishing")
    assert asked.status_code == 202 and asked.json()["ended_at"] is None
    work()
    assert client.get(f"/api/v1/publishing/{asked.json()['id']}").json()["run"]
    (run,) = client.get("/api/v1/publishing").json()["results"]
    assert run["state"] == "done" and run["values_written"] > 0
    stranger = Client(headers={"authorization": f"Token {factories.a_token(factories.an_account('nobody'))}"})
    assert stranger.get("/api/v1/publishing").status_code == 403
