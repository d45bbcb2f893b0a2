"""Every door of the line is asked the same questions by the same accounts: one verdict, the same rules, the same rows.

The doors are the ask page and its check, an opened view, the API's queries and checks, each alone and in a batch,
`manage.py ask` with and without `--check`, the Python client, AuthZEN, alone and in a batch, and an assistant's tools. A use
check asks a question of its own making, which is put to the API's check as it was recorded.
"""

import io
import json
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import httpx2
import msgspec
import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from charter.registry.models import Metric
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType as Use
from charter.rules.vocabulary import Grain, Outcome
from charter_client import Charter, Problem
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services.answers import Answer
from governance.people.models import User
from governance.saved_views import services as views
from governance.saved_views.models import ViewClass
from governance.ui import questions
from governance.use_check.states import ANSWER_OF
from ground.rates import Rate
from tests import factories
from tests.governance.assistants.conftest import call
from tests.governance.authzen.conftest import send
from tests.governance.decisions.looks import LOOK, people
from tests.governance.decisions.many_questions import make_questions
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING, ask
from tests.pages import Page
from tests.proof import ASKED, whole_or_short

__all__ = ["people"]

STAFFING = {**LEAD_TIME, "decision": "staffing"}
QUESTIONS: dict[str, dict[str, Any]] = {
    "a retrospective": {**LEAD_TIME, "reason": "sprint retro"},
    "a ranking": RANKING,
    "a use left to the board": STAFFING,
    "one person": LOOK,
    "several people": {**LOOK, "persons": ["payments-2", "payments-3"]},
    "one's own": {**LEAD_TIME, "grain": "self", "cohorts": []},
    "everything that is abusive": {
        **LEAD_TIME, "cohorts": ["team:payments", "team:search"], "order_by": "value", "limit": 3, "percentile": True,
        "compare": True, "combine": "score", "time_filter": "weekend", "export": True, "accountable": "manager",
        "evidence": [{"kind": "design_review", "ref": "DR-12"}],
    },
    "no such metric": {**LEAD_TIME, "metrics": ["no-such-metric"]},
    "no such cohort": {**LEAD_TIME, "cohorts": ["team:nobody"]},
}  # fmt: skip
WRONG = ("no such metric", "no such cohort")


class Said(msgspec.Struct, frozen=True):
    """What a door told, and what the line kept of it. Who only checks is told no rows, and no hash is kept of any."""

    verdict: str
    rules: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] | None = None
    paired: list[dict[str, Any]] | None = None
    request: dict[str, Any] = {}
    content_hash: str = ""

    def checked(self) -> "Said":
        return msgspec.structs.replace(self, rows=None, paired=None, content_hash="")


WRONGLY_ASKED = Said("badly asked")
Ask = Callable[[User, dict[str, Any]], Said]


def of_json(body: dict[str, Any], status: int) -> Said:
    """What a body of the API or the shell tells."""
    if status == 400:
        return WRONGLY_ASKED
    told = {name: body[name] for name in ("rows", "paired") if name in body}
    rules = [{name: said for name, said in rule.items() if name != "contest_url"} for rule in body["rules"]]
    return kept(Said(body["verdict"], rules=rules, **told))


def of_answer(given: Answer, page: Page, *, rows: bool) -> Said:
    """What a page tells: the answer that it was made from, as far as its reader sees it."""
    serialize_as = msgspec.json.encode((given.verdict, given.rows, given.paired))
    verdict, own, paired = msgspec.json.decode(serialize_as)
    rules = verdict["rules"]
    for rule in rules:
        assert page.says(rule["id"], rule["title"], rule["here"], rule["fix"])
    for row in own:
        assert page.says(row["withheld_because"] if row["withheld"] else f"{row['value']:g}")
    told: dict[str, Any] = {"rows": own, "paired": paired} if rows and given.verdict.permits else {}
    return kept(Said(given.verdict.outcome.value, rules=rules, **told))


def kept(said: Said) -> Said:
    """What was said with what was just recorded."""
    decision = DecisionRecord.objects.order_by("-at", "-pk").first()
    assert (decision.verdict, decision.rules) == (said.verdict, sorted({rule["id"] for rule in said.rules}))
    return msgspec.structs.replace(said, request=decision.request, content_hash=decision.content_hash)


def api(path: str, *, batch: bool = False) -> Ask:
    def asked(user: User, question: dict[str, Any]) -> Said:
        body = {"requests": [question]} if batch else question
        token = factories.a_token(user)
        reply = Client().post(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Token {token}",
        )
        told, status = reply.json(), reply.status_code
        if batch:
            (told,) = told["answers"]
            status = told["status"]
        return of_json(told, status)

    return asked


