"""Pages of load and recovery: from the clue to the action, for whom they are (issue 18)."""

from datetime import timedelta
from typing import Any

from django.test import Client

from audits.strain import services
from audits.strain.models import (
    AlertFollowUp,
    AlertSwitch,
    LoadObservation,
    PulseRound,
    StrainAlert,
    StrainPlaybook,
    TeamRecognition,
    TradeOff,
)
from audits.strain.states import AlertState, Sight
from governance.people.models import Person
from tests.audits.strain.conftest import CHOSEN, raise_one, run_clock, see, team


def test_from_what_was_seen_to_the_action(browse, strain):
    """Done when: alert → action, each next step a link or button on the page before."""
    lead, page = strain["lead"], f"/strain/teams/{team('atlas').pk}"
    before = browse(page, by=lead)
    assert before.says(
        "Clues, not a diagnosis",
        "Beyond the limit in 12 of 13 weeks, since 5 January 2026",
        "Say what you saw",
    )
    assert browse(f"{page}/observe", by=lead, data={"saw": []}).status == 400
    assert browse(f"{page}/observe", by=lead, data={"saw": ["late_work"]}).status == 302
    assert LoadObservation.objects.get().saw == ["late_work"]
    run_clock()
    alert = StrainAlert.objects.get()
    after = browse(page, by=lead)
    assert after.says(
        "More load than the team should carry",
        "Choose what is done",
        "Ask the team what is missing.",
        "Coaching one person",
    )
    assert f"/strain/alerts/{alert.pk}" in after.html
    assert f"/strain/alerts/{alert.pk}" not in browse(page, by=strain["atlas-1"]).html
    form = browse(f"/strain/alerts/{alert.pk}", by=lead)
    assert form.says("Rebalance the work", "Add people", "Reduce scope") and "coach" not in form.text.lower()
    assert browse(f"/strain/alerts/{alert.pk}", by=lead, data={**CHOSEN, "remedy": "coach"}).status == 400
    assert browse(f"/strain/alerts/{alert.pk}", by=lead, data=CHOSEN).status == 302
    alert.refresh_from_db()
    assert alert.state == AlertState.ACTING
    assert browse(page, by=strain["atlas-1"]).says(
        "Add people: Two people share the rota.", "31 May 2026", "If nothing is done by then"
    )
    followed = {"turnover": "less", "regressions": "same", "knowledge_lost": "unknown", "helped": "yes"}
    assert browse(f"/strain/alerts/{alert.pk}/follow-up", by=lead, data=followed).status == 302
    assert AlertFollowUp.objects.get().helped and browse(page, by=lead).says("Less than before")


def test_a_quiet_team_shows_no_alert(browse, strain):
    see(strain, slug="borealis")
    run_clock()
    page = browse(f"/strain/teams/{team('borealis').pk}", by=strain["other-lead"])
    assert page.says(
        "Some clues point to strain, and not enough",
        "Within the limit over 13 weeks.",
        "No alert is under way",
    )
    assert not StrainAlert.objects.exists()


def test_pages_are_for_whom_they_are(browse, strain):
    """S85: the team, those who lead it, HR and leadership; the board once it was put to it."""
    alert = raise_one(strain)
    page = f"/strain/teams/{team('atlas').pk}"
    for who, status in (
        ("lead", 200),
        ("atlas-2", 200),
        ("hr", 200),
        ("boss", 200),
        ("other-lead", 403),
        ("outsider", 403),
        ("board", 403),
    ):
        assert browse(page, by=strain[who]).status == status, who
    for who in ("atlas-2", "boss", "other-lead", "board"):
        assert browse(f"/strain/alerts/{alert.pk}", by=strain[who], data=CHOSEN).status == 403
    for who in ("lead", "boss", "outsider"):
        assert browse("/strain/limits/new", by=strain[who]).status == 403
        assert browse("/strain/playbooks/on_call", by=strain[who]).status == 403
    assert browse("/strain", by=strain["outsider"]).says("No team whose load you may see")
    assert browse("/strain", by=strain["atlas-1"]).says("Atlas") and not browse(
        "/strain", by=strain["atlas-1"]
    ).says("Borealis")


def test_no_page_names_anybody_of_the_team(browse, strain):
    """S114: whatever is said of a team, nobody in it is named; who owns its alert is."""
    raise_one(strain)
    names = list(
        Person.objects.filter(memberships__team__slug__in=["atlas", "borealis"]).values_list(
            "external_id", "name"
        )
    )
    cohort = team("atlas")
    for path in (
        "strain",
        f"strain/teams/{cohort.pk}",
        "strain/path",
        "strain/releases",
        "strain/limits",
        "strain/playbooks",
    ):
        for who in ("hr", "lead", "boss", "atlas-1"):
            text = _text(browse(f"/{path}", by=strain[who]))
            assert not [
                name for pair in names for name in pair if f" {name} " in text.replace(strain[who].name, "")
            ], path


def _text(page) -> str:
    return " " + page.text + " "


