"""Nothing is written without saying who did it, and without an event in the log (DESIGN, Style: omissions fail a test)."""

import importlib
from pathlib import Path

import pytest

from tests.audits.ledger import writers
from tests.audits.ledger.writers import Function

APPEND = tuple(Function("audits.ledger.services", name) for name in ("append", "append_all"))

# What writes and lacks something all the same, and why that is right.
EXCEPTIONS = {
    "audits.ledger.sequencer.place_batch": "The log's own order: gives entries that are there their places, as nobody.",
    "audits.ledger.sequencer.sequence": "The same, then signs; an entry of it would wait for a place in its turn, for ever.",
    "audits.ledger.publishing.publish_tiles": "Files of what the log has published already.",
    "audits.ledger.witnesses.cosign_state": "What was last heard of each witness; its signature stands in the checkpoint.",
    "audits.ledger.sequencer.sign_state": "Signs what stands, so that whoever reads the log can hold us to it.",
    "audits.fairness.services.handing_in.erase": "A step of discarding outcomes and of running their audit, each of which appends.",
    "charter.measures.revisions.services.keep_traces": "A step of publishing, which appends when the run ends.",
    "governance.appeals.attachments.clean_attachment": "Draws a picture anew, in memory.",
    "governance.appeals.services.drafts.save_draft": "What is being written and not filed is on no log: it would say who is about to appeal.",
    "governance.appeals.services.drafts.discard_draft": "The same, forgotten.",
    "governance.appeals.services.filing.store": "A step of filing, by name, confidentially or anonymously; it appends.",
    "governance.appeals.services.talking.keep": "A step of whatever writes a message; it appends, for whom it is given.",
    "governance.appeals.services.moving.move": "A step of every service that moves an appeal, each of which appends.",
    "governance.appeals.services.moving.start_clocks": "The same.",
    "governance.appeals.services.moving.meet": "The same.",
    "governance.appeals.services.follow_ups.plan": "A step of what ends an appeal, which appends.",
    "governance.decisions.services.repeats.keep": "A step of answering a question, which appends.",
    "governance.decisions.services.repeats.forget_old_answers": "Sealed copies of answers that are on the log, an hour later.",
    "governance.use_check.sheets.make_sheet": "A file in memory.",
    "governance.people.services.get_system_account": "It is opened by itself, which its event says.",
    "charter.measures.asking.work_asked": "Acts as whoever asked for the run, which is kept with it and which its events say.",
    "governance.people.importing.history.keep_history": "A step of import_organisation, which appends for all its rows.",
    "governance.people.importing.writing.write": "A step of import_organisation, which appends for all its rows.",
    "governance.people.authentication.RememberedTokenAuthentication.authenticate_credentials": "Notes a token's last use.",
    "governance.people.authentication.note_use": "The same, also at the SQL door.",
    "governance.people.account_mail.ask_for_link": "Nobody has signed in; the event comes with the mail, if there is one.",
    "governance.people.account_mail.send_waiting": "The account that a link is of does it, as its event says.",
    "governance.about_me.private_addresses.ask_for_link": "Nobody has signed in; the event comes when the link is used.",
    "governance.about_me.private_addresses.open_by_link": "Nobody has signed in; whose link it is does it, as its event says.",
    "governance.about_me.private_addresses.send_waiting": "Takes a mail from what waits; that an address was given is on the log, and that a link is used.",
    "governance.directory.saml.keep": "A session of nobody's: what a provider posted, for the next request.",
    "governance.directory.saml.take": "The same, forgotten.",
    "governance.people.second_step.accepts": "Uses up a code of whoever signs in; of a recovery code it appends, as theirs.",
    "governance.people.session_store.SessionStore.delete": "Signs out, which is on no log.",
    "governance.people.sign_in.SignInHandler.user_logged_in": "Forgets what was mistyped, in django-axes' rows.",
    "governance.board.effects.note_whose_look_it_is": "A step of open_case, whose event is of the case and names nobody.",
    "governance.board.effects.propose_consequences": "A step of open_case, whose event holds what is to become of the charter.",
    "governance.board.effects.request_seat": "A step of open_case, whose event holds who is to sit where.",
    "governance.board.effects.request_settings": "A step of open_case, whose event holds the change.",
    "governance.board.council_effects.request_council": "A step of open_case, whose event holds which council it is about.",
    "governance.board.councils.take_seat": "A step of filling a seat and of inviting to one, which append.",
    "governance.board.effects.request_waiver": "A step of open_case, whose event holds the waiver.",
    "governance.board.apps.BoardConfig.ready": "`migrate` writes down what passes a case, as the owner, from the settings.",
    "governance.people.scans.SIGN_IN_TRACES.<lambda 1>": "Forgets django-axes' own rows, which say nothing of use.",
    "governance.installation.backups.restoring.restore": "Puts back a whole database with its log, before anybody has an account in it.",
    "governance.demo.appeals.contest": "Appeals as the demo's employee and board do, by their services.",
    "governance.demo.appeals.show": "Draws a picture, in memory; all else it does by services.",
    "governance.demo.forge.read_folder": "Writes to a warehouse in memory.",
}


