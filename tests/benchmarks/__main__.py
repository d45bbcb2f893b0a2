"""`make bench`: run every measurement, or those named, and print each against its aim."""

import importlib
import platform
import subprocess
import sys

import msgspec

ALL = [
    "access_log", "backup", "rules", "checks", "cohorts", "deciding", "decisions", "engines", "fairness", "findings", "growth", "guard", "log", "log_writers", "on_disk",
    "panels", "publishing", "pages", "registry", "replay", "sql_door", "strain", "telemetry",
]  # fmt: skip


def main() -> int:
    names = sys.argv[1:] or ALL
    unknown = set(names) - set(ALL)
    if unknown:
        print(f"There is no benchmark called {', '.join(sorted(unknown))}. There are: {', '.join(ALL)}.")
        return 2
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {platform.system()} {platform.release()}\n"
    )
    # Each in a process of its own, so that none finds another's caches, and memory is its own.
    return max(_run(name) for name in names)


def _run(name: str) -> int:
    command = [sys.executable, "-c", f"from tests.benchmarks.__main__ import one; one({name!r})"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        print(f"{name}: failed")
        return 1
    lines = msgspec.json.decode(done.stdout.splitlines()[-1])
    print(name)
    for line in lines:
        print(f"  {line['name']:<58} {_number(line['value']):>10} {line['unit']:<6} {_aim(line)}")
    print()
    return 0


def one(name: str) -> None:
    """Run one benchmark in this process and print its lines as JSON, last."""
    lines = importlib.import_module(f"tests.benchmarks.{name}").run()
    sys.stdout.write(msgspec.json.encode(lines).decode() + "\n")


def _number(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _aim(line: dict) -> str:
    if not line.get("aim"):
        return ""
    return f"aim {line['aim']}: {'holds' if line['holds'] else 'MISSED'}"


if __name__ == "__main__":
    sys.exit(main())
