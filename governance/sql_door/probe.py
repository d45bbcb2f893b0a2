"""Whether a door is open where it should be, asked as any client begins: would there be TLS?"""

import socket
import struct

from governance.sql_door.wire import SSL_ASKED

SECONDS = 2.0


def is_open(host: str, port: int) -> bool:
    """Whether something that speaks PostgreSQL's protocol answers there within two seconds; nobody is signed in.

    A host that begins with a slash is the folder of a socket, as for the door itself.
    """
    try:
        with _connect(host, port) as asked:
            asked.sendall(struct.pack("!II", 8, SSL_ASKED))
            return asked.recv(1) in {b"S", b"N"}
    except OSError:
        return False


def _connect(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout=SECONDS)  # which it keeps for what is read
    asked = socket.socket(socket.AF_UNIX)
    try:
        asked.settimeout(SECONDS)
        asked.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        asked.close()
        raise
    return asked
