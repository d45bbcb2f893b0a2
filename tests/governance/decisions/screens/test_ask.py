"""Asking on the screen: the form, the answer, the refusal and the way out of it."""

import csv
import html
import re
from datetime import date

import msgspec
import pytest
from django.http import QueryDict

from charter.measures import queries as measures
from charter.measures.models import PublishedValue
from charter.registry.models import CharterVersion
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.screens import compared
from governance.decisions.services import answer
from governance.ui import questions
from ground import clock
from tests import factories, on_the_log, snapshots
from tests.governance.decisions.conftest import publish_values
from tests.governance.decisions.test_holds import a_hold
from tests.governance.decisions.test_values import a_note
from tests.pages import QUESTION, RANKING

# As the charters have it affirmed.
NOT_ALONE = "This will not be the only reason to release or to hold back."
FAULT = "A fault in the team's workflow is being looked for."


def link(page, words: str) -> str:
    """The address of the link with these words."""
    found = re.search(rf'<a href="([^"]*)"[^>]*>{words}|<a [^>]*href="([^"]*)"[^>]*>{words}', page.html)
    return html.unescape(found[1] or found[2])


def test_a_permit_shows_values_as_chart_and_table(browse):
    """Issue 2, item 9: the answer as a table and a chart with intervals."""
    page = browse("/ask", data=QUESTION)
    assert page.status == 200
    assert page.says(
        "Allowed", "Lead time for changes of team payments", "January 2026 to March 2026", "a retrospective"
    )
    assert page.says("Jan 2026 20.0 18.0–23.0 40 5–9")
    assert page.html.count('role="img"') == 2  # one for the desk, one for the phone


def test_withheld_months_are_said_to_be_and_never_numbered(browse):
    """Issue 2, item 9: withheld months with their reason."""
    page = browse("/ask", data=QUESTION)
    assert page.says("Feb 2026 Withheld: it would tell too much of too few people Mar 2026")
    february = next(
        row for series in page.response.context["shown"].series for row in series.rows if row["withheld"]
    )
    assert {february[name] for name in ("value", "low", "high", "n", "people", "coverage")} == {None}


def test_a_coarsened_share_says_at_most(browse, monkeypatch):
    """DESIGN, Cohorts: 0 % and 100 % are coarsened, and read so, in table and chart."""
    shown = measures.read_rows

    def coarse(**asked):
        rows, source = shown(**asked)
        told = {"bound": "at_most", "low": None, "high": None}
        return tuple(row if row.withheld else msgspec.structs.replace(row, **told) for row in rows), source

    monkeypatch.setattr(measures, "read_rows", coarse)
    assert browse("/ask", data=QUESTION).says("Jan 2026 at most 20.0 – 40 5–9")


def test_an_answer_says_its_duties_and_how_it_was_made(browse):
    """DESIGN, Screens: verdict, evidence, duties, receipt."""
    page = browse("/ask", data=QUESTION)
    assert page.says(
        "Use the values for the decision you named and for nothing else.",
        "Show change failure rate beside it",
    )
    assert page.says("How this was made", "version 1", "100% of the work", "Signed and kept in the log")


def test_delivery_metrics_alone_warn(browse):
    """S24: a warning asks for SLO and qualitative evidence."""
    assert browse("/ask", data=QUESTION).says("Delivery metrics alone do not make a decision.")


def test_a_refusal_names_each_rule_with_reason_fix_and_contest_link(browse):
    """Issue 2, Done when: AR04, AR07, AR08 and AR14 at least."""
    page = browse("/ask", data=RANKING)
    assert page.status == 403
    assert page.says("Not allowed", "each person in team payments", "highest first", "No values were read")
    shown = {match["id"]: match for match in page.response.context["matches"]}
    assert {"AR04", "AR07", "AR08", "AR14"} <= shown.keys()
    for match in shown.values():
        assert page.says(match["title"], match["here"], match["fix"])
        assert html.escape(match["contest_url"]) in page.html


