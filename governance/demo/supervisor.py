"""The demo as it runs on this machine: its data, its clock, its sign-ins, and all that serves them."""

import json
import os
import secrets
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from governance.demo import state as demo_state
from governance.demo.dataset import DataSet
from governance.demo.state import State
from governance.installation import environment_file
from governance.installation.supervising import Databases, Say, Supervisor
from ground.errors import Conflict, Unavailable


class DemoSupervisor(Supervisor):
    """One run of the demo in `VAR_DIR`."""

    NAME, SAID, COMMAND = "demo", "A demo", "make demo"

    def __init__(self, *, data: str, port: int, with_parent: bool, say: Say) -> None:
        super().__init__(port=port, with_parent=with_parent, say=say)
        self._data_folder = str(Path(data).expanduser().absolute()) if data else ""
        self._data: DataSet
        self._state: State

    def check(self) -> None:
        if not settings.DEBUG:
            raise Conflict(
                "The demo makes sign-ins for everybody and is for trying out only, so it does not run with "
                "DEBUG=false. Unset DEBUG, or set up an installation of your own with `make start`."
            )
        if environment_file.find(settings.VAR_DIR):
            raise Conflict(
                f"{settings.VAR_DIR} holds an installation, and a demo has no place in it. Set VAR_DIR to another folder."
            )

    def check_port(self) -> None:
        super().check_port()
        self._data = demo_state.open_data_set(self._data_folder)
        self._state = demo_state.begin_or_continue(self._folder, self._data)

    def prepare(self, started: ExitStack, databases: Databases) -> dict[str, str]:
        """Migrate and seed, unless everything that matters is as it was when that was last done."""
        environment = self._environment(databases.runtime)
        fingerprint = demo_state.fingerprint(settings.BASE_DIR, self._data)
        present = _programme(databases.runtime)
        files = (self._folder / "warehouse.duckdb", self._folder / "credentials.json")
        done = present and self._state.finished(programme=present, fingerprint=fingerprint) == self._state
        if done and all(path.exists() for path in files):
            self._say("Nothing has changed since the last start.")
            return environment
        self._say("Migrating the database, as its owner ...")
        owner = {**environment, "DATABASE_URL": databases.owner}
        self.run_command(started, owner, "migrate", "--verbosity", "0")
        if not present:
            # A demo that begins makes its keys; one that has lost them later does not start, as nothing does.
            self.run_command(started, environment, "ledger", "keys", "ensure")
        data = ["--data", self._data_folder] if self._data_folder else []
        self.run_command(started, environment, "demo_seed", *data)
        finished = self._state.finished(programme=_programme(databases.runtime), fingerprint=fingerprint)
        finished.write(self._folder)
        return environment

    def read_clock(self) -> datetime:
        return demo_state.moment(self._state)

    def tell(self) -> None:
        credentials = self._folder / "credentials.json"
        names = json.loads(credentials.read_text())
        self._say("")
        self._say(self._data.about)
        self._say(f"The demo's clock shows {self.read_clock():%-d %B %Y, %H:%M} UTC.")
        self._say(f"Address    {self.address}")
        self._say(f"Sign-ins   {' '.join(names)}")
        self._say(f"Passwords  {credentials} (and API tokens)")
        self._say(f"Logs       {self._folder}/*.log")
        self._say(f"A question {_example(self.address, credentials, self._data)}")

    def _environment(self, runtime: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        return {
            **kept,
            "DEBUG": "true",
            "DATABASE_URL": runtime,
            "VAR_DIR": str(settings.VAR_DIR.absolute()),
            "WAREHOUSE_URL": demo_state.warehouse_url(self._folder),
            "CLOCK_OFFSET": str(self._state.clock_offset),
            "BASE_URL": self.address,
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str((self._folder / "mail").absolute()),
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self._secret_key(),
            "PYTHONUNBUFFERED": "1",
        }

    def _secret_key(self) -> str:
        """A key of this demo's own, kept so that whoever is signed in stays so over a restart."""
        path = self._folder / "secret-key"
        key = path.read_text() if path.exists() else ""
        if not key:
            key = secrets.token_urlsafe(48)
            path.touch(mode=0o600)
            path.write_text(key)
        return key


def _programme(dsn: str) -> str:
    """The id of the programme in a database, empty where there is none."""
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            if connection.execute("SELECT to_regclass('programme_programme')").fetchone() == (None,):
                return ""
            row = connection.execute("SELECT id FROM programme_programme").fetchone()
    except psycopg.OperationalError as error:
        raise Unavailable(
            "The database does not answer. See DATABASE_URL, or the log in var/postgres."
        ) from error
    return str(row[0]) if row else ""


def _example(address: str, credentials: Path, data: DataSet) -> str:
    """A first question with curl, for the half year before the data end."""
    last = data.as_of.date().replace(day=1)
    months = last.year * 12 + last.month - 1 - 6
    first = last.replace(year=months // 12, month=months % 12 + 1)
    question = {
        "decision": "retrospective",
        "view": "diagnostic",
        "metrics": ["lead-time-for-changes"],
        "grain": "team",
        "cohorts": [f"team:{data.team}"],
        "window": {"from": first.isoformat(), "to": last.isoformat()},
        "period": "month",
    }
    token = f"""$(python3 -c 'import json; print(json.load(open("{credentials}"))["manager"]["token"])')"""
    return (
        f'curl -s {address}/api/v1/queries -H "Authorization: Token {token}" '
        f"-H 'Content-Type: application/json' -d '{json.dumps(question)}'"
    )
