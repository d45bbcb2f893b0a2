"""Confidential and anonymous appeals, as an attacker in the manager's seat would look for them.

Issue 12, 7: nothing in any list, log, notice, export, count or identifier lets the reporting line tell who filed, or that anybody did.
"""

import json
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from audits.ledger.models import Entry, Payload
from audits.ledger.states import Visibility
from governance.appeals import permissions, queries, scans, services
from governance.appeals.models import Appeal
from governance.appeals.states import AboutKind, AppealKind, AppealState, HoldChoice, Voice
from governance.appeals.words import AppealAbout, ContextSaid, hash_receipt
from governance.board.states import SeatKind
from governance.decisions.models import ContextNote, Hold
from governance.desk import merging
from governance.notices.models import Notice
from governance.people.models import GrantedRole
from ground import clock
from ground.errors import Conflict, NotFound, NotPermitted
from ground.rates import Rate
from tests import factories
from tests.access import table
from tests.governance.appeals.conftest import assign, decide
from tests.governance.config.test_bad_input import filled, operations
from tests.governance.decisions.conftest import NOON
from tests.governance.decisions.test_answer import ask

pytestmark = pytest.mark.django_db
# What differs from one page to the next by itself: tokens against forgery, and marks of one request.
_BY_ITSELF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')


@pytest.fixture
def sealed(file):
    """A confidential appeal whose hold nobody sees until it is used."""
    return lambda **over: file(**{"kind": AppealKind.CONFIDENTIAL, "hold": HoldChoice.ON_USE, **over})


def powerful(manager) -> None:
    """Give the reporting line all that an account can hold."""
    for role in GrantedRole:
        if role not in (GrantedRole.MANAGER, GrantedRole.VALUE_STREAM_LEAD):
            factories.a_role(manager, role)
    factories.an_alternate(SeatKind.HR, manager)
    factories.change(manager, is_superuser=True, is_staff=True)


def open_everything(client: Client, token: str) -> dict[str, tuple[int, str]]:
    """Every page without an object and every address of the API that reads, as this browser's account sees them."""
    pages = {
        reverse(row.page.name, args=row.arguments)
        for row in table.list_rows({})
        if row.page.name != "sign-out"
    }
    api = {filled(path) for method, path in operations() if method.lower() == "get"}
    admin = {"/admin/", "/admin/people/user/", "/admin/notices/notice/", "/admin/appeals/appeal/"}
    more = {
        "/metrics/lead-time-for-changes",
        "/teams/payments/context",
        "/appeals/queue?over=1",
        "/api/v1/holds",
        "/api/v1/appeals",
    }
    return {url: told(look(client, url, token)) for url in sorted(pages | api | admin | more)}


def look(client: Client, url: str, token: str):
    """A page by the session, an address of the API by a token."""
    return (
        client.get(url, HTTP_AUTHORIZATION=f"Token {token}") if url.startswith("/api/") else client.get(url)
    )