def test_the_smallest_change_is_allowed_when_it_is_asked(browse):
    """DESIGN, Components: the smallest allowed change, ready to ask; its decision stays (issue 11)."""
    debugging = RANKING | {"decision": "workflow_debugging"}
    refused = browse("/ask", data=debugging | {"check": "on"})
    assert refused.says("The smallest change that would be allowed", "Team payments")
    form = browse(link(refused, "Ask the allowed question")).response.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    assert data["decision"] == "workflow_debugging" and refused.says("You are also asked to affirm", FAULT)
    data["affirms"] = [FAULT]
    assert browse("/ask", data=data).says("Allowed", "workflow debugging")


def test_no_refusal_proposes_another_decision(browse):
    """Issue 11: what else the metric may be used for stands apart, and says what would be decided of it."""
    page = browse("/ask", data=RANKING)
    assert page.response.context["repair"] is None
    assert page.says("What these metrics may be used for", "Workflow debugging: the board decides")
    checked = browse("/ask", data=RANKING | {"check": "on"})
    assert checked.says("What these metrics may be used for", "Workflow debugging")


@snapshots.fixture
def companions(governed) -> None:
    for slug in ("change-failure-rate", "slo-compliance"):
        publish_values(factories.an_active_charter(slug))


def posted(page) -> dict[str, list[str]]:
    """The fields of the refusal's own form."""
    form = re.search(r'<form method="post"[^>]*class="mc-again".*?</form>', page.html, re.S)[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def test_a_button_asks_again_with_what_is_missing(browse, companions):
    """Issue 11: "Add change failure rate and SLO compliance", not another decision; and it is allowed."""
    refused = browse("/ask", data=QUESTION | {"decision": "release_readiness"})
    assert refused.status == 403
    assert refused.says("Add change failure rate and SLO compliance, and ask again")
    assert browse("/ask", data=posted(refused)).status == 403  # nothing is ticked yet
    assert refused.says("What you affirm", NOT_ALONE)
    answered = browse("/ask", data=posted(refused) | {"affirms": [NOT_ALONE]})
    assert answered.status == 200 and answered.says("Allowed", "for release readiness")
    assert browse("/ask", data=QUESTION).status == 200  # nothing is held against them


def test_a_check_that_lacks_something_checks_again(browse, companions):
    """Issue 11: the button of a check reads no values either."""
    refused = browse("/ask", data=QUESTION | {"decision": "release_readiness", "check": "on"})
    browse("/ask", data=posted(refused))
    assert DecisionRecord.objects.latest("at").checked_only


def test_a_refusal_without_a_way_out_shows_none(browse, house):
    """Issue 2, item 9: the box is hidden where there is nothing to propose."""
    page = browse("/ask", data=QUESTION, by=house.stranger)
    assert page.status == 403 and page.response.context["repair"] is None
    assert not page.says("The smallest change")


def test_every_question_is_one_decision_of_this_door(browse, house):
    """DESIGN, The line: screens parse, call `answer()` and render."""
    browse("/ask", data=QUESTION | {"reason": "Quarterly"})
    (decision,) = DecisionRecord.objects.all()
    assert (decision.door, decision.actor, decision.checked_only) == (Door.SCREEN, house.manager, False)
    assert decision.request["reason"] == "Quarterly"


@pytest.mark.parametrize("asked", [QUESTION, RANKING], ids=["permit", "deny"])
def test_the_screen_decides_as_every_door_does(browse, house, asked):
    """DESIGN, The line: the same question gets the same answer at every door."""
    page = browse("/ask", data=asked)
    stored = msgspec.convert(DecisionRecord.objects.get().request, Request)
    other = answer(request=stored, by=house.manager, door=Door.API)
    assert page.response.context["answer"].verdict == other.verdict
    assert page.response.context["answer"].rows == other.rows


def test_a_check_reads_no_values(browse):
    """DESIGN, Interfaces: a check decides only, and is kept as a check."""
    page = browse("/ask", data=QUESTION | {"check": "on"})
    assert page.status == 200
    assert page.says("Allowed", "This was a check.") and not page.says("20.0")
    assert DecisionRecord.objects.get().checked_only
    assert browse("/ask", data=RANKING | {"check": "on"}).status == 200


def test_abuse_can_be_asked_for_and_is_on_the_log(browse):
    """DESIGN, Interfaces: order, limit, percentile, combine, time filter and export can be said."""
    extras = {"limit": "3", "percentile": "on", "combine": "score", "time_filter": "weekend", "export": "on"}
    page = browse("/ask", data=RANKING | extras)
    assert {"AR03", "AR04", "AR05", "AR06", "AR26"} <= {
        match["id"] for match in page.response.context["matches"]
    }
    kept = DecisionRecord.objects.get().request
    assert (kept["limit"], kept["percentile"], kept["combine"], kept["time_filter"]) == (
        3,
        True,
        "score",
        "weekend",
    )


def test_evidence_and_who_answers_go_with_the_question(browse):
    """S33: qualitative evidence stands beside a metric."""
    extras = {
        "evidence1": "design_review",
        "ref1": "DR-12",
        "evidence2": "mentoring",
        "accountable": "manager",
    }
    browse("/ask", data=RANKING | extras)
    kept = DecisionRecord.objects.get().request
    assert kept["evidence"] == [{"kind": "design_review", "ref": "DR-12"}]  # a kind without reference is none
    assert kept["accountable"] == "manager"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"decision": ""}, "decision", "Choose what you want to decide"),
        ({"decision": "gossip"}, "decision", "choose one from the list"),
        ({"metrics": []}, "metrics", "Choose at least one metric"),
        ({"metrics": ["happiness"]}, "metrics", "choose one from the list"),
        ({"cohort": ""}, "whose", "Choose whose values you ask for"),
        ({"grain": "org"}, "whose", "Team payments is no group of that level"),
        ({"whose": "org/team:payments"}, "whose", "Team payments is no group of that level"),
        ({"whose": "team/team:nobody"}, "whose", "choose one from the list"),
        ({"whose": "galaxy/"}, "whose", "choose one from the list"),
        ({"when": "own", "first": ""}, "first", "From: choose a month"),
        ({"when": "next_year", "was": "own"}, "when", "choose one from the list"),
        ({"first": "2026-03", "last": "2026-01"}, "last", "must not come before the first"),
        ({"first": "2026-02", "period": "quarter"}, "first", "A quarter begins in"),
        ({"last": "2026-02", "period": "quarter"}, "last", "A quarter ends in"),
        ({"last": "2026-04"}, "last", "choose one from the list"),  # April is not over
        ({"grain": "self"}, "whose", "Your own values have no cohort"),
        ({"persons": "payments-1"}, "persons", "Persons are named at person grain only"),
        ({"grain": "person", "cohort": "", "persons": "Not An Id!"}, "persons", "is not a person’s id"),
        ({"limit": "0"}, "limit", "enter a number from 1 to 10,000"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(browse, changes, field, said):
    """Issue 2, Bad input: 400, naming the field; nothing is decided."""
    page = browse("/ask", data=QUESTION | changes)
    assert page.status == 400
    assert page.says("There is a problem", said)
    assert said in " ".join(page.response.context["form"].errors[field])
    assert not DecisionRecord.objects.exists()


def test_five_metrics_at_most(browse):
    """DESIGN, Interfaces: up to five metrics in a request."""
    form = browse("/ask?decision=retrospective").response.context["form"]
    six = [slug for slug, _name in form.fields["metrics"].choices] * 3
    page = browse("/ask", data=QUESTION | {"metrics": six})
    assert page.status == 400 and page.says("Choose five metrics at most")


def test_the_form_is_filled_from_its_address(browse):
    """Issue 2, item 9: a question can be changed."""
    answered = browse("/ask", data=QUESTION | {"reason": "Why not", "second": "team:search"})
    form = browse(link(answered, "Change the question")).response.context["form"]
    kept = {name: value for name, value in QUESTION.items() if name not in ("grain", "cohort")}
    kept |= {"whose": "team/team:payments", "when": "last_3", "reason": "Why not", "second": "team:search"}
    for name, value in kept.items():
        assert form[name].value() == value
    assert form.more


def test_every_part_of_a_question_survives_its_address():
    """Issue 2, item 9: the address of the form says all that was asked."""
    asked = {
        "decision": "promotion_evidence", "metrics": ["a", "b"], "grain": "person", "persons": ["p-1", "p-2"],
        "window": {"from": "2025-10-01", "to": "2026-01-01"}, "period": "quarter", "view": "performance",
        "order_by": "value", "limit": 3, "percentile": True, "compare": True, "combine": "score",
        "time_filter": "evening", "evidence": [{"kind": "mentoring", "ref": "M 1"}], "accountable": "boss",
        "export": True, "reason": "a & b",
    }  # fmt: skip
    given = QueryDict(questions.to_query(msgspec.convert(asked, Request)))
    assert given.getlist("metrics") == ["a", "b"]
    assert (given["first"], given["last"], given["persons"]) == ("2025-10", "2025-12", "p-1, p-2")
    assert (given["evidence1"], given["ref1"], given["reason"]) == ("mentoring", "M 1", "a & b")
    flags = ("percentile", "compare", "export")
    assert {given[name] for name in flags} == {"on"}
    assert [given[name] for name in ("view", "order_by", "limit", "combine", "time_filter", "accountable")] == [
        "performance", "value", "3", "score", "evening", "boss",
    ]  # fmt: skip


def test_a_new_question_starts_with_ones_own_team(browse, house):
    """DESIGN, Screens: the form starts where its reader works."""
    path = "/ask?decision=retrospective"
    assert browse(path).response.context["form"]["whose"].value() == "team/team:payments"
    assert browse(path, by=house.stranger).response.context["form"]["whose"].value() == ""


def test_asking_begins_with_the_decision(browse, house):
    """Issue 11: those come first for which something is open to the reader; the others are one click away."""
    page = browse("/ask")
    assert page.says("What do you want to decide?", "Decisions for which nothing is open to you")
    can = page.response.context["can"]
    first, others = (
        {slug for _label, some in groups for slug, _name in some}
        for groups in (can.decisions, can.other_decisions)
    )
    assert "retrospective" in first and "performance_rating" in others
    assert not first & others
    nothing = browse("/ask", by=house.stranger)
    assert nothing.says("No charter opens a metric to your role now")


def test_a_metric_brings_the_decisions_that_it_may_inform(browse):
    """Issue 11: from a metric's page the decisions come first that it may be used for, and it stays chosen."""
    page = browse("/ask?metrics=commit-count")
    (group,) = page.response.context["can"].decisions
    assert [slug for slug, _name in group[1]] == ["workflow_debugging"]
    assert '<input type="hidden" name="metrics" value="commit-count">' in page.html


def test_only_what_may_be_used_is_shown_and_the_rest_says_why(browse):
    """Issue 11: more than half of the boxes could only be refused."""
    page = browse("/ask?decision=retrospective")
    can = page.response.context["can"]
    assert [each.slug for each in can.usable] == ["lead-time-for-changes"]
    says = {each.slug: each.says for each in can.others}
    assert says["commit-count"] == "Its charter does not list this decision"
    assert page.says("One metric may be used for this.", "What may not be used for it, and why")


def test_what_has_to_come_with_a_metric_stands_beside_it(browse, companions):
    """Issue 11: known before asking."""
    page = browse("/ask?decision=release_readiness")
    says = {each.slug: each.says for each in page.response.context["can"].usable}
    assert says["lead-time-for-changes"] == (
        "Together with change failure rate and SLO compliance and once you affirm what the charter asks"
    )
    assert page.says("What you affirm", NOT_ALONE)


def test_the_question_is_put_in_words_with_what_is_likely(browse):
    """DESIGN, Screens: without JavaScript a button reloads the form by its address; nothing is asked by that."""
    moved = browse("/ask", data=QUESTION | {"look": "on"})
    assert (moved.status, moved.response["Location"].split("?")[0]) == (303, "/ask")
    assert "csrf" not in moved.response["Location"] and "look" not in moved.response["Location"]
    page = browse(moved.response["Location"].partition("#")[0])
    assert page.says("May I see lead time for changes of team payments", "Likely allowed")
    assert not DecisionRecord.objects.exists()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("decision=promotion_evidence&metrics=commit-count", "Likely not allowed"),
        ("decision=release_readiness&metrics=lead-time-for-changes", "Add what is missing"),
        (
            "decision=retrospective&metrics=lead-time-for-changes&grain=org&cohort=team:payments",
            "Choose a metric",
        ),
    ],
)
def test_what_would_be_decided_is_foretold(browse, companions, query, said):
    """DESIGN, Screens: one learns before asking; an address that holds no question says nothing."""
    assert browse(f"/ask?{query}").says(said)


