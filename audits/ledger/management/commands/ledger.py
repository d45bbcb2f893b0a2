"""`manage.py ledger`: the log's own work by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from audits.ledger import exporting, keys, reference, sequencing, witness_host
from audits.ledger.mirror import Mirror
from audits.ledger.notes import NoteWrong, parse_verifier
from audits.ledger.policies import PolicyWrong, WitnessPolicy, parse_policy
from audits.ledger.sequencing import ending
from audits.ledger.witness import make_witness
from ground import commands
from ground.errors import BadInput

# Whoever can run a command where the keys lie needs no account to exchange them.
INSTALLATION = "installation"


class Command(commands.Command):
    help = (
        "The log. events: write docs/reference/events.md from the events of all apps. keys: make or exchange the keys. "
        "sequence: give entries their places and sign how far the log reaches, until it is stopped. export: copy the log into a "
        "folder, for whoever verifies it. Elsewhere, without a database: witness-init and witness cosign what a log has signed; "
        "mirror keeps a copy of a log that is served."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        events = actions.add_parser("events", help="write the page of events")
        commands.add_check_argument(events)
        of_keys = actions.add_parser("keys", help="make the keys that are missing, or let a new one sign")
        of_keys.add_argument(
            "do",
            choices=["init", "ensure", "rotate"],
            help="init makes, ensure too where any is missing or not told of, rotate exchanges the signing key",
        )

        sequence = actions.add_parser(
            "sequence", help="give entries their places, and sign how far the log reaches"
        )
        sequence.add_argument("--once", action="store_true", help="stop when nothing waits any more")

        export = actions.add_parser("export", help="copy the log into a new folder, for `charter-verify`")
        export.add_argument("folder", type=Path)
        export.add_argument(
            "--with-payloads",
            action="store_true",
            help="what entries say as well: it names people, so guard the copy",
        )
        _add_of_others(actions)

    def handle(self, *, action: str, **options: Any) -> None:
        acts: dict[str, Callable[..., None]] = {
            "sequence": self._sequence,
            "export": self._export,
            "events": self._events,
            "keys": self._keys,
            "witness-init": self._make_witness,
            "witness": self._witness,
            "mirror": self._mirror,
        }
        acts[action](**options)

    def _sequence(self, *, once: bool, **_: Any) -> None:
        sequencing.run(once=once, say=self.stdout.write)

    def _export(self, *, folder: Path, with_payloads: bool, **_: Any) -> None:
        size = exporting.export_log(folder, payloads=with_payloads, say=self.stdout.write, by=INSTALLATION)
        self.stdout.write(
            f"{size} entries in {folder}. Verify them: python verifier/charter_verify.py {folder}"
        )

    def _events(self, *, check: bool, **_: Any) -> None:
        self.write_page(reference.PAGE, reference.events_page(), check=check, again="ledger events")

    def _keys(self, *, do: str, **_: Any) -> None:
        if do == "init":
            self._init()
        elif do == "ensure":
            keys.ensure_keys(by=INSTALLATION)
        else:
            self._rotate()

    def _make_witness(self, *, folder: Path, name: str, log: list[str], **_: Any) -> None:
        made = make_witness(folder, name=name, logs=log)
        self.stdout.write("A witness was made. Tell those who verify the log its key, and who keeps it:")
        self.stdout.write(made.format())
        self.stdout.write(
            f"Back {folder} up. What it has seen must not be forgotten: an older copy of it must not go on."
        )

    def _witness(self, *, folder: Path, host: str, port: int, **_: Any) -> None:
        witness_host.serve(folder, host=host, port=port, say=self.stdout.write)

    def _mirror(
        self,
        *,
        url: str,
        folder: Path,
        key: list[str],
        policy: Path | None,
        every: float,
        once: bool,
        **_: Any,
    ) -> None:
        mirror = _read_mirror(url, folder, key, policy)
        with ending() as ends:
            mirror.follow(ends, every=every, once=once, say=self.stdout.write)

    def _init(self) -> None:
        for path in keys.make_keys(by=INSTALLATION):
            self.stdout.write(f"made {path}")
        self.stdout.write(
            "Back both up, apart from the database. What they signed or sealed cannot be done again without them."
        )

    def _rotate(self) -> None:
        retired = keys.rotate_signing_key(by=INSTALLATION)
        self.stdout.write(f"A new key signs from now on; the old one lies at {retired}.")
        self.stdout.write(
            "Restart the web server and the workers, back the new key up, and destroy the old one."
        )


def _add_of_others(actions: Any) -> None:
    """What others do with a log, on a host of their own and without its database."""
    init = actions.add_parser("witness-init", help="make a witness, in a new folder")
    init.add_argument("folder", type=Path)
    init.add_argument("--name", required=True, help="how it signs, such as witness.example.org/works-council")
    init.add_argument(
        "--log", action="append", required=True, help="a key of a log that it cosigns (name+number+key)"
    )

    run = actions.add_parser(
        "witness", help="cosign what its logs have signed, where it continues what it has seen"
    )
    run.add_argument("folder", type=Path)
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=8100)

    mirror = actions.add_parser("mirror", help="follow a log and keep a verified copy of its tiles")
    mirror.add_argument("url", help="where it is served, such as https://charter.example.org/log")
    mirror.add_argument("folder", type=Path)
    mirror.add_argument("--key", action="append", default=[], help="a key of the log (name+number+key)")
    mirror.add_argument(
        "--policy", type=Path, help="which witnesses must have cosigned (c2sp.org/tlog-policy)"
    )
    mirror.add_argument("--every", type=float, default=10.0, help="seconds between two looks")
    mirror.add_argument("--once", action="store_true", help="stop when it has caught up")


def _read_mirror(url: str, folder: Path, keys: list[str], policy: Path | None) -> Mirror:
    """Raises BadInput where what was given is no key or policy."""
    try:
        asked = parse_policy(policy.read_text(encoding="utf-8")) if policy else WitnessPolicy()
        trusted = [parse_verifier(text) for text in keys] or list(asked.logs)
    except (OSError, UnicodeDecodeError, NoteWrong, PolicyWrong) as error:
        raise BadInput(str(error), field="policy") from error
    if not trusted:
        raise BadInput("Give the log's key with --key, as you got it from its holder.", field="key")
    return Mirror(folder, url, trusted, asked)