def authzen(*, batch: bool = False) -> Ask:
    def asked(user: User, question: dict[str, Any]) -> Said:
        metric, *beside = question["metrics"]
        said = {name: value for name, value in question.items() if name not in ("decision", "metrics")}
        body = {
            "subject": {"type": "user", "id": user.username},
            "action": {"name": question["decision"]},
            "resource": {"type": "metric", "id": metric},
            "context": {**said, **({"beside": beside} if beside else {})},
        }
        path, sent = ("s", {"evaluations": [body]}) if batch else ("", body)
        told = send(f"/access/v1/evaluation{path}", sent, factories.a_token(user)).json()
        told = told["evaluations"][0] if batch else told
        return of_decision(told)

    return asked


def of_decision(told: dict[str, Any]) -> Said:
    """What AuthZEN tells: the rules are its reasons, with a text each for administrators and for users."""
    if "error" in told["context"]:
        assert told["decision"] is False and told["context"]["error"]["status"] == 400
        return WRONGLY_ASKED
    assert told["decision"] is (told["context"]["verdict"] == "permit")
    for rule in (rules := told["context"].get("reasons", [])):
        del rule["reason_admin"], rule["reason_user"]
    return of_json({"verdict": told["context"]["verdict"], "rules": rules}, 200)


def assistant(tool: str) -> Ask:
    def asked(user: User, question: dict[str, Any]) -> Said:
        told = call(factories.a_token(user), tool, question)["structuredContent"]
        return of_json(told, told.get("status", 200))

    return asked


class Carrying(httpx2.BaseTransport):
    """Carries the Python client's requests into the application, in the test's own transaction."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name: said for name, said in request.headers.items() if name != "content-length"}
        content_type = headers.pop("content-type", "")
        response = Client().generic(
            request.method, request.url.path, request.content, content_type, headers=headers
        )
        return httpx2.Response(response.status_code, headers=dict(response.items()), content=response.content)


def client(method: str) -> Ask:
    def asked(user: User, question: dict[str, Any]) -> Said:
        with Charter("http://testserver", token=factories.a_token(user), transport=Carrying()) as charter:
            try:
                told = getattr(charter, method)(**question)
            except Problem as problem:
                return of_json(dict(problem.body), problem.status)
            return of_json(dict(told.raw), 200)

    return asked


def shell(*flags: str) -> Ask:
    def asked(user: User, question: dict[str, Any]) -> Said:
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(question).encode())))
            try:
                call_command("ask", "-", "--as", user.username, *flags, stdout=out)
            except SystemExit as stop:
                assert stop.code == 1
        told = json.loads(out.getvalue())
        return of_json(told, told.get("status", 200))

    return asked


def page(*, check: bool = False) -> Ask:
    def asked(user: User, question: dict[str, Any]) -> Said:
        data = QueryDict(questions.to_query(msgspec.convert(question, Request)), mutable=True)
        if check:
            data["check"] = "on"
        shown = browse(user, "/ask", data)
        if shown.status == 400:
            return WRONGLY_ASKED
        return of_answer(shown.response.context["answer"], shown, rows=not check)

    return asked


def view(user: User, question: dict[str, Any]) -> Said:
    """A question that is kept as a view, which its maker may change and the team may open."""
    views.make_view(
        slug="kept",
        name="Kept",
        purpose="To ask it again.",
        view_class=ViewClass.DIAGNOSTIC,
        decision=Use(question["decision"]),
        grain=Grain(question["grain"]),
        metrics=list(Metric.objects.filter(slug__in=question["metrics"])),
        cohorts=question["cohorts"],
        by=User.objects.get(username="manager"),
    )
    shown = browse(user, "/views/kept/open", {"first": "2026-01", "last": "2026-03"})
    (panel,) = shown.response.context["panels"]
    return of_answer(panel.answer, shown, rows=True)


def browse(user: User, path: str, data: Any) -> Page:
    client = Client()
    client.force_login(user)
    return Page(client.post(path, data.dict() | dict(data.lists()) if isinstance(data, QueryDict) else data))


def use_check(user: User, question: dict[str, Any]) -> None:
    """The API's use check says what its check says of the very question that it came to, and names each rule once."""
    words = ("decision", "metrics", "grain", "cohorts", "persons", "evidence")
    body = {name: question[name] for name in words if name in question}
    authorization = f"Token {factories.a_token(user)}"
    before = DecisionRecord.objects.count()
    with undone():
        reply = send("/api/v1/use-checks", body, None, Authorization=authorization)
        told = reply.json()
        if reply.status_code != 200:
            assert reply.status_code == 400 and DecisionRecord.objects.count() == before
            came_to = {**body, "window": question["window"], "period": question["period"]}
        else:
            decision = DecisionRecord.objects.order_by("-at", "-pk").first()
            came_to, matches = decision.request, decision.matches
    with undone():
        expected = CHECKS["check"](user, came_to)
        if reply.status_code != 200:
            assert expected is WRONGLY_ASKED, (came_to, told)
            return
        same = DecisionRecord.objects.order_by("-at", "-pk").first()
    assert ANSWER_OF[Outcome(expected.verdict)].value == told["answer"]
    assert [rule["id"] for rule in told["rules"]] == sorted({rule["id"] for rule in expected.rules})
    assert (same.matches, same.request) == (matches, came_to)