def test_groups_are_those_at_which_the_metrics_are_open(browse, house):
    """Issue 11: level and group are one choice; others are one click away."""
    can = browse("/ask?decision=retrospective").response.context["can"]
    assert [value for _label, some in can.whose for value, _name in some] == ["team/team:payments"]
    everyone = browse("/ask?decision=retrospective&groups=all").response.context["can"]
    assert len([value for _label, some in everyone.whose for value, _name in some]) > 1


def test_months_are_those_with_values_and_presets_lie_within_them(browse):
    """Issue 11: months were offered for which there is no data."""
    page = browse("/ask?decision=retrospective")
    can = page.response.context["can"]
    assert can.months == ("2026-03", "2026-02", "2026-01")
    assert [(each.name, each.first, each.last) for each in can.presets] == [
        ("last_3", "2026-01", "2026-03"),
        ("last_quarter", "2026-01", "2026-03"),
    ]
    named = {name: value for name, value in QUESTION.items() if name not in ("first", "last")}
    browse("/ask", data=named | {"when": "last_quarter", "was": "last_3", "period": "quarter"})
    assert DecisionRecord.objects.get().request["window"] == {"from": "2026-01-01", "to": "2026-04-01"}


@pytest.mark.parametrize(
    ("when", "was", "first"),
    [("last_3", "last_3", "2026-02"), ("own", "last_3", "2026-02"), ("last_3", "own", "2026-01")],
)
def test_the_months_that_were_changed_count(browse, when, was, first):
    """Issue 11: months chosen beside a preset count; a preset chosen over months counts as well."""
    browse("/ask", data=QUESTION | {"when": when, "was": was, "first": "2026-02"})
    assert DecisionRecord.objects.get().request["window"]["from"] == f"{first}-01"


