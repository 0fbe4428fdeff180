"""Sign-in by an OpenID Connect provider: a code with PKCE, and an id token of which everything is checked. Libraries
are imported where they are needed: most installations have no provider."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

WELL_KNOWN = "/.well-known/openid-configuration"
SCOPE = "openid email"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LEEWAY, PATIENCE = 60, 10.0  # seconds


class ProviderError(Exception):
    """The provider vouches for nobody. ``message`` is a catalog message; what is logged is ``str``."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(reason)
        self.message = message


@dataclass(frozen=True, slots=True)
class Person:
    """``subject``: the issuer and its own key of the person. ``email``: only where the issuer has verified it."""

    subject: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in under way: where the browser is sent, and what its return is checked by."""

    address: str
    state: str
    nonce: str
    verifier: str


def new_client() -> httpx.AsyncClient:
    import httpx

    return httpx.AsyncClient(timeout=PATIENCE)


@dataclass(frozen=True)
class Provider:
    """``back``: the address of ours that the browser returns to. ``http``: a new client for each sign-in. ``acr``: the
    ways of knowing somebody that will do, as the provider names them; with none any will."""

    issuer: str
    client: str
    secret: str | None
    back: str
    http: Callable[[], httpx.AsyncClient] = new_client
    acr: tuple[str, ...] = ()

    async def begin(self) -> Begun:
        """Raises ProviderError where the provider is out of reach or not one."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        async with self.http() as http:
            metadata = await self._metadata(http)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        address = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self.client,
            "code",
            redirect_uri=self.back,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **self._wished(),
        )
        return Begun(address, state, nonce, verifier)

    async def finish(self, code: str, nonce: str, verifier: str) -> Person:
        """Whom the provider vouches for by this code. Raises ProviderError."""
        async with self.http() as http:
            metadata = await self._metadata(http)
            token = await self._token(http, metadata, code, verifier)
            keys = await _answer(http.get(metadata["jwks_uri"]))
            claims = self._claims(token, keys, metadata["issuer"], nonce)
            if self.acr and claims.get("acr") not in self.acr:
                raise ProviderError("access.openid.weak", "acr is none of AIGUILLAGE_OIDC_ACR")
            if claims.get("email") is None and metadata.get("userinfo_endpoint"):
                bearer = {"Authorization": f"Bearer {token.get('access_token')}"}
                more = await _answer(http.get(metadata["userinfo_endpoint"], headers=bearer))
                claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
        return Person(f"{self.issuer} {claims['sub']}", claims["email"] if verified else None)

    def _wished(self) -> Mapping[str, str]:
        """What asks for one of these ways: as a wish, and as a claim that has to be (OpenID Connect Core 5.5.1.1)."""
        if not self.acr:
            return {}
        claims = {"id_token": {"acr": {"essential": True, "values": list(self.acr)}}}
        return {"acr_values": " ".join(self.acr), "claims": json.dumps(claims)}

    async def _metadata(self, http: httpx.AsyncClient) -> Mapping[str, Any]:
        found = await _answer(http.get(self.issuer.rstrip("/") + WELL_KNOWN))
        if str(found.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
            raise ProviderError("access.openid.unfit", "the discovery document is of another issuer")
        if missing := [name for name in NEEDED if not isinstance(found.get(name), str)]:
            raise ProviderError("access.openid.unfit", f"the discovery document lacks {', '.join(missing)}")
        return found

    async def _token(
        self, http: httpx.AsyncClient, metadata: Mapping[str, Any], code: str, verifier: str
    ) -> Mapping[str, Any]:
        said = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": verifier,
        }
        methods = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self.secret and "client_secret_basic" in methods:
            basic = (self.client, self.secret)
            return await _answer(http.post(metadata["token_endpoint"], data=said, auth=basic))
        said |= {"client_id": self.client} | ({"client_secret": self.secret} if self.secret else {})
        return await _answer(http.post(metadata["token_endpoint"], data=said))

    def _claims(self, token: Mapping[str, Any], keys: Mapping[str, Any], issuer: str, nonce: str) -> Mapping[str, Any]:
        """The claims of the id token: its signature, issuer, audience, age and nonce are right."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        wanted = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": self.client}}
        given = {"nonce": nonce, "client_id": self.client, "access_token": token.get("access_token")}
        try:
            registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
            decoded = jwt.decode(str(token.get("id_token", "")), KeySet.import_key_set(keys), registry=registry)
            claims = CodeIDToken(decoded.claims, decoded.header, wanted, given)
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError("access.openid.untrusted", f"id token: {type(error).__name__}") from None
        return dict(claims)


async def _answer(asked: Any) -> Mapping[str, Any]:
    """The JSON object that a provider answers with. Raises ProviderError."""
    import httpx

    try:
        response = await asked
        response.raise_for_status()
        found = response.json()
    except httpx.HTTPStatusError as error:
        raise ProviderError("access.openid.refused", f"status {error.response.status_code}") from None
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderError("access.openid.down", type(error).__name__) from None
    if not isinstance(found, dict):
        raise ProviderError("access.openid.unfit", "not a JSON object")
    return found