def test_playbooks_let_alerts_be_switched(browse, strain):
    """S125."""
    hr = strain["hr"]
    assert browse("/strain/playbooks", by=hr).says("Off: no playbook", "Alerts are on")
    assert browse("/strain/playbooks/leave/switch", by=hr, data={"on": "yes"}).status == 409
    assert browse("/strain/playbooks/leave", by=hr, data={"steps": " "}).status == 400
    assert browse("/strain/playbooks/leave", by=hr, data={"steps": "Ask first."}).status == 302
    assert StrainPlaybook.objects.filter(signal="leave").exists()
    assert browse("/strain/playbooks/leave/switch", by=hr, data={"on": "yes"}).status == 302
    assert AlertSwitch.objects.get(signal="leave").is_on
    assert browse("/strain/playbooks/nothing", by=hr).status == 404


def test_limits_are_put_to_the_board(browse, strain):
    """S118: refused by name; in force by a case alone."""
    board = strain["board"]
    given = {"team_kind": "platform", "because": "It leaves time to mend.", "on_call": "3"}
    for wrong, says in (
        ({"on_call": "-1"}, "above 0"),
        ({"on_call": ""}, "one signal at least"),
        ({"on_call": "x"}, "number"),
    ):
        page = browse("/strain/limits/new", by=board, data={**given, **wrong})
        assert page.status == 400 and page.says(says)
    assert browse("/strain/limits/new", by=board, data=given).status == 302
    page = browse("/strain/limits", by=board)
    assert page.says(
        "Incident-heavy", "On call: at most 2 hours of incidents a person and week", "Platform", "Open"
    )
    assert not page.says("at most 3 hours")


def test_what_goes_well_is_recognised(browse, strain):
    """S120, S121: as the team wished, by name, without a number."""
    lead, page = strain["other-lead"], f"/strain/teams/{team('borealis').pk}/recognise"
    given = {"items": ["rotation"], "words": "Kept its nights quiet.", "agreed": "on"}
    refused = browse(page, by=lead, data={**given, "agreed": ""})
    assert refused.status == 400 and refused.says("Ask the team first")
    assert browse(page, by=strain["lead"], data=given).status == 403
    assert browse(page, by=lead, data=given).status == 302
    shown = browse("/strain/path", by=strain["outsider"])
    assert shown.says("Borealis", "Kept its nights quiet.", "No team stands before another")
    assert TeamRecognition.objects.get().items == ["rotation"]
    assert browse("/strain/path", by=strain["hr"]).says("Reasonable rotation on call")


def test_a_trade_off_is_written_by_two(browse, strain):
    """S153: with an end date, agreed by another."""
    page = f"/strain/teams/{team('atlas').pk}/trade-off"
    given = {
        "side": "engineering",
        "choice": "fewer_releases",
        "because": "The rota is tired.",
        "ends_on": "2026-05-01",
    }
    late = browse(page, by=strain["lead"], data={**given, "ends_on": "2027-05-01"})
    assert late.status == 400 and late.says("within 92 days")
    assert browse(page, by=strain["lead"], data=given).status == 302
    trade = TradeOff.objects.get()
    assert browse("/strain/releases", by=strain["lead"]).says(
        "Waits for the other side", "The rota is tired.", "No month of the error budget"
    )
    assert browse(f"/strain/trade-offs/{trade.pk}/agree", by=strain["lead"], data={}).status == 403
    assert browse(f"/strain/trade-offs/{trade.pk}/agree", by=strain["atlas-1"], data={}).status == 302
    assert browse("/strain/releases", by=strain["lead"]).says("Agreed by")


def test_the_pulse_is_asked_and_passed_over(browse, strain):
    """S156, issue 18, 5: at most monthly, each question can be passed over, once a person."""
    assert browse("/strain/pulse", by=strain["atlas-1"]).says("Nothing is asked now")
    assert browse("/strain/pulse/open", by=strain["lead"], data={}).status == 403
    assert browse("/strain/pulse/open", by=strain["hr"], data={}).status == 302
    assert browse("/strain/pulse/open", by=strain["hr"], data={}).status == 409
    assert browse("/strain", by=strain["atlas-1"]).says("Answer this month’s three questions")
    assert browse("/strain/pulse", by=strain["atlas-1"]).says("I can recover", "Pass over")
    assert browse("/strain/pulse", by=strain["atlas-1"], data={"recover": "loud"}).status == 400
    assert browse("/strain/pulse", by=strain["atlas-1"], data={}).status == 302
    assert browse("/strain/pulse", by=strain["atlas-1"]).says("You are done with this month’s questions")
    assert browse("/strain/pulse", by=strain["hr"]).status == 403
    assert PulseRound.objects.get().closes_on - PulseRound.objects.get().opens_on == timedelta(days=14)


def test_the_list_sorts_and_can_be_taken_away(browse, strain, statements):
    assert browse("/strain?sort=-name", by=strain["hr"]).status == 200
    sheet = browse_csv(browse, strain)
    assert "Atlas" in sheet and "Borealis" in sheet
    one = statements("/strain", by=strain["hr"])
    services.observe_load(cohort=team("atlas"), saw=[Sight.LATE_WORK], by=strain["lead"])
    assert statements("/strain", by=strain["hr"]) == one <= 30


def browse_csv(browse, strain) -> str:
    client = Client()
    client.force_login(strain["hr"])
    streamed: Any = client.get("/strain/teams.csv")
    return b"".join(streamed.streaming_content).decode()