def test_a_person_can_be_asked_about_where_a_charter_allows_one(browse, with_people):
    """Issue 11: the field is there for such a decision alone."""
    assert browse("/ask?decision=team_coaching").says("Which person?", "One person")
    assert not browse("/ask?decision=retrospective").says("Which person?")


def test_who_came_to_check_checks_first(browse):
    """Issue 11: "Check a use first" opened a form whose first button shows values."""
    page = browse("/ask?only=check&decision=retrospective")
    assert page.html.index('name="check" value="on"') < page.html.index('name="ask" value="on"')


def test_a_charter_that_ends_between_choosing_and_asking_is_refused(browse, house):
    """Issue 11, attack: what the form promised is decided anew."""
    page = browse("/ask?decision=retrospective&metrics=lead-time-for-changes")
    assert page.says("Likely allowed")
    factories.change(house.lead_time, expires_at=clock.now())
    assert browse("/ask", data=QUESTION).status == 403
    later = browse("/ask?decision=retrospective&metrics=lead-time-for-changes")
    assert later.says("Likely not allowed", "Expired: every use is refused")


def test_what_is_asked_is_shown_as_text(browse):
    """DESIGN, Interfaces: what an asker writes is never markup."""
    page = browse("/ask", data=QUESTION | {"reason": "<script>alert(1)</script>"})
    assert "<script>" not in page.html and page.says("<script>alert(1)</script>")


