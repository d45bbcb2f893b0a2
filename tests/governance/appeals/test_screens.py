"""Pages of appeals: writing one without losing anything, the queue, and one appeal as each side sees it."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest
from msgspec import structs

from charter.rules.request import Window
from governance.appeals import services
from governance.appeals.models import Appeal, AppealDraft
from governance.appeals.states import AppealKind, AppealState, HoldChoice
from governance.appeals.words import ContextSaid
from governance.board.states import SeatKind
from governance.decisions.models import Hold, Protection
from governance.people.models import GrantedRole, Person, User
from governance.training import services as training
from ground.errors import BadInput
from tests import factories
from tests.governance.appeals.conftest import VALUE, assign, decide
from tests.governance.decisions.test_answer import ask

pytestmark = pytest.mark.django_db
ANSWERS = {
    "about": {"what": "value"},
    "metric": {"metric": "lead-time-for-changes"},
    "whose": {"whose": "team:payments"},
    "months": {"first": "2026-03", "last": "2026-03"},
    "statement": {"statement": "Two of our largest changes are missing. <script>alert(1)</script>"},
    "context": {"context_kind": "tooling_constraint"},
    "when": {"starts_on": "2026-03-09", "last_day": "2026-03-20"},
    "says": {"says": "The mirror."},
    "know": {"kind": "named"},
    "hold": {"hold": "value"},
    "wanted": {"wanted": "Correct the value and note why."},
}


def write(browse, by, **over):
    """Answer each question where the one before leads to, until there is none left."""
    path, asked = "/appeals/new/about", []
    while path != "/appeals/new/check":
        asked.append(path.rsplit("/", 1)[1])
        page = browse(path, by=by, data=over.get(asked[-1], ANSWERS.get(asked[-1])))
        assert page.status == 302, (path, page.text)
        path = page.response.url
    return asked


def test_an_appeal_is_written_one_question_a_page_checked_and_filed(browse, desk):
    """Issue 12, 3; S79: and what was typed is shown as text, never run."""
    assert write(browse, desk.employee) == list(ANSWERS)
    check = browse("/appeals/new/check", by=desk.employee)
    assert check.says(
        "Check your appeal before you file it",
        "Team payments",
        "16 April 2026",
        "28 April 2026",
        "26 May 2026",
    )
    assert "<script>alert" not in check.html
    assert browse("/appeals/new/check", by=desk.employee, data={"ask_later": "on"}).status == 302
    appeal = Appeal.objects.get()
    page = browse(f"/appeals/{appeal.pk}", by=desk.employee)
    assert page.says("Two of our largest changes are missing.", "Tooling constraint", "Nobody now")
    assert Hold.objects.get().cohort.slug == "team:payments" and not AppealDraft.objects.exists()
    assert browse("/appeals", by=desk.employee).says("A value", "Filed")


def test_a_browser_that_loses_its_connection_finds_its_answers_again(browse, desk):
    """Issue 12, bad input: each answer is kept on the server, sealed, and only its writer finds it."""
    for step in ("about", "statement"):
        browse(f"/appeals/new/{step}", by=desk.employee, data=ANSWERS[step])
    assert browse("/appeals", by=desk.employee).says("Go on with your appeal")
    assert browse("/appeals/new/check", by=desk.employee).response.url == "/appeals/new/metric"
    assert browse("/appeals/new/statement", by=desk.employee).says("Two of our largest changes are missing.")
    assert not browse("/appeals", by=desk.manager).says("Go on with your appeal")
    assert b"largest" not in bytes(AppealDraft.objects.get().said)
    assert browse("/appeals/new/discard", by=desk.employee, data={}).status == 302
    assert not AppealDraft.objects.exists()


def test_what_is_refused_at_the_end_is_said_and_nothing_is_lost(browse, desk):
    """Issue 12, bad input: a receipt that is not there."""
    number = {"receipt": "00000000-0000-4000-8000-000000000000"}
    asked = write(
        browse, desk.employee, about={"what": "receipt"}, receipt=number, context={"context_kind": ""}
    )
    assert asked == ["about", "receipt", "statement", "context", "know", "hold", "wanted"]
    page = browse("/appeals/new/check", by=desk.employee, data={})
    assert page.status == 400 and page.says("There is no receipt of this number")
    assert AppealDraft.objects.exists() and not Appeal.objects.exists()


def test_what_has_no_values_is_asked_for_no_hold_and_one_answer_is_changed_alone(browse, desk):
    """Issue 12, 3: only what follows from the answers is asked; whoever changes one comes back to all of them."""
    rule = {"about": {"what": "rule"}, "rule": {"rule": "ar07"}, "context": {"context_kind": ""}}
    assert write(browse, desk.employee, **rule) == ["about", "rule", "statement", "context", "know", "wanted"]
    alone = {"statement": {"statement": "It is applied to other work."}, "about": {"what": "charter"}}
    changed = [browse(f"/appeals/new/{step}?check=1", by=desk.employee, data=alone[step]) for step in alone]
    assert [page.response.url for page in changed] == ["/appeals/new/check", "/appeals/new/metric?check=1"]
    metric = browse(changed[1].response.url, by=desk.employee, data=ANSWERS["metric"])
    assert metric.response.url == "/appeals/new/check"
    assert browse("/appeals/new/check", by=desk.employee).says(
        "A charter", "lead-time-for-changes", "other work"
    )
    assert browse("/appeals/new/check", by=desk.employee, data={}).status == 302
    assert not Hold.objects.exists()


def test_whose_use_of_a_value_is_contested_is_picked_from_what_its_appellant_was_told(browse, desk):
    """Issue 12, 3 and 7: asked only where somebody used it; what is picked is in the line's protection and before the handler."""
    march = {"window": Window(date(2026, 3, 1), date(2026, 4, 1))}
    look = ask(desk.manager, **march).receipt.id
    elsewhere = ask(desk.manager, window=Window(date(2026, 1, 1), date(2026, 2, 1))).receipt.id
    asked = write(browse, desk.employee, use={"use": str(look)})
    assert asked == [*list(ANSWERS)[:4], "use", *list(ANSWERS)[4:]]
    page = browse("/appeals/new/use", by=desk.employee)
    assert page.says("Do you contest how somebody used it?", "the value itself is wrong", desk.manager.name)
    assert str(look) in page.html and str(elsewhere) not in page.html
    check = browse("/appeals/new/check", by=desk.employee)
    assert check.says("Whose use of it", f"{desk.manager.name}, retrospective", str(look)[:8])
    assert browse("/appeals/new/check", by=desk.employee, data={}).status == 302
    appeal = assign(Appeal.objects.get(), desk)
    page = browse(f"/appeals/{appeal.pk}", by=desk.hr)
    assert page.says("Whose use", desk.manager.name, str(look))
    assert Protection.objects.filter(account=desk.manager, person=desk.employee.person).exists()


