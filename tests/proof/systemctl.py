#!/usr/bin/python3
"""`systemctl`, as far as a how-to needs it where no systemd runs: our units by what they say, and Debian's services by their own commands."""

import os
import pwd
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

UNITS = Path("/etc/systemd/system")
STATE = Path("/run/systemctl")
# Of Debian's own packages, what their units do.
THEIRS = {
    ("reload", "nginx"): ["sh", "-c", "if [ -s /run/nginx.pid ]; then nginx -s reload; else nginx; fi"],
    ("start", "postgresql"): ["pg_ctlcluster", "15", "main", "start"],
}


def read_unit(name: str) -> dict[str, list[str]]:
    """Each key of a unit's file and its values, in order, with its instance put in."""
    name = name.removesuffix(".service")
    template, at, instance = name.partition("@")
    text = (UNITS / f"{template}{at}.service").read_text().replace("%i", instance)
    told: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        told.setdefault(key, []).append(value)
    return told


def read_environment(unit: dict[str, list[str]]) -> dict[str, str]:
    """Lines of the files, quotes taken off as systemd does, and what the unit itself says."""
    told = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    for file in unit.get("EnvironmentFile", []):
        for line in Path(file).read_text().splitlines():
            if line.strip() and not line.startswith(("#", ";")):
                name, _, value = line.partition("=")
                told[name] = value.strip("\"'")
    return told | dict(each.split("=", 1) for each in unit.get("Environment", []))


def start(name: str) -> int:
    """Start a unit's commands as its user; one that goes on is left running."""
    unit = read_unit(name)
    [user] = unit["User"]
    uid, gid = (pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    for folder, base in (("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib")):
        for each in unit.get(folder, []):
            place = Path(base, each)
            place.mkdir(mode=0o700, exist_ok=True)
            os.chown(place, uid, gid)
    given: Any = {
        "cwd": unit["WorkingDirectory"][0],
        "env": read_environment(unit),
        "user": uid,
        "group": gid,
        "extra_groups": [],
        "umask": int(unit["UMask"][0], 8),
    }
    commands = [shlex.split(each) for each in unit["ExecStart"] + unit.get("ExecStartPost", [])]
    if unit["Type"] == ["oneshot"]:
        return max(subprocess.run(command, check=False, **given).returncode for command in commands)
    STATE.mkdir(exist_ok=True)
    with open(STATE / f"{name}.log", "a") as log:
        began = subprocess.Popen(
            commands[0], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **given
        )
    (STATE / name).write_text(str(began.pid))
    time.sleep(1)
    return began.poll() or 0


def stop(name: str) -> int:
    file = STATE / name
    pid = int(file.read_text())
    os.kill(pid, signal.SIGTERM)
    while Path(f"/proc/{pid}").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
        time.sleep(0.1)
    file.unlink()
    return 0


def main(words: list[str]) -> int:
    verb, names = words[0], [each for each in words[1:] if not each.startswith("--")]
    if verb == "daemon-reload":
        return 0
    if verb == "enable":
        names = [each for each in names if not each.endswith(".timer")]
        verb = "start"
    for name in names:
        if command := THEIRS.get((verb, name)):
            STATE.mkdir(exist_ok=True)
            with open(
                STATE / f"{name}.log", "a"
            ) as log:  # which goes on after this process, so not where it writes
                code = subprocess.run(
                    command, check=False, stdin=subprocess.DEVNULL, stdout=log, stderr=log
                ).returncode
        elif verb == "restart":
            code = stop(name) or start(name)
        else:
            code = {"start": start, "stop": stop}[verb](name)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