def told(response) -> tuple[int, str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, _BY_ITSELF.sub("", body.decode(errors="replace"))


LOOKED_AT = (
    "/", "/appeals", "/appeals/queue", "/notices", "/holds", "/context", "/metrics/lead-time-for-changes",
    "/api/v1/appeals", "/api/v1/holds", "/api/v1/context-notes", "/api/v1/notices", "/admin/",
)  # fmt: skip


def test_the_managers_likeliest_pages_are_the_same_before_and_after(desk, sealed):
    """Issue 12, 7: as the next test, of the pages where one would look first."""
    powerful(desk.manager)
    browser = Client(raise_request_exception=False)
    browser.force_login(desk.manager)
    token = factories.a_token(desk.manager)
    before = {url: told(look(browser, url, token)) for url in LOOKED_AT}
    assert {status for status, _text in before.values()} == {200}
    assign(sealed(), desk)
    assert {url: told(look(browser, url, token)) for url in LOOKED_AT} == before


@pytest.mark.proof(alone=True)
def test_the_manager_with_every_role_sees_the_same_before_and_after(desk, sealed):
    """Issue 12, 7: pages, API and admin, byte for byte; while it waits, is handled, decided, and over."""
    powerful(desk.manager)
    browser = Client(raise_request_exception=False)
    browser.force_login(desk.manager)
    token = factories.a_token(desk.manager)
    open_everything(browser, token)  # what a first look makes by itself
    before = open_everything(browser, token)
    assert len(before) > 60 and sum(status == 200 for status, _text in before.values()) > 40
    appeal = sealed(context=[ContextSaid("on_call", date(2026, 3, 9), date(2026, 3, 21), "Nights.")])
    assert differences(before, open_everything(browser, token)) == []
    assign(appeal, desk)
    services.write_message(appeal=appeal, text="Which?", by=desk.hr)
    assert differences(before, open_everything(browser, token)) == []
    decide(appeal, desk.hr)
    services.accept_outcome(appeal=appeal, by=desk.employee)
    assert differences(before, open_everything(browser, token)) == []


def differences(before: dict, after: dict) -> list[str]:
    # The log grows with whatever is written, and its entries name nobody.
    # And one's own sessions say when one looked; the secret of a second step is another each time.
    log = ("/log/", "/readyz", "/sessions", "/second-step")
    return [url for url in before if before[url] != after[url] and not url.startswith(log)]


def test_its_answers_to_the_line_are_those_of_an_appeal_that_is_not_there(call, desk, sealed):
    """Issue 12, 7: identifier guessed or leaked by an accomplice in the team."""
    powerful(desk.manager)
    there, nowhere = sealed().pk, uuid4()
    acts = {
        "": None,
        "/messages": {"text": "x"},
        "/assign": {"handler": "hr"},
        "/acknowledge": {},
        "/withdraw": {},
    }
    for act, body in acts.items():
        answers = [call(desk.manager, f"/api/v1/appeals/{key}{act}", body) for key in (there, nowhere)]
        assert answers[0] == answers[1] and answers[0][0] == 404


def test_the_database_and_the_log_name_nobody(desk, sealed):
    """Issue 12, 3: identity encrypted at rest under its own key; entries of the log are sealed."""
    appeal = sealed(statement="Payments mirror.")
    said = [str(desk.employee.pk), desk.employee.username, desk.employee.person.external_id, "mirror"]
    with connection.cursor() as cursor:
        for name in ("appeals_appeal", "appeals_clock", "appeals_appealmessage", "appeals_appealdraft"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {name} t")
            found = cursor.fetchone()[0]
            assert not any(each in found for each in said), name
    entries = Entry.objects.filter(kind__startswith="appeals.")
    assert {each.visibility for each in entries} == {Visibility.SEALED}
    assert {each.actor for each in Payload.objects.filter(entry__in=entries)} == {""}
    assert appeal.appellant is None and appeal.filed_at == NOON


def test_no_notice_and_no_mail_goes_to_who_filed_it_or_to_their_line(desk, sealed):
    """Issue 12, 10: what is new stands on their own page."""
    powerful(desk.manager)
    appeal = assign(sealed(), desk)
    services.write_message(appeal=appeal, text="Which?", by=desk.hr)
    decide(appeal, desk.hr)
    told = Notice.objects.filter(kind="appeals")
    assert told.exists() and not told.filter(to__in=[desk.employee, desk.manager]).exists()
    for each in told:
        said = f"{each.subject} {each.text}"
        assert "payments" not in said.lower() and desk.employee.name not in said
    assert not ContextNote.objects.exists()


def test_its_filer_finds_it_on_their_own_page(browse, desk, sealed):
    """DESIGN, Board and appeals: nobody else does."""
    appeal = sealed()
    assert browse("/appeals", by=desk.employee).says("A value", "Filed")
    assert browse(f"/appeals/{appeal.pk}", by=desk.employee).status == 200


def test_only_the_handler_opens_the_name_and_each_time_is_told(browse, desk, sealed):
    """Issue 12, 3: each opening logged and told to the appellant."""
    appeal = assign(sealed(), desk)
    page = browse(f"/appeals/{appeal.pk}", by=desk.hr)
    assert page.says("See who filed it") and desk.employee.name not in page.text
    for other in (desk.legal, desk.other_hr, desk.manager):
        with pytest.raises((NotFound, NotPermitted)):
            services.open_identity(appeal=appeal, by=other)
    shown = browse(f"/appeals/{appeal.pk}/identity", by=desk.hr, data={})
    assert shown.says(desk.employee.name)
    (said,) = [
        text for each, text in queries.list_messages(appeal, internal=False) if each.voice == Voice.SERVICE
    ]
    assert "opened your name" in said and desk.hr.name in said
    assert Entry.objects.filter(kind="appeals.identity_opened").count() == 1


def test_its_hold_ends_with_the_others_of_its_week(desk, sealed, file):
    """Issue 12, 5: confidential holds lift in batches; 14 April 2026 is a Tuesday."""
    appeal, plain = sealed(hold=HoldChoice.TEAM), file(about=AppealAbout(), hold=HoldChoice.NONE)
    services.withdraw_appeal(appeal=appeal, by=desk.employee)
    assert plain.state == AppealState.FILED and Hold.objects.get().released_at is None
    for days, over in ((5, False), (6, True)):
        with clock.stopped_at(NOON + timedelta(days=days)):
            scans.APPEALS_CLOCK.once(by=factories.system())
        assert (Hold.objects.get().released_at is not None) is over


def test_what_one_moves_elsewhere_does_not_open(desk, sealed):
    """Issue 12, 3: sealed words are bound to their row."""
    one, other = sealed(), sealed()
    one.parties = other.parties
    with pytest.raises(Conflict, match="does not open"):
        permissions.read_parties(one)


# Anonymous

NEW, CASE = "/appeals/anonymous/new", "/appeals/anonymous/case"


@pytest.fixture
def written(desk) -> dict[str, str]:
    return {
        "what": "receipt", "receipt": str(ask(desk.manager).receipt.id), "statement": "Used against us.",
        "wanted": "Stop it.", "hold": "team",
    }  # fmt: skip


def file_anonymously(browse, written) -> str:
    assert browse(NEW, by=None, data=written).says("Check your appeal", "Used against us.")
    filed = browse(NEW, by=None, data={**written, "file": "1"})
    assert filed.says("shown once")
    return re.search(r'id="receipt">([\d ]{19})<', filed.html)[1]


def test_an_anonymous_case_is_filed_and_reopened_by_its_receipt(browse, desk, written):
    """Issue 12, 3 and done when: 16 digits, shown once, stored as a slow hash; two-way messages."""
    receipt = file_anonymously(browse, written)
    appeal = assign(Appeal.objects.get(), desk)
    digits = receipt.replace(" ", "")
    assert (
        len(digits) == 16 and appeal.receipt_hash == hash_receipt(digits) and digits not in str(vars(appeal))
    )
    services.write_message(appeal=appeal, text="When was it?", by=desk.hr)
    assert browse(CASE, by=None, data={"receipt": receipt}).says("When was it?")
    sent = browse(CASE, by=None, data={"receipt": digits, "act": "message", "text": "In March."})
    assert sent.says("In March.") and browse(f"/appeals/{appeal.pk}", by=desk.hr).says("In March.")
    decide(appeal, desk.hr)
    assert browse(CASE, by=None, data={"receipt": receipt, "act": "accept"}).says("Closed")
    assert Hold.objects.get().metric.slug == "lead-time-for-changes"


def test_an_anonymous_appeal_is_written_one_question_a_page(browse, desk, written):
    """Issue 12, 3: the page itself carries what was answered, unseen; one answer is changed alone; nothing is kept meanwhile."""
    carried: dict[str, str] = {}
    for step, name in (
        ("about", "what"),
        ("receipt", "receipt"),
        ("statement", "statement"),
        ("hold", "hold"),
        ("wanted", "wanted"),
    ):
        page = browse(NEW, by=None, data={**carried, "step": step})
        assert page.status == 400, step  # a question that was not answered is asked again
        carried[name] = written[name]
        page = browse(NEW, by=None, data={**carried, "step": step})
        assert page.status == 200
    assert page.says("Check your appeal", "Used against us.")
    back = browse(NEW, by=None, data={**carried, "change": "statement"})
    assert back.says("Used against us.", "question 3") and 'type="hidden" name="wanted"' in back.html
    assert not Appeal.objects.exists()


def test_its_contested_asker_never_sees_it(browse, desk, written):
    """S82: the manager whose use is contested finds nothing in the queue, whatever they hold."""
    powerful(desk.manager)
    empty = browse("/appeals/queue").text
    file_anonymously(browse, written)
    assert browse("/appeals/queue").text == empty
    assert browse("/appeals/queue", by=desk.legal).says("No one")


def test_no_cookie_outlives_the_session_and_no_address_is_kept(desk, written):
    """Issue 12, 3: no address kept, no cookie beyond the session."""
    client = Client(REMOTE_ADDR="203.0.113.77")
    assert client.get(NEW).status_code == 200 and client.cookies
    response = client.post(NEW, {**written, "file": "1"})
    assert response.status_code == 200 and response.headers["Cache-Control"].count("no-store")
    assert all(not each["max-age"] and not each["expires"] for each in client.cookies.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{name}" t WHERE t::text LIKE %s', ["%203.0.113.77%"])
            assert cursor.fetchone() == (0,), name


def test_guessed_receipts_are_counted_without_addresses_and_read_the_same(browse, desk, written, settings):
    """Issue 12, bad input: wrong or guessed receipts, rate limited."""
    file_anonymously(browse, written)
    pages = [
        browse(CASE, by=None, data={"receipt": each})
        for each in ("1234 5678 9012 3456", "1", "x" * 30, "١" * 16)
    ]
    assert {page.status for page in pages} == {404} and all(
        page.says("There is no appeal of this number") for page in pages
    )
    settings.ANONYMOUS_RECEIPT_RATE = Rate(1, 3600)
    assert [browse(CASE, by=None, data={"receipt": "1" * 16}).status for _each in range(2)][-1] == 429


def test_every_guess_costs_one_slow_hash(monkeypatch, desk):
    """Issue 12, bad input: constant time, so that nothing is learnt from how long it took."""
    hashed = []

    def count(digits: str) -> str:
        hashed.append(digits)
        return "0" * 64

    monkeypatch.setattr(queries, "hash_receipt", count)
    for guess in ("1234567890123456", "12", ""):
        with pytest.raises(NotFound):
            queries.find_by_receipt(guess)
    assert hashed == ["1234567890123456", "12", ""]


def test_whoever_is_signed_in_is_asked_to_sign_out_first(browse, desk, written):
    """Issue 12, 3: what is sent while one is signed in could be traced."""
    page = browse(NEW, by=desk.employee, data={**written, "file": "1"})
    assert page.status == 403 and page.says("Sign out first") and not Appeal.objects.exists()


def test_the_number_of_anonymous_filings_is_limited_for_all_together(browse, desk, written, settings):
    """Issue 12, bad input: rate limited without addresses, and nothing that was typed is lost."""
    settings.ANONYMOUS_FILING_RATE = Rate(1, 3600)
    file_anonymously(browse, written)
    page = browse(NEW, by=None, data={**written, "file": "1"})
    assert page.status == 429 and page.says("Used against us.")


def test_unknown_rules_and_metrics_read_as_known_ones_to_whoever_has_not_signed_in(browse, desk, written):
    """Issue 12, 7: no refusal tells an outsider which metrics there are."""
    for about in ({"what": "rule", "rule": "AR99"}, {"what": "charter", "metric": "no-such"}):
        page = browse(NEW, by=None, data={**written, **about, "hold": "none", "file": "1"})
        assert page.says("Your appeal is filed")


def test_json_of_an_anonymous_appeal_names_nobody(call, browse, desk, written):
    """Issue 12, 10: told to its handler."""
    file_anonymously(browse, written)
    appeal = assign(Appeal.objects.get(), desk)
    assert appeal.about_kind == AboutKind.RECEIPT
    told = call(desk.hr, f"/api/v1/appeals/{appeal.pk}")[1]
    assert told["appellant"] is None and "employee" not in json.dumps(told)


@pytest.mark.parametrize("kind", [AppealKind.NAMED, AppealKind.CONFIDENTIAL])
def test_what_stays_of_an_account_tells_an_administrator_of_no_appeal(desk, file, kind):
    """S79, S81: to others an appeal is not there: neither who filed it, nor whose use it is about, nor who handles it."""
    admin, other = factories.an_administrator("merges"), factories.an_account("other")
    accounts = (desk.employee, desk.manager, desk.hr)

    def read() -> list[object]:
        return [merging.preview(account=each, into=other, by=admin).stays for each in accounts]

    before = read()
    assign(file(kind=kind, contested=desk.manager), desk)
    assert read() == before