def test_another_value_forgets_whose_use_of_the_first_was_contested(browse, desk):
    """Issue 12, 3: nobody's use is contested that the appellant was not asked about."""
    look = ask(desk.manager, window=Window(date(2026, 3, 1), date(2026, 4, 1))).receipt.id
    write(browse, desk.employee, use={"use": str(look)})
    january = {"first": "2025-12", "last": "2025-12"}
    assert browse("/appeals/new/months?check=1", by=desk.employee, data=january).response.url.endswith(
        "/check"
    )
    assert not browse("/appeals/new/check", by=desk.employee).says("Whose use of it")
    browse("/appeals/new/months?check=1", by=desk.employee, data=ANSWERS["months"])
    refused = browse("/appeals/new/use", by=desk.employee, data={"use": str(uuid4())})
    assert refused.status == 400 and refused.says("Choose a use")


def a_colleague() -> User:
    """Somebody of the employee's team who may look at its values."""
    colleague = factories.an_account("curious", person=Person.objects.get(external_id="payments-3"))
    training.acknowledge(rulebook_version=factories.the_rules(), by=colleague)
    return colleague


@pytest.mark.parametrize("of", ["a colleague", "another month", "nobody"])
def test_a_use_that_the_appellant_was_not_told_of_cannot_be_contested(desk, file, of):
    """Issue 12, 1 and 7: neither a colleague's look at the group they share, nor one at another value."""
    month = date(2026, 1, 1) if of == "another month" else date(2026, 3, 1)
    window = Window(month, date(2026, month.month + 1, 1))
    asker = {"a colleague": a_colleague, "another month": lambda: desk.manager}.get(of)
    entry = ask(asker(), window=window).receipt.id if asker else uuid4()
    with pytest.raises(BadInput) as refused:
        file(about=structs.replace(VALUE, entry=entry))
    assert refused.value.code == "no_such_use" and not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("step", "given", "said"),
    [
        ("about", {}, "Choose what you contest"),
        ("receipt", {}, "Enter the number of the receipt"),
        ("metric", {"metric": "no-such"}, "Choose a metric"),
        ("whose", {}, "Choose whose value"),
        ("months", {"first": "2026-03", "last": "2026-01"}, "comes before the first"),
        ("statement", {"statement": " "}, "Say what is wrong"),
        ("when", {"starts_on": "2026-03-09", "last_day": "2026-03-01"}, "comes before the first"),
        ("says", {}, "Say what was going on"),
        ("know", {"kind": "loudly"}, "Choose who may know"),
    ],
)
def test_a_question_that_is_not_answered_says_so_beside_its_field(browse, desk, step, given, said):
    """Issue 12, 3."""
    page = browse(f"/appeals/new/{step}", by=desk.employee, data=given)
    assert page.status == 400 and page.says(said)


