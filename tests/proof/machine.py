"""An empty Debian 12 on this machine, in which a how-to is followed: a root folder of its own, and a network of its own once all is installed.

There is no systemd in it. Where a block says `systemctl`, a stand-in reads our units and starts their commands as they say: as their user,
told their files, in their folders. What else systemd would do (limits, what may be seen) is not tried here; `systemd-analyze verify` reads that.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import databases

MIRROR = "http://deb.debian.org/debian"
SYSTEMCTL = Path(__file__).with_name("systemctl.py")
# Packages come by the host's network, whose certificates are its own.
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")


def read_blocks(page: Path, heading: str) -> list[str]:
    """The blocks of shell below a heading of a how-to, in order."""
    section = re.search(
        rf"^(#+) {re.escape(heading)}$(.*?)(?=^\1 |\Z)", page.read_text(), re.MULTILINE | re.DOTALL
    )
    assert section, f"{page.name} has no heading “{heading}”"
    return re.findall(r"^ *```sh\n(.*?)^ *```", section[2], re.MULTILINE | re.DOTALL)


# What a run before has left on a machine that is kept, but for packages.
FORGET = """
userdel metric-charter 2>/dev/null || true
rm -rf /etc/metric-charter /var/lib/metric-charter* /var/backups/metric-charter /etc/nginx/sites-enabled/metric-charter
rm -rf /etc/systemd/system/metric-charter*
"""


class Machine:
    """The folder, and the network namespace once it is cut off from the host's."""

    def __init__(self, root: Path) -> None:
        self.root, self.network = root, ""

    def run(self, block: str, *, given: str = "", told: Mapping[str, str] | None = None) -> str:
        """Run a block in it as root; gives what it prints. A step that fails fails here, with what it said."""
        inside = ["ip", "netns", "exec", self.network] if self.network else []
        done = subprocess.run(
            [*inside, "chroot", self.root, "/bin/bash", "-euo", "pipefail", "-c", block],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/root",
                "LANG": "C.UTF-8",
            }
            | dict(told or {}),
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def cut_off(self) -> None:
        """From here on it reaches nothing but itself."""
        self.network = f"mc-machine-{os.getpid()}"
        for words in (["netns", "add", self.network], ["-n", self.network, "link", "set", "lo", "up"]):
            subprocess.run(["ip", *words], check=True)

    def write(self, path: str, text: str | bytes, mode: int = 0o644) -> None:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        place.chmod(mode)

    def edit(self, path: str, changes: Mapping[str, str]) -> None:
        """Write what is ours into a file that was handed out; each of these must stand in it."""
        place = self.root / path.lstrip("/")
        text = place.read_text()
        for old, new in changes.items():
            assert old in text, f"{path} has no {old}"
            text = text.replace(old, new)
        place.write_text(text)

    def put_project(self) -> None:
        """What `git clone` brings, of this commit."""
        place = self.root / "opt/metric-charter"
        place.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["git", "archive", "HEAD"], cwd=databases.PROJECT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x", "-C", place], input=packed.stdout, check=True)

    def end(self) -> None:
        """End what it started, and nothing else; then it can be taken away."""
        if self.network:
            listed = subprocess.run(
                ["ip", "netns", "pids", self.network], capture_output=True, text=True, check=False
            )
            for pid in listed.stdout.split():
                subprocess.run(["kill", "-KILL", pid], check=False, stderr=subprocess.DEVNULL)
            subprocess.run(["ip", "netns", "del", self.network], check=False)


@contextmanager
def empty_machine(folder: Path) -> Iterator[Machine]:
    """Debian as it is when nothing was installed yet. `MACHINE_FOLDER` names one that is kept from run to run."""
    kept = os.environ.get("MACHINE_FOLDER")
    root = Path(kept) if kept else folder / "machine"
    with ExitStack() as stack:
        if not (root / "etc/debian_version").exists():
            subprocess.run(["debootstrap", "--variant=minbase", "bookworm", root, MIRROR], check=True)
        if not kept:
            stack.callback(shutil.rmtree, root)
        for kind, place in (("proc", "proc"), ("tmpfs", "run"), ("tmpfs", "dev/shm")):
            (root / place).mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "-t", kind, kind, root / place], check=True)
            stack.callback(subprocess.run, ["umount", "--lazy", root / place], check=True)
        machine = Machine(root)
        machine.write(
            "/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755
        )  # packages start nothing by themselves
        machine.write("/usr/local/bin/systemctl", SYSTEMCTL.read_text(), 0o755)
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        stack.callback(machine.end)
        if kept:
            machine.run(FORGET)
        yield machine


def quote(text: str) -> str:
    return shlex.quote(text)
