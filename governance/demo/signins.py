"""The demo's sign-ins: which accounts there are, what each may do, and the file of their passwords and tokens."""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from governance.board.states import SeatKind
from governance.demo.dataset import DataSet
from governance.demo.made_events.population import STRAINED_TEAM
from governance.people.models import GrantedRole


@dataclass(frozen=True)
class SignIn:
    """An account of the demo; `person` is an external id, `team` what a manager leads."""

    username: str
    name: str
    role: GrantedRole | None = None
    seat: SeatKind | None = None
    person: str | None = None
    team: str | None = None
    superuser: bool = False


def list_sign_ins(data: DataSet) -> tuple[SignIn, ...]:
    """The sign-ins for a data set: the board, HR, auditor, owner, the manager and an employee of a team, admin."""
    return (
        *(_board_member(seat) for seat in SeatKind),
        SignIn("hr", "HR partner (demo)", GrantedRole.HR),
        SignIn("auditor", "Auditor (demo)", GrantedRole.AUDITOR),
        SignIn("owner", "Metric owner (demo)", GrantedRole.METRIC_OWNER),
        SignIn(
            "manager",
            f"Manager of {data.team} (demo)",
            GrantedRole.MANAGER,
            person=data.organisation.managers[data.team],
            team=data.team,
        ),
        SignIn("employee", f"Someone of {data.team} (demo)", person=data.employee),
        *_lead_of_the_strained(data),
        SignIn("admin", "Administrator (demo)", GrantedRole.ADMIN, superuser=True),
    )


def _lead_of_the_strained(data: DataSet) -> tuple[SignIn, ...]:
    """Whoever manages the team that carried too much; made-up data alone have one."""
    if STRAINED_TEAM not in data.organisation.managers or data.name != "made-up":
        return ()
    person = data.organisation.managers[STRAINED_TEAM]
    return (
        SignIn("lead", "Manager of runtime (demo)", GrantedRole.MANAGER, person=person, team=STRAINED_TEAM),
    )


def _board_member(seat: SeatKind) -> SignIn:
    return SignIn(
        f"board-{seat.replace('_', '-')}", f"Board, {seat.label} (demo)", GrantedRole.BOARD_MEMBER, seat=seat
    )


class Credentials:
    """Passwords and API tokens by user name, in a file that only its owner can read; kept over restarts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def password(self, username: str) -> str:
        """The account's password, made and written down at first."""
        return self._get(username, "password") or self.keep(username, "password", secrets.token_urlsafe(18))

    def token(self, username: str) -> str:
        """The account's API token, empty where it has none."""
        return self._get(username, "token")

    def keep(self, username: str, kind: str, secret: str) -> str:
        """Write a secret down before anything depends on it."""
        self._held.setdefault(username, {})[kind] = secret
        unfinished = self._path.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(self._held, file, indent=2)
            file.write("\n")
        os.replace(unfinished, self._path)
        return secret

    def _get(self, username: str, kind: str) -> str:
        return self._held.get(username, {}).get(kind, "")