ROWS: dict[str, Ask] = {
    "page": page(),
    "query": api("queries"),
    "query in a batch": api("queries", batch=True),
    "shell": shell(),
    "client": client("ask"),
    "assistant": assistant("ask"),
}
CHECKS: dict[str, Ask] = {
    "page's check": page(check=True),
    "check": api("checks"),
    "check in a batch": api("checks", batch=True),
    "shell's check": shell("--check"),
    "client's check": client("check"),
    "assistant's check": assistant("may_i"),
    "AuthZEN": authzen(),
    "AuthZEN in a batch": authzen(batch=True),
}


@contextmanager
def undone():
    """Each door is asked as if no other had been: what was looked at counts in what is asked next."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


@pytest.fixture
def accounts(people) -> dict[str, User]:
    """Who leads the team payments, who is on it, and who is neither; the manager was refused a rating of it."""
    root = factories.an_account("root", is_superuser=True, is_staff=True)
    names = ("manager", "employee")
    ask(people.manager, {**LEAD_TIME, "decision": "performance_rating"})
    return {name: getattr(people, name) for name in names} | {"root": root}


def told_by(doors: dict[str, Ask], user: User, question: dict[str, Any]) -> dict[str, Said]:
    found = {}
    for name, asked in doors.items():
        with undone():
            found[name] = asked(user, question)
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_door_says_the_same(accounts, name):
    """DESIGN, The line; issue 8, 3: every door, screens included, is asked the same questions and compared."""
    for who, user in accounts.items():
        with_rows = told_by(ROWS, user, QUESTIONS[name])
        checked = told_by(CHECKS, user, QUESTIONS[name])
        expected = with_rows["query"]
        assert {door: said for door, said in with_rows.items() if said != expected} == {}, who
        assert {door: said for door, said in checked.items() if said != expected.checked()} == {}, who
        assert name not in WRONG or expected is WRONGLY_ASKED
        use_check(user, QUESTIONS[name])


PAGES = ("page", "page's check")


def compare(user: User, question: dict[str, Any]) -> Said:
    """Ask every door; gives what all said.

    The page's form has no words for some of what programs can say, such as a rota: it refuses them as no question, which opens nothing.
    """
    with_rows, checked = told_by(ROWS, user, question), told_by(CHECKS, user, question)
    expected = with_rows["query"]
    wrong = {door: said for door, said in with_rows.items() if said != expected}
    wrong |= {door: said for door, said in checked.items() if said != expected.checked()}
    if expected.verdict != Outcome.PERMIT.value:
        wrong = {door: said for door, said in wrong.items() if door not in PAGES or said is not WRONGLY_ASKED}
    assert wrong == {}, (user.username, question, expected)
    return expected


def test_some_of_many_questions(accounts):
    """Issue 14, Done when: the same questions through every door give the same verdicts; a sample."""
    for each in make_questions(3):
        assert compare(accounts["manager"], each).verdict
        use_check(accounts["manager"], each)


@pytest.mark.proof(alone=True)
def test_the_same_500_questions_through_every_door(accounts, settings):
    """Issue 14, Done when: the same 500 questions through every door give the same verdicts."""
    settings.API_RATE = settings.COST_RATE = Rate(100_000_000, 1)
    users, verdicts = cycle(accounts.values()), Counter[str]()
    for question in make_questions(whole_or_short(500, 20)):
        user = next(users)
        with undone():
            verdicts[compare(user, question).verdict] += 1
            use_check(user, question)
    often = {"permit"} if ASKED == "whole" else set()  # few of few questions are permitted
    assert {"deny", WRONGLY_ASKED.verdict} | often <= set(verdicts)


@pytest.mark.parametrize("who", ["manager", "employee"])
def test_a_view_says_what_the_other_doors_say(people, who):
    """DESIGN, The line: a view is a door like any other; asked by somebody who was refused nothing before."""
    question = {name: said for name, said in LEAD_TIME.items() if name != "reason"}
    told = told_by({"view": view, "query": ROWS["query"]}, getattr(people, who), question)
    assert told["view"] == told["query"]
    assert told["view"].rows


def test_the_questions_meet_every_verdict(accounts):
    """A comparison of refusals alone would compare little."""
    told = {
        name: told_by({"query": ROWS["query"]}, accounts["manager"], QUESTIONS[name]) for name in QUESTIONS
    }
    verdicts = {each["query"].verdict for each in told.values()}
    assert verdicts == {*(outcome.value for outcome in Outcome), WRONGLY_ASKED.verdict}


def test_no_door_is_left_out(accounts):
    """A door that is added to the line is added here."""
    doors = set()
    for asked in (ROWS | CHECKS).values():
        with undone():
            asked(accounts["manager"], LEAD_TIME)
            doors.add(DecisionRecord.objects.order_by("-at", "-pk").first().door)
    # Statements become questions of their own, so the SQL door's are put to the others as they were recorded (`sql_door/test_door.py`).
    assert doors == set(Door.values) - {Door.SQL}
