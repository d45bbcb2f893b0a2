"""Whether a door is open where it should be, asked as any client begins: would there be TLS?"""

import socket
import struct

from governance.sql_door.wire import SSL_ASKED

SECONDS = 2.0


def is_open(host: str, port: int) -> bool:
    """Whether something that speaks PostgreSQL's protocol answers there within two seconds; nobody is signed in."""
    try:
        with socket.create_connection((host, port), timeout=SECONDS) as asked:
            asked.settimeout(SECONDS)
            asked.sendall(struct.pack("!II", 8, SSL_ASKED))
            return asked.recv(1) in {b"S", b"N"}
    except OSError:
        return False
