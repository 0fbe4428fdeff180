"""A small OpenID provider on loopback: discovery, keys, authorize, token with PKCE, userinfo. Signed in earnest."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.api.serving import free_port, running

CLIENT, SECRET = "aiguillage", "agreed between the two"


@dataclass
class OpenIdProvider:
    """``person``: the claims of whoever is signed in there; ``wrong``: claims that replace the right ones.
    ``named``: another issuer, in its metadata.

    ``foreign``: sign with a key that is not published. ``by_userinfo``: say the e-mail there alone.
    """

    url: str
    person: dict = field(default_factory=lambda: {"sub": "p-1", "email": "col@exemple.test", "email_verified": True})
    wrong: dict = field(default_factory=dict)
    named: str | None = None
    foreign: bool = False
    by_userinfo: bool = False
    down: bool = False
    asked: list[dict] = field(default_factory=list)
    codes: dict[str, dict] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))

    async def discovery(self, _request: Request) -> Response:
        if self.down:
            return Response(status_code=503)
        return JSONResponse(
            {
                "issuer": self.named or self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Nothing to click: the person is signed in there already."""
        asked = dict(request.query_params)
        self.asked.append(asked)
        right = asked.get("response_type") == "code" and asked.get("code_challenge_method") == "S256"
        if not right or asked.get("client_id") != CLIENT or "openid" not in asked.get("scope", "").split():
            return Response("not a request of this client", status_code=400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(str(form.get("code")), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "a-token", "token_type": "Bearer", "id_token": self._id_token(asked)})

    async def userinfo(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer a-token":
            return Response(status_code=401)
        return JSONResponse(self.person)

    def _id_token(self, asked: dict) -> str:
        now = int(time.time())
        said = {"sub": self.person["sub"]} if self.by_userinfo else self.person
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **said}
        key = self.other if self.foreign else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims | self.wrong, key)


@contextlib.contextmanager
def openid_provider():
    """The provider, running."""
    port = free_port()
    provider = OpenIdProvider(f"http://127.0.0.1:{port}")
    routes = [
        Route("/.well-known/openid-configuration", provider.discovery),
        Route("/keys", provider.keys),
        Route("/authorize", provider.authorize),
        Route("/token", provider.token, methods=["POST"]),
        Route("/userinfo", provider.userinfo),
    ]
    with running(Starlette(routes=routes), port):
        yield provider
