"""Asking on the screen: the form, the answer, the refusal and the way out of it."""

import html
import re
from datetime import date

import msgspec
import pytest
from django.http import QueryDict

from charter.measures import queries as measures
from charter.rules.request import Request
from governance.decisions.models import Decision, Door
from governance.decisions.services import answer
from governance.desk import questions
from tests import factories
from tests.governance.decisions.conftest import publish_values
from tests.governance.decisions.test_holds import a_hold
from tests.governance.decisions.test_values import a_note
from tests.governance.desk.conftest import QUESTION, RANKING


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
    assert page.says("Jan 2026 20.0 18.0–23.0 40 9")
    assert page.html.count('role="img"') == 2  # one for the desk, one for the phone


def test_withheld_months_are_said_to_be_and_never_numbered(browse):
    """Issue 2, item 9: withheld months with their reason."""
    page = browse("/ask", data=QUESTION)
    assert page.says("Feb 2026 Withheld: fewer than 5 people contributed Mar 2026")
    february = next(
        row for series in page.response.context["shown"].series for row in series.rows if row["withheld"]
    )
    assert {february[name] for name in ("value", "low", "high", "n", "people", "coverage")} == {None}


def test_a_coarsened_share_says_at_most(browse, monkeypatch):
    """DESIGN, Cohorts: 0 % and 100 % are coarsened, and read so, in table and chart."""
    shown = measures.rows

    def coarse(**asked):
        rows, source = shown(**asked)
        told = {"bound": "at_most", "low": None, "high": None}
        return tuple(row if row.withheld else msgspec.structs.replace(row, **told) for row in rows), source

    monkeypatch.setattr(measures, "rows", coarse)
    assert browse("/ask", data=QUESTION).says("Jan 2026 at most 20.0 – 40 9")


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
    shown = {bite["id"]: bite for bite in page.response.context["bites"]}
    assert {"AR04", "AR07", "AR08", "AR14"} <= shown.keys()
    for bite in shown.values():
        assert page.says(bite["title"], bite["here"], bite["fix"])
        assert html.escape(bite["contest_url"]) in page.html


def test_the_smallest_change_is_allowed_when_it_is_asked(browse):
    """DESIGN, Components: the smallest allowed change, ready to ask."""
    refused = browse("/ask", data=RANKING)
    assert refused.says("The smallest change that would be allowed", "Workflow debugging", "Team payments")
    form = browse(link(refused, "Ask the allowed question")).response.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    assert browse("/ask", data=data).says("Allowed", "workflow debugging")


def test_a_refusal_without_a_way_out_shows_none(browse, house):
    """Issue 2, item 9: the box is hidden where there is nothing to propose."""
    page = browse("/ask", data=QUESTION, by=house.stranger)
    assert page.status == 403 and page.response.context["repair"] is None
    assert not page.says("The smallest change")


def test_every_question_is_one_decision_of_this_door(browse, house):
    """DESIGN, The line: screens parse, call `answer()` and render."""
    browse("/ask", data=QUESTION | {"reason": "Quarterly"})
    (decision,) = Decision.objects.all()
    assert (decision.door, decision.actor, decision.checked_only) == (Door.SCREEN, house.manager, False)
    assert decision.request["reason"] == "Quarterly"


@pytest.mark.parametrize("asked", [QUESTION, RANKING], ids=["permit", "deny"])
def test_the_screen_decides_as_every_door_does(browse, house, asked):
    """DESIGN, The line: the same question gets the same answer at every door."""
    page = browse("/ask", data=asked)
    stored = msgspec.convert(Decision.objects.get().request, Request)
    other = answer(request=stored, by=house.manager, door=Door.API)
    assert page.response.context["answer"].verdict == other.verdict
    assert page.response.context["answer"].rows == other.rows


def test_a_check_reads_no_values(browse):
    """DESIGN, Interfaces: a check decides only, and is kept as a check."""
    page = browse("/ask", data=QUESTION | {"check": "on"})
    assert page.status == 200
    assert page.says("Allowed", "This was a check.") and not page.says("20.0")
    assert Decision.objects.get().checked_only
    assert browse("/ask", data=RANKING | {"check": "on"}).status == 200