def test_contesting_a_use_leads_to_the_appeal_with_its_receipt(browse, desk):
    """Issue 12: the links that led to a page which filed nothing."""
    answer = ask(desk.manager)
    page = browse(f"/decisions/{answer.id}/contest")
    assert page.says("Appeal this use") and f"what=receipt&amp;receipt={answer.receipt.id}" in page.html
    address = f"/appeals/new/about?what=receipt&receipt={answer.receipt.id}"
    assert re.search(r'<input[^>]*value="receipt"[^>]*checked', browse(address).html)
    following = browse(address, data={"what": "receipt"})
    assert str(answer.receipt.id) in browse(following.response.url).html
    assert browse("/dispute").says("Write an appeal")


@pytest.mark.parametrize(
    ("page", "leads", "step", "offered"),
    [
        ("/rules/AR07", "what=rule&amp;rule=AR07", "rule", "AR07"),
        ("/about-me/values/lead-time-for-changes", "what=value&amp;metric=lead-time-for-changes&amp;whose=self", "metric", "lead-time-for-changes"),
    ],
)  # fmt: skip
def test_a_rule_and_a_value_of_ones_own_lead_to_their_appeal(browse, desk, page, leads, step, offered):
    """Issue 12, 3: from a value, a rule; what is known already is offered."""
    assert leads in browse(page, by=desk.employee).html
    begun = {"what": leads.split("&")[0].removeprefix("what=")}
    following = browse(f"/appeals/new/about?{unescape(leads)}", by=desk.employee, data=begun).response.url
    assert following == f"/appeals/new/{step}"
    assert re.search(rf'value="{offered}"', browse(following, by=desk.employee).html)


def test_the_queue_shows_what_waits_and_nothing_of_ones_own_line(browse, desk, file):
    """S82: the same page of a member of the board in the line has nothing on it, as if nothing were filed."""
    factories.an_alternate(SeatKind.HR, desk.manager)
    empty = browse("/appeals/queue").text
    file()
    assert browse("/appeals/queue", by=desk.legal).says("A value", "Filed", "16 April 2026")
    assert browse("/appeals/queue").text == empty
    assert browse("/appeals/queue", by=desk.stranger).status == 403


def test_from_the_queue_to_a_letter(browse, desk, file):
    """Issue 12, 4: acknowledged, assigned, written to, decided in a form that cannot be left empty, read as a letter."""
    one = f"/appeals/{file().pk}"
    assert browse(f"{one}/acknowledge", by=desk.legal, data={"review_closes": ""}).status == 302
    assert browse(f"{one}/assign", by=desk.legal, data={"handler": "nobody"}).says(
        "Name somebody whose account"
    )
    assert browse(f"{one}/assign", by=desk.legal, data={"handler": "manager"}).status == 400
    assert browse(f"{one}/assign", by=desk.legal, data={"handler": "hr"}).status == 302
    assert browse(f"{one}/message", by=desk.hr, data={"text": "Which ones?"}).status == 302
    assert browse(f"{one}/note", by=desk.hr, data={"note": "Ask the owner."}).status == 302
    mine = browse(one, by=desk.employee)
    assert mine.says("Which ones?") and not mine.says("Ask the owner.")
    outcome = {
        "finding": "upheld",
        "reasons": "They are missing.",
        "evidence": "Receipt 1.",
        "remedy": "",
        "act": "none",
    }
    refused = browse(f"{one}/outcome", by=desk.hr, data=outcome)
    assert refused.status == 400 and refused.says("They are missing.", "Say what is done now")
    assert browse(f"{one}/outcome", by=desk.hr, data={**outcome, "remedy": "Counted."}).status == 302
    assert browse(f"{one}/letter", by=desk.employee).says(
        "Outcome of your appeal", "They are missing.", "12 May 2026"
    )
    assert browse(one, by=desk.employee).says("Yes, it is final")
    assert browse(f"{one}/accept", by=desk.employee, data={}).status == 302
    assert Appeal.objects.get().state == AppealState.CLOSED


