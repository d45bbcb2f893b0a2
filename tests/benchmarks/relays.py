"""What stands between a client and PostgreSQL and looks at nothing: in Python, two threads a connection; and in C, where a compiler is here.

They are the floors of the SQL door: each wakes as many processes as the door does for a statement and its answer, and does nothing else.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_PYTHON = """
import socket, sys, threading
here = socket.socket(socket.AF_UNIX)
here.bind(sys.argv[1])
here.listen()
print("open", flush=True)
def pump(one, other):
    while data := one.recv(262144):
        other.sendall(data)
while True:
    client, _ = here.accept()
    there = socket.socket(socket.AF_UNIX)
    there.connect(sys.argv[2])
    for pair in ((client, there), (there, client)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
"""
IN_C = r"""
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
static char data[262144];
static struct sockaddr_un name(const char *path) {
    struct sockaddr_un found = {AF_UNIX};
    strncpy(found.sun_path, path, sizeof found.sun_path - 1);
    return found;
}
int main(int count, char **given) {
    struct sockaddr_un here = name(given[1]), there = name(given[2]);
    int door = socket(AF_UNIX, SOCK_STREAM, 0), server = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(door, (void *)&here, sizeof here);
    listen(door, 1);
    puts("open");
    fflush(stdout);
    int client = accept(door, 0, 0);
    connect(server, (void *)&there, sizeof there);
    struct pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    while (poll(ends, 2, -1) > 0)
        for (int one = 0; one < 2; one++)
            if (ends[one].revents) {
                long got = recv(ends[one].fd, data, sizeof data, 0);
                if (got <= 0) return 0;
                for (long sent = 0, now; sent < got; sent += now)
                    if ((now = send(ends[1 - one].fd, data + sent, got - sent, 0)) <= 0) return 0;
            }
}
"""


@contextmanager
def in_python(server: Path) -> Iterator[str]:
    """The folder of the socket of a relay to the socket of a server."""
    with (
        tempfile.TemporaryDirectory(prefix="mc-") as folder,
        _running([sys.executable, "-c", IN_PYTHON], server, folder),
    ):
        yield folder


@contextmanager
def in_c(server: Path) -> Iterator[str | None]:
    """As `in_python`, for one connection; None where no compiler is here."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="mc-") as folder:
        made = Path(folder) / "relay"
        subprocess.run([compiler, "-O2", "-x", "c", "-", "-o", made], input=IN_C, text=True, check=True)
        with _running([str(made)], server, folder):
            yield folder


@contextmanager
def _running(command: list[str], server: Path, folder: str) -> Iterator[None]:
    with subprocess.Popen(
        [*command, f"{folder}/{server.name}", str(server)], stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            started.stdout.readline()
            yield
        finally:
            started.kill()
