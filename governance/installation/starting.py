"""Setting this machine's installation up, and running it: `manage.py setup` and `make start`. Both go on where they stopped."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import psycopg
from django.conf import settings

from governance.installation import environment_file, kept
from governance.installation.answers import SetupAnswers
from governance.installation.loopback import is_of_this_machine
from governance.installation.supervising import Databases, Say, Supervisor
from ground.errors import Conflict, Unavailable

# What decides whether the database and the static files are as this version wants them.
_INPUTS = (
    "*/*/migrations/*.py",
    "ground/migrations/*.py",
    "ground/schema/*.py",
    "static/**/*",
    "requirements.lock",
)


class InstallationSupervisor(Supervisor):
    """One run of the installation in `VAR_DIR`, whose answers are kept there."""

    NAME, SAID, COMMAND = environment_file.FOLDER, "This installation", "make start"

    def __init__(self, *, answers: SetupAnswers, port: int | None, with_parent: bool, say: Say) -> None:
        super().__init__(port=port or answers.web_port, with_parent=with_parent, say=say)
        self._answers = answers
        self._say_first_link: Callable[[], None]

    @property
    def site(self) -> str:
        """Where people reach it: as told, and on this machine alone at the port that was asked for."""
        return self.address if is_of_this_machine(self._answers.address) else self._answers.address

    def set_up(self) -> None:
        """Prepare everything and serve nothing."""
        self.check()
        with ExitStack() as started:
            self._lock = self._take_folder()
            started.callback(os.close, self._lock)
            environment = self.prepare(started, self._start_database(started))
            self._say("")
            self.run_command(started, environment, "begin_installation")

    def check(self) -> None:
        if (settings.VAR_DIR / "demo" / "state.json").exists() and not os.environ.get("DATABASE_URL"):
            raise Conflict(
                f"{settings.VAR_DIR} holds a demo, and its database with it. Run `make clean` to remove it, or set VAR_DIR to "
                "another folder."
            )

    def prepare(self, started: ExitStack, databases: Databases) -> dict[str, str]:
        environment = {
            **kept.process_environment(settings.VAR_DIR),
            "DATABASE_URL": databases.runtime,
            "BASE_URL": self.site,
        }
        environment.pop("DATABASE_OWNER_URL", None)
        if self._fingerprint != self._done_with:
            self._bring_up_to_date(started, environment, databases)
        self._say_first_link = lambda: self.run_command(started, environment, "begin_installation", "--link")
        return environment

    def tell(self) -> None:
        self._say("")
        self._say(f"Address    {self.site}")
        self._say(f"Founding   {self.site}/founding says what the programme still lacks, in order")
        self._say(f"Logs       {self._folder}/*.log")
        self._say("Health     .venv/bin/python manage.py doctor")
        self._say_first_link()

    def _bring_up_to_date(
        self, started: ExitStack, environment: dict[str, str], databases: Databases
    ) -> None:
        """Each step looks at what is there, and the marker comes last."""
        self._say("Migrating the database, as its owner ...")
        owner = {**environment, "DATABASE_URL": databases.owner}
        self.run_command(started, owner, "migrate", "--verbosity", "0")
        if not _has_log(databases.runtime):
            self._say("Making the keys of the log and of what is sealed ...")
            self.run_command(started, environment, "ledger", "keys", "ensure")
        self._say("Gathering style sheets and scripts ...")
        self.run_command(started, environment, "collectstatic", "--noinput", "--verbosity", "0")
        self._say("Opening the first administrator’s account and beginning the programme ...")
        self.run_command(started, environment, "begin_installation", "--quiet")
        self._marker.write_text(self._fingerprint)

    @property
    def _marker(self) -> Path:
        return self._folder / "done"

    @property
    def _done_with(self) -> str:
        return self._marker.read_text() if self._marker.exists() else ""

    @property
    def _fingerprint(self) -> str:
        digest = hashlib.sha256(msgspec.json.encode(self._answers))
        for path in sorted(_inputs(settings.BASE_DIR)):
            digest.update(str(path.relative_to(settings.BASE_DIR)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def _inputs(project: Path) -> Iterator[Path]:
    for pattern in _INPUTS:
        yield from (path for path in project.glob(pattern) if path.is_file())


def _has_log(dsn: str) -> bool:
    """Whether the log holds an entry: the keys that belong to it are never made anew in silence."""
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            row = connection.execute("SELECT EXISTS (SELECT FROM ledger_entry)").fetchone()
    except psycopg.Error as error:
        raise Unavailable(
            "The database does not answer. See DATABASE_URL, or the log in var/postgres."
        ) from error
    return bool(row and row[0])
