"""“Run it for real” followed from an empty Debian to a working sign-in: its own blocks, in order, as they stand.

What the how-to leaves to whoever follows it (passwords, a certificate, an organisation, a provider) is the test's own. Debian's and Python's
packages come from their registries, so this runs whole alone: `PROOF=whole` with `-k empty_machine`, some ten minutes.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ground.guard import spawn
from tests import databases
from tests.governance.config import test_nginx
from tests.proof.machine import TRUSTED, Machine, empty_machine, read_blocks

PAGE = databases.PROJECT / "docs/how-to/run-it-for-real.md"
PROVIDER = "http://127.0.0.1:9400"
IDENTITIES = ["oidc_provider_mock", "--port", "9400"]
MAIL = ["smtpd", "-n", "-c", "DebuggingServer", "127.0.0.1:25"]
ORGANISATION = {
    "value_streams.csv": "slug,name\ndelivery,Delivery\n",
    "teams.csv": "slug,name,value_stream,context_class,valid_from,valid_to\nsearch,Search,delivery,stable_product,2025-01-01,\n",
    "people.csv": "external_id,name,location,working_arrangement,role_family,employed_from,employed_to\nem,Em Ployee,,,,2025-01-01,\n",
    "memberships.csv": "person,team,valid_from,valid_to\nem,search,2025-01-01,\n",
    "lines.csv": "person,manager,valid_from,valid_to\n",
}
pytestmark = [
    pytest.mark.proof(whole=True),
    pytest.mark.skipif(
        os.geteuid() != 0 or not shutil.which("debootstrap") or not shutil.which("ip"),
        reason="an empty machine is made by root, with debootstrap and ip",
    ),
]


@pytest.fixture
def machine(tmp_path) -> Iterator[Machine]:
    with empty_machine(tmp_path) as made:
        yield made


def test_the_how_to_leads_from_an_empty_machine_to_a_sign_in_and_back_from_a_backup(machine, tmp_path):
    """Issue 19, done when: by password and by the organisation, through nginx, in a browser; then backup, upgrade and the drill."""
    packages, database, told, tables, processes, proxy, account, organisation, backup, drill = read_blocks(
        PAGE, "From an empty machine"
    )
    install(machine, packages)
    machine.cut_off()
    words = {name: secrets.token_hex(24) for name in ("owner", "runtime", "governed")}
    # As Debian does by itself; made anew, as a port that was taken on the host's network is none of this one's.
    machine.run("pg_dropcluster 15 main; pg_createcluster 15 main; systemctl start postgresql")
    for name, word in words.items():
        database = database.replace(f"…{name}", word)
    machine.run(database)
    machine.run(told)
    write_what_is_ours(machine, words)
    machine.run(tables)
    machine.run(processes)
    put_nginx(machine, tmp_path)
    machine.run(proxy)
    password = secrets.token_urlsafe(16)
    # `doctor` says what is left to do and ends with 1; it is read below.
    first, _, _ = account.rpartition("metric-charter doctor")
    machine.run(first, given=f"{password}\n")
    said = machine.run("metric-charter doctor || [ $? = 1 ]")
    assert "programme" in said, said
    import_organisation(machine)
    with (
        on_its_network(machine, MAIL, tmp_path / "mail.log"),
        on_its_network(machine, IDENTITIES, tmp_path / "provider.log"),
    ):
        machine.run(organisation.replace("https://login.example.org", PROVIDER).replace("…", "secret"))
        claims = json.dumps({"employee": "em", "name": "Em Ployee"})
        machine.run(
            f"curl -sf --retry 20 --retry-delay 3 --retry-all-errors -X PUT -H 'Content-Type: application/json' -d '{claims}' {PROVIDER}/users/s-1"
        )
        machine.run(WEB_ANSWERS)
        assert browse(machine, password) == {"by password": "ada", "by the organisation": "em"}
        machine.run(backup)
        assert "entries of the log are those that were signed" in machine.run(drill)
        assert "Exchange the web servers" in machine.run("metric-charter as-owner upgrade")


# `/readyz` waits for a programme, which the browser begins.
WEB_ANSWERS = "curl --silent --fail --retry 40 --retry-delay 3 --retry-all-errors http://127.0.0.1:8000/healthz -H 'Host: 127.0.0.1'"


def install(machine: Machine, block: str) -> None:
    """The project comes from this folder, and not from wherever yours is kept; packages through this machine's own trust."""
    before, clone, after = block.partition(
        "git clone https://git.example.org/metric-charter /opt/metric-charter\n"
    )
    assert clone
    machine.run(before, told={"DEBIAN_FRONTEND": "noninteractive"})
    machine.put_project()
    shutil.copy(TRUSTED, machine.root / str(TRUSTED).lstrip("/"))
    machine.run(after, told={"PIP_CERT": str(TRUSTED), "PIP_DEFAULT_TIMEOUT": "180"})


def write_what_is_ours(machine: Machine, words: dict[str, str]) -> None:
    machine.edit(
        "/etc/metric-charter/environment",
        {
            "replace-this-by-50-characters-or-more-that-nobody-can-guess": secrets.token_urlsafe(64),
            "replace-this-by-32-characters-or-more-that-nobody-can-guess": secrets.token_urlsafe(32),
            "mc_runtime:replace-this@": f"mc_runtime:{words['runtime']}@",
            "mc_governed:replace-this@": f"mc_governed:{words['governed']}@",
            "mail.example.org": "127.0.0.1",
        },
    )
    machine.edit("/etc/metric-charter/owner.environment", {"replace-this": words["owner"]})


def put_nginx(machine: Machine, folder: Path) -> None:
    """The site's file as it stands, and a certificate of our own."""
    machine.write("/etc/nginx/sites-available/metric-charter", test_nginx.read_site())
    test_nginx.write_certificate(folder)
    machine.write(f"/etc/ssl/certs/{test_nginx.HOST}.pem", (folder / "certificate.pem").read_bytes())
    machine.write(f"/etc/ssl/private/{test_nginx.HOST}.key", (folder / "certificate.key").read_bytes(), 0o600)


def import_organisation(machine: Machine) -> None:
    for name, text in ORGANISATION.items():
        machine.write(f"/srv/organisation/{name}", text)
    machine.run("metric-charter import_organisation /srv/organisation")


def on_its_network(machine: Machine, command: list[str], log: Path):
    """What an organisation has beside the product: its mail server and its provider."""
    words = ["ip", "netns", "exec", machine.network, sys.executable, "-W", "ignore", "-m", *command]
    return spawn(words, env=None, cwd=databases.PROJECT, log=log, grace=5.0)


def browse(machine: Machine, password: str) -> dict[str, str]:
    """Who is signed in, as a browser on the machine's network sees it."""
    command = ["ip", "netns", "exec", machine.network, sys.executable, "-m", "tests.proof.signing_in"]
    done = subprocess.run(
        command, input=password, cwd=databases.PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout)
