"""What setting up leaves in `VAR_DIR/installation`: the answers, and the settings that follow from them."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from governance.installation import environment_file
from governance.installation.answers import SetupAnswers, read_answers
from governance.installation.loopback import LOOPBACK, is_of_this_machine
from ground.strict_yaml import dump_yaml

_MAIL = "django.core.mail.backends"


def find_answers(var: Path) -> SetupAnswers | None:
    """The answers of an installation whose setting up was begun here; None where none was."""
    path = answers_path(var)
    return read_answers(path) if path.exists() else None


def keep_answers(var: Path, answers: SetupAnswers) -> None:
    """Keep answers before anything is done with them, then the settings that follow: cut short, the next run goes on."""
    environment_file.write_secret(answers_path(var), dump_yaml(answers))
    environment_file.write(var, make_settings(answers, environment_file.read(var), var))


def make_settings(answers: SetupAnswers, before: dict[str, str], var: Path) -> dict[str, str]:
    """The settings of an installation; its key and the name of its log stay what they were, as do settings of its own."""
    host = urlsplit(answers.address).hostname or ""
    kept = {name: before[name] for name in before if name not in _OF_MAIL}
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "LEDGER_ORIGIN": f"{answers.address.partition('://')[2].rstrip('/')}/log",
        **kept,
        "BASE_URL": answers.address.rstrip("/"),
        "ALLOWED_HOSTS": ",".join(dict.fromkeys([host, *LOOPBACK])),
        "BEHIND_PROXY": "false" if is_of_this_machine(answers.address) else "true",
        "PORT": str(answers.web_port),
        **({"WAREHOUSE_URL": answers.warehouse} if answers.warehouse else {}),
        **_mail_settings(answers, var),
    }


def process_environment(var: Path) -> dict[str, str]:
    """The environment of the installation's processes: this one's, without what was made up, and what was told."""
    made_up = {environment_file.MADE_UP, *os.environ.get(environment_file.MADE_UP, "").split(",")}
    environment = {name: value for name, value in os.environ.items() if name not in made_up}
    environment_file.heed(var, environment)
    return {**environment, "VAR_DIR": str(var.absolute()), "PYTHONUNBUFFERED": "1"}


def _mail_settings(answers: SetupAnswers, var: Path) -> dict[str, str]:
    mail = answers.mail
    if mail is None:
        folder = (var / environment_file.FOLDER / "mail").absolute()
        return {"EMAIL_BACKEND": f"{_MAIL}.filebased.EmailBackend", "EMAIL_FILE_PATH": str(folder)}
    return {
        "EMAIL_BACKEND": f"{_MAIL}.smtp.EmailBackend",
        "EMAIL_HOST": mail.host,
        "EMAIL_PORT": str(mail.port),
        "EMAIL_HOST_USER": mail.username,
        "EMAIL_HOST_PASSWORD": mail.password,
        "EMAIL_USE_TLS": str(mail.tls).lower(),
        "EMAIL_FROM": mail.sender,
    }


_OF_MAIL = (
    "EMAIL_BACKEND", "EMAIL_FILE_PATH", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD",
    "EMAIL_USE_TLS", "EMAIL_FROM",
)  # fmt: skip


def answers_path(var: Path) -> Path:
    """Where the answers lie, or will."""
    return var / environment_file.FOLDER / "answers.yaml"
