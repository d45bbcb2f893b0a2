"""A provider of OpenID Connect that lies: its tokens say what a test wants, signed by whom a test wants, or by nobody."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ANOTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT = "charter"
Token = Callable[[dict[str, Any]], str]


def sign(said: dict[str, Any]) -> str:
    """As an honest provider would."""
    return jwt.encode(said, KEY, algorithm="RS256", headers={"kid": "1"})


class Hostile:
    """One provider; `change` is laid over the ID token's claims, `token` makes it, `userinfo` over what is said of the user."""

    def __init__(self, address: str) -> None:
        self.address, self.nonce = address, ""
        self.reset()

    def reset(self, token: Token = sign, userinfo: dict[str, Any] | None = None, **change: Any) -> None:
        self.token, self.userinfo, self.change = token, userinfo or {}, change
        self.instead: dict[str, Any] = {}  # what is answered at a path in place of all that

    def begin(self, location: str) -> str:
        """Where a browser is sent back to, with a code."""
        asked = parse_qs(urlsplit(location).query)
        self.nonce = asked["nonce"][0]
        return f"/sign-in/organisation/oidc/done?code=x&state={asked['state'][0]}"

    def answer(self, path: str) -> Any:
        if path in self.instead:
            return self.instead[path]
        if path == "/.well-known/openid-configuration":
            own = {"token_endpoint": "token", "userinfo_endpoint": "userinfo", "jwks_uri": "keys"}
            ends = {name: f"{self.address}/{end}" for name, end in own.items()}
            return {"issuer": self.address, "authorization_endpoint": f"{self.address}/authorize", **ends}
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}
        if path == "/userinfo":
            return {"sub": "s-1", "employee": "kim", **self.userinfo}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token(self._claims())}

    def _claims(self) -> dict[str, Any]:
        now = int(time.time())
        said = {"iss": self.address, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300}
        said |= {"nonce": self.nonce, "employee": "kim"} | self.change
        return {name: value for name, value in said.items() if value is not None}


@contextmanager
def running() -> Iterator[Hostile]:
    """One that answers, in a thread of this process."""
    provider: list[Hostile] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(provider[0].answer(urlsplit(self.path).path)).encode()
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        provider.append(Hostile(f"http://127.0.0.1:{server.server_port}"))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield provider[0]
        server.shutdown()
