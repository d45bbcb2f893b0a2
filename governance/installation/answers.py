"""What whoever sets an installation up is asked: by question and answer, or read from a file."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from msgspec import Struct

from governance.installation.loopback import is_of_this_machine
from ground import texts
from ground.errors import BadInput
from ground.strict_yaml import Tree

USUAL_ADDRESS = "http://127.0.0.1:8000"


class FirstAdministrator(Struct, frozen=True, forbid_unknown_fields=True):
    """Who begins the programme and invites its first board."""

    username: str
    name: str
    email: str


class MailServer(Struct, frozen=True, forbid_unknown_fields=True):
    """Where notices are handed over, and whom they come from."""

    host: str
    sender: str
    port: int = 25
    username: str = ""
    password: str = ""
    tls: bool = False


class SetupAnswers(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it. Without a mail server notices are written to files below VAR_DIR, where they reach nobody."""

    name: str
    purpose: str
    administrator: FirstAdministrator
    time_zone: str = "UTC"
    language: str = "en-gb"
    address: str = USUAL_ADDRESS
    port: int | None = None
    mail: MailServer | None = None
    warehouse: str = ""

    @property
    def web_port(self) -> int:
        """Where the web server listens: as told, as the address says, or 8000."""
        return (
            self.port or (urlsplit(self.address).port if is_of_this_machine(self.address) else None) or 8000
        )


class AnswerFault(Struct, frozen=True):
    """What is wrong with one answer, by its key."""

    key: str
    sentence: str


def read_answers(path: Path) -> SetupAnswers:
    """The answers in a file. Raises BadInput with its name, the line and the key at fault."""
    try:
        tree = Tree(path.read_bytes(), path.name)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", field="answers") from error
    answers = tree.read_as(SetupAnswers)
    for fault in find_faults(answers):
        tree.refuse(fault.sentence, fault.key)
    return answers


def find_faults(answers: SetupAnswers) -> Iterator[AnswerFault]:
    """What cannot be so, in the order of the questions."""
    for key, check in _CHECKS.items():
        try:
            check(answers)
        except (ValueError, KeyError, OSError, ValidationError) as error:
            sentence = error.messages[0] if isinstance(error, ValidationError) else str(error)
            yield AnswerFault(key, sentence)


def _check_name(answers: SetupAnswers) -> None:
    _check_label(answers.name, 200)


def _check_purpose(answers: SetupAnswers) -> None:
    texts.check_prose(answers.purpose)
    if not 0 < len(answers.purpose.strip()) <= 5000:
        raise ValueError(
            "Say in up to 5,000 characters what the programme is for: its first board votes on it."
        )


def _check_zone(answers: SetupAnswers) -> None:
    try:
        ZoneInfo(answers.time_zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"There is no time zone “{answers.time_zone}”. Give an IANA name such as Europe/Berlin."
        ) from None


def _check_language(answers: SetupAnswers) -> None:
    known = [code for code, _name in settings.LANGUAGES]
    if answers.language not in known:
        raise ValueError(f"The pages do not speak “{answers.language}”. Choose among: {', '.join(known)}.")


def _check_username(answers: SetupAnswers) -> None:
    if not texts.clean_handle(answers.administrator.username):
        raise ValueError("Give the first administrator a user name.")


def _check_person(answers: SetupAnswers) -> None:
    _check_label(answers.administrator.name, 200)


def _check_email(answers: SetupAnswers) -> None:
    validate_email(answers.administrator.email)


def _check_address(answers: SetupAnswers) -> None:
    parts = urlsplit(answers.address)
    secure = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    if not (secure or is_of_this_machine(answers.address)) or parts.path.strip("/") or parts.query:
        raise ValueError(
            "Give an address that begins with https://, or one of this machine alone such as http://127.0.0.1:8000."
        )


def _check_port(answers: SetupAnswers) -> None:
    if not 1 <= answers.web_port <= 65535:
        raise ValueError("A port is a number from 1 to 65535.")


def _check_mail(answers: SetupAnswers) -> None:
    mail = answers.mail
    if mail is None:
        return
    validate_email(mail.sender)
    if not mail.host or not 1 <= mail.port <= 65535:
        raise ValueError("Name the mail server and a port from 1 to 65535.")
    if not all(each.isprintable() for each in (mail.host, mail.username, mail.password)):
        raise ValueError("These are single lines of text.")


def _check_warehouse(answers: SetupAnswers) -> None:
    if answers.warehouse and not (answers.warehouse.isprintable() and "://" in answers.warehouse):
        raise ValueError(
            "Give an address such as duckdb:///absolute/path or postgresql://reader:…@host/facts."
        )


def _check_label(text: str, longest: int) -> None:
    texts.check_label(text)
    if not 0 < len(text.strip()) <= longest:
        raise ValueError(f"Give it a name of at most {longest} characters.")


_CHECKS: dict[str, Callable[[SetupAnswers], None]] = {
    "name": _check_name,
    "purpose": _check_purpose,
    "time_zone": _check_zone,
    "language": _check_language,
    "administrator.username": _check_username,
    "administrator.name": _check_person,
    "administrator.email": _check_email,
    "address": _check_address,
    "port": _check_port,
    "mail": _check_mail,
    "warehouse": _check_warehouse,
}