def test_the_form_costs_few_statements(statements):
    """DESIGN, Style: pinned query counts."""
    assert statements("/ask") == 10
    assert statements("/ask?decision=retrospective") == 13
    assert statements("/ask?decision=retrospective&metrics=lead-time-for-changes") == 15


# What stands beside values


def test_an_answer_shows_what_may_go_with_speed(browse):
    """S26: the counter-metric's chart and table, though nobody asked for it."""
    publish_values(factories.an_active_charter("change-failure-rate"))
    page = browse("/ask", data=QUESTION)
    assert page.says("Beside it: change failure rate, team payments")
    assert page.html.count('role="img"') == 4 and page.says("Change failure rate, version 1")


def test_an_answer_says_why_nothing_stands_beside_it(browse):
    """S26: where its own charter does not permit the use."""
    factories.a_submitted_charter("change-failure-rate")
    page = browse("/ask", data=QUESTION)
    assert page.says("Beside it: change failure rate", "its values may not be shown for this")
    assert page.html.count('role="img"') == 2


def test_the_four_kinds_of_period_are_told_apart_in_words(browse):
    """Issue 4, item 3: under review, touched by a note, withheld; each stands visibly in the table's row."""
    a_hold("lead-time-for-changes", starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 1))
    a_note(says="To the new build farm.")
    page = browse("/ask", data=QUESTION)
    assert page.says(
        "Jan 2026 Migration 20.0", "Feb 2026 Withheld: it would tell", "Mar 2026 Under review 20.0"
    )
    assert page.says("Jan 2026 Migration: To the new build farm. Lead time for changes, team payments")


