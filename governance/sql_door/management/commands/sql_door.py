"""Open the SQL door: PostgreSQL's own protocol, for dashboards, over governed views."""

import asyncio
import signal
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from governance.sql_door import services
from governance.sql_door.server import Certificate, SqlDoor
from governance.sql_door.upstream import Address
from governance.sql_door.waking import make_loop
from ground import commands
from ground.embedded import cluster
from ground.embedded.trimming import make_trimming
from ground.errors import BadInput, Conflict

USUAL_PORT = 5433


class Command(commands.Command):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        told = settings.OPERATING.sql_door
        parser.add_argument("--host", default=told.host, help="the address to listen on (SQL_DOOR_HOST)")
        parser.add_argument(
            "--port", type=int, default=told.port or USUAL_PORT, help="SQL_DOOR_PORT, or 5433"
        )
        parser.add_argument(
            "--certificate",
            default=told.certificate,
            help="a PEM file (SQL_DOOR_CERTIFICATE); others than this machine reach no door without one",
        )
        parser.add_argument("--key", default=told.key, help="the PEM file of its private key (SQL_DOOR_KEY)")
        parser.add_argument(
            "--trim",
            action="store_true",
            help="print what a superuser runs once, so that everybody sees less of others",
        )

    def handle(self, **options: Any) -> None:
        """Until it is ended, by SIGTERM or SIGINT."""
        if options["trim"]:
            self.stdout.write(make_trimming(f'"{cluster.OWNER}", "{settings.RUNTIME_ROLE}"'))
            return
        certificate = _read_certificate(options)
        services.refresh()
        door = SqlDoor(Address.read(settings.GOVERNED_DATABASE_URL), certificate)
        with asyncio.Runner(loop_factory=make_loop) as runner:
            runner.run(self._run(door, options["host"], options["port"]))

    async def _run(self, door: SqlDoor, host: str, port: int) -> None:
        over = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, over.set)
        try:
            server = await door.open(host, port)
        except OSError as error:
            raise Conflict(
                f"The SQL door cannot be opened at {host}:{port} ({error.strerror}). Stop what uses that port, or set SQL_DOOR_PORT."
            ) from error
        place = port if host.startswith("/") else server.sockets[0].getsockname()[1]
        self.stdout.write(f"The SQL door is open at {host}:{place}.")
        self.stdout.flush()
        await over.wait()
        server.close()


def _read_certificate(options: dict[str, Any]) -> Certificate | None:
    if options["certificate"]:
        try:
            return Certificate.read(options["certificate"], options["key"] or options["certificate"])
        except (OSError, ValueError) as error:
            raise BadInput(f"The certificate cannot be used: {error}.", field="certificate") from error
    if not _is_of_this_machine(options["host"]):
        raise BadInput(
            "Values do not cross a network in clear. Give --certificate and --key, or listen on 127.0.0.1.",
            field="certificate",
        )
    return None


def _is_of_this_machine(host: str) -> bool:
    if host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