def lacks(function: Function) -> list[str]:
    """What a function that writes leaves out."""
    found = [] if function.of_the_clock or writers.takes_by(function) else ["by="]
    return found + ([] if any(writers.reaches(function, each) for each in APPEND) else ["an event"])


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """Every function of the apps that others or the clock call and that writes, with what it leaves out."""
    every = (each for module in writers.modules() for each in writers.functions(module))
    return {str(each): lacks(each) for each in every if each.called_from_outside and writers.writes(each)}


def test_whatever_writes_says_who_and_appends(found):
    """S143; issue 8, 3: no service writes without `by=` or without an event."""
    faults = {name: missing for name, missing in found.items() if missing and name not in EXCEPTIONS}
    assert not faults


def test_no_exception_outlives_its_reason(found):
    """An exception that is one no more would hide the next."""
    assert {name for name, missing in found.items() if missing} >= set(EXCEPTIONS)


def test_the_walk_comes_by_services_of_every_room(found):
    """A walk that found nothing would pass as well: plain saving, tables of functions, SQL and bulk writes are seen."""
    assert len(found) > 80
    assert found.keys() >= {
        "audits.ledger.services.append",
        "charter.measures.services.publish",
        "charter.authoring.drafts.start_draft",
        "charter.registry.services.publish_rulebook",
        "charter.registry.scans._flag_untied",
        "charter.registry.standings.move_version",
        "governance.board.services.cases.close_case",
        "governance.decisions.services.line.answer",
        "governance.notices.services.notify",
        "governance.training.services.attempts.answer",
    }


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("def do(*, row, by):\n    row.save()\n    ledger.append(row, by=by)", []),
        ("def do(*, row, by):\n    _write(row, by)\n\ndef _write(row, by):\n    row.save()\n    ledger.append(row, by=by)", []),
        ("def do(*, row, by):\n    row.save()\n    notify(to=row, by=by)", []),
        ("def do(*, row, by):\n    for step in STEPS:\n        step(row)\n\n"
         "def _write(row):\n    row.save()\n\nSTEPS = (_write, mark_all_read)", []),
        ("def do(*, row, by):\n    row.save()", ["an event"]),
        ("def do(row, by):\n    row.save()\n    ledger.append(row, by=by)", ["by="]),
        ("def do(*, by):\n    _write()\n\ndef _write():\n    statements.run(SQL, {})\n\nSQL = 'UPDATE notice SET text = 1'",
         ["an event"]),
        ("class Room:\n    def do(self, *, row):\n        self._write(row)\n\n    def _write(self, row):\n        row.delete()",
         ["by=", "an event"]),
        ("def do(rows):\n    rows.update(read_at=None)", ["by=", "an event"]),
        ("def do(rows):\n    statements.run('SELECT 1 FOR UPDATE', {})\n    {}.update(rows)", None),
    ],
)  # fmt: skip
def test_the_walk_sees_what_is_left_out(code, missing, tmp_path, monkeypatch):
    """The proof can fail: made-up services, each with what it leaves out."""
    found = walk(f"tests_made_up_{abs(hash(code))}", code, tmp_path, monkeypatch)
    assert found == ([] if missing is None else [missing])


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("def _tell(row, moment):\n    row.save()\n    ledger.append(row, by=moment.by)", [[]]),
        ("def _tell(row, moment):\n    row.save()", [["an event"]]),
        ("CLOCK = Scan(steps=(lambda row, by: row.delete(), lambda row, by: mark_all_read(by=by)))", [["an event"]]),
    ],
)  # fmt: skip
def test_the_walk_sees_what_the_clock_leaves_out(code, missing, tmp_path, monkeypatch):
    """Scans hand private functions and lambdas to the clock, which acts as somebody all the same."""
    package = f"tests_made_up_{abs(hash(code))}"
    (tmp_path / package).mkdir()
    assert walk(f"{package}.scans", f"Scan = dict\n\n{code}", tmp_path, monkeypatch) == missing


def walk(name: str, code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the walk finds in a made-up module."""
    head = (
        "from audits.ledger import services as ledger\n"
        "from governance.notices.services import mark_all_read, notify\n"
        "from ground import statements\n\n"
    )
    (folder / f"{name.replace('.', '/')}.py").write_text(head + code, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr(writers, "APPS", (*writers.APPS, name.partition(".")[0]))
    functions = writers.functions(importlib.import_module(name))
    return [lacks(each) for each in functions if each.called_from_outside and writers.writes(each)]