def test_what_a_charter_wants_noted_is_said_to_be_unknown(browse):
    """S138: the value stands with the word that no wait is known."""
    publish_values(factories.an_active_charter("pr-age"))
    page = browse("/ask", data=QUESTION | {"metrics": ["pr-age"]})
    assert page.says("None known: wait for another team. January 2026, February 2026 and March 2026.")


def test_values_are_taken_out_as_a_file(browse):
    """Issue 9: “Take the values out” gave a page like any other. The file names the receipt of each of its values."""
    page = browse("/ask", data=QUESTION | {"export": "on"})
    assert page.response["Content-Type"].startswith("text/csv")
    assert page.response["Content-Disposition"].startswith('attachment; filename="metric-charter-')
    lines = list(csv.DictReader(page.html.splitlines()))
    entry = str(DecisionRecord.objects.get().entry_id)
    assert [(line["period"], line["value"]) for line in lines if line["stands"] == "asked for"] == [
        ("2026-01", "20.0"), ("2026-02", ""), ("2026-03", "20.0")
    ]  # fmt: skip
    assert {line["receipt"] for line in lines} == {entry}
    assert lines[1]["withheld_because"].startswith("Withheld: it would tell")


def test_a_file_is_not_given_of_what_is_refused_or_only_checked(browse):
    """AR26, Issue 9: a refusal is a page, and so is a check."""
    for data in (RANKING | {"export": "on"}, QUESTION | {"export": "on", "check": "on"}):
        assert browse("/ask", data=data).response["Content-Type"].startswith("text/html")


def test_values_stand_as_they_were_asked_for(browse):
    """Issue 9: an order, a limit and a comparison are on the page, not on the receipt alone."""
    page = browse("/ask", data=QUESTION | {"order_by": "value", "limit": "2"})
    assert page.says("The values as you asked for them")
    assert [row["period"] for row in page.response.context["arranged"]] == ["Jan 2026", "Mar 2026"]
    assert not browse("/ask", data=QUESTION).says("The values as you asked for them")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"time_filter": "weekend"}, "time_filter"),
        ({"combine": "score"}, "combine"),
        ({"compare": "on"}, "compare"),
    ],
)
def test_what_no_row_could_show_is_said_beside_its_field(browse, asked, field):
    """Issue 9: “weekends only … Allowed” stood over unfiltered values."""
    page = browse("/ask", data=QUESTION | asked)
    assert page.status == 400 and field in page.response.context["form"].errors


# What comes after an answer


def fields(page, label: str) -> dict[str, list[str]]:
    """The fields of the form whose button has these words."""
    (form,) = (form for form in re.findall(r"<form.*?</form>", page.html, re.S) if f">{label}<" in form)
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def test_a_check_ends_with_a_button_to_ask(browse):
    """Issue 11: one button away from the values."""
    checked = browse("/ask", data=QUESTION | {"check": "on"})
    asked = browse("/ask", data=fields(checked, "Ask and show the values"))
    assert asked.says("Jan 2026 20.0 18.0–23.0 40 5–9")


