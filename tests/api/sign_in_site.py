"""A running server to sign in to, with accounts that have passwords and second factors."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass

import httpx
import pyotp
from sqlalchemy import select

from api.access.gate import COOKIE, SET_UP
from api.access.passwords import Passwords
from api.access.rates import Rates
from api.access.roles import COORDINATOR, Account
from api.access.second_factor import sealed
from api.access.signing_in import SignIn
from api.app import create_app
from api.pages.sign_in import WELCOME
from api.settings import load_settings
from api.storage.access_schema import accounts, invitations, sessions, visitors
from api.storage.review_schema import audit
from tests.api.coordination import TERRITORY
from tests.api.serving import free_port, running

PASSWORD = "quatre mots bien ranges"
NAME = "col@exemple.test"


@dataclass(frozen=True)
class SignInSite:
    """The server, what it keeps, and who signs in."""

    address: str
    app: object
    secret_key: str

    @property
    def parts(self):
        return self.app.state.parts

    @property
    def store(self):
        return self.parts.store

    def account(self, name=NAME, role=COORDINATOR, territory=TERRITORY, **more) -> Account:
        return self.store.accounts.add(name, role, territory, password=HASHED, **more)

    def with_code(self, name) -> tuple[Account, pyotp.TOTP]:
        secret = pyotp.random_base32()
        return self.account(name, **sealed(secret, self.parts.vault)), pyotp.TOTP(secret)

    def sign_in_link(self, name) -> str:
        """The path by which an account's password is chosen anew."""
        made = SignIn(self.store.accounts, self.parts.vault, self.secret_key, Rates())
        return WELCOME + made.link_token(self.store.accounts.kept(name))

    @contextlib.contextmanager
    def browser(self, **more):
        """A browser of somebody who reads French."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "fr"}
        with httpx.Client(base_url=self.address, headers=headers, timeout=30, **more) as client:
            yield client

    def actions(self, account: Account) -> list[str]:
        """What the log says was done to an account, in order."""
        since = self.store.accounts.kept(account.id).made_at
        about = (audit.c.subject == "account", audit.c.subject_id == str(account.id), audit.c.at >= since)
        with self.store.reading() as connection:
            return list(connection.scalars(select(audit.c.action).where(*about).order_by(audit.c.id)))

    def empty(self) -> SignInSite:
        """The same server, with nobody and nothing counted."""
        with self.store.engine.begin() as connection:
            for table in (visitors, invitations, sessions, accounts):
                connection.execute(table.delete())
        self.app.state.gate.rates.reset()
        return self

    def csrf(self, client):
        return self.app.state.gate.csrf(client.cookies[COOKIE])


PLACE = "id: pays-exemple\nname: Pays d’exemple\n"
HASHED = Passwords().hashed(PASSWORD)


OFFERED = {"AIGUILLAGE_SECOND_FACTOR": "offered"}  # tests/api/test_second_factor.py has it required


@contextlib.contextmanager
def sign_in_site(folder, **environ):
    port = free_port()
    given = {"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_PORT": str(port)}
    settings = load_settings(given | OFFERED | environ)
    app = create_app(settings)
    with running(app, port):
        yield SignInSite(f"http://127.0.0.1:{port}", app, settings.secret_key)


def with_territory(folder):
    """The folder, with the file of the accounts' territory in it."""
    (folder / "territories").mkdir()
    (folder / "territories" / "pays-exemple.yaml").write_text(PLACE, encoding="utf-8")
    return folder


def sign_in(client, name=NAME, password=PASSWORD, **more):
    """Fill the form of /connexion in."""
    return client.post("/connexion", data={"name": name, "password": password, **more})


def offered(page):
    """What a page offers as a second factor: the field of its form, and the secret as a phone keeps it."""
    secret = re.search(r'class="code">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    return re.search(r'name="offer" value="([^"]+)"', page)[1], pyotp.TOTP(secret)


def set_up(csrf, client, **more):
    """Set a second factor up, as the page asks for it: the answer, and what the phone keeps."""
    offer, totp = offered(client.get(SET_UP).text)
    return client.post(SET_UP, data={"csrf": csrf, "offer": offer, "code": totp.now(), **more}), totp
