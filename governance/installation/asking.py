"""The questions of `manage.py setup`, one at a time, each asked again until its answer can be taken."""

from collections.abc import Callable

from msgspec.structs import replace

from governance.installation.answers import (
    USUAL_ADDRESS,
    FirstAdministrator,
    MailServer,
    SetupAnswers,
    find_faults,
)

Ask = Callable[[str], str]
Say = Callable[[str], None]
# What the answers are until they are given: nothing that could be taken by mistake.
_NOBODY = SetupAnswers(name="", purpose="", administrator=FirstAdministrator("", "", ""))

_QUESTIONS = (
    ("name", "What is the programme called?", ""),
    ("purpose", "What is it for? Everybody reads this, and the first board votes on it.", ""),
    ("time_zone", "In which time zone do its days begin and end?", "UTC"),
    ("administrator.username", "First administrator: user name?", ""),
    ("administrator.name", "First administrator: name, as pages show it?", ""),
    ("administrator.email", "First administrator: e-mail address?", ""),
    (
        "address",
        "At which address do people reach it? One of this machine alone to begin with.",
        USUAL_ADDRESS,
    ),
    ("warehouse", "Where are the facts (duckdb:///path, postgresql://…)? Empty: say it later.", ""),
)


def ask_all(ask: Ask, say: Say) -> SetupAnswers:
    """Ask everything. What ends the asking (Ctrl-C, the end of input) ends it with nothing written."""
    answers = _NOBODY
    for key, question, usual in _QUESTIONS:
        answers = _ask_one(answers, key, question, usual, ask, say)
    return _ask_mail(answers, ask, say)


def _ask_one(answers: SetupAnswers, key: str, question: str, usual: str, ask: Ask, say: Say) -> SetupAnswers:
    prompt = f"{question} [{usual}] " if usual else f"{question} "
    while True:
        given = _put(answers, key, ask(prompt).strip() or usual)
        faults = [fault.sentence for fault in find_faults(given) if fault.key == key]
        if not faults:
            return given
        say(f"  {faults[0]}")


def _put(answers: SetupAnswers, key: str, value: str) -> SetupAnswers:
    part, _dot, name = key.partition(".")
    if not name:
        return replace(answers, **{key: value})
    return replace(answers, **{part: replace(getattr(answers, part), **{name: value})})


def _ask_mail(answers: SetupAnswers, ask: Ask, say: Say) -> SetupAnswers:
    """A server and a sender, or none; a password is no answer to a question that stays on the screen: it is for a file."""
    while True:
        host = ask(
            "Mail server, as host or host:port? Empty: notices go to files, and reach nobody. "
        ).strip()
        if not host:
            return answers
        name, _colon, port = host.partition(":")
        sender = ask("From which address do they come? ").strip()
        number = int(port) if port.isdecimal() else 25 if not port else 0
        given = replace(answers, mail=MailServer(host=name, sender=sender, port=number))
        faults = [fault.sentence for fault in find_faults(given) if fault.key == "mail"]
        if not faults:
            return given
        say(f"  {faults[0]}")