def test_an_answer_is_asked_again_and_taken_away(browse):
    """Issue 11: each by one button, as far as the rules permit."""
    page = browse("/ask", data=QUESTION | {"reason": "Quarterly"})
    again = browse("/ask", data=fields(page, "Ask again"))
    assert again.says("Jan 2026 20.0") and again.says("Quarterly")
    file = browse("/ask", data=fields(page, "Download the values"))
    assert file.response["Content-Type"].startswith("text/csv")


def test_an_answer_becomes_a_view(browse, house):
    """Issue 11: an answer could not become a view; only those who may keep one see the link."""
    page = browse("/ask", data=QUESTION)
    form = browse(link(page, "Keep as a view")).response.context["form"]
    assert form["decision"].value() == "retrospective" and form["whose"].value() == "team/team:payments"
    assert form["metrics"].value() == ["lead-time-for-changes"]
    assert not browse("/ask", data=QUESTION, by=house.employee).says("Keep as a view")


def test_values_stand_beside_those_of_a_quarter_before(browse, house):
    """Issue 11: in the table, as difference with its range; asked of the line, with a receipt of its own."""
    page = browse("/ask", data=QUESTION | {"first": "2026-03", "last": "2026-03"})
    beside = browse("/ask", data=fields(page, "Beside the quarter before"))
    assert beside.says(
        "The quarter before", "Difference", "Of the quarter before you have a receipt of its own"
    )
    assert beside.says("No value: this period has not been published yet")
    windows = [each.request["window"]["from"] for each in DecisionRecord.objects.order_by("at", "pk")]
    assert windows == ["2026-03-01", "2026-03-01", "2025-12-01"]


def test_the_difference_is_said_with_its_range(browse):
    """Issue 11: March beside what was published three months before it."""
    lead_time = CharterVersion.objects.get(metric__slug="lead-time-for-changes", number=1)
    before = PublishedValue.objects.get(metric=lead_time.metric, starts_on=date(2026, 3, 1))
    on_the_log.make(
        PublishedValue,
        **{
            name: getattr(before, name)
            for name in ("metric", "charter_version", "cohort", "period_kind", "n", "people", "coverage", "run", "snapshot")
        },
        starts_on=date(2025, 12, 1), ends_on=date(2026, 1, 1), value=30.0, low=28.0, high=33.0,
    )  # fmt: skip
    asked = QUESTION | {"first": "2026-03", "last": "2026-03", "earlier": "quarter"}
    assert browse("/ask", data=asked).says("Mar 2026 20.0 18.0–23.0 30.0 −10.0", "Lower")


def test_earlier_months_that_are_refused_are_said_to_be(browse, monkeypatch):
    """Issue 11: the answer stands all the same, and says by which rule there is nothing to hold it against."""

    def refused(**asked):
        return answer(
            **asked | {"request": msgspec.structs.replace(asked["request"], decision=DecisionType.DISCIPLINE)}
        )

    monkeypatch.setattr(compared, "answer", refused)
    page = browse("/ask", data=QUESTION | {"earlier": "year"})
    assert page.status == 200 and page.says("Jan 2026 20.0", "Not held against the year before.")
    (reason,) = {page.response.context["compared"].because}
    assert reason and page.says(reason)


def test_a_companion_stands_in_columns_beside_the_values(browse, companions):
    """Issue 11: not in a table of its own that nobody reads."""
    page = browse("/ask", data=QUESTION)
    assert page.says("Change failure rate Range of change failure rate")
    assert page.html.count("<table") == 1


def test_no_source_is_said_once(browse, house):
    """Issue 11: it read as 18 rows of "withheld", under a hatched box and "Coverage 100 %"."""
    nothing = dict.fromkeys(("value", "low", "high", "n", "people", "coverage"))
    for each in PublishedValue.objects.all():
        factories.change(each, **nothing, withheld="no_source")
    page = browse("/ask", data=QUESTION)
    assert page.says("No source connected.") and not page.says("Coverage") and not page.says("Feb 2026")
    assert page.html.count("<table") == 0 and 'role="img"' not in page.html
