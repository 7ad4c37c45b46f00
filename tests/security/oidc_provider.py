"""A small OpenID provider on the loopback: discovery, authorize, token, keys, user information. For tests only.

It checks what a strict provider checks (client, redirect address, PKCE, one use of a code) and can be told to lie.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "housewide", "a secret of two"


@dataclass
class Person:
    """Who is asking at the provider, and how well it knows them."""

    sub: str = "person-1"
    email: str = "alice@example.org"
    email_verified: Any = True
    amr: list[str] = field(default_factory=lambda: ["pwd"])


class Provider:
    """Runs until ``stop``. ``lies`` are claims put over the true ones; ``person`` is whoever signs in next."""

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric import rsa

        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person = Person()
        self.lies: dict[str, Any] = {}
        self.metadata_lies: dict[str, Any] = {}
        self.algorithm, self.sign_with = "RS256", self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, Person] = {}
        self.asked: list[str] = []
        self.refused: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.answer_get(self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.answer_token(self, {name: values[0] for name, values in parse_qs(body).items()})

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer_get(self, asked: Any) -> None:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(asked, self._metadata())
            return
        if parts.path == "/keys":
            self._json(asked, {"keys": [self._jwk()]})
            return
        if parts.path == "/authorize":
            self._authorize(asked, query)
            return
        if parts.path == "/userinfo":
            person = self.tokens.get(asked.headers.get("Authorization", "").removeprefix("Bearer "))
            if person is None:
                self._json(asked, {"error": "invalid_token"}, 401)
                return
            about = {"sub": person.sub, "email": person.email, "email_verified": person.email_verified}
            self._json(asked, about | self.lies.get("userinfo", {}))
            return
        self._json(asked, {}, 404)

    def _metadata(self) -> dict[str, Any]:
        own = {name: f"{self.issuer}/{path}" for name, path in (
            ("authorization_endpoint", "authorize"), ("token_endpoint", "token"), ("userinfo_endpoint", "userinfo"),
            ("jwks_uri", "keys"))}  # fmt: skip
        methods = ["client_secret_post"]
        return {"issuer": self.issuer, **own, "token_endpoint_auth_methods_supported": methods} | self.metadata_lies

    def _authorize(self, asked: Any, query: dict[str, str]) -> None:
        right = query.get("client_id") == CLIENT and query.get("response_type") == "code"
        if (
            not right
            or query.get("code_challenge_method") != "S256"
            or not query.get("nonce")
            or not query.get("state")
        ):
            self._refuse(asked, "authorize")
            return
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        asked.send_response(302)
        asked.send_header("Location", f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}")
        asked.end_headers()

    def answer_token(self, asked: Any, form: dict[str, str]) -> None:
        query = self.codes.pop(form.get("code", ""), None)
        if query is None or form.get("client_id") != CLIENT or form.get("client_secret") != SECRET:
            self._refuse(asked, "token")
            return
        verified = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if verified.rstrip(b"=").decode() != query["code_challenge"] or form["redirect_uri"] != query["redirect_uri"]:
            self._refuse(asked, "PKCE")
            return
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.person
        self._json(asked, {"access_token": access, "token_type": "Bearer", "id_token": self._id_token(query["nonce"])})

    def _id_token(self, nonce: str) -> str:
        import jwt

        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.issuer, "sub": self.person.sub, "aud": CLIENT, "iat": now}
        claims |= {"exp": now + 300, "nonce": nonce, "amr": self.person.amr}
        claims |= {name: value for name, value in self.lies.items() if name != "userinfo"}
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})
        key: Any = "a shared secret that is long enough" if self.algorithm.startswith("HS") else self.sign_with
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "one"})

    def _jwk(self) -> dict[str, Any]:
        from jwt.algorithms import RSAAlgorithm

        return {**RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": "one", "use": "sig", "alg": "RS256"}

    def _refuse(self, asked: Any, what: str) -> None:
        self.refused.append(what)
        self._json(asked, {"error": "invalid_request"}, 400)

    @staticmethod
    def _json(asked: Any, content: Any, status: int = 200) -> None:
        data = json.dumps(content).encode()
        asked.send_response(status)
        asked.send_header("Content-Type", "application/json")
        asked.send_header("Content-Length", str(len(data)))
        asked.end_headers()
        asked.wfile.write(data)