@pytest.mark.parametrize("act", ["", "/letter", "/withdraw", "/identity"])
def test_to_others_the_page_is_not_there(browse, desk, file, act):
    """S79: no page of an appeal opens to the line, whatever role they hold beside it."""
    factories.a_role(desk.manager, GrantedRole.HR)
    factories.a_role(desk.manager, GrantedRole.AUDITOR)
    assert browse(f"/appeals/{file().pk}{act}").status == 404


def test_a_thousand_open_appeals_cost_the_queue_no_more_statements(desk, file, statements):
    """Issue 12, measured: the query count of the queue is pinned."""
    file(hold=HoldChoice.NONE)
    few = statements("/appeals/queue", desk.legal)
    for _each in range(5):
        file(hold=HoldChoice.NONE)
    assert statements("/appeals/queue", desk.legal) == few <= 20


def test_withdrawing_asks_first(browse, desk, file):
    """Issue 12, 4."""
    appeal = file(kind=AppealKind.NAMED)
    assert browse(f"/appeals/{appeal.pk}/withdraw", by=desk.employee).says("what it holds can be used again")
    assert browse(f"/appeals/{appeal.pk}/withdraw", by=desk.employee, data={}).status == 302
    assert Hold.objects.get().released_at is not None


def test_the_page_of_a_decided_appeal_shows_both_instances(browse, desk, file):
    """DESIGN: second instance by other people."""
    appeal = assign(file(), desk)
    decide(appeal, desk.hr, finding="not_upheld")
    assert (
        browse(
            f"/appeals/{appeal.pk}/second", by=desk.employee, data={"second-why": "The log shows both."}
        ).status
        == 302
    )
    assert browse(f"/appeals/{appeal.pk}", by=desk.employee).says(
        "Not upheld", "The log shows both.", "To be looked at again"
    )


def test_the_receipts_that_an_outcome_rests_on_are_linked(browse, desk, file):
    """Issue 12, 4: linked evidence with the receipts it rests on; and what is written beside them is text."""
    appeal = assign(file(), desk)
    number = ask(desk.manager).receipt.id
    decide(appeal, desk.hr, evidence=f"<b>Receipt</b> {number}, and the log.")
    for page in (
        browse(f"/appeals/{appeal.pk}", by=desk.employee),
        browse(f"/appeals/{appeal.pk}/letter", by=desk.hr),
    ):
        assert f'href="/receipts/{number}"' in page.html and "<b>Receipt" not in page.html


def test_a_script_in_every_field_is_read_as_text_on_every_page(browse, desk, file):
    """Issue 12, bad input: what is typed into any field is shown as it was typed, and runs nowhere."""
    said = "<script>alert(1)</script>"
    context = [ContextSaid("on_call", date(2026, 3, 9), date(2026, 3, 21), said)]
    appeal = assign(file(statement=said, wanted=said, context=context), desk)
    services.write_message(appeal=appeal, text=said, by=desk.employee)
    services.write_note(appeal=appeal, text=said, by=desk.hr)
    services.extend_outcome(appeal=appeal, why=said, by=desk.hr)
    decide(appeal, desk.hr, reasons=said, evidence=said, remedy=said)
    services.ask_second_instance(appeal=appeal, why=said, by=desk.employee)
    pages = [("", desk.employee), ("/letter", desk.employee), ("", desk.legal)]
    shown = [browse(f"/appeals/{appeal.pk}{end}", by=who) for end, who in pages]
    shown += [browse("/appeals", by=desk.employee), browse("/teams/payments/context", by=desk.employee)]
    assert all(page.status == 200 and "<script>alert" not in page.html for page in shown)
    assert shown[0].html.count("&lt;script&gt;alert") >= 6