def test_abuse_can_be_asked_for_and_is_on_the_log(browse):
    """DESIGN, Interfaces: order, limit, percentile, combine, time filter and export can be said."""
    extras = {"limit": "3", "percentile": "on", "combine": "score", "time_filter": "weekend", "export": "on"}
    page = browse("/ask", data=RANKING | extras)
    assert {"AR03", "AR04", "AR05", "AR06", "AR26"} <= {bite["id"] for bite in page.response.context["bites"]}
    kept = Decision.objects.get().request
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
    kept = Decision.objects.get().request
    assert kept["evidence"] == [{"kind": "design_review", "ref": "DR-12"}]  # a kind without reference is none
    assert kept["accountable"] == "manager"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"decision": ""}, "decision", "Choose what you want to decide"),
        ({"decision": "gossip"}, "decision", "choose one from the list"),
        ({"metrics": []}, "metrics", "Choose at least one metric"),
        ({"metrics": ["happiness"]}, "metrics", "choose one from the list"),
        ({"cohort": ""}, "cohort", "Name at least one cohort"),
        ({"cohort": "org:all"}, "cohort", "is not a cohort of kind team"),
        ({"first": "2026-03", "last": "2026-01"}, "last", "must not come before the first"),
        ({"first": "2026-02", "period": "quarter"}, "first", "A quarter begins in"),
        ({"last": "2026-02", "period": "quarter"}, "last", "A quarter ends in"),
        ({"last": "2026-04"}, "last", "choose one from the list"),  # April is not over
        ({"grain": "self"}, "cohort", "Your own values have no cohort"),
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
    assert not Decision.objects.exists()


def test_five_metrics_at_most(browse):
    """DESIGN, Interfaces: up to five metrics in a request."""
    form = browse("/ask").response.context["form"]
    six = [slug for slug, _name in form.fields["metrics"].choices] * 3
    page = browse("/ask", data=QUESTION | {"metrics": six})
    assert page.status == 400 and page.says("Choose five metrics at most")


def test_the_form_is_filled_from_its_address(browse):
    """Issue 2, item 9: a question can be changed."""
    answered = browse("/ask", data=QUESTION | {"reason": "Why not", "second": "team:search"})
    form = browse(link(answered, "Change the question")).response.context["form"]
    for name, value in (QUESTION | {"reason": "Why not", "second": "team:search"}).items():
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
    given = QueryDict(questions.query(msgspec.convert(asked, Request)))
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
    assert browse("/ask").response.context["form"]["cohort"].value() == "team:payments"
    assert browse("/ask", by=house.stranger).response.context["form"]["cohort"].value() is None


def test_the_form_says_which_metrics_may_inform_a_decision(browse):
    """DESIGN, Screens: start with the decision; without JavaScript a button reloads the form by its address."""
    moved = browse("/ask", data=QUESTION | {"look": "on"})
    assert (moved.status, moved.response["Location"].split("?")[0]) == (303, "/ask")
    assert "csrf" not in moved.response["Location"] and "look" not in moved.response["Location"]
    page = browse(moved.response["Location"])
    assert page.says(
        "1 of 2 metrics in force may inform this decision", "Its charter does not list this decision"
    )
    assert page.says("May I see lead time for changes of team payments", "The charter lists this use")
    assert not Decision.objects.exists()


def test_a_use_that_no_charter_lists_is_foretold(browse):
    """DESIGN, Screens: one learns before asking."""
    assert browse("/ask?metrics=commit-count&decision=promotion_evidence").says("No charter lists this use")


def test_what_is_asked_is_shown_as_text(browse):
    """DESIGN, Interfaces: what an asker writes is never markup."""
    page = browse("/ask", data=QUESTION | {"reason": "<script>alert(1)</script>"})
    assert "<script>" not in page.html and page.says("<script>alert(1)</script>")


def test_the_form_costs_few_statements(statements):
    """DESIGN, Style: pinned query counts."""
    assert statements("/ask") == 9


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
        "Jan 2026 Migration 20.0", "Feb 2026 Withheld: fewer than 5", "Mar 2026 Under review 20.0"
    )
    assert page.says("Jan 2026 Migration: To the new build farm. Lead time for changes, team payments")


def test_what_a_charter_wants_noted_is_said_to_be_unknown(browse):
    """S138: the value stands with the word that no wait is known."""
    publish_values(factories.an_active_charter("pr-age"))
    page = browse("/ask", data=QUESTION | {"metrics": ["pr-age"]})
    assert page.says("None known: wait for another team. January 2026, February 2026 and March 2026.")
